"""Narrowing: the fewest writes of a variant with which a finding is there, by trying them out.

The variant is laid over its base with some of its writes alone and judged again. Halves are tried
before parts of them (ddmin of Zeller and Hildebrandt 2002), so one write among many is found in a
few trials. There is a budget of work for all findings of a variant together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fishcompile.blame.writes import with_only, writes_of
from fishcompile.diagnostics.finding import Diagnostic, Report
from fishcompile.diagnostics.source import Span
from fishcompile.loading.loaded import Loaded
from fishcompile.reader.tree import Path, Tree

Key = tuple[str, Span]  # a finding's rule and place: it is the same if only its numbers differ
Judge = Callable[[Loaded, Tree], tuple[Report, int]]

MAX_TRIALS = 100
MAX_WORK = 50_000  # written values and nodes of networks, over all trials


@dataclass
class Trials:
    """Trials of a variant with fewer writes; `judge` gives what is found, and the work it was."""

    base: Loaded
    variant: Tree
    judge: Judge
    writes: tuple[Path, ...] = ()
    known: dict[frozenset[Path], frozenset[Key]] = field(default_factory=dict)
    work: int = 0

    def __post_init__(self) -> None:
        """Finds what the variant writes."""
        self.writes = writes_of(self.variant, self.base.tree)

    @property
    def spent(self) -> bool:
        """Whether the budget is."""
        return len(self.known) >= MAX_TRIALS or self.work >= MAX_WORK

    def found_with(self, kept: frozenset[Path]) -> frozenset[Key]:
        """What is found with these writes alone; nothing once the budget is spent."""
        if kept not in self.known:
            if self.spent:
                return frozenset()
            less = with_only(self.variant, kept, self.writes)
            report, work = self.judge(self.base, less)
            self.work += work
            self.known[kept] = frozenset(map(key_of, report.diagnostics))
        return self.known[kept]

    def least(self, key: Key) -> tuple[Path, ...]:
        """The fewest writes with which the finding is there; none of them can be left out.

        None where the budget does not reach.
        """
        left, parts = list(self.writes), 2
        while len(left) > 1 and not self.spent:
            size = -(-len(left) // parts)
            starts = range(0, len(left), size)
            smaller = self._first(key, (left[at : at + size] for at in starts))
            if smaller:
                left, parts = smaller, 2
                continue
            smaller = self._first(key, (left[:at] + left[at + size :] for at in starts))
            if smaller:
                left, parts = smaller, max(parts - 1, 2)
            elif size == 1:
                break
            else:
                parts = min(2 * parts, len(left))
        return () if len(left) > 1 and self.spent else tuple(left)

    def _first(self, key: Key, choices: Iterable[list[Path]]) -> list[Path]:
        """The first choice of writes with which the finding is there; none where there is none."""
        for choice in choices:
            if self.spent:
                break
            if choice and key in self.found_with(frozenset(choice)):
                return choice
        return []


def key_of(found: Diagnostic) -> Key:
    """By what a finding is known again in another trial."""
    return found.rule, found.span
