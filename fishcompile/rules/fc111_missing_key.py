"""FC111: What the author must choose is written."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Widths are derived wherever they can be; `out` is asked for only where the author "
        "really chooses, and so are `blocks`, a layer's `kind` and a merge's `transfer`. A "
        "guess would be a network that nobody designed."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {blocks: 1}  # expect: FC111 @ 3-8 "a width that it does not say"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
)
