"""FC902: A comment that begins with `fishcompile:` is an ignore that can hold."""

from fishcompile.rules.base import Rule

RULE = Rule(
    severity="warning",
    why=(
        "It is written `# fishcompile: ignore[FC501] reason`, several ids with commas, behind a "
        "value or on a line of its own above it. An ignore without ids would hide what nobody has "
        "seen yet, and so would a family of rules. FC1xx to FC3xx say that a spec does not hold "
        "together: it cannot be built, so there is nothing to ignore."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  # expect-next-line: FC902 @ 32-55 "an ignore without rule ids"
  tail1: {out: 64, blocks: 1}  # fishcompile: ignore[]
  # expect-next-line: FC902 @ 55-60 "FC301 cannot be ignored"
  tail2: {out: 128, blocks: 1}  # fishcompile: ignore[FC301] it is fine
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1, expect: {out: 65}}  # fishcompile: ignore[FC401] the paper says 65
""",
)
