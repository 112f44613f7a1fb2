"""The policy of a run of `check`: what its options and each spec's project make of the reports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import SpecError
from fishcompile.diagnostics.source import Source
from fishcompile.formats import Checked
from fishcompile.loading.reach import Reader
from fishcompile.policy.apply import Judged, apply
from fishcompile.policy.config import Config, find_config, override
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.policy.baseline import Baseline


@record
class Choice:
    """The options that choose findings; an empty text is an option that was not given."""

    select: str = ""
    ignore: str = ""
    warn_as_error: str = ""
    baseline: str = ""
    write_baseline: str = ""


def judge_run(
    checked: Sequence[Checked], choice: Choice, read: Reader
) -> tuple[list[Checked], int, str]:
    """The checked specs with the findings that remain, how many a baseline holds back, and words.

    They say what the baseline does. With `write_baseline` what remains is accepted, and nothing
    does. Raises UsageError.
    """
    if choice.baseline and choice.write_baseline:
        raise UsageError("--baseline and --write-baseline exclude each other", "give one of them")
    baseline = _baseline(choice)
    judged = [Judged(item.report, _source(item, read), _config(item, choice)) for item in checked]
    outcome = apply(judged, baseline)
    said = ""
    if baseline is not None:
        from fishcompile.policy.baseline import held_back_words, stale_words

        words = (held_back_words(outcome.accepted, baseline.path), stale_words(outcome.stale))
        said = "\n".join(filter(None, words))
    remaining = [
        replace(item, report=report) for item, report in zip(checked, outcome.reports, strict=True)
    ]
    if choice.write_baseline:
        from fishcompile.policy.baseline import write_baseline

        file = Path(choice.write_baseline)
        named = zip(judged, remaining, strict=True)
        written = write_baseline(
            file,
            [
                (one.source.name if one.source else "", item.report.diagnostics)
                for one, item in named
            ],
        )
        print(f"wrote {file}: {len(written.entries)} findings accepted", file=sys.stderr)
        return judge_run(checked, replace(choice, write_baseline="", baseline=str(file)), read)
    return remaining, outcome.accepted, said


def _baseline(choice: Choice) -> Baseline | None:
    if not choice.baseline:
        return None
    from fishcompile.policy.baseline import read_baseline

    return read_baseline(Path(choice.baseline))


def _source(item: Checked, read: Reader) -> Source | None:
    """The spec's own text; the reader has it already."""
    try:
        return read(Path(item.path), item.path).source
    except SpecError:
        return None


def _config(item: Checked, choice: Choice) -> Config:
    config = find_config(Path(item.path))
    return override(
        config, choice.select or None, choice.ignore or None, choice.warn_as_error or None
    )
