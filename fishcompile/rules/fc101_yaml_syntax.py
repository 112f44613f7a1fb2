"""FC101: A spec is one YAML 1.2 document, a mapping."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "What is not YAML cannot be read any further, so this finding stands alone. YAML 1.2 "
        "(sections 6 to 9) says what is: indentation by spaces, brackets and quotes that are "
        "closed, a space after each colon."
    ),
    bad="""\
fishspec: 2
name: small
input: {size: [224, 160}  # expect: FC101 @ 24-25 "expected `,` or the `]`"
tail:
  tail1: {out: 64, blocks: 1}
""",
    good="""\
fishspec: 2
name: small
input: {size: [224, 160]}
tail:
  tail1: {out: 64, blocks: 1}
""",
)
