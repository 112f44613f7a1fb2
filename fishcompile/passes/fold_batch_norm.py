"""The pass `fold_batch_norm`: a batch norm becomes part of the convolution that it reads.

In inference a batch norm multiplies each channel by `weight / sqrt(running_var + eps)` and adds to
it, and both can be done to the weights and the bias of the convolution before it, once.

Before: any sound graph. After: outputs and taps are equal, in inference. Convolutions that took in
a norm have a bias, and such norms are gone; what read a norm reads its convolution. A norm stays
where anything else reads the convolution's values, where the convolution is a tap or an output,
where it is what a block gives out that holds the norm as well, where a block gives out its norm and
the convolution is not in it, and where the two stand in different blocks of a Sequential, which are
written once for all.
"""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.ir.edit import around, named, readers, replace_nodes, replace_uses, with_fields
from fishcompile.ir.graph import SEQUENTIAL, Graph, Node, Scope
from fishcompile.ops.base import Op
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.conv import Conv
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.passes.base import Fold, Pass, Passed

# What can take in a norm, and the dimension of its weight that is the output's channels.
_AXIS: dict[type[Op], int] = {Conv: 0, ConvTranspose: 1}


def _run(graph: Graph) -> Passed:
    nodes = {node.name: node for node in graph.nodes}
    scopes = {scope.name: scope for scope in graph.scopes}
    read, kept = readers(graph), named(graph)
    folds = []
    for norm in graph.nodes:
        layer = nodes.get(norm.inputs[0]) if isinstance(norm.op, BatchNorm) else None
        if layer is None or type(layer.op) not in _AXIS or layer.name in kept:
            continue
        if len(read[layer.name]) == 1 and _may_leave(norm, layer, scopes):
            folds.append(Fold(norm.name, layer.name, _AXIS[type(layer.op)]))
    changed: dict[str, tuple[Node, ...]] = {fold.norm: () for fold in folds}
    changed |= {fold.into: (with_fields(nodes[fold.into], bias=True),) for fold in folds}
    without = replace_nodes(graph, changed)
    after = replace_uses(without, {fold.norm: fold.into for fold in folds})
    return Passed(after, tuple(folds))


def _may_leave(norm: Node, layer: Node, scopes: Mapping[str, Scope]) -> bool:
    """Whether the blocks around both stay blocks that can be written as classes."""
    of_norm, of_layer = around(scopes, norm.name), around(scopes, layer.name)
    both = [scope for scope in of_norm if scope in of_layer]
    apart = [scope for scope in (*of_norm, *of_layer) if scope not in both]
    # in a Sequential, or below one alone, a change would be in one of its blocks and not in others
    if any(scope.kind == SEQUENTIAL for scope in (*apart, *both[:1])):
        return False
    if any(scope.output == layer.name for scope in both):
        return False
    return all(scope.output != norm.name for scope in of_norm if scope not in both)


PASS = Pass("fold each batch norm into the convolution before it", _run)
