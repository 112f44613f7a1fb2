"""Widths through composite blocks: node by node, as those of a graph, with formulas as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fishcompile.diagnostics.finding import SpecError
from fishcompile.ir.fault import ExpansionError
from fishcompile.language.formulas import evaluated
from fishcompile.language.graph_spec import InnerNode, NodeSpec, StageNode
from fishcompile.language.nodes import node_config
from fishcompile.reader.tree import Path
from fishcompile.scaling.inside import Formulas, Numbers
from fishcompile.scaling.network import UnfollowedError, Widths
from fishcompile.scaling.scope import Scope
from fishcompile.scaling.sides import sides_after
from fishcompile.scaling.width import Width, constant
from fishcompile.schema.block_names import width_name


def composite_width(name: str, node: NodeSpec, inputs: list[Width], scope: Scope) -> Width:
    """What leaves a node that is a block of the spec."""
    values = given(node.kind, node.path, dict(node.values), scope)
    before: Width | None = None
    width, *others = inputs
    for time in range(node.repeat):
        if before is not None and _is_same(width, before):
            break  # and so on
        before = width
        each = f"{name}.{time}" if node.repeat > 1 else name
        width = through(node.kind, each, [width, *others], values, scope)
    at = (*node.path, "repeat")
    if at in scope.network.base.places and at not in scope.network.repeats:
        scope.network.repeats.add(at)  # once: what is in the block is tried with it
        if not _is_kept(node.kind, [width, *others], values, scope):
            scope.found.growing.add(at)
    scope.keep(name, width)
    return width


def _is_kept(kind: str, inputs: list[Width], values: Numbers, scope: Scope) -> bool:
    """Whether a block that is repeated once more would give what it gave before."""
    try:
        again = through(kind, "", inputs, values, replace(scope, found=Widths()))
    except (SpecError, UnfollowedError):
        return False
    return _is_same(again, inputs[0])


def _is_same(one: Width, other: Width) -> bool:
    return one == other and one.sides == other.sides


def given(kind: str, path: Path, values: Mapping[str, int], scope: Scope) -> dict[str, Width]:
    """The parameters of a block for a use of it at `path`, its own defaults included."""
    network = scope.network
    found: dict[str, Width] = {}
    for key, default in network.definitions[kind].parameters:
        number = values.get(key, default)
        if number is None:
            continue
        if text := network.roles.unclear.get((kind, key)):
            raise scope.unfollowed(f"either factor of `{text}` in `{kind}` may be the width")
        place = (*path, key) if key in values else ("blocks", kind, "parameters", key)
        if network.roles.is_width(kind, key):
            found[key] = scope.choose(place, number)
        else:
            found[key] = scope.formulas.get(place, constant(number))
    return found


def through(kind: str, name: str, inputs: Iterable[Width], values: Numbers, scope: Scope) -> Width:
    """What leaves a block whose inputs and parameters are known."""
    definition = scope.network.definitions[kind]
    for parameter, _ in definition.parameters:
        if parameter not in values:
            message = f"`{kind}` needs `{parameter}`, and no block says it"
            raise scope.misfit("FC111", message, scope.top)
    reads = dict(zip(definition.inputs, inputs, strict=True))
    numbers = {**values, **{width_name(each): width for each, width in reads.items()}}
    inside = replace(scope, depth=scope.depth + 1)
    for node in definition.nodes:
        inside.count()
        operands = [reads[edge.source] for edge in node.inputs]
        reads[node.name] = _node(f"{name}.{node.name}", node, operands, numbers, inside)
    return reads[definition.output]


def _node(name: str, node: InnerNode, inputs: list[Width], numbers: Numbers, scope: Scope) -> Width:
    """What leaves a node inside a block."""
    formulas = Formulas(name, node, numbers, scope)
    if not formulas.is_there():
        return inputs[0]
    plain = {each: int(width.base) for each, width in numbers.items()}
    try:
        entry = evaluated(dict(node.keys), node.path, plain, name)
    except ExpansionError as error:
        cause, place = error.cause, error.place or node.path
        raise scope.misfit(cause.rule, cause.message, place) from None
    found = formulas.widths(inputs, entry)
    config = node_config(node.name, entry, node.path)
    made = StageNode(name, config, node.path, node.inputs)
    width = scope.network.read(made, inputs, replace(scope, formulas=found))
    return replace(width, sides=sides_after(config, inputs, width))
