"""The network's methods: `forward_features` gives the taps by name, `forward` the logits."""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.ir.graph import Graph, Scope
from fishcompile.language.stage_graph import LOGITS
from fishcompile.targets.python_source.forms import Item
from fishcompile.targets.python_source.forward import Forward
from fishcompile.targets.python_source.layout import STEP, entry, statement

_BODY = STEP * 2
_FEATURES = "dict[str, Tensor]"


def methods(graph: Graph, top: Sequence[Item]) -> list[str]:
    """The lines of the forward methods, each after an empty line."""
    outputs = dict(graph.outputs)
    image = graph.inputs[0].name
    stages = {s.output: s.local for s in graph.children[""] if isinstance(s, Scope)}
    stages[image] = image
    taps = {name: stages[value] for name, value in outputs.items() if name != LOGITS}
    trunk = [item for item in top if LOGITS not in outputs or item.local != _last(graph, stages)]
    if LOGITS not in outputs:
        features = _features("forward_features", image, trunk, taps)
        return [*features, *_method("forward", _FEATURES, ["return self.forward_features(x)"])]
    head = next(item for item in top if item not in trunk)
    source = head.operands[0]
    tap = next((name for name, stage in taps.items() if stage == source), None)
    if tap is not None:
        read = f'self.forward_features(x)["{tap}"]'
        return [*_features("forward_features", image, trunk, taps), *_logits(head, read)]
    # the classifier reads what is not tapped, so the taps are a selection of something larger
    everything = dict.fromkeys([*taps.values(), source])
    chosen = [
        line
        for name, stage in taps.items()
        for line in entry(f'"{name}": stages', "[", [f'"{stage}"'], "]", _BODY + STEP)
    ]
    select = ["stages = self.forward_stages(x)", "return {", *_outdented(chosen), "}"]
    return [
        *_features("forward_stages", image, trunk, {name: name for name in everything}),
        *_method("forward_features", _FEATURES, select if chosen else ["return {}"]),
        *_logits(head, f'self.forward_stages(x)["{source}"]'),
    ]


def _last(graph: Graph, stages: dict[str, str]) -> str:
    return stages[dict(graph.outputs)[LOGITS]]


def _features(name: str, image: str, trunk: list[Item], taps: dict[str, str]) -> list[str]:
    """The trunk stage by stage, and a dict of the tapped ones."""
    forward = Forward({image: "x"}, trunk, list(taps.values()), _BODY)
    for item in trunk:
        forward.add(item, named=True)
    pairs = [f'"{tap}": {forward.read(stage)}' for tap, stage in taps.items()]
    together = f"return {{{', '.join(pairs)}}}"
    if len(_BODY + together) <= 88:
        result = [together]
    else:
        result = ["return {", *(f"{STEP}{pair}," for pair in pairs), "}"]
    return _method(name, _FEATURES, [*_outdented(forward.lines), *result])


def _logits(head: Item, source: str) -> list[str]:
    lines = statement("logits: Tensor = ", f"self.{head.local}({source})", _BODY)
    return _method("forward", "Tensor", [*_outdented(lines), "return logits"])


def _outdented(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix(_BODY) for line in lines]


def _method(name: str, returns: str, body: list[str]) -> list[str]:
    head = f"{STEP}def {name}(self, x: Tensor) -> {returns}:"
    return ["", head, *(_BODY + line for line in body)]
