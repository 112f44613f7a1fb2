"""The spec's own `defaults:` put into each stage that does not write the key itself.

Values keep their places, so a finding about a default points into `defaults`.
"""

from __future__ import annotations

from dataclasses import replace

from fishcompile.language.spec import SECTIONS, BlockSpec
from fishcompile.reader.tree import Path, Place, Plain, Tree, walk
from fishcompile.record import record
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
Entry = dict[str, Plain]

_EVERYWHERE = ("norm", "act")
# A norm is chosen as a whole: groups are nothing to another kind.
_WHOLE = ("norm",)


def apply_defaults(tree: Tree) -> Tree:
    """The tree with `defaults` merged into its stages, and gone."""
    written = tree.value.get("defaults")
    if not isinstance(written, dict):
        return tree
    defaults = _Defaults(tree, written, dict(tree.places))
    value: dict[str, Plain] = {key: item for key, item in tree.value.items() if key != "defaults"}
    for part, make in (
        *((section, defaults.stage) for section in SECTIONS),
        ("stem", defaults.layer),
        ("classifiers", defaults.everywhere),
        ("dense", defaults.everywhere),
    ):
        entries = value.get(part)
        if isinstance(entries, dict):
            value[part] = {
                name: make((part, name), entry) if isinstance(entry, dict) else entry
                for name, entry in entries.items()
            }
    bridge, classifier = value.get("bridge"), value.get("classifier")
    if isinstance(bridge, dict):
        value["bridge"] = defaults.with_block(("bridge",), bridge)
    if isinstance(classifier, dict):
        value["classifier"] = defaults.everywhere(("classifier",), classifier)
    return replace(tree, value=value, places=defaults.places)


@record
class _Defaults:
    """What `tree` writes in `defaults`; `places` become those of the entries that take them."""

    tree: Tree
    written: Entry
    places: dict[Path, Place]

    def stage(self, here: Path, stage: Entry) -> Entry:
        """A stage with the defaults of its section, and its block."""
        section = here[0]
        own = self.written.get(str(section))
        if isinstance(own, dict):
            usable = {key: item for key, item in own.items() if key != "transfer" or key in stage}
            stage = self._under(("defaults", section), usable, here, stage)
        return self.with_block(here, stage)

    def layer(self, here: Path, layer: Entry) -> Entry:
        """A layer of the stem, of which a pooling takes no default."""
        return self.everywhere(here, layer) if layer.get("kind") == "conv" else layer

    def with_block(self, here: Path, entry: Entry) -> Entry:
        """A stage or the bridge with the default block, and below that norm and act."""
        entry = self._under(("defaults",), {"block": self.written.get("block")}, here, entry)
        own = entry.get("block", {})
        if not isinstance(own, dict) or not any(self.written.get(key) for key in _EVERYWHERE):
            return entry
        return {**entry, "block": self.everywhere((*here, "block"), own)}

    def everywhere(self, here: Path, entry: Entry) -> Entry:
        """`entry` with the norm and the activation of the whole network."""
        usable = {key: self.written.get(key) for key in _EVERYWHERE}
        return self._under(("defaults",), usable, here, entry)

    def _under(self, origin: Path, defaults: Entry, here: Path, entry: Entry) -> Entry:
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
                result[key] = self._under((*origin, key), value, (*here, key), old)
            elif key not in result:
                result[key] = value
                for path, _ in walk(value, (*origin, key)):
                    if path in self.tree.places:
                        self.places[(*here, *path[len(origin) :])] = self.tree.places[path]
        return result


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
