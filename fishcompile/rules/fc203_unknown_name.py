"""FC203: Every reference is the name of a stage."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Stages refer to each other by name, never by number, so that a new one does not shift "
        "the others. `stem`, `bridge` and `input` are names as well."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  # expect-next-line: FC203 @ 45-50 "no stage is named `tial1`"
  body1: {blocks: 1, k: 2, transfer: {from: tial1}}
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
