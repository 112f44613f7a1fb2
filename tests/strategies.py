"""Valid specs over the whole grammar: `fishes()` for hypothesis, `build(choose)` for any source.

A spec is built forwards, every choice made among what fits, by arithmetic of its own: the shapes
that come with it are an oracle beside the compiler's, and its `expect`s are right by design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol, TypeVar

import yaml
from hypothesis import strategies as st

T = TypeVar("T")
Sides = tuple[int, int]

MAX_SIDE = 300
MAX_CHANNELS = 400
# Names that an emitted file, its blocks or Python itself use for something else.
# fmt: off
NAMES = (
    "refine", "transfer", "relu", "conv", "bn", "sum", "merged", "down", "up", "fc", "score",
    "pool", "gate", "squeeze", "widen", "tail", "body", "head", "model", "stage", "block", "super",
    "len", "list", "tuple", "dict", "int", "range", "print", "tensor", "functional", "device",
    "module", "net", "size", "shape", "classes", "out", "blocks", "k", "name", "stem1", "c2",
)
# fmt: on


class Choose(Protocol):
    """Where the choices come from."""

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`."""

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""

    def chance(self, percent: int) -> bool:
        """True in about that many of 100 cases."""


@dataclass(frozen=True)
class Map:
    """A feature map: channels and sides; () of a vector, which no fish has inside."""

    channels: int
    sides: Any


@dataclass
class Fish:
    """A valid spec as a tree, and what its author knows of it: every stage's output."""

    tree: dict[str, Any]
    outputs: dict[str, Map] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The spec as YAML."""
        return yaml.safe_dump(self.tree, sort_keys=False, default_flow_style=None, width=10_000)


@dataclass(frozen=True)
class Drawn:
    """Choices drawn by hypothesis, which shrinks them."""

    draw: Any

    def integer(self, low: int, high: int) -> int:
        """Shrinks towards `low`."""
        return int(self.draw(st.integers(low, high)))

    def one(self, options: Sequence[T]) -> T:
        """Shrinks towards the first."""
        return options[self.integer(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """Shrinks towards False."""
        return self.integer(0, 99) >= 100 - percent


@dataclass(frozen=True)
class Seeded:
    """Choices of a seeded generator, for runs that are recorded."""

    random: Random

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`."""
        return self.random.randint(low, high)

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self.random.choice(options)

    def chance(self, percent: int) -> bool:
        """True in about that many of 100 cases."""
        return self.random.random() * 100 < percent


@st.composite
def fishes(draw: st.DrawFn) -> Fish:
    """Valid specs, which shrink to small ones."""
    return build(Drawn(draw))


def build(choose: Choose) -> Fish:
    """One valid spec."""
    return _Builder(choose).fish()


class _Builder:
    """Builds forwards; `maps` are the outputs to read, `unread` those that nobody has read yet."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose
        self.maps: dict[str, Map] = {}
        self.unread: dict[str, None] = {}
        self.defaults: dict[str, Any] = {}
        self.last = "input"

    def fish(self) -> Fish:
        choose = self.choose
        size: Any = choose.one([32, 64, 96, [48, 80], [65, 127], 63, [33, 64]])
        channels = choose.one([3, 1, 4])
        tree: dict[str, Any] = {"fishspec": 2, "name": choose.one(["net", "fish", "sum2"])}
        tree["input"] = {"channels": channels, "size": size}
        sides: Sides = (size, size) if isinstance(size, int) else (size[0], size[1])
        self.maps["input"] = Map(channels, sides)
        if choose.chance(30):
            self._choose_defaults()
        if choose.chance(85):
            tree["stem"] = self._stem()
        tree["tail"] = {self._name("t"): self._stage("tail") for _ in range(choose.integer(1, 3))}
        if choose.chance(60) and self.maps[self.last].channels > 1:
            tree["bridge"] = self._bridge()
        for section in ("body", "head"):
            if choose.chance(70):
                count = choose.integer(1, 3)
                tree[section] = {self._name(section[0]): self._stage(section) for _ in range(count)}
        if self.defaults:
            tree["defaults"] = self.defaults
        if choose.chance(75):
            tree["classifier"] = self._classifier()
        self._taps(tree)
        if choose.chance(20):
            tree["budget"] = choose.one(
                [{"parameters": "9G"}, {"macs": "0.5T", "parameters": 10**12}]
            )
        outputs = {name: self.maps[name] for name in self.maps if name != "input"}
        return Fish(tree, outputs)

    def _choose_defaults(self) -> None:
        choose = self.choose
        if choose.chance(50):
            self.defaults["block"] = choose.one(
                [{"groups": 2}, {"reduction": 2}, {"groups": 2, "reduction": 2}]
            )
        for section in ("tail", "body", "head"):
            if choose.chance(40):
                entry: dict[str, Any] = {"blocks": choose.integer(1, 2)}
                if choose.chance(40):
                    entry["dilation"] = 2
                if choose.chance(40) and section != "tail":
                    entry["transfer"] = {"blocks": choose.integer(0, 2)}
                if choose.chance(30):
                    entry["block"] = {"reduction": choose.one([1, 2, 4])}
                self.defaults[section] = entry

    def _name(self, prefix: str) -> str:
        """A new name; the stage built next has it."""
        taken = {*self.maps, "logits"}
        fresh = f"{prefix}{len(self.maps)}"
        self.next = fresh
        if self.choose.chance(15):
            self.next = self.choose.one([name for name in NAMES if name not in taken])
        return self.next

    def _read(self, name: str) -> Map:
        self.unread.pop(name, None)
        return self.maps[name]

    def _made(self, name: str, output: Map) -> None:
        self.maps[name] = output
        self.unread[name] = None
        self.last = name

    def _stem(self) -> dict[str, Any]:
        choose, layers = self.choose, {}
        x = self._read("input")
        for number in range(choose.integer(1, 3)):
            kind = "conv" if number == 0 else choose.one(["conv", "max_pool", "avg_pool"])
            layer, after = self._conv(x) if kind == "conv" else self._pool(kind, x)
            if min(after.sides) < 4:
                layer, after = {"kind": "conv", "out": 8}, Map(8, x.sides)
            if choose.chance(30):
                layer["expect"] = self._expect(x.channels, after.channels, after.sides)
            layers[f"{choose.one(['c', 'layer', 'relu'])}{number}"] = layer
            x = after
        self._made("stem", x)
        return layers

    def _conv(self, x: Map) -> tuple[dict[str, Any], Map]:
        choose = self.choose
        out = choose.one([8, 12, 16])
        layer: dict[str, Any] = {"kind": "conv", "out": out}
        kernel = choose.one([3, 1, 2, 5, 7])
        stride, dilation = choose.one([1, 2, 3]), choose.one([1, 1, 2])
        padding = dilation * (kernel // 2)
        if choose.chance(30):
            padding = choose.integer(0, 3)
        if padding != dilation * (kernel // 2) or kernel % 2 == 0:  # which keeps no sides by itself
            layer["padding"] = padding
        if kernel != 3 or choose.chance(50):
            layer["kernel"] = kernel
        if stride != 1:
            layer["stride"] = stride
        if dilation != 1:
            layer["dilation"] = dilation
        groups = [g for g in (1, 2, 4) if x.channels % g == 0 and out % g == 0]
        if choose.chance(30):
            layer["groups"] = choose.one(groups)
        return layer, Map(out, _slide(x.sides, dilation * (kernel - 1) + 1, stride, padding))

    def _pool(self, kind: str, x: Map) -> tuple[dict[str, Any], Map]:
        choose = self.choose
        layer: dict[str, Any] = {"kind": kind}
        kernel = choose.one([2, 3, 1])
        if kernel != 2:
            layer["kernel"] = kernel
        stride = kernel
        if choose.chance(60):
            stride = layer["stride"] = choose.one([2, 1])
        padding = 0
        if choose.chance(50):
            padding = layer["padding"] = kernel // 2
        return layer, Map(x.channels, _slide(x.sides, kernel, stride, padding))

    def _expect(self, entering: int, leaving: int, sides: Sides) -> dict[str, Any]:
        size: Any = sides[0] if sides[0] == sides[1] else list(sides)
        everything = {"in": entering, "out": leaving, "size": size}
        keys = self.choose.one([("in", "out", "size"), ("out",), ("size",), ("in", "size")])
        return {key: everything[key] for key in keys}

    def _trunk(self, entry: dict[str, Any]) -> Map:
        """What a stage reads: the stage before, or now and then another by `from`."""
        choose = self.choose
        source = self.last
        if choose.chance(12):
            others = [name for name, m in self.maps.items() if name != "input" and m.channels > 1]
            source = choose.one(others or [source])
            entry["from"] = source
        return self._read(source)

    def _stage(self, section: str) -> dict[str, Any]:
        choose, name = self.choose, self.next
        entry: dict[str, Any] = {}
        x = self._trunk(entry)
        blocks = choose.integer(1, 2)
        if "blocks" not in self.defaults.get(section, {}) or choose.chance(30):
            entry["blocks"] = blocks
        width = self._shortcut(section, entry, x)
        sides, skip, merge = self._sampling(section, entry, x, width)
        if merge == "add":
            # a projection takes on the skip's own width
            assert skip is not None
            for key in ("shortcut", "k", "out"):
                entry.pop(key, None)
            entry.update(shortcut="project", out=skip.channels)
            width = skip.channels
        self._block(section, entry, width, skip)
        if choose.chance(25):
            entry["dilation"] = choose.one([1, 2, 3])
        if choose.chance(35):
            entry["expect"] = self._expect(x.channels, width, sides)
        if choose.chance(15):
            entry["out"] = width
        merged = width + skip.channels if skip and merge != "add" else width
        self._made(name, Map(merged, sides))
        return entry

    def _shortcut(self, section: str, entry: dict[str, Any], x: Map) -> int:
        choose = self.choose
        usual = {"tail": "project", "body": "reduce", "head": "identity"}[section]
        word = (
            usual
            if choose.chance(60)
            else choose.one(["project", "reduce", "identity", "duplicate"])
        )
        if word == "duplicate" and x.channels > MAX_CHANNELS // 2:
            word = "reduce"
        if word != usual or choose.chance(10):
            entry["shortcut"] = word
        if word == "project":
            width = choose.one([16, 24, 32, 8])
            if section == "tail" or choose.chance(80):
                entry["out"] = width
                return width
            return x.channels
        if word == "identity":
            return x.channels
        factors = [k for k in (1, 2, 3, 4) if word == "duplicate" or x.channels % k == 0]
        if word == "duplicate":
            factors = [k for k in factors if x.channels * k <= MAX_CHANNELS]
        else:
            factors = [k for k in factors if x.channels // k >= 8] or [1]
        k = choose.one(factors)
        if k != 1 or choose.chance(30):
            entry["k"] = k
        return x.channels * k if word == "duplicate" else x.channels // k

    def _sampling(
        self, section: str, entry: dict[str, Any], x: Map, width: int
    ) -> tuple[Sides, Map | None, str]:
        """Sampling and merge: the sides after them, the skip, and the merge's word."""
        choose = self.choose
        down, word, after = self._down(x.sides)
        skips = [name for name in self.maps if name != "input" or choose.chance(5)]
        options: list[tuple[str, str, Any, list[str]]] = []
        for name_of_way, sides in (("down", after), ("none", x.sides)):
            if sides is None:
                continue
            value = down if name_of_way == "down" else "none"
            options.append(("none", name_of_way, value, []))
            same = [n for n in skips if self.maps[n].sides == sides]
            fits = [n for n in same if width + self.maps[n].channels <= MAX_CHANNELS]
            if fits:
                options.append(("concat", name_of_way, value, fits))
                options += [("dr", name_of_way, value, fits)] * (2 if name_of_way == "down" else 0)
            if [n for n in same if self.maps[n].channels >= 8]:
                add = [n for n in same if self.maps[n].channels >= 8]
                options.append(("add", name_of_way, value, add))
        options += self._ups(x, width, skips)
        usual = {"tail": "none", "body": "ur", "head": "dr"}[section]
        preferred = [option for option in options if option[0] == usual]
        merge, way, value, fits = choose.one(
            preferred if preferred and choose.chance(65) else options
        )
        skip = None
        sides = after if way == "down" else x.sides
        if fits:
            source = choose.one(fits)
            skip = self._read(source)
            entry["transfer"] = {"from": source}
            given = "transfer" in self.defaults.get(section, {})
            if choose.chance(60) or given:
                entry["transfer"]["blocks"] = choose.integer(0, 2)
            if way == "up":
                sides = skip.sides
        elif way == "up":
            stride = value["factor"] if isinstance(value, dict) else 2
            sides = (x.sides[0] * stride, x.sides[1] * stride)
        assert sides is not None
        self._say(section, entry, merge, way, value, word)
        return sides, skip, merge

    def _say(
        self, section: str, entry: dict[str, Any], merge: str, way: str, value: Any, word: str
    ) -> None:
        """Writes what differs from the section's own words, and sometimes what does not."""
        usual = {
            "tail": ("none", "max_pool"),
            "body": ("ur", "nearest"),
            "head": ("dr", "max_pool"),
        }
        merges, samples = usual[section]
        if (merge, value) == (merges, samples) and self.choose.chance(80):
            return
        if merge != merges or self.choose.chance(20):
            entry["merge"] = merge
        key = way if way != "none" else "up" if section == "body" else "down"
        entry[key] = value
        assert word or way != "down"

    def _down(self, sides: Sides) -> tuple[Any, str, Sides | None]:
        """A way to sample down, its word, and the sides after it; None where nothing is left."""
        choose = self.choose
        word = choose.one(["max_pool", "avg_pool", "strided_conv"])
        kernel, stride = (3 if word == "strided_conv" else 2), 2
        value: Any = word
        if choose.chance(25):
            value = {"kind": word}
            if choose.chance(70):
                kernels = [3, 5, 1] if word == "strided_conv" else [3, 2, 1, 4]
                kernel = value["kernel"] = choose.one(kernels)
            if choose.chance(50):
                stride = value["stride"] = choose.one([2, 3, 1])
        padding = kernel // 2 if word == "strided_conv" else (kernel - 1) // 2
        after = _slide(sides, kernel, stride, padding)
        return value, word, after if min(after) >= 1 else None

    def _ups(self, x: Map, width: int, skips: list[str]) -> list[tuple[str, str, Any, list[str]]]:
        choose = self.choose
        fitting = [n for n in skips if width + self.maps[n].channels <= MAX_CHANNELS]
        larger = [
            n
            for n in fitting
            if all(a <= b for a, b in zip(x.sides, self.maps[n].sides, strict=True))
        ]
        options: list[tuple[str, str, Any, list[str]]] = []
        word = choose.one(["nearest", "bilinear"])
        if larger:
            value: Any = word if choose.chance(80) else {"kind": word, "factor": 3}
            options += [("ur", "up", value, larger)] * 2 + [("concat", "up", value, larger)]
        for stride in (2, 4, 1):
            reached = [n for n in fitting if _reaches(x.sides, self.maps[n].sides, stride)]
            if reached:
                value = "deconv" if stride == 2 else {"kind": "deconv", "factor": stride}
                options += [("ur", "up", value, reached), ("concat", "up", value, reached)]
                break
        stride = choose.one([2, 3])
        if max(x.sides) * stride <= MAX_SIDE and choose.chance(30):
            kind = choose.one(["nearest", "bilinear", "deconv"])
            value = kind if stride == 2 else {"kind": kind, "factor": stride}
            options.append(("none", "up", value, []))
        return options

    def _block(self, section: str, entry: dict[str, Any], width: int, skip: Map | None) -> None:
        """Groups and reduction that divide; written where the defaults do not fit."""
        given = {
            "groups": 1,
            "reduction": 4,
            **self.defaults.get("block", {}),
            **self.defaults.get(section, {}).get("block", {}),
        }
        widths = [width, *([skip.channels] if skip else [])]
        pairs = [
            (groups, reduction)
            for groups in (1, 2, 4)
            for reduction in (4, 2, 1, 3)
            if all(w // reduction >= 1 and w // reduction % groups == 0 for w in widths)
        ]
        if (given["groups"], given["reduction"]) in pairs and self.choose.chance(70):
            return
        groups, reduction = self.choose.one(pairs)
        entry["block"] = {"groups": groups, "reduction": reduction}
        if self.choose.chance(30):
            entry["block"]["kind"] = "bottleneck"

    def _bridge(self) -> dict[str, Any]:
        choose = self.choose
        entry: dict[str, Any] = {}
        x = self._trunk(entry)
        out = choose.one([16, 32, 24])
        entry |= {"out": out, "blocks": choose.integer(1, 2)}
        entry["gate"] = choose.one(["scale_add", "scale", "none"])
        if choose.chance(50):
            entry["squeeze"] = choose.one([2, 4, 16])
        if choose.chance(40):
            entry["widen"] = choose.one([1, 2, 3])
        self._block("bridge", entry, out, None)
        if choose.chance(40):
            entry["expect"] = self._expect(x.channels, out, x.sides)
        self._made("bridge", Map(out, x.sides))
        return entry

    def _classifier(self) -> dict[str, Any]:
        choose = self.choose
        entry: dict[str, Any] = {}
        x = self._trunk(entry)
        entry["classes"] = choose.one([10, 1, 5])
        if choose.chance(40) or x.channels == 1:
            entry["reduction"] = choose.one([n for n in (1, 2, 4) if n <= x.channels])
        if choose.chance(30):
            entry["expect"] = {"in": x.channels, "out": entry["classes"]}
        return entry

    def _taps(self, tree: dict[str, Any]) -> None:
        """No taps, which taps every stage, or taps that leave nothing unread."""
        choose = self.choose
        if choose.chance(50) and "stem" not in self.unread:
            return
        taps = {f"tap{number}": name for number, name in enumerate(self.unread)}
        if choose.chance(50):
            taps["extra"] = choose.one([name for name in self.maps if name != "input"])
        if taps:
            tree["taps"] = taps


def _slide(sides: Sides, extent: int, stride: int, padding: int) -> Sides:
    height, width = ((side + 2 * padding - extent) // stride + 1 for side in sides)
    return height, width


def _reaches(sides: Sides, target: Sides, stride: int) -> bool:
    return all(a * stride <= b < (a + 1) * stride for a, b in zip(sides, target, strict=True))
