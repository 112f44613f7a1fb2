"""FC305: A network has at most 16,000 blocks and 100 billion parameters."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Each number of a spec has a range of its own, and together they can still ask for more "
        "than any machine holds. Blocks are counted before the first is built, parameters "
        "before the first is allocated."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1000}
  tail2: {out: 64, blocks: 1000}
  tail3: {out: 64, blocks: 1000}
  tail4: {out: 64, blocks: 1000}
  tail5: {out: 64, blocks: 1000}
  tail6: {out: 64, blocks: 1000}
  tail7: {out: 64, blocks: 1000}
  tail8: {out: 64, blocks: 1000}
  tail9: {out: 64, blocks: 1000}
  tail10: {out: 64, blocks: 1000}
  tail11: {out: 64, blocks: 1000}
  tail12: {out: 64, blocks: 1000}
  tail13: {out: 64, blocks: 1000}
  tail14: {out: 64, blocks: 1000}
  tail15: {out: 64, blocks: 1000}
  tail16: {out: 64, blocks: 1000}
  tail17: {out: 64, blocks: 1000}  # expect: FC305 @ 21-27 "more than 16,000 blocks"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 64, blocks: 1}
  tail3: {out: 64, blocks: 1}
""",
)
