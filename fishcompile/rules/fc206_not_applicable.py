"""FC206: Every key has an effect on the stage that it is written for."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "The words of a stage decide which of its keys are read: a merge of none has no skip, "
        "an identity no `k`. What is not read would be lost in silence, and the author believe "
        "it holds."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  # expect-next-line: FC206 @ 22-23 "`k` has no meaning"
  body1: {blocks: 1, k: 2, shortcut: identity, transfer: {from: tail1}}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
  tail2: {out: 128, blocks: 1}
body:
  body1: {blocks: 1, shortcut: identity, transfer: {from: tail1}}
""",
)
