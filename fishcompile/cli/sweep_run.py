"""Running a sweep: every combination checked and measured, in as many processes as are free."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from fishcompile.analysis.conditions import Condition
from fishcompile.analysis.measures import MEASURES, Network
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.loading.axes import Axis, combination
from fishcompile.loading.loaded import Loaded
from fishcompile.loading.settings import Setting, variant_of
from fishcompile.pipeline import base_of, examine, tried
from fishcompile.record import record

ALONE = 64  # combinations for which no process is started
_CHUNK = 32

Values = tuple[float, ...]


@record
class Task:
    """What is swept: a spec, its axes, the condition, and the measures of what it lets through."""

    spec: Path
    axes: tuple[Axis, ...]
    where: str
    measures: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many combinations there are."""
        return prod(len(axis.settings) for axis in self.axes)


@dataclass
class Swept:
    """What became of the combinations: measures by number, and those that are none of these."""

    found: dict[int, Values] = field(default_factory=dict)
    illegal: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)  # the least that breaks each rule
    passed_over: int = 0
    stopped: bool = False

    @property
    def done(self) -> int:
        """How many were looked at."""
        return len(self.found) + self.illegal.total() + self.passed_over

    def take(self, results: list[tuple[int, Values | str | None]]) -> None:
        """Puts results where they belong."""
        for number, result in results:
            if result is None:
                self.passed_over += 1
            elif isinstance(result, str):
                self.illegal[result] += 1
                self.first[result] = min(number, self.first.get(result, number))
            else:
                self.found[number] = result


def sweep(task: Task, jobs: int | None, tell: Callable[[int], None]) -> Swept:
    """Looks at every combination; `tell` hears how many more are done.

    Ctrl-C stops it, and what is done is kept. Raises SpecError for a spec that does not read, and
    UsageError for settings of what it does not have, and where the system ends a process.
    """
    swept = Swept()
    base = base_of(task.spec)
    variant_of(combination(task.axes, 0), base.tree)  # all have its paths: one not there is told
    try:
        if task.count <= ALONE or jobs == 1:
            judge = Judge(task, base)
            for number in range(task.count):
                swept.take([(number, judge(number))])
                tell(1)
        else:
            with _pool(task, jobs) as pool:
                futures: list[Future[Any]] = [
                    pool.submit(_judged, range(at, min(at + _CHUNK, task.count)))
                    for at in range(0, task.count, _CHUNK)
                ]
                for future in as_completed(futures):
                    results = future.result()
                    swept.take(results)
                    tell(len(results))
    except KeyboardInterrupt:
        swept.stopped = True
    except BrokenProcessPool:
        message = "a process of the sweep was ended, perhaps as memory ran out"
        raise UsageError(message, "let fewer run at once: --jobs 1") from None
    return swept


def examples(task: Task, swept: Swept) -> Iterator[tuple[tuple[Setting, ...], Diagnostic]]:
    """For each rule that is broken the first combination that breaks it, and the finding."""
    for rule, number in sorted(swept.first.items()):
        settings = combination(task.axes, number)
        found = examine(task.spec, settings=settings)[0].diagnostics
        yield from ((settings, each) for each in [d for d in found if d.rule == rule][:1])


class Judge:
    """Checks and measures one combination after the other."""

    def __init__(self, task: Task, base: Loaded) -> None:
        self.task, self.base = task, base
        self.where = Condition(task.where, MEASURES) if task.where else None

    def __call__(self, number: int) -> Values | str | None:
        """The measures; the rule that is broken; or None where the condition does not hold."""
        try:
            analysis = tried(self.base, combination(self.task.axes, number))
            if not analysis.report.ok:
                raise SpecError(analysis.report)
        except SpecError as error:
            return next(d.rule for d in error.report.diagnostics if d.severity == "error")
        network = Network(analysis.inference.graph, analysis.total)
        if self.where and not self.where.holds(network.measure):
            return None
        return tuple(network.measure(name) for name in self.task.measures)


@contextmanager
def _pool(task: Task, jobs: int | None) -> Iterator[ProcessPoolExecutor]:
    most = min(jobs or os.cpu_count() or 1, -(-task.count // _CHUNK))
    pool = ProcessPoolExecutor(most, initializer=_begin, initargs=(task,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_judge: Judge | None = None  # of a worker


def _begin(task: Task) -> None:
    global _judge
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one decides
    _judge = Judge(task, base_of(task.spec))


def _judged(numbers: range) -> list[tuple[int, Values | str | None]]:
    assert _judge is not None
    return [(number, _judge(number)) for number in numbers]
