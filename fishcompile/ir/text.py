"""The graph as text, one scope or node a line: for goldens, diffs and bug reports.

    graph fishnet99(%input: 3x224x224) -> (logits: %classifier.flatten) taps (c2: %body1.merged)
    block Stem(x) {} The layers before the first stage.
    scope stem = Stem(%input) {} -> %stem.pool
      %stem.conv1.conv = conv(%input) {in_channels=3, out_channels=32 `out_channels`} : 32x112x112

A whole number may be followed by its formula in backquotes; decimals, tuples of whole numbers and
words stand as Python has them, words without quotes. Nothing of a graph is left out: the tests
read a printed one back.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from fishcompile.ir.graph import Graph, Kind, Scope
from fishcompile.ops.formula import Formula

Params = tuple[tuple[str, Any], ...]
Formulas = tuple[tuple[str, Formula], ...]


def print_graph(graph: Graph) -> str:
    """The text of a graph, with a newline at the end."""
    inputs = ", ".join(f"%{value.name}: {value.type}" for value in graph.inputs)
    outputs = ", ".join(f"{name}: %{value}" for name, value in graph.outputs)
    taps = ", ".join(f"{name}: %{value}" for name, value in graph.taps)
    lines = [f"graph {graph.name}({inputs}) -> ({outputs})" + (f" taps ({taps})" if taps else "")]
    lines += map(_print_kind, graph.kinds)
    _print_scope(graph, "", 0, lines)
    return "\n".join(lines) + "\n"


def _print_kind(kind: Kind) -> str:
    parameters = ", ".join(
        f"{p.name}: {p.annotation}" + ("" if p.default is None else f" = {p.default}")
        for p in kind.parameters
    )
    return f"block {kind.name}({', '.join(kind.arguments)}) {{{parameters}}} {kind.doc}"


def _print_scope(graph: Graph, path: str, depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    for item in graph.children[path]:
        operands = ", ".join(f"%{name}" for name in item.inputs)
        if isinstance(item, Scope):
            params = _print_params(item.params, item.formulas)
            head = f"scope {item.name} = {item.kind}({operands})"
            lines.append(f"{indent}{head} {{{params}}} -> %{item.output}")
            _print_scope(graph, item.name, depth + 1, lines)
        else:
            numbers = tuple((f.name, getattr(item.op, f.name)) for f in fields(item.op))
            params = _print_params(numbers, item.formulas)
            head = f"%{item.name} = {item.op.kind}({operands})"
            lines.append(f"{indent}{head} {{{params}}} : {item.type}")


def _print_params(params: Params, formulas: Formulas) -> str:
    known = dict(formulas)
    return ", ".join(
        f"{name}={value} `{known[name]}`" if name in known else f"{name}={value}"
        for name, value in params
    )
