"""FC102: No mapping has a key twice."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "YAML 1.2 (section 3.2.1.3) calls for unique keys, but most parsers keep the last one "
        "in silence: a stage written twice would lose its first half."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail1: {out: 128, blocks: 1}  # expect: FC102 @ 3-8 "written twice"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
""",
)
