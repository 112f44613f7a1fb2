"""Recompute: calls that training computes again in the backward, and the function that does so.

An emitted file has one such function, which the guard knows word for word. Batch norms count once,
as the second time they write their statistics to copies of their buffers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from fishcompile.analysis.recompute import PREACT, Step, given, recomputed, units
from fishcompile.ir.graph import Graph
from fishcompile.targets.python_source.forms import Called, Item, OpItem, RecomputedItem

CALLABLE = "from collections.abc import Callable"
IMPORTS = (
    "from torch.func import functional_call",
    "from torch.utils.checkpoint import checkpoint",
)
# No stage is called so, as names of a spec begin with a letter.
NAME = "_recomputed"
OF_STAGES = '''\
def _recomputed(module: nn.Module, *inputs: Tensor) -> Tensor:
    """module(*inputs), whose insides the backward computes again and does not keep."""
    buffers = dict(module.named_buffers())
    y = checkpoint(functional_call, module, buffers, inputs, use_reentrant=False)
    # copies for the second time, so that batch norms count the batch once
    buffers.update({name: buffer.clone() for name, buffer in buffers.items()})
    return y'''
OF_UNITS = '''\
def _recomputed(
    x: Tensor, norm: nn.Module, *steps: Callable[[Tensor], Tensor]
) -> Tensor:
    """The steps after the norm, of which the backward computes all but the last again.

    Only x is kept for it.
    """
    buffers = dict(norm.named_buffers())

    def run(x: Tensor) -> Tensor:
        x = functional_call(norm, buffers, x)
        for step in steps:
            x = step(x)
        return x

    y = checkpoint(run, x, use_reentrant=False, preserve_rng_state=False)
    # copies for the second time, so that a batch norm counts the batch once
    buffers.update({name: buffer.clone() for name, buffer in buffers.items()})
    return y'''
FUNCTIONS = (OF_STAGES, OF_UNITS)


def recomputed_in(graph: Graph, items: Sequence[Item], given: Collection[str]) -> Sequence[Called]:
    """The items of a block of the graph as its forward is to call them.

    `given` are the values that leave the block.
    """
    return _units(items, given) if graph.recompute == PREACT else items


def recomputed_at_the_top(graph: Graph, items: Sequence[Item]) -> Sequence[Called]:
    """The items of the network as its forward is to call them."""
    if graph.recompute == PREACT:
        return _units(items, [value.partition(".")[0] for value in given(graph)])
    names = recomputed(graph)
    return [_stage(item) if item.local in names else item for item in items]


def helper(graph: Graph, lines: Iterable[str]) -> list[str]:
    """The function that the lines call, if they do."""
    text = OF_UNITS if graph.recompute == PREACT else OF_STAGES
    return [text] if any(f"{NAME}(" in line for line in lines) else []


def _stage(item: Item) -> RecomputedItem:
    operands = (f"{{{index}}}" for index in range(len(item.operands)))
    text = f"{NAME}({', '.join((f'self.{item.local}', *operands))})"
    return RecomputedItem(item.local, text, item.operands)


def _units(items: Sequence[Item], given: Collection[str]) -> list[Called]:
    """The items of a block, norms before convolutions as one call with what is between."""
    steps = [
        Step(item.local, item.op if isinstance(item, OpItem) and not item.when else None,
             item.operands)
        for item in items
    ]  # fmt: skip
    found = {unit[-1]: unit for unit in units(steps, given)}
    by_name = {item.local: item for item in items}
    dropped = {name for unit in found.values() for name in unit[:-1]}
    return [
        _unit([by_name[name] for name in found[item.local]]) if item.local in found else item
        for item in items
        if item.local not in dropped
    ]


def _unit(items: Sequence[Item]) -> RecomputedItem:
    called = [
        item.op.calls[0]
        if isinstance(item, OpItem) and item.op.module() is None
        else f"self.{item.local}"
        for item in items
    ]
    return RecomputedItem(items[-1].local, f"{NAME}({{0}}, {', '.join(called)})", items[0].operands)
