"""FC113: A spec begins with the version of the language that it is written in, `fishspec: 2`."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "The language will change, and a file has to mean the same afterwards. By another "
        "version's rules nothing else in a file means anything, so this finding stands alone. "
        "A file of an older version is brought to the current one by `fishcompile migrate`, as the "
        "network that it always was; its comments and spacing stay."
    ),
    bad="""\
fishspec: 3  # expect: FC113 @ 11-12 "version 3"
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
)
