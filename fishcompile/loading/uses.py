"""`use`: files of shared blocks, whose definitions are put into the `blocks` of a spec.

Such a file holds `fishspec`, perhaps `use` of its own, and `blocks`, and nothing else. What several
files use is read once; a name stands for one block, so nothing takes the place of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as Location

from fishcompile.diagnostics.finding import Diagnostic, Related, fail
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.source import Span
from fishcompile.loading.reach import Files, Named, Opened, refuse, refuse_circle
from fishcompile.reader.tree import Path, Place, Plain, Tree

MAX_USED = 64
_KEYS = ("fishspec", "use", "blocks")


def is_library(tree: Tree) -> bool:
    """Whether a file holds blocks for others to use, and no network."""
    return "blocks" in tree.value and tree.value.keys() <= set(_KEYS)


class Uses:
    """The used files of one spec, whose layers are put in from the base upwards."""

    def __init__(self, files: Files) -> None:
        """Of the files that were opened so far, none is used yet."""
        self._files = files
        self._used: set[Location] = set()
        self._names: dict[str, Span] = {}  # of the blocks of all layers so far

    def inlined(self, layer: Opened) -> Tree:
        """The layer's tree with the blocks that it uses before its own, and without `use`.

        Raises SpecError for a file that may not or cannot be read, or holds anything else, and for
        a name that two blocks have. In a layer with a base, its own blocks change those of that.
        """
        found: dict[str, Opened] = {}
        self._collect(layer, (layer,), found)
        own = layer.tree.value.get("blocks")
        if isinstance(own, dict):
            for name, block in own.items():
                if name in found:
                    raise _taken(name, layer.tree, _place_of(name, found[name].tree))
                if block is None:
                    self._names.pop(name, None)
                else:
                    self._names[name] = _place_of(name, layer.tree)
        return _merged(layer.tree, found)

    def _collect(self, user: Opened, chain: tuple[Opened, ...], found: dict[str, Opened]) -> None:
        for named in _targets(user):
            file = self._files.locate(named)
            refuse_circle(named, file, [link.file for link in chain])
            if file in self._used:
                continue
            self._used.add(file)
            if len(self._used) > MAX_USED:
                message = f"more than {MAX_USED} files are used"
                raise refuse(named.span, message, "put several of them in one file")
            opened = self._files.open(named, file)
            blocks = _blocks(opened.tree)
            self._collect(opened, (*chain, opened), found)
            for name in blocks:
                if name in self._names:
                    raise _taken(name, opened.tree, self._names[name])
                found[name] = opened
                self._names[name] = _place_of(name, opened.tree)


def _targets(user: Opened) -> Iterator[Named]:
    """The files that a file uses, as written, and where."""
    tree, value = user.tree, user.tree.value.get("use", [])
    paths: list[Path] = [("use",)]
    if isinstance(value, list):
        paths = [("use", index) for index in range(len(value))]
    if ("use",) in tree.places and not paths:
        paths = [("use",)]
    for path in paths:
        target, span = tree.get(path), tree.value_span(path)
        if not isinstance(target, str):
            message = "`use` is the path of a file of blocks, or a list of such paths"
            raise refuse(span, message, "write it as `use: blocks.yaml`")
        yield Named("use", span, target, user)


def _blocks(tree: Tree) -> dict[str, Plain]:
    """The definitions of a used file. Raises SpecError where it holds anything else."""
    for key in tree.value:
        if key not in _KEYS:
            message = f"a file of blocks holds `fishspec`, `use` and `blocks`, and no {shown(key)}"
            help_ = ("remove it; to vary a whole spec, write `extends`",)
            raise fail(Diagnostic("FC120", message, tree.key_span((key,)), help=help_))
    blocks = tree.value.get("blocks")
    if not isinstance(blocks, dict):
        message = "a file of blocks holds them in the mapping `blocks`"
        raise refuse(tree.key_span(("blocks",)), message, "write it as `blocks: {NAME: ...}`")
    return blocks


def _merged(tree: Tree, found: dict[str, Opened]) -> Tree:
    value = {key: item for key, item in tree.value.items() if key != "use"}
    places = {path: place for path, place in tree.places.items() if path[:1] != ("use",)}
    if not found:
        return replace(tree, value=value, places=places)
    own = value.get("blocks")
    blocks = {name: _definition(name, opened.tree) for name, opened in found.items()}
    value["blocks"] = {**blocks, **(own if isinstance(own, dict) else {})}
    places.setdefault(("blocks",), tree.places[("use",)])
    for opened in {opened.file: opened for opened in found.values()}.values():
        places.update(_below_blocks(opened.tree))
    return replace(tree, value=value, places=places)


def _definition(name: str, tree: Tree) -> Plain:
    return tree.get(("blocks", name))


def _below_blocks(tree: Tree) -> Iterator[tuple[Path, Place]]:
    for path, place in tree.places.items():
        if len(path) > 1 and path[0] == "blocks":
            yield path, place


def _place_of(name: str, tree: Tree) -> Span:
    return tree.key_span(("blocks", name))


def _taken(name: str, tree: Tree, there: Span) -> Exception:
    message = f"two blocks are named {shown(name)}"
    related = (Related(there, "the name is taken here"),)
    help_ = ("rename one of them, or use the file of one alone",)
    span = _place_of(name, tree)
    return fail(Diagnostic("FC202", message, span, related=related, help=help_))
