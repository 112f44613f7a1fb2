"""FC302: k, groups, norms and reduction divide the channels that they split."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "r(x) sums each k adjacent channels, a grouped convolution gives each group as many as "
        "the next. FishNet's released code divides with rounding down, and fails in the first "
        "forward."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  # expect-next-line: FC302 @ 25-26 "cannot sum 128 channels in groups of 3"
  body1: {blocks: 1, k: 3, transfer: {from: tail1}}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
""",
)
