"""The spec's own `defaults:` put into each stage that does not write the key itself.

Values keep their places, so a finding about a default points into `defaults`.
"""

from __future__ import annotations

from dataclasses import replace

from fishcompile.language.spec import SECTIONS, BlockSpec
from fishcompile.reader.tree import Path, Place, Plain, Tree, walk
from fishcompile.schema.file import residual_kinds, unread_words
from fishcompile.schema.stage_blocks import AROUND

# An entry that writes one of a pair has chosen; the default of the other does not apply to it.
_EXCLUSIVE = {
    "down": ("up", "merge"),
    "up": ("down", "merge"),
    "merge": ("down", "up"),
    "groups": ("group_width",),
    "group_width": ("groups",),
}
_EVERYWHERE = ("norm", "act")
# A norm is chosen as a whole: groups are nothing to another kind.
_WHOLE = ("norm",)


def apply_defaults(tree: Tree) -> Tree:
    """The tree with `defaults` merged into its stages, and gone."""
    defaults = tree.value.get("defaults")
    if not isinstance(defaults, dict):
        return tree
    places = dict(tree.places)
    value: dict[str, Plain] = {key: item for key, item in tree.value.items() if key != "defaults"}
    for section in SECTIONS:
        stages = value.get(section)
        if isinstance(stages, dict):
            value[section] = {
                name: _stage(tree, section, name, stage, defaults, places)
                for name, stage in stages.items()
            }
    stem, bridge, classifier = (value.get(part) for part in ("stem", "bridge", "classifier"))
    if isinstance(stem, dict):
        value["stem"] = {
            name: _everywhere(tree, defaults, ("stem", name), layer, places)
            if isinstance(layer, dict) and layer.get("kind") == "conv"
            else layer
            for name, layer in stem.items()
        }
    if isinstance(bridge, dict):
        value["bridge"] = _with_block(tree, defaults, ("bridge",), bridge, places)
    if isinstance(classifier, dict):
        value["classifier"] = _everywhere(tree, defaults, ("classifier",), classifier, places)
    for part in ("classifiers", "dense"):
        heads = value.get(part)
        if isinstance(heads, dict):
            value[part] = {
                name: _everywhere(tree, defaults, (part, name), head, places)
                for name, head in heads.items()
                if isinstance(head, dict)
            }
    return replace(tree, value=value, places=places)


def _stage(
    tree: Tree,
    section: str,
    name: str,
    stage: Plain,
    defaults: dict[str, Plain],
    places: dict[Path, Place],
) -> Plain:
    if not isinstance(stage, dict):
        return stage
    here: Path = (section, name)
    own = defaults.get(section)
    if isinstance(own, dict):
        usable = {key: item for key, item in own.items() if key != "transfer" or key in stage}
        stage = _under(tree, ("defaults", section), usable, here, stage, places)
    return _with_block(tree, defaults, here, stage, places)


def _with_block(
    tree: Tree,
    defaults: dict[str, Plain],
    here: Path,
    entry: dict[str, Plain],
    places: dict[Path, Place],
) -> dict[str, Plain]:
    """A stage or the bridge with the default block, and below that the default norm and act."""
    block = {"block": defaults.get("block")}
    entry = _under(tree, ("defaults",), block, here, entry, places)
    own = entry.get("block", {})
    if not isinstance(own, dict) or not any(defaults.get(key) for key in _EVERYWHERE):
        return entry
    return {**entry, "block": _everywhere(tree, defaults, (*here, "block"), own, places)}


def _everywhere(
    tree: Tree,
    defaults: dict[str, Plain],
    here: Path,
    entry: dict[str, Plain],
    places: dict[Path, Place],
) -> dict[str, Plain]:
    """`entry` with the norm and the activation of the whole network."""
    usable = {key: defaults.get(key) for key in _EVERYWHERE}
    return _under(tree, ("defaults",), usable, here, entry, places)


def _fitting(default: Plain, block: Plain) -> Plain:
    """What of a default block is one for `block`: of another kind, what stands around it alone.

    The kinds that every spec has share their words; a block that the spec defines has its own.
    """
    if not isinstance(default, dict) or not isinstance(block, dict):
        return default
    usual = default.get("kind", BlockSpec.kind)
    kind = block.get("kind", usual)
    if kind == usual or {kind, usual} <= set(residual_kinds()):
        return default
    return {key: item for key, item in default.items() if key in AROUND}


def _under(
    tree: Tree,
    origin: Path,
    defaults: dict[str, Plain],
    here: Path,
    entry: dict[str, Plain],
    places: dict[Path, Place],
) -> dict[str, Plain]:
    """`entry` with what it lacks taken from `defaults`, which stand at `origin`."""
    result = dict(entry)
    closed = {other for key in entry for other in _EXCLUSIVE.get(key, ())}
    closed.update(unread_words(str(entry.get("kind"))))
    if entry.get("norm") in ("none", {"kind": "none"}):
        closed.add("order")
    for key, value in defaults.items():
        if value is None or (key in closed and key not in entry):
            continue
        old = result.get(key)
        if key == "block":
            value = _fitting(value, old)
        if isinstance(old, dict) and isinstance(value, dict) and key not in _WHOLE:
            result[key] = _under(tree, (*origin, key), value, (*here, key), old, places)
        elif key not in result:
            result[key] = value
            for path, _ in walk(value, (*origin, key)):
                if path in tree.places:
                    places[(*here, *path[len(origin) :])] = tree.places[path]
    return result
