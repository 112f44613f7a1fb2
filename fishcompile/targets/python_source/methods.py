"""The network's methods: `forward_features` gives the features by name, `forward` the outputs.

What the features need is computed in `forward_features`; `forward` calls it and goes on from there.
A network without a map on its way has a `forward` alone. One output is a tensor, several a dict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fishcompile.analysis.features import features
from fishcompile.analysis.frames import WIDTH
from fishcompile.ir.graph import Graph, Node
from fishcompile.record import record
from fishcompile.targets.python_source.forms import Called
from fishcompile.targets.python_source.forward import Forward
from fishcompile.targets.python_source.line_breaking import STEP, entry

_BODY = STEP * 2
_FEATURES = "dict[str, Tensor]"


@record
class _Plan:
    """The items at the top, by what needs them, and the local names that are given out."""

    image: str
    trunk: tuple[Called, ...]
    heads: tuple[Called, ...]
    taps: dict[str, str]
    outputs: dict[str, str]

    @property
    def border(self) -> tuple[str, ...]:
        """What the heads and outputs read of the trunk, the image apart."""
        made = {item.local for item in self.trunk}
        read = [name for item in self.heads for name in item.operands]
        return tuple(
            name for name in dict.fromkeys([*read, *self.outputs.values()]) if name in made
        )


def methods(graph: Graph, top: Sequence[Called], before: Sequence[str] = ()) -> list[str]:
    """The lines of the forward methods, each after an empty line.

    The lines `before` are those that look at the image first.
    """
    empty, head, *body = _methods(graph, top)
    return [empty, head, *(_BODY + line for line in before), *body]


def _methods(graph: Graph, top: Sequence[Called]) -> list[str]:
    plan = _plan(graph, top)
    if not plan.taps:
        return _forward(plan, _writer({plan.image: "x"}, plan.heads, plan.outputs))
    if plan.outputs in ({}, plan.taps):
        given = _features("forward_features", plan, plan.taps)
        return [*given, *_method("forward", _FEATURES, ["return self.forward_features(x)"])]
    tapped = {stage: tap for tap, stage in reversed(plan.taps.items())}
    if set(plan.border) <= set(tapped):
        method, names = "forward_features", tapped
        lines = _features(method, plan, plan.taps)
    else:
        # a head reads what is not tapped, so the taps are a selection of something larger
        method, names = "forward_stages", {name: name for name in plan.border}
        everything = dict.fromkeys([*plan.taps.values(), *plan.border])
        lines = [*_features(method, plan, {name: name for name in everything}), *_selection(plan)]
    return [*lines, *_heads(plan, method, names)]


def _plan(graph: Graph, top: Sequence[Called]) -> _Plan:
    image = graph.inputs[0].name
    local = {image: image}
    for child in graph.children[""]:
        local.setdefault(child.name if isinstance(child, Node) else child.output, child.local)
    taps = {name: local[value] for name, value in features(graph)}
    outputs = {name: local[value] for name, value in graph.outputs}
    needed = set(taps.values())
    for item in reversed(top):
        if item.local in needed:
            needed.update(item.operands)
    trunk = tuple(item for item in top if item.local in needed)
    heads = tuple(item for item in top if item.local not in needed)
    return _Plan(image, trunk, heads, taps, outputs)


def _features(name: str, plan: _Plan, chosen: Mapping[str, str]) -> list[str]:
    """The trunk stage by stage, and a dict of the chosen ones."""
    forward = _writer({plan.image: "x"}, plan.trunk, chosen, by_name=True)
    for item in plan.trunk:
        forward.add(item)
    given = _dict(forward, chosen)
    if len(given) == 1:
        forward.unname([*chosen.values()][-1], WIDTH - len(_BODY + given[0]))
        given = _dict(forward, chosen)
    return _method(name, _FEATURES, [*_outdented(forward.lines), *given])


def _selection(plan: _Plan) -> list[str]:
    chosen = [
        line
        for name, stage in plan.taps.items()
        for line in entry(f'"{name}": stages', "[", [f'"{stage}"'], "]", _BODY + STEP)
    ]
    select = ["stages = self.forward_stages(x)", "return {", *_outdented(chosen), "}"]
    return _method("forward_features", _FEATURES, select)


def _heads(plan: _Plan, method: str, names: Mapping[str, str]) -> list[str]:
    """`forward`: what comes after the trunk, whose values `method` gives by `names`."""
    reads = [name for item in plan.heads for name in item.operands] + list(plan.outputs.values())
    if len(plan.border) == 1 and reads.count(plan.border[0]) == 1 and plan.image not in reads:
        (border,) = plan.border
        values = {border: f'self.{method}(x)["{names[border]}"]'}
        first = []
    else:
        holder = method.removeprefix("forward_")
        values = {border: f'{holder}["{names[border]}"]' for border in plan.border}
        # what reads nothing of the trunk does without it
        first = [f"{_BODY}{holder} = self.{method}(x)"] if plan.border else []
    forward = _writer({plan.image: "x"} | values, plan.heads, plan.outputs)
    forward.lines += first
    return _forward(plan, forward)


def _writer(
    values: dict[str, str],
    items: Sequence[Called],
    given: Mapping[str, str],
    *,
    by_name: bool = False,
) -> Forward:
    """What writes the stages, whose values are given out at the end."""
    return Forward(values, items, [*given.values()], _BODY, stages=True, by_name=by_name)


def _forward(plan: _Plan, forward: Forward) -> list[str]:
    """`forward` from the heads on: one output as a tensor, several as a dict."""
    for item in plan.heads:
        forward.add(item)
    if len(plan.outputs) > 1:
        lines = [*_outdented(forward.lines), *_dict(forward, plan.outputs)]
        return _method("forward", _FEATURES, lines)
    forward.finish(*plan.outputs.values())
    return _method("forward", "Tensor", _outdented(forward.lines))


def _dict(forward: Forward, chosen: Mapping[str, str]) -> list[str]:
    """A return of a dict of values by name."""
    pairs = [f'"{name}": {forward.read(value)}' for name, value in chosen.items()]
    together = f"return {{{', '.join(pairs)}}}"
    if len(_BODY + together) <= WIDTH:
        return [together]
    return ["return {", *(f"{STEP}{pair}," for pair in pairs), "}"]


def _outdented(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix(_BODY) for line in lines]


def _method(name: str, returns: str, body: list[str]) -> list[str]:
    head = f"{STEP}def {name}(self, x: Tensor) -> {returns}:"
    return ["", head, *(_BODY + line for line in body)]
