"""FC104: Depth, size and counts stay within limits."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A small file can ask for a great deal: brackets for the depth of a parser's stack, "
        "aliases of aliases for more values than there is memory. Limits act while the file is "
        "read, before anything is built; no real spec comes near them. The same rule closes a "
        "list of findings that would not end."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
# expect-next-line: FC104 @ 38-39 "nested deeper than 32"
taps: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[tail1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
taps: {c2: tail1}
""",
)
