"""FC201: Names are lower-case letters, digits and underscores, and nobody else's."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "The name of a stage is its name everywhere: in errors, taps, module paths and state- "
        "dict keys, and as an attribute in the emitted Python. So it is a plain identifier, no "
        "keyword of Python, and no attribute that every torch module has."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  train: {out: 64, blocks: 1}  # expect: FC201 @ 3-8 "attribute of every torch module"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
)
