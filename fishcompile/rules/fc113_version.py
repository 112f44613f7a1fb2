"""FC113: a spec begins with the version of the language that it is written in, `fishspec: 1`."""

from __future__ import annotations

from fishcompile.rules.base import Rule

RULE = Rule(
    id="FC113",
    name="version",
    severity="error",
    what="A spec begins with the version of the language that it is written in, `fishspec: 1`.",
    why=(
        "The language will change, and a file has to mean the same afterwards. By another "
        "version's rules nothing else in a file means anything, so this finding stands alone."
    ),
    bad="""\
fishspec: 2  # expect: FC113 @ 11-12 "version 2"
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
    good="""\
fishspec: 1
name: small
tail:
  tail1: {out: 64, blocks: 1}
""",
)
