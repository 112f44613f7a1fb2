"""FC110: Every key means something where it stands."""

from fishcompile.rules.base import Rule

RULE = Rule(
    why=(
        "A key that nothing reads is a typing error, or stands in the wrong mapping; without "
        "this finding the default would apply in silence. Where one known key is near, it is "
        "offered."
    ),
    bad="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1, dillation: 2}  # expect: FC110 @ 31-40 "unknown key `dillation`"
""",
    good="""\
fishspec: 2
name: small
tail:
  tail1: {out: 64, blocks: 1, dilation: 2}
""",
)
