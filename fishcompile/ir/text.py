"""The graph as text, one scope or node a line, and back: for goldens, diffs and bug reports.

    graph fishnet99(%input: 3x224x224) -> (logits: %classifier.flatten) taps (c2: %body1.merged)
    block Stem(x) {} The layers before the first stage.
    scope stem = Stem(%input) {} -> %stem.pool
      %stem.conv1.conv = conv(%input) {in_channels=3, out_channels=32 `out_channels`} : 32x112x112

A whole number may be followed by its formula in backquotes; decimals, tuples of whole numbers and
words stand as Python has them, words without quotes. What an instance of a block leaves out has a
line with the formula that is not positive. Parsing a printed graph gives it back.
"""

from __future__ import annotations

import re
from ast import literal_eval
from dataclasses import fields, replace
from typing import Any

from fishcompile.ir.graph import Graph, Item, Kind, Node, Parameter, Scope, Skipped, Value
from fishcompile.ops import registry
from fishcompile.ops.formula import Formula, parse
from fishcompile.ops.keys import is_word
from fishcompile.ops.tensor import TensorType

_HEADER = re.compile(
    r'graph (\w+)\((.*?)\) -> \((.*?)\)(?: taps \((.*?)\))?(?: title "([^"]*)")?'
    r"(?: recompute (\w+|\((.*?)\)))?"
)
_KIND = re.compile(r"block (\w+)\((.*?)\) \{(.*?)\} (.*)")
_PARAMETER = re.compile(r"(\w+): (\w+)(?: = (-?\w+))?")
_SCOPE = re.compile(r"scope (\S+) = (\w+)\((.*?)\) \{(.*)\} -> %(\S+)")
_NODE = re.compile(r"%(\S+) = (\w+)\((.*?)\) \{(.*)\} : (\S+)")
_SKIPPED = re.compile(r"skip %(\S+) = %(\S+) unless `([^`]*)`")
_PARAM = re.compile(r"(\w+)=([\w.+-]+|\([^()]*\))(?: `([^`]*)`)?")

Params = tuple[tuple[str, Any], ...]
Formulas = tuple[tuple[str, Formula], ...]


def print_graph(graph: Graph) -> str:
    """The text of a graph, with a newline at the end."""
    inputs = ", ".join(f"%{value.name}: {value.type}" for value in graph.inputs)
    outputs = ", ".join(f"{name}: %{value}" for name, value in graph.outputs)
    taps = ", ".join(f"{name}: %{value}" for name, value in graph.taps)
    ends = f" taps ({taps})" if taps else ""
    ends += f' title "{graph.title}"' if graph.title else ""
    if graph.recompute:
        word = graph.recompute if isinstance(graph.recompute, str) else ", ".join(graph.recompute)
        ends += f" recompute {word}" if word == graph.recompute else f" recompute ({word})"
    lines = [f"graph {graph.name}({inputs}) -> ({outputs}){ends}"]
    lines += map(_print_kind, graph.kinds)
    _print_scope(graph, "", 0, lines)
    return "\n".join(lines) + "\n"


def parse_graph(text: str) -> Graph:
    """The graph that prints as `text`. Raises ValueError naming the first line that does not."""
    number, line = 1, ""
    try:
        header, *body = text.splitlines() or [""]
        line = header
        graph = _parse_header(header)
        items: list[Item] = []
        kinds: list[Kind] = []
        skipped: list[Skipped] = []
        last: dict[str, str] = {}
        known = {value.name for value in graph.inputs}
        parents = {""}
        for line in body:
            number += 1
            if line.startswith("block "):
                kinds.append(_parse_kind(line))
                continue
            if line.lstrip().startswith("skip "):
                skipped.append(_parse_skipped(line, last))
                last[skipped[-1].scope] = skipped[-1].local
                continue
            item = _parse_scope(line) if line.lstrip().startswith("scope ") else _parse_node(line)
            if not known.issuperset(item.inputs) or item.name.rpartition(".")[0] not in parents:
                raise ValueError("it stands on something that no line before it makes")
            (parents if isinstance(item, Scope) else known).add(item.name)
            items.append(item)
            last[item.name.rpartition(".")[0]] = item.local
    except (KeyError, SyntaxError, TypeError, ValueError) as error:
        raise ValueError(f"line {number} is no line of a graph: {line!r} ({error})") from error
    scopes = tuple(item for item in items if isinstance(item, Scope))
    nodes = tuple(item for item in items if isinstance(item, Node))
    return replace(graph, scopes=scopes, nodes=nodes, kinds=tuple(kinds), skipped=tuple(skipped))


def _parse_header(line: str) -> Graph:
    name, inputs, outputs, taps, title, word, listed = _groups(_HEADER, line)
    values = tuple(Value(_name(value), _type(type_)) for value, type_ in _pairs(inputs))
    graph = Graph(name, values, (), (), _named(taps), _named(outputs), title=title or "")
    return replace(graph, recompute=tuple(listed.split(", ")) if listed else word or ())


def _named(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, _name(value)) for name, value in _pairs(text or ""))


def _print_kind(kind: Kind) -> str:
    parameters = ", ".join(
        f"{p.name}: {p.annotation}" + ("" if p.default is None else f" = {p.default}")
        for p in kind.parameters
    )
    return f"block {kind.name}({', '.join(kind.arguments)}) {{{parameters}}} {kind.doc}"


def _parse_kind(line: str) -> Kind:
    name, arguments, parameters, doc = _groups(_KIND, line)
    made = tuple(
        Parameter(name, annotation, int(default) if default else None)
        for name, annotation, default in _PARAMETER.findall(parameters)
    )
    kind = Kind(name, doc, tuple(arguments.split(", ")), made)
    if _print_kind(kind) != line:
        raise ValueError("not a block")
    return kind


def _parse_scope(line: str) -> Scope:
    path, kind, operands, params, output = _groups(_SCOPE, line.strip())
    numbers, formulas = _parse_params(params)
    return Scope(path, kind, numbers, formulas, _operands(operands), output)


def _parse_node(line: str) -> Node:
    path, kind, operands, params, type_ = _groups(_NODE, line.strip())
    numbers, formulas = _parse_params(params)
    op = registry()[kind](**dict(numbers))
    return Node(path, op, _operands(operands), _type(type_), formulas)


def _parse_skipped(line: str, last: dict[str, str]) -> Skipped:
    """What is left out, behind what the same block has had before it."""
    name, source, when = _groups(_SKIPPED, line.strip())
    return Skipped(name, source, parse(when), last.get(name.rpartition(".")[0], ""))


def _print_scope(graph: Graph, path: str, depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    for item in graph.laid_out[path]:
        if isinstance(item, Skipped):
            lines.append(f"{indent}skip %{item.name} = %{item.source} unless `{item.when}`")
            continue
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


def _parse_params(text: str) -> tuple[Params, Formulas]:
    found = _PARAM.findall(text)
    values = tuple((name, _parse_value(value)) for name, value, _ in found)
    formulas = tuple((name, parse(formula)) for name, _, formula in found if formula)
    if _print_params(values, formulas) != text:
        raise ValueError(f"not a list of parameters: {text}")
    return values, formulas


def _parse_value(text: str) -> Any:
    """A word, or what Python reads in the text."""
    return text if is_word(text) else literal_eval(text)


def _groups(pattern: re.Pattern[str], line: str) -> tuple[str, ...]:
    match = pattern.fullmatch(line)
    if match is None:
        raise ValueError("it has another form")
    return match.groups()


def _pairs(text: str) -> list[list[str]]:
    return [item.split(": ") for item in text.split(", ") if item]


def _operands(text: str) -> tuple[str, ...]:
    return tuple(_name(item) for item in text.split(", ") if item)


def _name(text: str) -> str:
    return text.removeprefix("%")


def _type(text: str) -> TensorType:
    return TensorType(tuple(int(side) for side in text.split("x")))
