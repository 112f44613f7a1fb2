"""The text of a graph read back: what it prints as is all that it is."""

from __future__ import annotations

import re
from ast import literal_eval
from dataclasses import replace
from typing import Any

from fishcompile.ir.graph import Graph, Item, Kind, Node, Parameter, Scope, Value
from fishcompile.ir.text import Formulas, Params, _print_kind, _print_params
from fishcompile.ops import registry
from fishcompile.ops.formula import parse
from fishcompile.ops.keys import is_word
from fishcompile.ops.tensor import TensorType

_HEADER = re.compile(r"graph (\w+)\((.*?)\) -> \((.*?)\)(?: taps \((.*?)\))?")
_KIND = re.compile(r"block (\w+)\((.*?)\) \{(.*?)\} (.*)")
_PARAMETER = re.compile(r"(\w+): (\w+)(?: = (-?\w+))?")
_SCOPE = re.compile(r"scope (\S+) = (\w+)\((.*?)\) \{(.*)\} -> %(\S+)")
_NODE = re.compile(r"%(\S+) = (\w+)\((.*?)\) \{(.*)\} : (\S+)")
_PARAM = re.compile(r"(\w+)=([\w.+-]+|\([^()]*\))(?: `([^`]*)`)?")


def parse_graph(text: str) -> Graph:
    """The graph that prints as `text`. Raises ValueError naming the first line that does not."""
    number, line = 1, ""
    try:
        header, *body = text.splitlines() or [""]
        line = header
        graph = _parse_header(header)
        items: list[Item] = []
        kinds: list[Kind] = []
        known = {value.name for value in graph.inputs}
        parents = {""}
        for line in body:
            number += 1
            if line.startswith("block "):
                kinds.append(_parse_kind(line))
                continue
            item = _parse_scope(line) if line.lstrip().startswith("scope ") else _parse_node(line)
            if not known.issuperset(item.inputs) or item.name.rpartition(".")[0] not in parents:
                raise ValueError("it stands on something that no line before it makes")
            (parents if isinstance(item, Scope) else known).add(item.name)
            items.append(item)
    except (KeyError, SyntaxError, TypeError, ValueError) as error:
        raise ValueError(f"line {number} is no line of a graph: {line!r} ({error})") from error
    scopes = tuple(item for item in items if isinstance(item, Scope))
    nodes = tuple(item for item in items if isinstance(item, Node))
    return replace(graph, scopes=scopes, nodes=nodes, kinds=tuple(kinds))


def _parse_header(line: str) -> Graph:
    name, inputs, outputs, taps = _groups(_HEADER, line)
    values = tuple(Value(_name(value), _type(type_)) for value, type_ in _pairs(inputs))
    return Graph(name, values, (), (), _named(taps), _named(outputs))


def _named(text: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, _name(value)) for name, value in _pairs(text or ""))


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
