"""FC401: What a spec asserts of its stages, by `expect` or by a derivable `out`, holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fishcompile.analysis.facts import Facts
    from fishcompile.diagnostics.finding import Diagnostic
    from fishcompile.rules.base import Skipped


def _check(facts: Facts) -> Iterable[Diagnostic | Skipped]:
    from fishcompile.rules.expect import check_expectations

    return check_expectations(facts)


RULE = Rule(
    why=(
        "Widths and sizes are derived, so nobody has to write them; a spec that carries its "
        "table has them checked against it. The table of FishNet-99 in the article 'Understanding "
        "FishNet' (section 2.1) has one row that does not hold: it gives the third stage of the "
        "body 256 channels, where its own next row and the released code have 512. Only the first "
        "broken assertion along the data is reported, what follows from it is counted."
    ),
    bad="""\
fishspec: 2
name: tables
tail:
  tail1: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    k: 2
    transfer: {from: input, blocks: 0}
    expect: {out: 64, size: 224}  # expect: FC401 @ 19-21 "gives 32" "expected 64, got 32"
""",
    good="""\
fishspec: 2
name: tables
tail:
  tail1: {out: 64, blocks: 1}
body:
  body1:
    blocks: 1
    k: 2
    transfer: {from: input, blocks: 0}
    expect: {out: 32, size: 224}
""",
    check=_check,
)
