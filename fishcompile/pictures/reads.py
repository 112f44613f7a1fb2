"""Reads: what each stage reads the values of, and how much a gradient crosses on the way back.

Stages without weights that read one other have no mark of their own: a dropout stands with what it
reads, a pooling with what reads it. What read them reads by way of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from fishcompile.analysis.crossings import Crossing
from fishcompile.language.graph_spec import StageNode
from fishcompile.record import record


@record
class Read:
    """A source, by the stages in between; `error` numbers the finding that it does not fit."""

    source: str
    crossing: Crossing = Crossing()
    via: tuple[str, ...] = ()
    known: bool = True
    error: int = 0


Reads = dict[str, tuple[Read, ...]]


def freely_reached(reads: Reads, ends: Iterable[str]) -> set[str]:
    """The stages to which a chain of free crossings leads from where the heads begin."""
    reached: set[str] = set()
    todo = list(ends)
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [r.source for r in reads.get(name, ()) if r.known and r.crossing.free]
    return reached


def without(reads: Reads, hides: Callable[[str], bool], same: Callable[[str, str], bool]) -> Reads:
    """The reads of the stages that are not hidden, by way of those that are.

    `hides` is asked of each stage that has one read and readers. A stage that is the `same` as its
    source is not named on the way.
    """
    read_at_all = {read.source for some in reads.values() for read in some}
    hidden: dict[str, Read] = {}
    found: Reads = {}
    for name, some in reads.items():
        through = tuple(_through(read, hidden) for read in some)
        if len(through) == 1 and name in read_at_all and hides(name):
            (only,) = through
            named = () if same(name, only.source) else (name,)
            hidden[name] = replace(only, via=(*only.via, *named))
        else:
            # by two hidden ways from one source: the freer one is drawn
            best: dict[str, Read] = {}
            for read in sorted(through, key=lambda r: len(r.crossing.convolutions)):
                best.setdefault(read.source, read)
            found[name] = tuple(read for read in through if best[read.source] is read)
    return found


def _through(read: Read, hidden: Mapping[str, Read]) -> Read:
    before = hidden.get(read.source)
    if before is None:
        return read
    return replace(
        before,
        crossing=read.crossing.behind(before.crossing),
        via=(*before.via, *read.via),
        known=read.known and before.known,
        error=read.error or before.error,
    )


def first_reads(
    nodes: Iterable[StageNode],
    crossing: Callable[[str, str], Crossing | None],
    known: Callable[[str], bool],
    errors: Mapping[tuple[str, int], int],
) -> Reads:
    """What the stages read. One that is known reads no more than what is crossed to."""
    reads: Reads = {}
    for node in nodes:
        found: dict[str, Read] = {}
        for at, edge in enumerate(node.inputs):
            way = crossing(node.name, edge.source)
            if way is not None or not known(node.name):
                error = errors.get((node.name, at), 0)
                read = Read(edge.source, way or Crossing(), (), way is not None, error)
                found.setdefault(edge.source, read)
        reads[node.name] = tuple(found.values())
    return reads
