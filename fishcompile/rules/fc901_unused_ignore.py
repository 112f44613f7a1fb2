"""FC901: Every ignore in a spec hides a finding that is there."""

from fishcompile.rules.base import Rule

RULE = Rule(
    severity="warning",
    why=(
        "`# fishcompile: ignore[FC501] reason` accepts one finding on one line. Once the line is "
        "mended the comment says what is no longer so, and would hide the next finding of that "
        "rule unseen. It is judged where the rule itself is: not while an error before it stands, "
        "and not where the rule is not selected. An ignore in a base that only a variant needs is "
        "seen as used where both are checked together."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  # expect-next-line: FC901 @ 54-59 "FC401 is not found on line 4"
  tail1: {out: 64, blocks: 1}  # fishcompile: ignore[FC401] the old table
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1, expect: {out: 65}}  # fishcompile: ignore[FC401] the paper says 65
""",
)
