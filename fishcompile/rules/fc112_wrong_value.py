"""FC112: A value has the type and the range that its key asks for."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "The schema says for each key what may stand there, and editors complete from the same "
        "file. Numbers are numbers and not texts, words are of the listed ones, and counts "
        "begin at the least that means something."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 0}  # expect: FC112 @ 28-29 "from 1 to 1,000, got 0"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
)
