"""Passes: functions from a graph to an equal one, a file each, found by the name of its file.

A file holds one `PASS`. It is imported when it is run, by those who ask for it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fishcompile.ir.graph import Graph
    from fishcompile.passes.base import Pass, Passed, Rewrite

ALL = "all"
# The order of `all`: what makes work for a pass stands before it.
ORDER = (
    "fold_batch_norm",
    "split_concat",
    "delay_upsampling",
    "merge_duplicates",
    "drop_unread",
)
# what is run for a purpose, by its name
PURPOSES = {"inference": ORDER}

_BESIDE = {"base"}


def found() -> tuple[str, ...]:
    """The names of the passes in this folder."""
    names = {module.name for module in iter_modules(__path__)}
    return tuple(sorted(names - _BESIDE))


def the_pass(name: str) -> Pass:
    """The pass of that name, one of `found`."""
    made: Pass = import_module(f"{__name__}.{name}").PASS
    return made


def chosen(words: str) -> tuple[str, ...]:
    """The names in a list parted by commas, in its order; `all` stands for ORDER.

    Raises UsageError for a name that is no pass, and for one that is there twice.
    """
    known = found()
    names: list[str] = []
    for word in (part.strip() for part in words.split(",")):
        names += ORDER if word == ALL else (word,)
    for index, name in enumerate(names):
        if name not in known:
            close = nearest(name, known)
            meant = f"did you mean {close}? " if close else ""
            way_out = f"{meant}the passes are {', '.join(known)}"
            raise UsageError(f"no pass is called {shown(name)}", way_out)
        if name in names[:index]:
            raise UsageError(f"the pass {name} is named twice", "name it once")
    return tuple(names)


def optimised(purpose: str) -> tuple[str, ...]:
    """The names of the passes that are run for a purpose. Raises UsageError for what is none."""
    if purpose not in PURPOSES:
        way_out = f"use {' or '.join(PURPOSES)}"
        raise UsageError(f"nothing is optimised for {shown(purpose)}", way_out)
    return PURPOSES[purpose]


def run(graph: Graph, names: Iterable[str]) -> Passed:
    """The graph after the named passes, one after the other, each held by `verify`."""
    from fishcompile.ir.verify import verify
    from fishcompile.passes.base import Passed

    rewrites: list[Rewrite] = []
    for name in names:
        after = the_pass(name).run(graph)
        verify(after.graph)
        graph = after.graph
        rewrites += after.rewrites
    return Passed(graph, tuple(rewrites))
