"""FC202: No two stages have the same name."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A name is one stage's identity: `from`, `taps` and every later finding refer to it. "
        "Sections do not keep names apart."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  # expect-next-line: FC202 @ 3-8 "two stages are named `tail2`"
  tail2: {blocks: 1, k: 2, transfer: {from: tail1}}
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
