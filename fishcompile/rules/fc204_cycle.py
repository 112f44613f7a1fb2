"""FC204: No stage feeds itself, directly or through others."""

from __future__ import annotations

from fishcompile.rules.base import Rule

RULE = Rule(
    why=("Data flows one way through a network. A cycle is reported once, with all of its edges."),
    bad="""\
fishspec: 2
name: small
tail:
  # expect-next-line: FC204 @ 17-22 "tail1 -> tail2 -> body1 -> tail1"
  tail1: {from: body1, out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
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
