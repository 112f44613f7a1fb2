"""FC301: Widths agree wherever tensors meet."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "An element-wise sum takes two maps of one width, a convolution the width that it was "
        "made for. Concatenation takes any. torch finds out in the first forward, and names "
        "neither stage."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  # expect-next-line: FC301 @ 48-51 "cannot add 64 channels from tail1 to 128"
  body1: {blocks: 1, k: 1, up: nearest, merge: add, transfer: {from: tail1}}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 1, up: nearest, merge: concat, transfer: {from: tail1}}
""",
)
