"""Loading: a spec file, the bases it extends and the blocks it uses, merged into one tree.

Which files may be opened is a matter of files.py; what a used file may hold, of uses.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic, SpecError, fail
from fishcompile.loading.loaded import Loaded
from fishcompile.loading.overlay import overlay
from fishcompile.loading.reach import (
    Files,
    Named,
    Opened,
    Reader,
    find_root,
    refuse,
    refuse_circle,
    with_include_chains,
)
from fishcompile.loading.uses import Uses
from fishcompile.reader.read import UnreadableError, read_file
from fishcompile.reader.tree import Include, Plain, Tree
from fishcompile.reader.tree import Path as TreePath

if TYPE_CHECKING:
    from fishcompile.loading.settings import Setting

MAX_CHAIN = 16


Scale = Callable[[Loaded, Tree], Loaded]


def _as_it_is(base: Loaded, _variant: Tree) -> Loaded:
    return base


def load(
    path: Path,
    read: Reader = read_file,
    scale: Scale = _as_it_is,
    settings: Sequence[Setting] = (),
) -> Loaded:
    """The spec at `path`, all it brings in merged, without `extends`, `use`, `after` and `scale`.

    `read` gives the tree of a file under a name; an editor passes one that knows open buffers.
    `scale` gives a base as a variant's `scale` wants it, which takes all that is known of the base
    as a network; see pipeline.py. Without it, bases stay as they are. `settings` are laid over all.
    Raises UnreadableError where the file itself cannot be read, SpecError for what it says.
    """
    files = Files(find_root(path), read)
    try:
        loaded = _load(path, files, scale)
        if settings:
            loaded = _with_settings(loaded, settings, scale, files.includes)
    except UnreadableError:
        raise
    except SpecError as error:
        raise SpecError(with_include_chains(error.report, files.includes)) from None
    return replace(loaded, tree=replace(loaded.tree, includes=files.includes))


def _with_settings(
    loaded: Loaded, settings: Sequence[Setting], scale: Scale, includes: Mapping[str, Include]
) -> Loaded:
    """A spec with settings; one that recomputes more or less is no variant, and keeps its title."""
    from fishcompile.loading.settings import RECOMPUTE, variant_of

    beside = [setting for setting in settings if setting.path == RECOMPUTE]
    changing = [setting for setting in settings if setting.path != RECOMPUTE]
    if changing:
        loaded = vary(loaded, variant_of(changing, loaded.tree), scale, includes)
    if beside:
        tree = overlay(loaded.tree, variant_of(beside, loaded.tree))
        loaded = replace(loaded, tree=tree)
    return loaded


def _load(path: Path, files: Files, scale: Scale) -> Loaded:
    layers = [files.first(path)]
    while "extends" in layers[-1].tree.value:
        layers.append(_base(layers, files))
    first = layers[0].tree
    if len(layers) > 1 and "name" not in first.value:
        at = first.key_span(("extends",))
        raise fail(Diagnostic("FC111", "a variant needs a `name` of its own", at))
    uses = Uses(files)
    merged = Loaded(uses.inlined(layers.pop()))
    if layers:
        _refuse_in_base(merged.tree)  # in a spec without a base, the schema finds it among all else
    while layers:
        merged = vary(merged, uses.inlined(layers.pop()), scale, files.includes)
    return merged


def vary(
    base: Loaded, variant: Tree, scale: Scale, includes: Mapping[str, Include] | None = None
) -> Loaded:
    """A variant laid over its base, which is scaled before where the variant says so.

    `includes` says how files came in. Raises SpecError for what cannot be laid over the base.
    """
    tree = _without_expectations(_without(base.tree, "title"))
    below = base = replace(base, tree=replace(tree, includes=includes or tree.includes))
    if "scale" in variant.value:
        below = scale(below, variant)
    merged = _without(overlay(below.tree, _without(variant, "scale")), "extends")
    # what the variant writes or takes away itself is no longer what was scaled
    kept = (
        one for one in below.adjustments if _has(merged, one.path) and not _has(variant, one.path)
    )
    merged = replace(merged, includes=base.tree.includes)
    return Loaded(merged, tuple(kept), base, variant)


def _has(tree: Tree, path: TreePath) -> bool:
    try:
        tree.get(path)
    except (KeyError, TypeError):
        return False
    return True


def _base(layers: list[Opened], files: Files) -> Opened:
    variant = layers[-1]
    span, target = variant.tree.value_span(("extends",)), variant.tree.value["extends"]
    if not isinstance(target, str):
        raise refuse(span, "`extends` is the path of a spec", "write it as `extends: base.yaml`")
    named = Named("extends", span, target, variant)
    file = files.locate(named)
    refuse_circle(named, file, [layer.file for layer in layers])
    if len(layers) >= MAX_CHAIN:
        raise refuse(span, f"more than {MAX_CHAIN} specs extend each other", "merge some of them")
    return files.open(named, file)


def _refuse_in_base(base: Tree) -> None:
    """What only a variant may write: `after` orders what it adds, `scale` scales what it extends.

    In a base the order is that of the lines.
    """
    if "scale" in base.value:
        from fishcompile.schema.messages import scales_nothing

        raise fail(scales_nothing(base))
    found = [path for path in base.places if path[-1:] == ("after",) and _orders(path)]
    message = "`after` is for variants; here entries stand in the order they are written"
    if found:
        raise fail(
            *(
                Diagnostic("FC206", message, base.key_span(path), help=("remove it",))
                for path in found
            )
        )


def _orders(path: TreePath) -> bool:
    """Whether the entry that the key at `path` stands in is one of several in an order."""
    return len(path) == 3 or (len(path) == 5 and (path[0], path[2]) == ("blocks", "graph"))


def _without_expectations(base: Tree) -> Tree:
    """A base as its variants see it: what it asserts of itself is not asserted of them."""

    def strip(value: Plain) -> Plain:
        if not isinstance(value, dict):
            return value
        return {key: strip(item) for key, item in value.items() if key != "expect"}

    value = strip(base.value)
    assert isinstance(value, dict)
    places = {path: place for path, place in base.places.items() if "expect" not in path[1:]}
    return replace(base, value=value, places=places)


def _without(tree: Tree, key: str) -> Tree:
    value = {other: item for other, item in tree.value.items() if other != key}
    return replace(tree, value=value)
