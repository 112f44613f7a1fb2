"""Shapes of nodes by arithmetic of their own, beside the compiler's: `shape` for every kind.

`UnfitError` is raised where a node does not fit, so that a generator can choose another one.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from tests.grammar.residual import fits
from tests.strategies import MAX_CHANNELS, MAX_SIDE, Map

Entry = dict[str, Any]

SAME = ("relu", "silu", "gelu", "sigmoid", "dropout")
MAX_DEPTH = 8
EDGES = ("kind", "from", "to", "when", "repeat", "expect")


class UnfitError(Exception):
    """A node whose inputs or numbers do not fit."""


def demand(condition: object) -> None:
    """Raises UnfitError unless the condition holds."""
    if not condition:
        raise UnfitError


def slide(sides: tuple[int, ...], extent: int, stride: int, padding: int) -> tuple[int, ...]:
    """The sides after a sliding window."""
    after = tuple((side + 2 * padding - extent) // stride + 1 for side in sides)
    demand(min(after) >= 1)
    return after


def shape(entry: Entry, inputs: Sequence[Map], blocks: Mapping[str, Entry], depth: int = 0) -> Map:
    """What a node gives; `blocks` are the composite blocks that it may be. Raises UnfitError."""
    kind, x = entry["kind"], inputs[0]
    if kind in blocks:
        times = entry.get("repeat", 1)
        entered = []
        for _ in range(times):
            entered.append(inputs[0].channels)
            inputs = [_composite(entry, inputs, blocks, depth), *inputs[1:]]
        # one class of block for all but the first
        demand(len(set(entered[1:])) <= 1)
        return inputs[0]
    if kind == "flatten":
        return Map(prod((x.channels, *x.sides)), ())
    if kind in SAME:
        return x
    if kind in ("add", "mul"):
        demand(len({(m.channels, len(m.sides)) for m in inputs}) == 1)
        large = {m.sides for m in inputs if m.sides not in ((), (1, 1))}
        demand(len(large) <= 1)
        return Map(x.channels, next(iter(large), x.sides))
    if kind == "linear":
        demand(not x.sides)
        return Map(entry["out"], ())
    if kind == "concat":
        demand(x.sides and len({m.sides for m in inputs}) == 1)
        return _within(Map(sum(m.channels for m in inputs), x.sides))
    demand(x.sides)
    return _within(_of_map(kind, entry, x, inputs[1:]))


def _of_map(kind: str, entry: Entry, x: Map, like: Sequence[Map]) -> Map:
    demand(all(made.sides for made in like))
    if kind in ("conv", "max_pool", "avg_pool", "blocks"):
        return _window(kind, entry, x)
    if kind in ("deconv", "upsample"):
        return _raised(kind, entry, x, like)
    match kind:
        case "batch_norm":
            return x
        case "global_avg_pool":
            return Map(x.channels, (1, 1))
        case "adaptive_avg_pool":
            return Map(x.channels, (entry["size"],) * 2)
        case "channel_sum":
            demand(x.channels % entry["k"] == 0)
            return Map(x.channels // entry["k"], x.sides)
        case "channel_shuffle":
            demand(x.channels % entry["groups"] == 0)
            return x
        case _:
            return Map(x.channels * entry["k"], x.sides)


def _window(kind: str, entry: Entry, x: Map) -> Map:
    if kind == "blocks":
        words, out = entry.get("block", {}), entry.get("out", x.channels)
        words = words if isinstance(words, dict) else {"kind": words}
        demand(fits(words, x.channels, [out]))
        return Map(out, slide(x.sides, 1, entry.get("stride", 1), 0))
    if kind != "conv":
        kernel, padding = int(entry.get("kernel", 2)), int(entry.get("padding", 0))
        demand(2 * padding <= kernel)
        return Map(x.channels, slide(x.sides, kernel, entry.get("stride", kernel), padding))
    groups, kernel = entry.get("groups", 1), entry.get("kernel", 3)
    demand(x.channels % groups == 0 and entry["out"] % groups == 0)
    norm = entry.get("norm", "batch")
    if norm not in ("batch", "none"):
        width = norm.get("channels", 16) if isinstance(norm, dict) else 16
        demand(entry["out"] % width == 0)
    dilation = entry.get("dilation", 1)
    demand("padding" in entry or kernel % 2 == 1)
    padding = entry.get("padding", dilation * (kernel // 2))
    extent = dilation * (kernel - 1) + 1
    return Map(entry["out"], slide(x.sides, extent, entry.get("stride", 1), padding))


def _raised(kind: str, entry: Entry, x: Map, like: Sequence[Map]) -> Map:
    if kind == "upsample":
        factor = entry.get("factor", 2)
        if not like:
            return Map(x.channels, tuple(side * factor for side in x.sides))
        demand(all(a <= b for a, b in zip(x.sides, like[0].sides, strict=True)))
        return Map(x.channels, like[0].sides)
    stride = entry.get("stride", 2)
    kernel = entry.get("kernel", stride)
    padding = entry.get("padding", (kernel - stride) // 2)
    least = tuple((side - 1) * stride - 2 * padding + kernel for side in x.sides)
    demand("padding" in entry or (kernel - stride) % 2 == 0)
    demand(padding >= 0 and min(least) >= 1)
    if not like:
        return Map(entry["out"], least)
    pairs = zip(least, like[0].sides, strict=True)
    demand(all(low <= to < low + stride for low, to in pairs))
    return Map(entry["out"], like[0].sides)


def _within(made: Map) -> Map:
    """Keeps what is generated small."""
    demand(made.channels <= MAX_CHANNELS and max(made.sides, default=0) <= MAX_SIDE)
    return made


def _composite(entry: Entry, inputs: Sequence[Map], blocks: Mapping[str, Entry], depth: int) -> Map:
    demand(depth < MAX_DEPTH)
    definition = blocks[entry["kind"]]
    names = definition.get("inputs", ["input"])
    demand(len(names) == len(inputs))
    values = dict(zip(names, inputs, strict=True))
    numbers = {
        "in_channels" if name == "input" else f"{name}_channels": made.channels
        for name, made in values.items()
    }
    numbers |= definition.get("parameters", {})
    numbers |= {key: value for key, value in entry.items() if key not in EDGES}
    before = names[0]
    for name, node in definition["graph"].items():
        sources = node.get("from", before)
        sources = [sources] if isinstance(sources, str) else sources
        operands = [
            values[source] for source in (*sources, *([node["to"]] if "to" in node else []))
        ]
        before = name
        if "when" in node and number(node["when"], numbers) < 1:
            values[name] = operands[0]
            continue
        formulas = {key: _value(key, item, numbers) for key, item in node.items()}
        values[name] = shape(formulas, operands, blocks, depth + 1)
    made: Map = values[definition.get("output", before)]
    return made


_WORDS = ("kind", "from", "to", "when", "mode", "norm", "act", "block", "bias")


def _value(key: str, item: Any, numbers: Mapping[str, int]) -> Any:
    if key in _WORDS:
        return item
    value = number(item, numbers)
    demand(0 <= value <= MAX_CHANNELS)
    demand(value >= 1 or key in ("padding", "depth", "percent", "levels"))
    demand(value <= 15 or key not in ("kernel", "stride", "padding"))
    return value


def number(text: str | int, numbers: Mapping[str, int]) -> int:
    """What a formula gives. Raises UnfitError for a division that leaves a remainder."""

    def of(node: ast.expr) -> int:
        if isinstance(node, ast.BinOp):
            left, right = of(node.left), of(node.right)
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
            demand(right and left % right == 0)
            return left // right
        return numbers[node.id] if isinstance(node, ast.Name) else int(ast.literal_eval(node))

    return of(ast.parse(str(text), mode="eval").body)
