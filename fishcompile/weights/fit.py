"""Whether a checkpoint's keys and shapes are those of a spec, and whose they are if not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from fishcompile.diagnostics.errors import FindingError
from fishcompile.diagnostics.names import shown
from fishcompile.ir.graph import Graph
from fishcompile.language.key_layouts import AUTHORS, FISHCOMPILE
from fishcompile.language.stage_graph import StageGraph
from fishcompile.package import data_file
from fishcompile.pipeline import compiled
from fishcompile.weights.authors import authors_keys, block_prefixes

COUNTER = "num_batches_tracked"
SHOWN = 20
RELEASED = ("fishnet99", "fishnet150", "fishnet201")
_BUILT_IN = (FISHCOMPILE, AUTHORS)

Shape = tuple[int, ...]


def require_fit(
    found: Mapping[str, Shape],
    wanted: Mapping[str, Shape],
    graph: Graph,
    stages: StageGraph,
    layout: str,
) -> None:
    """Raises FindingError with every key that is left over, missing or of another shape.

    Both map keys of one layout, which is named, to shapes. A missing counter of batches is
    none: checkpoints from before PyTorch 0.4.1 have no such key.
    """
    extra = [f"{shown(key, 120)} {sides(found[key])}" for key in found if key not in wanted]
    missing = [
        f"{key} {sides(shape)}"
        for key, shape in wanted.items()
        if key not in found and not key.endswith(COUNTER)
    ]
    wrong = [
        f"{key} is {sides(found[key])}, the spec's {sides(shape)}"
        for key, shape in wanted.items()
        if key in found and found[key] != shape
    ]
    if not (extra or missing or wrong):
        return
    lines = [f"the checkpoint does not fit the spec {graph.name}"]
    lines += listed("left over in the checkpoint", extra)
    lines += listed("missing from the checkpoint", missing)
    lines += listed("of another shape", wrong)
    hint = _hint(found, graph, stages, authors=layout == AUTHORS) if layout in _BUILT_IN else ""
    if layout == FISHCOMPILE and len(missing) < len(wanted) - len(missing):
        left = (key for key in found if key not in wanted)
        asked = drops(left, (line.partition(" ")[0] for line in wrong))
        command = f"fishcompile weights fit {asked}".rstrip()
        hint = "; ".join(filter(None, (hint, f"`{command}` carries over what is the same")))
    raise FindingError("\n".join(lines), hint)


def drops(left: Iterable[str], other: Iterable[str]) -> str:
    """The options of `weights fit` that leave out keys left over, and others of another shape."""
    stages = dict.fromkeys(key.partition(".")[0] for key in left)
    parts = dict.fromkeys(key.rpartition(".")[0] or key for key in other)
    return " ".join([f"--drop {name}" for name in (*stages, *parts) if name.isprintable()][:6])


def listed(title: str, entries: Sequence[str]) -> list[str]:
    """Lines that list entries under a title, as far as anyone reads; none where there are none."""
    if not entries:
        return []
    rest = [f"    and {len(entries) - SHOWN} more"] if len(entries) > SHOWN else []
    return [f"  {title}: {len(entries)}", *(f"    {e}" for e in entries[:SHOWN]), *rest]


def sides(shape: Shape) -> str:
    """A shape as it is shown, `64x3x7x7`."""
    return "x".join(map(str, shape)) or "scalar"


def _hint(found: Iterable[str], graph: Graph, stages: StageGraph, *, authors: bool) -> str:
    """Whose checkpoint it is, and which block counts differ: by far the commonest cause."""
    keys = frozenset(found)
    hints = []
    model = next((name for name in RELEASED if _is_of(keys, name, authors=authors)), None)
    if model and model != graph.name:
        hints.append(f"this is a checkpoint of {model}")
    prefixes = block_prefixes(graph, stages) if authors else {g: g for g in _groups(graph)}
    counts = [
        f"{_in_words(ours)} {there} and {here}"
        for ours, theirs in prefixes.items()
        if (there := _count(keys, theirs)) != (here := len(graph.children[ours]))
    ]
    if counts:
        hints.append(f"blocks in the checkpoint and in the spec: {', '.join(counts)}")
    return "; ".join(hints)


def _groups(graph: Graph) -> list[str]:
    return [name for name in graph.children if name.endswith((".refine", ".transfer"))]


def _in_words(group: str) -> str:
    stage, _, part = group.partition(".")
    return stage if part == "refine" else f"{stage}'s transfer"


def _count(keys: Iterable[str], prefix: str) -> int:
    inside = re.compile(re.escape(prefix) + r"\.(\d+)\.")
    return len({match[1] for key in keys if (match := inside.match(key))})


def _is_of(keys: frozenset[str], model: str, *, authors: bool) -> bool:
    analysis = compiled(data_file("specs", f"{model}.yaml"))
    graph = analysis.inference.graph
    names = authors_keys(graph, analysis.stages).values() if authors else graph.state()
    return _without_counters(keys) == _without_counters(names)


def _without_counters(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key for key in keys if not key.endswith(COUNTER))
