"""The pass `delay_upsampling`: what is done to each pixel is done before copying pixels.

Up-sampling to the nearest pixel copies pixels, so a 1x1 convolution, a batch norm in evaluation, an
activation and a sum of channels give the same before it, at a fourth of the work for a factor of
two, and where they leave fewer channels there is less to copy.

Before: any sound graph; `split_concat` brings convolutions behind up-samplings. After: outputs and
taps are equal, in inference. An up-sampling that is read by such nodes alone, one behind the other,
stands behind the last of them; where others read it too it is done a second time, of fewer
channels, behind the last that leaves fewer. The blocks around what changes are dissolved.
"""

from __future__ import annotations

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
from fishcompile.ops.upsample import Upsample
from fishcompile.passes.base import Pass, Passed, Renamed
from fishcompile.record import record


def _run(graph: Graph) -> Passed:
    chains = tuple(each for node in graph.nodes for each in _chains(graph, node))
    if not chains:
        return Passed(graph)
    graph, moved = without_scopes(tapped(graph), (name for each in chains for name in each.names))
    types = dict(graph.types)
    made: dict[str, tuple[Node, ...]] = {}
    uses: dict[str, str] = {}
    for each in chains:
        up, *behind = (graph.node[moved.get(name, name)] for name in each.names)
        x, *like = (uses.get(name, name) for name in up.inputs)
        for old in behind:
            node = old._replace(inputs=(x,), type=old.op.infer(types[x]))
            types[node.name] = node.type
            made[node.name] = (node,)
            x = node.name
        later = Node(free(graph, f"{x}_up"), up.op, (x, *like), behind[-1].type)
        types[later.name] = later.type
        made[x] = (node, later)
        uses[x] = later.name
        if each.alone:
            made[up.name] = ()
    after = replace_nodes(replace_uses(graph, uses), made)
    return Passed(after, (Renamed(tuple(moved.items())),) if moved else ())


@record
class _Chain:
    """An up-sampling and the nodes that may stand before it; `alone`, where no other reads it."""

    names: tuple[str, ...]
    alone: bool


def _chains(graph: Graph, node: Node) -> list[_Chain]:
    """The rows of nodes behind the up-sampling `node` that may stand before it."""
    if not isinstance(node.op, Upsample) or node.op.mode != "nearest":
        return []
    read = readers(graph, sizes=True)
    first = tuple(dict.fromkeys(read[node.name]))
    alone = len(read[node.name]) == 1 and node.name not in named(graph)
    found = []
    for name in first:
        behind = chain(graph, name, read, lambda each: len(each.inputs) == 1 and each.op.by_pixel())
        while behind and not alone and behind[-1].type.channels >= node.type.channels:
            behind = behind[:-1]
        if behind:
            found.append(_Chain((node.name, *(each.name for each in behind)), alone))
    return found


PASS = Pass("do to each pixel what is done before up-sampling it", _run)
