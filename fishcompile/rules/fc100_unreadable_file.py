"""FC100: A spec is a regular file of at most 1 MiB, in UTF-8."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "YAML 1.2 (section 5.2) knows UTF-8, UTF-16 and UTF-32; specs are UTF-8, which is what "
        "editors write and other tools read. The size is bounded before anything is read. A "
        "file that is missing or unreadable ends the command with exit code 2, where other "
        "findings end it with 1."
    ),
    bad="""\
fishspec: 2
name: small # the author's caf\udce9  # expect: FC100 @ 31-32 "not UTF-8"
tail:
  tail1: {out: 64, blocks: 1}
""",
    good="""\
fishspec: 2
name: small # the author's café
tail:
  tail1: {out: 64, blocks: 1}
""",
)
