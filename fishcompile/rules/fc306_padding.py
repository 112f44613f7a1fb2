"""FC306: A padding that is left out is a whole number."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Without `padding` a convolution keeps its sides at stride 1, and a transposed one makes "
        "them larger by its stride alone. An even kernel has no pixel in its middle, so that the "
        "map would have to be padded by half a pixel; a kernel smaller than the stride of a "
        "transposed convolution by less than none, which torch refuses in the first forward."
    ),
    bad="""\
fishspec: 2
name: small
stem:
  conv1: {kind: conv, out: 32, kernel: 4, stride: 2}  # expect: FC306 @ 40-41 "a kernel of 4"
tail:
  tail1: {out: 64, blocks: 1}
""",
    good="""\
fishspec: 2
name: small
stem:
  conv1: {kind: conv, out: 32, kernel: 4, stride: 2, padding: 1}
tail:
  tail1: {out: 64, blocks: 1}
""",
)
