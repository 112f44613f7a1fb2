"""Fish over all words of version 2: those of tests/strategies.py, with more words in each part."""

from __future__ import annotations

from typing import Any

from tests.grammar.composites import refining
from tests.grammar.residual import ACTS, block, effective, fits, norm
from tests.strategies import Choose, Map
from tests.strategies import _Builder as FishBuilder

Entry = dict[str, Any]


class WideFish(FishBuilder):
    """Builds the sections of a fish into `tree`; `outputs` are those of its heads."""

    def __init__(self, choose: Choose, tree: Entry) -> None:
        """A fish whose input the tree says."""
        super().__init__(choose)
        self.tree = tree
        self.outputs: dict[str, Map] = {}
        self.entering = 0
        self.own = ""  # the block of the spec that stages may be made of
        image = tree["input"]
        size = image["size"]
        sides = (size, size) if isinstance(size, int) else tuple(size)
        self.image = Map(image["channels"], sides)
        self.maps["input"] = self.image
        self.stages: dict[str, None] = {}

    def sections(self) -> None:
        """Stem to head, as the choices say."""
        choose, tree = self.choose, self.tree
        if choose.chance(50):
            self._choose_defaults()
        if choose.chance(85):
            tree["stem"] = self._stem()
        tree["tail"] = {self._name("t"): self._stage("tail") for _ in range(choose.integer(1, 2))}
        if choose.chance(60) and self.maps[self.last].channels > 1:
            tree["bridge"] = self._bridge()
            self.stages["bridge"] = None
        for section in ("body", "head"):
            if choose.chance(70):
                count = choose.integer(1, 2)
                tree[section] = {self._name(section[0]): self._stage(section) for _ in range(count)}
        if self.defaults:
            tree["defaults"] = self.defaults

    def heads(self) -> None:
        """One classifier or several, dense heads, or none of them."""
        choose, tree = self.choose, self.tree
        if choose.chance(55):
            tree["classifier"] = self._classifier()
            self.outputs["logits"] = Map(tree["classifier"]["classes"], ())
        for part, count in (("classifiers", choose.integer(0, 2)), ("dense", choose.integer(0, 2))):
            for _ in range(count if choose.chance(60) else 0):
                name = self._name("out" if part == "dense" else "c")
                if name in self.outputs:
                    continue
                entry = self._classifier() if part == "classifiers" else self.dense()
                tree.setdefault(part, {})[name] = entry
                out = Map(entry["classes"], ())
                if part == "dense":
                    out = Map(entry["classes"], self.dense_sides)
                self.outputs[name] = out

    def dense(self) -> Entry:
        """A dense head; the sides that it gives are left in `dense_sides`."""
        choose = self.choose
        entry: Entry = {}
        source = choose.one([name for name, m in self.maps.items() if name != "input" and m.sides])
        if source != self.last:
            entry["from"] = source
        x = self._read(source)
        entry["classes"] = choose.one([2, 21, 5])
        self._score(entry, x)
        low = all(a <= b for a, b in zip(x.sides, self.image.sides, strict=True))
        up = choose.one(["bilinear", "nearest", "none"] if low else ["none"])
        if up != "bilinear" or choose.chance(30):
            entry["up"] = up
        self.dense_sides = x.sides if up == "none" else self.image.sides
        return entry

    def _classifier(self) -> Entry:
        choose = self.choose
        entry: Entry = {}
        source = self.last
        if source not in self.maps or not self.maps[source].sides or choose.chance(25):
            source = choose.one([n for n, m in self.maps.items() if n != "input" and m.sides])
            entry["from"] = source
        x = self._read(source)
        entry["classes"] = choose.one([10, 1, 5])
        self._score(entry, x)
        if choose.chance(30):
            entry["expect"] = {"in": x.channels, "out": entry["classes"]}
        return entry

    def _score(self, entry: Entry, x: Map) -> None:
        choose = self.choose
        reduction = 2
        if choose.chance(40) or x.channels == 1:
            reduction = choose.one([n for n in (1, 2, 4) if n <= x.channels])
            entry["reduction"] = reduction
        if choose.chance(40):
            entry["norm"] = norm(choose, [x.channels, x.channels // reduction])
        if choose.chance(30):
            entry["act"] = choose.one(ACTS)

    def _choose_defaults(self) -> None:
        super()._choose_defaults()
        choose, defaults = self.choose, self.defaults
        if choose.chance(40):
            defaults["act"] = choose.one(ACTS)
        if choose.chance(50):
            one = {"kind": "group", "channels": 1}
            defaults["norm"] = choose.one(["none", "batch", one, {"channels": 1}])
        for section in ("tail", "body", "head"):
            if section in defaults and choose.chance(40):
                defaults[section]["block"] = choose.one(
                    [
                        {"kind": "resnet_basic", "act": "gelu"},
                        {"kind": "basic"},
                        {"se": 2},
                        {"group_width": 1, "order": "act_first"},
                        {"reduction_of": "in"},
                    ]
                )

    def _conv(self, x: Map) -> tuple[Entry, Map]:
        layer, after = super()._conv(x)
        choose = self.choose
        if choose.chance(40):
            layer["norm"] = norm(choose, [layer["out"]])
        if choose.chance(40):
            layer["act"] = choose.one([*ACTS, "none"])
        if choose.chance(25):
            layer["bias"] = choose.chance(50)
        return layer, after

    def _trunk(self, entry: Entry) -> Map:
        choose = self.choose
        source = self.last
        if source not in self.maps or not self.maps[source].sides or choose.chance(12):
            others = [
                n for n, m in self.maps.items() if n != "input" and m.sides and m.channels > 1
            ]
            source = choose.one(others or ["input"])
            entry["from"] = source
        x = self._read(source)
        self.entering = x.channels
        return x

    def _stage(self, section: str) -> Entry:
        name = self.next
        entry = super()._stage(section)
        self.stages[name] = None
        # version 2 calls the factor of an up-sampling so
        if isinstance(entry.get("up"), dict) and "stride" in entry["up"]:
            entry["up"]["factor"] = entry["up"].pop("stride")
        return entry

    def _block(self, section: str, entry: Entry, width: int, skip: Map | None) -> None:
        given = effective(
            self.defaults.get(section, {}).get("block", {}), self.defaults.get("block", {})
        )
        given |= {k: v for k, v in self.defaults.items() if k in ("norm", "act") and k not in given}
        others = [skip.channels] if skip else []
        entering = self.entering
        if section == "bridge":
            others = [entering, entering // 2]
            entering *= entry.get("widen", 2)
            others = [*others, entering]
        if self.own and self.choose.chance(40):
            entry["block"] = refining(self.choose, self.own)
            return
        if fits(given, entering, [width, *others]) and self.choose.chance(30):
            return
        entry["block"] = block(self.choose, entering, width, others, given)
