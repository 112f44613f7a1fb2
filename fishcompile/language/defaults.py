"""The spec's own `defaults:` put into each stage that does not write the key itself.

Values keep their places, so a finding about a default points into `defaults`.
"""

from __future__ import annotations

from fishcompile.language.spec import SECTIONS
from fishcompile.tree import Path, Place, Plain, Tree, walk

# A stage that writes one of a pair has chosen; the default of the other does not apply to it.
_EXCLUSIVE = {"down": ("up", "merge"), "up": ("down", "merge"), "merge": ("down", "up")}


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
    bridge = value.get("bridge")
    if isinstance(bridge, dict):
        value["bridge"] = _under(
            tree, ("defaults",), {"block": defaults.get("block")}, ("bridge",), bridge, places
        )
    return Tree(value, places, tree.source)


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
        closed = {other for key in stage for other in _EXCLUSIVE.get(key, ())}
        if "transfer" not in stage:
            closed.add("transfer")
        usable = {key: item for key, item in own.items() if key not in closed or key in stage}
        stage = _under(tree, ("defaults", section), usable, here, stage, places)
    return _under(tree, ("defaults",), {"block": defaults.get("block")}, here, stage, places)


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
    for key, value in defaults.items():
        if value is None:
            continue
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _under(tree, (*origin, key), value, (*here, key), old, places)
        elif key not in result:
            result[key] = value
            for path, _ in walk(value, (*origin, key)):
                if path in tree.places:
                    places[(*here, *path[len(origin) :])] = tree.places[path]
    return result
