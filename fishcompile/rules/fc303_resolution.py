"""FC303: Maps that are merged have the same sides."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Concatenation and sum work pixel by pixel. Up-sampling goes to the skip's own sides "
        "and never makes a map smaller; down-sampling halves, so its skip has to come from the "
        "right resolution. FishNet's released code goes up by a factor of 2, and fails where the "
        "skip's sides are odd."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
head:
  # expect-next-line: FC303 @ 39-44 "cannot merge the 112x112 of tail1 with a 56x56 trunk"
  head1: {blocks: 1, transfer: {from: tail1}}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
head:
  head1: {blocks: 1, transfer: {from: tail2}}
""",
)
