"""Sizes that do not meet at a join: which sampling lost a pixel, or which skip is of another stage.

A halving rounds, and a doubling of what it left comes out a pixel off: 15 goes to 8 or 7, and back
to 16 or 14. The skip is then not at fault: the sampling is, which has to ask for its sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field

from fishcompile.analysis.shapes import Failure
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.diagnostics.finding import Fix
from fishcompile.diagnostics.source import Span
from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.spec import StageSpec
from fishcompile.ops.tensor import TensorType
from fishcompile.reader.respell import added, rewritten
from fishcompile.reader.tree import Path, Tree
from fishcompile.record import record

Facts = Mapping[str, StageFacts]
_TWICE = 2


@record
class Mend:
    """What to change for the sizes to meet: where, why, and how; a `place` of None is the join."""

    place: Path | None
    label: str
    help: tuple[str, ...]
    notes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = field(default=())


def mend_of(failure: Failure, facts: Facts, tree: Tree) -> Mend | None:
    """The sampling or the skip to change for the operands of a join to meet, if one is."""
    node = failure.node
    if failure.error.cause.rule != "FC303" or failure.error.trail:
        return None
    if isinstance(node.config, StageSpec):
        return _of_a_stage(failure, facts, tree)
    if not isinstance(node.config, NodeSpec) or node.config.kind not in ("add", "mul", "concat"):
        return None
    position = failure.error.cause.operand or 0
    sources = [node.inputs[0].source, node.inputs[position].source]
    for own, other in (sources, sources[::-1]):
        if own in facts and other in facts:
            mend = _of_an_upsampling(own, other, facts, tree)
            if mend is not None:
                return mend
    return None


def _of_an_upsampling(own: str, other: str, facts: Facts, tree: Tree) -> Mend | None:
    """The up-sampling by a factor that leads to `own`, which can take the sides of `other`."""
    have, want = facts[own].output.sides, facts[other].output.sides
    up = _upsampling(own, facts)
    if up is None or len(want) != _TWICE or other == up.name or _reads(other, up.name, facts):
        return None
    assert isinstance(up.config, NodeSpec), "a stage is no node of its own kind"
    values = dict(up.config.values)
    factor = values.get("factor" if up.config.kind == "upsample" else "stride") or _TWICE
    before = facts[up.name].inputs[0].sides
    if any(abs(a - b) >= factor for a, b in zip(have, want, strict=True)):
        return None
    extra = ""
    if up.config.kind == "deconv" and any(a > b for a, b in zip(have, want, strict=True)):
        # by a kernel of its stride a transposed convolution gives no less than the product
        if values.get("kernel") is not None or values.get("padding") is not None:
            return None
        extra = f", kernel: {factor + 1}, padding: 1"
    axis = next(i for i in range(_TWICE) if have[i] != want[i])
    odd = ", odd" if want[axis] % _TWICE else ""
    does = "doubles" if factor == _TWICE else f"takes {factor} times"
    label = f"{up.name} {does} {before[axis]} to {have[axis]}; {other} is {want[axis]}{odd}"
    instead = " in place of `factor`" if (*up.path, "factor") in tree.places else ""
    said = f"write `to: {other}{extra}` at {up.name}{instead}"
    alike = [name for name, fact in facts.items() if name != up.name and _by_factor(fact.node)]
    alike += _later(tree, {*facts, up.name})
    notes = (_same_form(alike),) if alike else ()
    fixes = _take_sides(up.path, f"to: {other}{extra}", tree)
    return Mend(up.path, label, (said,), notes, fixes)


def _same_form(names: list[str]) -> str:
    *most, last = names[:4]
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"{listed} {'have' if most else 'has'} the same form"


def _take_sides(path: Path, text: str, tree: Tree) -> tuple[Fix, ...]:
    factor = (*path, "factor")
    if factor not in tree.places:
        return added(tree, path, text)
    key, value = tree.key_span(factor), tree.value_span(factor)
    whole = Span(key.source, key.line, key.column, value.end_line, value.end_column)
    return rewritten(whole, text, safe=False)


def _upsampling(name: str, facts: Facts) -> StageNode | None:
    """The up-sampling by a factor that a value comes from through nodes that keep its sides."""
    sides = facts[name].output.sides
    while name in facts and facts[name].output.sides == sides:
        fact = facts[name]
        if _by_factor(fact.node):
            return fact.node
        if fact.inputs[0].sides != sides:
            return None
        name = fact.node.inputs[0].source
    return None


def _by_factor(node: StageNode) -> bool:
    config = node.config
    sampling = isinstance(config, NodeSpec) and config.kind in ("upsample", "deconv")
    return sampling and len(node.inputs) == 1


def _later(tree: Tree, known: set[str]) -> Iterator[str]:
    """The up-samplings by a factor behind the failure, which nothing is known of yet."""
    graph = tree.value.get("graph")
    for name, entry in graph.items() if isinstance(graph, dict) else ():
        kind = entry.get("kind") if isinstance(entry, dict) and "to" not in entry else None
        if kind in ("upsample", "deconv") and name not in known:
            yield name


def _reads(name: str, source: str, facts: Facts) -> bool:
    """Whether a node reads another, directly or not."""
    todo, seen = [name], {name}
    while todo:
        at = todo.pop()
        if at == source:
            return True
        if at in facts:
            fresh = [edge.source for edge in facts[at].node.inputs if edge.source not in seen]
            seen.update(fresh)
            todo += fresh
    return False


def _of_a_stage(failure: Failure, facts: Facts, tree: Tree) -> Mend | None:
    node, operands = failure.node, failure.error.operands
    config = node.config
    if not isinstance(config, StageSpec) or len(operands) != _TWICE or len(node.inputs) != _TWICE:
        return None
    trunk, skip = operands
    if len(trunk.sides) != _TWICE or len(skip.sides) != _TWICE or config.up.kind != "none":
        return None
    rounding = _rounding(config, failure.inputs[0].type, skip)
    if rounding:
        text = f"down: {rounding}"
        label = f"{node.name} samples down to {trunk.sides[0]}, and the skip is {skip.sides[0]}"
        down = (*node.path, "down")
        if down in tree.places:
            fixes = rewritten(tree.value_span(down), rounding, safe=False)
        else:
            fixes = added(tree, node.path, text)
        return Mend(None, label, (f"write `{text}` at {node.name}",), (), fixes)
    return _of_a_skip(node, trunk, facts, tree)


def _rounding(config: StageSpec, x: TensorType, skip: TensorType) -> str | None:
    """The down-sampling that rounds the other way, where with it the sizes meet."""
    if config.down.kind == "none" or config.down.stride != _TWICE:
        return None
    up, down = (tuple((side + more) // 2 for side in x.sides) for more in (1, 0))
    pooling = "avg_pool" if config.down.kind == "avg_pool" else "max_pool"
    if up == skip.sides:
        return f"{{kind: {pooling}, kernel: 3}}"
    return pooling if down == skip.sides else None


def _of_a_skip(node: StageNode, trunk: TensorType, facts: Facts, tree: Tree) -> Mend | None:
    """The skip of an earlier stage that another has too, where one is left that nobody takes."""
    source = node.inputs[1].source
    taken = Counter(_skips(tree))
    fact = facts.get(source)
    config = fact.node.config if fact else None
    if fact is None or not isinstance(config, StageSpec) or len(fact.node.inputs) < _TWICE:
        return None
    behind, path = fact.node.inputs[1].source, fact.node.inputs[1].path
    if config.up.kind == "none" or path is None or taken[behind] < _TWICE:
        return None
    free = [
        name
        for name, other in facts.items()
        if other.output.sides == trunk.sides and not taken[name] and _is_source(other.node)
    ]
    others = [
        name
        for name, other in facts.items()
        if name != source and [edge.source for edge in other.node.inputs[1:]] == [behind]
    ]
    if len(free) != 1 or not others:
        return None
    sides = "x".join(map(str, trunk.sides))
    label = f"{others[0]} has the skip of {behind} too"
    said = f"write `from: {free[0]}` here, so that {source} gives {sides}"
    return Mend(path, label, (said,), (), rewritten(tree.value_span(path), free[0], safe=False))


def _is_source(node: StageNode) -> bool:
    """Whether a stage is one that up-sampling stages take their skips from."""
    return not isinstance(node.config, StageSpec) or node.config.section == "tail"


def _skips(tree: Tree) -> Iterator[str]:
    """The sources of all transfers, whatever is known of them."""
    for path in tree.places:
        if path[-2:] == ("transfer", "from"):
            yield str(tree.get(path))


def unused_skip(node: StageNode, fitting: list[str], tree: Tree) -> str | None:
    """The one of the stages that fit as the skip that no other takes, if it is one."""
    taken = set(_skips(tree))
    trunks = {one for one in fitting if one == node.inputs[0].source}
    free = [name for name in fitting if name not in taken and name not in trunks]
    return free[0] if len(free) == 1 else None
