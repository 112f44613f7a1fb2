"""Policy over reports: what is reported, silenced, accepted, and what counts as an error.

The order is fixed: select and ignore, then the comments in the specs, then the baseline, then
warn-as-error. The reports of one run are judged together: an ignore in a base is used where a
variant has the base's finding too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from itertools import islice
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import MAX_FINDINGS, Diagnostic, Report, report
from fishcompile.diagnostics.source import Source
from fishcompile.policy.config import Config
from fishcompile.policy.inline import Ignore, read_ignores, unused
from fishcompile.policy.selectors import ignorable
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.policy.baseline import Baseline, Entry


@record
class Judged:
    """What was found in one spec; `source` is its own text, None where it did not read."""

    report: Report
    source: Source | None = None
    config: Config = field(default_factory=Config)


@record
class Outcome:
    """The reports that remain, in the order given, and what became of the rest.

    `ignored` counts what comments took away, `accepted` what the baseline did, each finding once;
    `stale` are the baseline's entries for the files at hand that match nothing any more.
    """

    reports: tuple[Report, ...]
    ignored: int = 0
    accepted: int = 0
    stale: tuple[Entry, ...] = ()


def apply(judged: Sequence[Judged], baseline: Baseline | None = None) -> Outcome:
    """The reports of a run under its configurations, comments and baseline."""
    wanted = [_wanted(one) for one in judged]
    used: set[Ignore] = set()
    kept = [[d for d in found if not _ignored(d, used)] for found in wanted]
    ignored = sum(map(len, wanted)) - sum(map(len, kept))
    found = [[*rest, *_about_comments(one, used)] for one, rest in zip(judged, kept, strict=True)]
    accepted = set[Diagnostic]()
    stale: tuple[Entry, ...] = ()
    if baseline is not None:
        matched: set[Entry] = set()
        found = [
            _unaccepted(one, rest, baseline, matched, accepted)
            for one, rest in zip(judged, found, strict=True)
        ]
        files = [one.source.name for one in judged if one.source is not None]
        stale = baseline.stale(matched, files)
    reports = [
        report((_promoted(d, one.config) for d in rest), one.report.skipped)
        for one, rest in zip(judged, found, strict=True)
    ]
    return Outcome(tuple(reports), ignored, len(accepted), stale)


def _wanted(one: Judged) -> list[Diagnostic]:
    return [d for d in one.report.diagnostics if one.config.wants(d.rule, d.span.source.name)]


def _ignored(found: Diagnostic, used: set[Ignore]) -> bool:
    """Whether a comment in the finding's own file takes it away; such comments are `used`."""
    if not ignorable(found.rule):
        return False
    ignores, _ = read_ignores(found.span.source)
    by = [i for i in ignores if i.rule == found.rule and i.line == found.span.line]
    used.update(by)
    return bool(by)


def _about_comments(one: Judged, used: set[Ignore]) -> Iterator[Diagnostic]:
    """FC901 and FC902 for the spec's own file: a base is judged where it is checked itself."""
    if one.source is None:
        return
    ignores, malformed = read_ignores(one.source)
    if one.config.wants("FC902", one.source.name):
        yield from malformed
    if one.config.wants("FC901", one.source.name):
        idle = (i for i in ignores if i not in used and _was_judged(i.rule, one))
        yield from map(unused, islice(idle, MAX_FINDINGS))


def _was_judged(rule: str, one: Judged) -> bool:
    """Whether the rule would have been found: it was wanted, and no error came before it."""
    source = one.source
    before = any(d.severity == "error" and d.rule < rule for d in one.report.diagnostics)
    named = source is not None and one.config.wants(rule, source.name)
    return named and not before and not one.report.skipped


def _unaccepted(
    one: Judged,
    found: list[Diagnostic],
    baseline: Baseline,
    matched: set[Entry],
    held: set[Diagnostic],
) -> list[Diagnostic]:
    """What is not accepted; what is goes to `held`, and the entries that say so to `matched`."""
    from fishcompile.policy.baseline import accepted

    rest = []
    checked = one.source.name if one.source else ""
    for diagnostic, entry in zip(found, accepted(found, baseline.folder, checked), strict=True):
        if entry in baseline.entries:
            matched.add(entry)
            held.add(diagnostic)
        else:
            rest.append(diagnostic)
    return rest


def _promoted(found: Diagnostic, config: Config) -> Diagnostic:
    promotes = found.severity == "warning" and config.is_error(found.rule)
    return replace(found, severity="error") if promotes else found
