"""FC304: A feature map keeps at least one pixel, and a group that is normed two numbers."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Each down-sampling halves the sides, and a window has to fit into what is left. It "
        "depends on `input.size`: a spec that holds at 224 may not at 16. A group norm of one "
        "number gives zero whatever it is, and torch refuses it for one image."
    ),
    bad="""\
fishspec: 2
name: small
input: {size: 2}
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}  # expect: FC304 @ 3-8 "window does not fit"
""",
    good="""\
fishspec: 2
name: small
input: {size: 4}
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
""",
)
