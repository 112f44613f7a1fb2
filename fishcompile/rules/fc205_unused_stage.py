"""FC205: Every stage is read by another one, a tap or the classifier."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A stage that nothing reads would be built, trained and paid for to no end. Without "
        "`taps` every stage is tapped; with them, the listed ones."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}  # expect: FC205 @ 3-8 "read by no stage"
taps: {c2: tail2}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
taps: {c2: body1}
""",
)
