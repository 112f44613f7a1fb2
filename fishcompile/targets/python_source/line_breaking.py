"""Layout: an expression broken over lines the way `ruff format` does at its default 88 columns.

The emitted file is clean under a formatter without one being run.
"""

from __future__ import annotations

import ast

from fishcompile.analysis.frames import WIDTH

STEP = "    "


def statement(prefix: str, expression: str, indent: str, suffix: str = "") -> list[str]:
    """The lines of `prefix expression suffix`, split at the outermost call where too long."""
    line = f"{indent}{prefix}{expression}{suffix}"
    if len(line) <= WIDTH:
        return [line]
    inner = indent + STEP
    if choice := _choice(expression):
        return [f"{indent}{prefix}(", *_chosen(expression, choice, inner), f"{indent}){suffix}"]
    head, arguments = _split(expression)
    if not arguments:
        return [line]
    if prefix and len(f"{indent}{prefix}{head}") > WIDTH:
        # not even the call's name fits behind the target, so the whole moves below it
        return [f"{indent}{prefix}(", *statement("", expression, inner), f"{indent}){suffix}"]
    together = f"{inner}{', '.join(arguments)}"
    closing = f"{indent}{_CLOSE[head[-1]]}{suffix}"
    lines = [f"{indent}{prefix}{head}"]
    if head.startswith("*("):
        lines += [part for argument in arguments for part in statement("", argument, inner)]
    elif len(together) <= WIDTH or head[-1] == "[":
        lines.append(together)
    else:
        for argument in arguments:
            keyword, text = _keyword(argument)
            lines += statement(keyword, text, inner, ",")
    return [*lines, closing]


def signature(name: str, parameters: list[str], returns: str, indent: str) -> list[str]:
    """The lines of a `def`, its parameters broken like a call's arguments."""
    line = f"{indent}def {name}({', '.join(parameters)}) -> {returns}:"
    if len(line) <= WIDTH:
        return [line]
    inner = indent + STEP
    together = f"{inner}{', '.join(parameters)}"
    if len(together) <= WIDTH:
        body = [together]
    else:
        body = [f"{inner}{parameter}," for parameter in parameters]
    return [f"{indent}def {name}(", *body, f"{indent}) -> {returns}:"]


def entry(key: str, opening: str, items: list[str], closing: str, indent: str) -> list[str]:
    """The lines of an entry of a dict whose value is bracketed, an item a line where too long."""
    line = f"{indent}{key}{opening}{', '.join(items)}{closing},"
    if len(line) <= WIDTH:
        return [line]
    # an item alone is an index, which takes no trailing comma
    comma = "," if len(items) > 1 else ""
    body = [f"{indent}{STEP}{item}{comma}" for item in items]
    return [f"{indent}{key}{opening}", *body, f"{indent}{closing},"]


def _choice(expression: str) -> tuple[str, str, str] | None:
    """What a conditional expression gives, when, and what it gives else."""
    if " if " not in expression:
        return None
    tree = ast.parse(expression, mode="eval").body
    if not isinstance(tree, ast.IfExp):
        return None
    parts = (tree.body, tree.test, tree.orelse)
    body, test, orelse = (ast.get_source_segment(expression, part) or "" for part in parts)
    return body, test, orelse


def _chosen(expression: str, choice: tuple[str, str, str], indent: str) -> list[str]:
    """A conditional expression inside brackets, on one line or three."""
    if len(indent + expression) <= WIDTH:
        return [indent + expression]
    body, test, orelse = choice
    return [
        *statement("", body, indent),
        f"{indent}if {test}",
        *statement("else ", orelse, indent),
    ]


_CLOSE = {"(": ")", "[": "]", "{": "}"}


def _split(expression: str) -> tuple[str, list[str]]:
    """What stands before the first argument of the outermost call, and the arguments."""
    tree = ast.parse(f"f({expression})", mode="eval").body
    assert isinstance(tree, ast.Call)
    outer = tree.args[0]
    if isinstance(outer, ast.Starred) and isinstance(outer.value, ast.GeneratorExp):
        element, loop = outer.value.elt, outer.value.generators[0]
        return "*(", [
            ast.get_source_segment(f"f({expression})", element) or "",
            "for _ in " + (ast.get_source_segment(f"f({expression})", loop.iter) or ""),
        ]
    text = f"f({expression})"
    if isinstance(outer, ast.Subscript):
        index = outer.slice
        return text[2 : index.col_offset], [ast.get_source_segment(text, index) or ""]
    if not isinstance(outer, ast.Call):
        return "", []
    starts: list[ast.expr | ast.keyword] = [*outer.args, *outer.keywords]
    pieces = [ast.get_source_segment(text, argument) or "" for argument in starts]
    first = min((argument.col_offset for argument in starts), default=0)
    return text[2:first], pieces


def _keyword(argument: str) -> tuple[str, str]:
    name, equals, rest = argument.partition("=")
    return (name + equals, rest) if equals and name.isidentifier() else ("", argument)
