"""The pass `split_concat`: a convolution of a concatenation becomes a sum of convolutions.

A convolution adds up what its input channels give, so one of a concatenation is the sum of one of
each operand, with its part of the weights. A batch norm and an activation between the two act on
each channel by itself and are done for each operand. Then the merged map need not be copied
together, and what is done to an up-sampled operand can be done before the up-sampling.

Before: any sound graph; `fold_batch_norm` leaves fewer norms to be split. After: outputs and taps
are equal, in inference. A concatenation is taken apart where that leaves it unread, or for the 1x1
convolutions alone that read it where an operand is up-sampled to the nearest pixel; that adds a
map as large as the convolution's output to what is written. The blocks around what changes are
dissolved, and their nodes stand at the top. Nothing is split that has groups, nor what a tap, an
output or another node reads on the way.
"""

from __future__ import annotations

from dataclasses import replace

from fishcompile.analysis.features import tapped
from fishcompile.ir.edit import (
    chain,
    free,
    named,
    readers,
    replace_nodes,
    replace_uses,
    without_scopes,
)
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.add import Add
from fishcompile.ops.concat import Concat
from fishcompile.ops.conv import Conv
from fishcompile.ops.tensor import TensorType
from fishcompile.ops.upsample import Upsample
from fishcompile.passes.base import Pass, Passed, Renamed, Rewrite, Split
from fishcompile.record import record


@record
class _Cut:
    """A concatenation, and the chain of one-operand nodes behind it that ends at a convolution."""

    concat: str
    chain: tuple[str, ...]


def _run(graph: Graph) -> Passed:
    cuts = tuple(cut for node in graph.nodes for cut in _cuts(graph, node))
    if not cuts:
        return Passed(graph)
    graph, moved = without_scopes(
        tapped(graph), (n for cut in cuts for n in (cut.concat, *cut.chain))
    )
    types = dict(graph.types)
    made: dict[str, tuple[Node, ...]] = {}
    uses: dict[str, str] = {}
    rewrites: list[Rewrite] = [Renamed(tuple(moved.items()))] if moved else []
    for cut in cuts:
        concat = graph.node[moved.get(cut.concat, cut.concat)]
        widths = tuple(types[name].channels for name in concat.inputs)
        read = concat.inputs
        for path in cut.chain:
            old = graph.node[moved.get(path, path)]
            parts = _parts(graph, old, tuple(zip(read, widths, strict=True)), types)
            read = tuple(part.name for part in parts)
            made[old.name] = parts
            if old.op.state():
                rewrites.append(_split(old, read, widths))
        total = Node(free(graph, f"{old.name}_sum"), Add(), read, old.type)
        made[old.name] = (*parts, total)
        uses[old.name] = total.name
    return Passed(replace_uses(replace_nodes(graph, made), uses), tuple(rewrites))


def _cuts(graph: Graph, node: Node) -> list[_Cut]:
    """How the values of a concatenation may be had by parts."""
    if not isinstance(node.op, Concat):
        return []
    read = readers(graph, sizes=True)
    chains = [chain(graph, name, read, _by_channel) for name in dict.fromkeys(read[node.name])]
    whole = [_to_convolution(found) for found in chains]
    if node.name not in named(graph) and all(whole):
        return [_Cut(node.name, names) for names in whole]
    sources = [graph.node.get(name) for name in node.inputs]
    if not any(s and isinstance(s.op, Upsample) and s.op.mode == "nearest" for s in sources):
        return []
    ends = [names for names in whole if names and graph.node[names[-1]].op.by_pixel()]
    return [_Cut(node.name, names) for names in ends]


def _by_channel(node: Node) -> bool:
    return isinstance(node.op, Conv) or node.op.of_channels(1) is not None


def _to_convolution(found: tuple[Node, ...]) -> tuple[str, ...]:
    """The nodes of a chain up to its first convolution; none where it has none, or has groups."""
    for index, node in enumerate(found):
        if isinstance(node.op, Conv):
            names = tuple(each.name for each in found[: index + 1])
            return names if node.op.groups == 1 else ()
    return ()


def _parts(
    graph: Graph, old: Node, read: tuple[tuple[str, int], ...], types: dict[str, TensorType]
) -> tuple[Node, ...]:
    """The node once for each operand, with its channels; their types are put to the others."""
    parts = []
    for index, (name, width) in enumerate(read):
        op = old.op.of_channels(width)
        if isinstance(old.op, Conv):
            op = replace(old.op, in_channels=width, bias=old.op.bias and index == 0)
        assert op is not None
        path = free(graph, f"{old.name}_{index}")
        types[path] = op.infer(types[name])
        parts.append(Node(path, op, (name,), types[path]))
    return tuple(parts)


def _split(old: Node, parts: tuple[str, ...], widths: tuple[int, ...]) -> Split:
    starts = [sum(widths[:index]) for index in range(len(widths))]
    spans = tuple((n, s, s + w) for n, s, w in zip(parts, starts, widths, strict=True))
    return Split(old.name, spans, axis=1 if isinstance(old.op, Conv) else 0)


PASS = Pass("take concatenations apart before convolutions", _run)
