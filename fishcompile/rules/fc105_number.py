"""FC105: Numbers are finite and have at most 18 digits."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "Every number of a spec counts something: channels, blocks, pixels. An infinity or a "
        "number that overflows would turn up later, far from where it was written; text that "
        "looks like a number has quotes."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
budget: {parameters: 17000000000000000000}  # expect: FC105 @ 22-42 "at most 18 digits"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1}
budget: {parameters: 17M}
""",
)
