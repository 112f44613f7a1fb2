"""Loading: a spec file and the bases it extends, merged into one tree.

A base must lie below the root of the spec that was asked for: the nearest folder above it that
holds a `pyproject.toml` or `.git`, or else its own folder. A file outside is never opened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fishcompile.diagnostics import Diagnostic, Related, fail
from fishcompile.language.overlay import overlay
from fishcompile.reader import UnreadableError, read_file
from fishcompile.schema_identity import wrong_version
from fishcompile.source import Span
from fishcompile.tree import Plain, Tree

MAX_CHAIN = 16
_SUFFIXES = (".yaml", ".yml")
_ROOT_MARKERS = ("pyproject.toml", ".git")


Reader = Callable[[Path, str], Tree]


def load(path: Path, read: Reader = read_file) -> Tree:
    """The tree of the spec at `path`, its bases merged in, without `extends` and `after`.

    `read` gives the tree of a file under a name; an editor passes one that knows open buffers.
    Raises UnreadableError where the file itself cannot be read, SpecError for what it says.
    """
    tree = read(path, str(path))
    _refuse_version(tree)
    root = find_root(path)
    layers, files = [tree], [path.resolve()]
    while "extends" in layers[-1].value:
        base, file = _read_base(layers[-1], files, root, read)
        layers.append(base)
        files.append(file)
    if len(layers) > 1 and "name" not in tree.value:
        at = tree.key_span(("extends",))
        raise fail(Diagnostic("FC111", "a variant needs a `name` of its own", at))
    merged = layers.pop()
    if layers:
        _refuse_after(merged)  # in a spec without a base, the schema finds it among all else
    while layers:
        merged = overlay(_without_expectations(merged), layers.pop())
    return _without_extends(merged)


def find_root(path: Path) -> Path:
    """The folder that bounds what the spec at `path` may extend."""
    folder = path.resolve().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _ROOT_MARKERS):
            return candidate
    return folder


def _read_base(tree: Tree, files: list[Path], root: Path, read: Reader) -> tuple[Tree, Path]:
    span = tree.value_span(("extends",))
    target = tree.value["extends"]
    if not isinstance(target, str):
        raise _refuse(span, "`extends` is the path of a spec", "write it as `extends: base.yaml`")
    if not target.endswith(_SUFFIXES) or "\0" in target:
        raise _refuse(span, "`extends` names a .yaml file", "write it as `extends: base.yaml`")
    file = (files[-1].parent / target).resolve()
    if not file.is_relative_to(root):
        message = "the base lies outside the spec's root, so it is not opened"
        raise _refuse(span, message, "move the base below the folder of pyproject.toml or .git")
    if file in files:
        chain = " -> ".join(f.name for f in [*files[files.index(file) :], file])
        raise _refuse(span, f"`extends` leads back to itself: {chain}", "remove one `extends`")
    if len(files) >= MAX_CHAIN:
        raise _refuse(span, f"more than {MAX_CHAIN} specs extend each other", "merge some of them")
    name = str(Path(tree.source.name).parent / target)
    try:
        base = read(file, name)
    except UnreadableError as error:
        reason = error.report.diagnostics[0].message
        raise _refuse(span, f"the base cannot be read: {reason}", "check the path") from None
    _refuse_version(base)
    return base, file


def _refuse_version(tree: Tree) -> None:
    found = wrong_version(tree)
    if found:
        raise fail(found)


def _refuse_after(base: Tree) -> None:
    """`after` orders what a variant adds; in a base the order is that of the lines."""
    found = [path for path in base.places if len(path) == 3 and path[2] == "after"]
    message = "`after` is for variants; here entries stand in the order they are written"
    if found:
        raise fail(
            *(
                Diagnostic("FC206", message, base.key_span(path), help=("remove it",))
                for path in found
            )
        )


def _without_expectations(base: Tree) -> Tree:
    """A base as its variants see it: what it asserts of itself is not asserted of them."""

    def strip(value: Plain) -> Plain:
        if not isinstance(value, dict):
            return value
        return {key: strip(item) for key, item in value.items() if key != "expect"}

    value = strip(base.value)
    assert isinstance(value, dict)
    places = {path: place for path, place in base.places.items() if "expect" not in path[1:]}
    return Tree(value, places, base.source)


def _without_extends(tree: Tree) -> Tree:
    value = {key: item for key, item in tree.value.items() if key != "extends"}
    return Tree(value, tree.places, tree.source)


def _refuse(span: Span, message: str, way_out: str, *related: Related) -> Exception:
    return fail(Diagnostic("FC120", message, span, related=related, help=(way_out,)))
