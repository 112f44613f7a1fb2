"""Writes what the files of ops and residual blocks declare into the schema of specs.

python docs/generate_schema.py; with --check it writes nothing and fails where the schema is not
current. Needs fishcompile to be importable, as it is once installed.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from fishcompile import blocks, ops
from fishcompile.blocks.shortcuts import ResidualKind
from fishcompile.ops.node_kind import NodeKind

SCHEMA = Path(__file__).parents[1] / "schemas" / "fishspec-2.schema.json"
# The kinds of nodes that are written by hand: layers, stages and the other parts of a fish.
HAND = ("conv", "max_pool", "avg_pool", "blocks", "tail", "body", "head", "bridge", "stem",
        "classifier", "dense")  # fmt: skip
DEFINITION = re.compile(r'    "kind_(\w+)": \{\n.*?\n    \},\n', re.DOTALL)
BRANCH = '        {{"if": {{"properties": {{"kind": {{"const": "{0}"}}}}, "required": ["kind"]}}, '
BRANCH += '"then": {{"$ref": "#/$defs/kind_{0}"}}}}'
BRANCHES = re.compile(r'(?:        \{"if": \{"properties": \{"kind": \{"const": .*\n)+')
ENUM = re.compile(r'"enum": \["bottleneck".*?\]')
DESCRIBED = re.compile(r'("kind": \{"description": )"`bottleneck`.*?"(?=, "enum")')
UNREAD = re.compile(r'    "unread": \{.*\},\n')


def schema(text: str) -> str:
    """The schema's text with what is declared elsewhere renewed; new kinds come last."""
    known = _declared(ops)
    old = DEFINITION.findall(text)
    kinds = [name for name in dict.fromkeys([*old, *sorted(known)]) if name in known]
    text = DEFINITION.sub(lambda found: found[0] if found[1] in HAND else "", text)
    made = "".join(_definition(name, known[name]) for name in kinds)
    text = text.replace('    "kind_blocks": {', f'{made}    "kind_blocks": {{', 1)
    text = _residual(text, _declared(blocks))
    branches = ",\n".join(map(BRANCH.format, DEFINITION.findall(text)))
    return BRANCHES.sub(lambda _: f"{branches}\n", text)


def _residual(text: str, known: dict[str, ResidualKind]) -> str:
    """The text with the words of `block: {kind: ...}`, and what else they leave unread."""
    old = re.findall(r'"(\w+)"', ENUM.findall(text)[0])
    words = [word for word in dict.fromkeys([*old, *known]) if word in known]
    said = "; ".join(f"`{word}`: {known[word].description}" for word in words)
    unread = {word: known[word].unread for word in words if known[word].unread}
    text = ENUM.sub(lambda _: f'"enum": {json.dumps([*words, None])}', text)
    text = DESCRIBED.sub(lambda found: f"{found[1]}{json.dumps(f'{said}.')}", text)
    return UNREAD.sub(lambda _: f'    "unread": {json.dumps(unread)},\n', text)


def _declared(package: Any) -> dict[str, Any]:
    """The `KIND` of each file of a package that has one, by the file's name."""
    names = sorted(module.name for module in iter_modules(package.__path__))
    files = {name: import_module(f"{package.__name__}.{name}") for name in names}
    known = {name: file.KIND for name, file in files.items() if hasattr(file, "KIND")}
    return {name: kind for name, kind in known.items() if kind.description}


def _definition(name: str, kind: NodeKind) -> str:
    source = {"$ref": "#/$defs/from", "description": "Name of the node that this one reads. "
              "Left out, it is the node before.", "examples": ["c1"]}  # fmt: skip
    if kind.inputs == "several":
        source = {"description": "Names of the nodes that this one reads, in order.",
                  "type": ["array", "null"], "items": {"type": "string"},
                  "minItems": 2, "maxItems": 64, "examples": [["up", "c1"]]}  # fmt: skip
    to = {**source, "description": "Name of a node whose sides the result takes."}
    keys = {
        "kind": {"description": "What the node is.", "const": name},
        "from": source,
        **({"to": to} if kind.inputs == "to" else {}),
        **{key: _or_null(said.schema()) for key, said in kind.keys.items()},
        "expect": {"$ref": "#/$defs/expect"},
        "after": {"$ref": "#/$defs/after", "examples": ["c1"]},
    }
    lines = ",\n".join(f'        "{key}": {json.dumps(said)}' for key, said in keys.items())
    required = ["kind", *(["from"] if kind.inputs == "several" else []), *kind.required]
    return (
        f'    "kind_{name}": {{\n'
        f'      "description": {json.dumps(kind.description)},\n'
        '      "type": ["object", "null"],\n'
        f'      "properties": {{\n{lines}\n      }},\n'
        f'      "required": {json.dumps(required)},\n'
        '      "additionalProperties": false\n'
        "    },\n"
    )


def _or_null(said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a key, which a variant may take away with null."""
    null = {"type": "null", "enum": None}
    return {key: [*item, null[key]] if key in null else item for key, item in said.items()}


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    old = SCHEMA.read_text(encoding="utf-8")
    new = schema(old)
    if arguments == ["--check"]:
        return None if new == old else f"{SCHEMA.name} is not current: run make generate"
    if arguments:
        return "usage: generate_schema.py [--check]"
    SCHEMA.write_text(new, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
