"""Writes the tables of docs/language.md from schema and blocks: python docs/generate_language.py.

With --check it writes nothing and fails where the file is not current. Needs fishcompile to be
importable, as it is once installed.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from fishcompile.schema.file import merged_schema, residual_kinds
from fishcompile.schema.kinds import built_in
from fishcompile.schema.wording import allowed, mapping_of, node_at

PAGE = Path(__file__).parent / "language.md"
BEGIN = "<!-- The key reference: written by docs/generate_language.py from the schema. -->"
END = "<!-- End of the key reference. -->"
RESIDUAL = (
    "<!-- Residual kinds: written by docs/generate_language.py. -->",
    "<!-- End of the residual kinds. -->",
)

SECTIONS = ("tail", "body", "head")
# Heading and where the mapping stands in the schema; `*` is any name. Stages differ only in their
# defaults, so the tail stands for all three.
MAPPINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The spec", ()),
    ("scale", ("scale",)),
    ("input", ("input",)),
    ("A layer of the stem", ("stem", "*")),
    ("A stage of tail, body or head", ("tail", "*")),
    ("transfer", ("tail", "*", "transfer")),
    ("down", ("tail", "*", "down")),
    ("up", ("tail", "*", "up")),
    ("block", ("tail", "*", "block")),
    ("norm", ("tail", "*", "block", "norm")),
    ("bridge", ("bridge",)),
    ("classifier", ("classifier",)),
    ("dense", ("dense", "*")),
    ("expect", ("tail", "*", "expect")),
    ("sizes", ("input", "sizes")),
    ("budget", ("budget",)),
    ("batch", ("budget", "batch")),
    ("budget of a stage", ("budget", "stages", "*")),
    ("defaults", ("defaults",)),
    ("defaults of a section", ("defaults", "tail")),
    ("A block of the spec", ("blocks", "*")),
)
# Kinds of nodes whose keys stand in another table; the other kinds with keys have one each.
LIKE = {
    **dict.fromkeys(("conv", "max_pool", "avg_pool"), "a layer of the stem"),
    **dict.fromkeys(SECTIONS, "a stage of tail, body or head"),
    **{part: part for part in ("bridge", "classifier", "dense")},
}
VALUES = {
    "extends": "the path of a `.yaml` file",
    "use": "the path of a `.yaml` file, or a list of paths",
    "stem": "[layers](#a-layer-of-the-stem) by name",
    "taps": "names of stages by name",
    "recompute": "`preact`, `stages`, or a list of names of stages",
    "layouts": "[layouts](#layouts) by name",
    "classifiers": "[classifiers](#classifier) by name",
    "dense": "[heads](#dense) by name",
    "graph": "[nodes](#a-node-of-the-graph) by name",
    "outputs": "names of nodes by name",
    "blocks": "[blocks](#a-block-of-the-spec) by name",
    **dict.fromkeys(SECTIONS, "[stages](#a-stage-of-tail-body-or-head) by name"),
}


def page(text: str) -> str:
    """The page's text with its tables renewed."""
    for begin, end, made in ((BEGIN, END, reference()), (*RESIDUAL, _residual())):
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{made}\n{end}{after}"
    return text


def _residual() -> str:
    """A table of the kinds of residual blocks, each as its file says."""
    rows = ["| `kind` | M(x) |", "|---|---|"]
    for kind in residual_kinds():
        said = import_module(f"fishcompile.blocks.{kind}").KIND.description
        rows.append(f"| `{kind}` | {said} |")
    return "\n".join([*rows, ""])


def reference() -> str:
    """A table of keys for each mapping of the language."""
    tables = [_table(title, path) for title, path in MAPPINGS]
    return "\n".join([*tables, *_nodes()])


def _table(title: str, path: tuple[str, ...]) -> str:
    node = node_at(merged_schema(), path)
    intro = node["description"] if path else "The keys at the top of a file."
    if title.startswith("A stage"):
        intro = "Refine, sample, merge. `blocks` may also come from the section's `defaults`."
    if title.startswith("defaults of"):
        intro = "`tail`, `body` or `head` in `defaults`: values for the stages of that section."
    rows = [
        f"### {title}",
        "",
        intro,
        "",
        "| key | value | default | meaning |",
        "|---|---|---|---|",
    ]
    for key, below in mapping_of(node).items():
        row = (f"`{key}`", _value(key, below, path), _default(key, path), below["description"])
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |")
    return "\n".join([*rows, ""])


def _nodes() -> Iterator[str]:
    """What every node may say, the kinds there are, and the keys of each."""
    kinds = built_in()
    common = mapping_of(kinds["relu"])
    yield _of_kind("A node of the graph", "A node says its kind and what it reads.", common, ())
    yield from ("### Kinds of nodes", "", "| kind | what it is | keys |", "|---|---|---|")
    own = {
        kind: {k: v for k, v in mapping_of(node).items() if k not in common or _lists(k, v)}
        for kind, node in kinds.items()
    }
    for kind, keys in own.items():
        title = LIKE.get(kind, kind)
        anchor = title.replace(",", "").replace(" ", "-")
        link = f"those of [{title}](#{anchor})" if kind in LIKE else f"[its own](#{anchor})"
        yield f"| `{kind}` | {kinds[kind]['description']} | {link if keys else ''} |"
    yield ""
    for kind, keys in own.items():
        if keys and kind not in LIKE:
            node = kinds[kind]
            yield _of_kind(kind, node["description"], keys, node.get("required", ()))


def _lists(key: str, node: dict[str, Any]) -> bool:
    return key == "from" and "array" in node["type"]


def _of_kind(
    title: str, intro: str, keys: dict[str, dict[str, Any]], required: Collection[str]
) -> str:
    rows = [
        f"### {title}",
        "",
        intro,
        "",
        "| key | value | default | meaning |",
        "|---|---|---|---|",
    ]
    for key, node in keys.items():
        default = f"`{_written(node['default'])}`" if "default" in node else ""
        default = "**required**" if key in required else default
        value = "a kind" if "const" in node else allowed(node)
        if key in ("block", "expect"):
            value = f"[a mapping](#{key})"
        if key == "layers":
            value = "[layers](#a-layer-of-the-stem) by name"
        rows.append(f"| `{key}` | {value} | {default} | {node['description']} |")
    return "\n".join([*rows, ""])


def _value(key: str, node: dict[str, Any], path: tuple[str, ...]) -> str:
    if key == "doc":
        return "a line of text"
    if path[:1] == ("budget",) and key == "stages":
        return "[bounds](#budget-of-a-stage) by name"
    if path == ("defaults",) and key in SECTIONS:
        return "[a mapping](#defaults-of-a-section)"
    if not path and key in VALUES:
        return VALUES[key]
    if (key,) in (steps[-1:] for _, steps in MAPPINGS) and "else" not in node:
        return f"[a mapping](#{key})"
    return allowed(node)


def _default(key: str, path: tuple[str, ...]) -> str:
    if _requires(key, path):
        return _requires(key, path)
    in_sections = SECTIONS if "tail" in path else ("",)
    found = {}
    for section in in_sections:
        at = tuple(section if step == "tail" else step for step in path)
        found[section] = mapping_of(node_at(merged_schema(), at))[key].get("default")
    if len(set(found.values())) > 1:
        return ", ".join(f"{section}: `{_written(v)}`" for section, v in found.items())
    (default,) = set(found.values())
    return "" if default is None else f"`{_written(default)}`"


def _written(value: Any) -> str:
    """A value as a spec has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _requires(key: str, path: tuple[str, ...]) -> str:
    """Whether the schema asks for `key` at `path`, and under what condition."""
    layers = [merged_schema()]
    for step in path:
        layers = [
            below
            for layer in _parts(layers)
            for below in (layer.get("properties", {}).get(step), layer.get("additionalProperties"))
            if isinstance(below, dict)
        ]
    for layer in _parts(layers):
        if key in layer.get("required", ()):
            return "**required**"
        if key in layer.get("then", {}).get("required", ()):
            (condition,) = layer["if"]["properties"].values()
            return f"**required** for `{condition['const']}`"
    return ""


def _parts(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The schemas and all that holds beside them unless their condition does."""
    parts = list(layers)
    for layer in parts:
        parts += layer.get("allOf", [])
        parts += [layer["else"]] if "else" in layer else []
    return parts


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if arguments == ["--check"]:
        return None if new == old else f"{PAGE.name} is not current: run docs/generate_language.py"
    if arguments:
        return "usage: generate_language.py [--check]"
    PAGE.write_text(new, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
