"""The specs of the grammar test: fish, graphs, and both at once, each with what it has to give."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

import yaml

from tests.grammar.composites import definitions, refined, refining
from tests.grammar.fish import WideFish
from tests.grammar.residual import block
from tests.grammar.shapes import SAME, UnfitError, demand, shape
from tests.strategies import Map, Seeded

Entry = dict[str, Any]

COUNT = 300
_IMAGE: dict[str, list[Any]] = {"channels": [3, 1, 2, 4], "size": [32, 64, 33, [48, 80], [65, 40]]}
_ONE_OP = (
    *("conv", "max_pool", "avg_pool", "deconv", "upsample", "concat", "add", "mul", "batch_norm"),
    *("global_avg_pool", "flatten", "adaptive_avg_pool", "linear", "channel_sum", "channel_repeat"),
    "channel_shuffle",
    *SAME,
)
# The keys of kinds with few of them: how often each is written, and its values.
_KEYS: dict[str, dict[str, tuple[int, list[Any]]]] = {
    "deconv": {
        "out": (100, [4, 8]),
        "kernel": (40, [2, 4, 3]),
        "stride": (40, [2, 1, 3]),
        "padding": (40, [0, 1]),
        "bias": (40, [True, False]),
    },
    "upsample": {"mode": (60, ["bilinear", "nearest"]), "factor": (50, [1, 2, 3])},
    "adaptive_avg_pool": {"size": (100, [1, 3, 7])},
    "linear": {"out": (100, [5, 10]), "bias": (50, [True, False])},
    "dropout": {"percent": (50, [0, 10, 99])},
    "channel_sum": {"k": (100, [1, 2, 3])},
    "channel_repeat": {"k": (100, [1, 2, 3])},
    "channel_shuffle": {"groups": (100, [1, 2, 4])},
}
_PARTS = ("blocks", "tail", "body", "head", "bridge", "stem", "classifier", "dense")


@dataclass
class Spec:
    """Files by name, `net.yaml` the spec itself; the nodes' shapes, and those of what is given."""

    files: dict[str, Entry]
    nodes: dict[str, Map]
    taps: dict[str, Map]
    outputs: dict[str, Map] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        """The files as YAML."""
        style: Any = {"sort_keys": False, "default_flow_style": None, "width": 10_000}
        return {name: yaml.safe_dump(tree, **style) for name, tree in self.files.items()}


def spec(number: int) -> Spec:
    """The spec of that number, always the same."""
    return _Wide(Seeded(Random(number))).spec()


def specs(numbers: range) -> Iterator[Spec]:
    """The specs of these numbers."""
    return map(spec, numbers)


class _Wide:
    def __init__(self, choose: Seeded) -> None:
        self.choose = choose

    def spec(self) -> Spec:
        choose = self.choose
        name = choose.one(["net", "fish", "sum2", "unit", "mb", "net2", "model"])
        image: Entry = {key: choose.one(options) for key, options in _IMAGE.items()}
        tree: Entry = {"fishspec": 2, "name": name, "input": image}
        fish = self.fish = WideFish(choose, tree)
        form = choose.one(["fish", "graph", "both"])
        self.blocks: Entry = {}
        if choose.chance(30):
            fish.own, self.blocks[fish.own] = refined(choose)
            tree["blocks"] = self.blocks
        if form != "graph":
            fish.sections()
            fish.heads()
        self.called: set[str] = set()
        if form != "fish":
            if choose.chance(70):
                self.blocks |= definitions(choose)
                tree["blocks"] = self.blocks
            tree["graph"] = {}
            for _ in range(choose.integer(2, 7)):
                self._node(tree["graph"])
            self._outputs(tree)
        self._taps(tree)
        if choose.chance(15):
            budget: Entry = choose.one(
                [{"parameters": "9G"}, {"macs": "0.5T", "parameters": 10**9}]
            )
            tree["budget"] = budget | self._bounds(Seeded(Random(len(str(tree)))))
        nodes = {name: made for name, made in fish.maps.items() if name != "input"}
        tapped = tree.get("taps") or {name: name for name in self._stages()}
        taps = {tap: nodes[source] for tap, source in tapped.items()}
        return Spec(self._files(tree), nodes, taps, fish.outputs)

    def _bounds(self, choose: Seeded) -> dict[str, Any]:
        """Further bounds that every spec keeps, of the network, of a stage, and of a batch.

        They have choices of their own, so that the rest of a spec does not hang on them.
        """
        keys = ["macs", "activations", "traffic", "saved", "memory"]
        found: dict[str, Any] = {
            key: "900T" for key in [*keys[1:], "training_memory"] if choose.chance(40)
        }
        if choose.chance(70):
            found["dtype"] = choose.one(["float32", "bfloat16", "float16", "float64"])
            found["optimizer"] = choose.one(["sgd", "sgd_momentum", "adam", "adamw"])
        stages = self._stages()
        bounds = {choose.one(stages): {choose.one(keys): "900T"}} if stages else {}
        if choose.chance(50):
            found["stages"] = bounds
        if choose.chance(50):
            batch = {key: "900T" for key in [*keys, "training_memory"] if choose.chance(40)}
            found["batch"] = {"images": choose.integer(1, 64), **batch, "stages": bounds}
        return found

    def _stages(self) -> list[str]:
        return list(self.fish.stages)

    def _node(self, graph: Entry) -> None:
        choose, fish = self.choose, self.fish
        name = fish._name("n")
        while True:
            kinds = [*_ONE_OP, *_PARTS, *(k for k in self.blocks for _ in range(8))]
            kind = choose.one(kinds)
            before = (fish.unread.copy(), fish.last, dict(fish.stages))
            try:
                entry, made = self._of(kind, name)
            except UnfitError:
                fish.unread, fish.last, fish.stages = before
                continue
            break
        graph[name] = entry
        if kind in self.blocks:
            self.called.add(kind)
        if name not in fish.maps:
            fish._made(name, made)

    def _of(self, kind: str, name: str) -> tuple[Entry, Map]:
        if kind in ("tail", "body", "head", "bridge", "stem", "classifier", "dense"):
            return self._part(kind, name)
        entry: Entry = {"kind": kind}
        inputs = self._inputs(entry)
        self._words(entry, inputs)
        made = shape(entry, inputs, self.blocks)
        if self.choose.chance(15) and made.channels <= 1_000_000:
            size = made.sides[0] if len(set(made.sides)) == 1 else list(made.sides)
            entering = sum(x.channels for x in inputs) if kind == "concat" else inputs[0].channels
            entry["expect"] = {"in": entering, "out": made.channels}
            if made.sides:
                entry["expect"]["size"] = size
        for source in self.sources:
            self.fish._read(source)
        return entry, made

    def _part(self, kind: str, name: str) -> tuple[Entry, Map]:
        fish = self.fish
        demand([m for n, m in fish.maps.items() if n != "input" and m.sides and m.channels > 1])
        defaults, fish.defaults = fish.defaults, {}  # they are for the sections alone
        last, stem, bridge = fish.last, fish.maps.get("stem"), fish.maps.get("bridge")
        unread = fish.unread.copy()
        vectors = {n: m for n, m in fish.maps.items() if not m.sides}
        fish.maps = {n: m for n, m in fish.maps.items() if m.sides}
        try:
            if kind in ("tail", "body", "head"):
                fish.next = name
                entry = fish._stage(kind)
                return {"kind": kind, **entry}, fish.maps[name]
            if kind == "classifier":
                entry = fish._classifier()
                return {"kind": kind, **entry}, Map(entry["classes"], ())
            if kind == "dense":
                entry = fish.dense()
                return {"kind": kind, **entry}, Map(entry["classes"], fish.dense_sides)
            return self._named(kind, name, last, unread, {"stem": stem, "bridge": bridge})
        finally:
            fish.defaults = defaults
            fish.maps |= vectors

    def _named(
        self, kind: str, name: str, last: str, unread: Entry, own: dict[str, Map | None]
    ) -> tuple[Entry, Map]:
        """A stem or a bridge, which the fish's builder knows by one name alone."""
        fish = self.fish
        if kind == "stem":
            source = self.choose.one([n for n, m in fish.maps.items() if m.sides])
            image = fish.maps["input"]
            fish.maps["input"] = fish.maps[source]
            layers = fish._stem()
            fish.maps["input"] = image
            entry: Entry = {"from": source, "layers": layers}
        else:
            # its first convolution halves what enters, whichever map that is
            demand(all(m.channels > 1 for m in fish.maps.values() if m.sides))
            entry = fish._bridge()
            source = entry.get("from", last)
            fish.stages[name] = None
        made = fish.maps.pop(kind)
        fish.unread, fish.last = unread, last
        fish.unread.pop(source, None)
        earlier = own[kind]
        if earlier is not None:
            fish.maps = {n: fish.maps.get(n, earlier) for n in self._order(kind)}
        return {"kind": kind, **entry}, made

    def _order(self, put_back: str) -> list[str]:
        names = list(self.fish.maps)
        return ["input", put_back, *names[1:]]

    def _inputs(self, entry: Entry) -> list[Map]:
        """What a node reads, `from` and `to` written as they have to be."""
        choose, maps, kind = self.choose, self.fish.maps, entry["kind"]
        self.sources: list[str] = []
        unread = [name for name in self.fish.unread if name in maps]
        trunk = choose.one([self.fish.last, self.fish.last, *maps, *unread])
        if kind == "linear":
            vectors = [name for name, made in maps.items() if not made.sides]
            demand(vectors)
            trunk = choose.one(vectors)
        several = self.blocks.get(kind, {}).get("inputs", [])
        if kind in ("concat", "add", "mul") or len(several) > 1:
            count = len(several) or choose.integer(2, 3)
            x = maps[trunk]
            if kind == "concat":
                same = [n for n, m in maps.items() if m.sides == x.sides]
            elif several:
                same = [n for n, m in maps.items() if m.sides]
            else:
                same = [n for n, m in maps.items() if m.channels == x.channels]
            demand(same)
            self.sources = [trunk, *(choose.one(same) for _ in range(count - 1))]
            entry["from"] = list(self.sources)
        else:
            self.sources = [trunk]
            if trunk != self.fish.last or choose.chance(30):
                entry["from"] = trunk
            if kind in ("upsample", "deconv") and choose.chance(50):
                entry["to"] = choose.one([n for n, m in maps.items() if m.sides])
                self.sources.append(entry["to"])
        return [maps[name] for name in self.sources]

    def _words(self, entry: Entry, inputs: list[Map]) -> None:
        """The keys of the node's kind."""
        choose, x = self.choose, inputs[0]
        kind = entry["kind"]
        if kind in self.blocks:
            self._parameters(entry, several=len(inputs) > 1)
            return
        if kind in ("conv", "max_pool", "avg_pool", "batch_norm", "blocks"):
            demand(x.sides)
        if kind == "conv":
            layer, _ = self.fish._conv(x)
            entry |= layer
        elif kind in ("max_pool", "avg_pool"):
            layer, _ = self.fish._pool(kind, x)
            entry |= layer
        elif kind == "blocks":
            self._residual(entry, x)
        else:
            for key, (percent, options) in _KEYS.get(kind, {}).items():
                if choose.chance(percent) and not (key == "factor" and "to" in entry):
                    entry[key] = choose.one(options)

    def _parameters(self, entry: Entry, *, several: bool) -> None:
        choose = self.choose
        for key, default in self.blocks[entry["kind"]].get("parameters", {}).items():
            if default == "required" or choose.chance(50):
                numbers = {"depth": [1, 2, 3], "out": [2, 4, 8]}.get(key, [1, 2, 4, 8])
                entry[key] = choose.one(numbers)
        if not several and choose.chance(25):
            entry["repeat"] = choose.one([1, 2, 3])

    def _residual(self, entry: Entry, x: Map) -> None:
        choose = self.choose
        out = choose.one([x.channels, 8, 16, 32])
        if out != x.channels or choose.chance(30):
            entry["out"] = out
        entry["blocks"] = choose.integer(1, 3)
        if choose.chance(40):
            entry["stride"] = choose.one([1, 2])
        if choose.chance(30):
            entry["dilation"] = choose.one([1, 2])
        words = block(choose, x.channels, out, [], {})
        entry["block"] = words
        if choose.chance(30):
            entry["block"] = choose.one(
                ["bottleneck", "basic", "resnet_bottleneck", "resnet_basic"]
            )
        if self.fish.own and choose.chance(30):
            own = refining(choose, self.fish.own)
            entry["block"] = choose.one([own, self.fish.own])

    def _outputs(self, tree: Entry) -> None:
        """Some of what nobody reads is an output; now and then something that is read, too."""
        choose, fish = self.choose, self.fish
        taken = set(fish.outputs)
        for source in [*fish.unread, *(n for n in fish.maps if n != "input" and choose.chance(8))]:
            names = ("scores", "mask", "vector", "feature", source)
            free = [name for name in names if name not in taken]
            if free and choose.chance(60):
                name = choose.one(free)
                taken.add(name)
                tree.setdefault("outputs", {})[name] = source
                fish.outputs[name] = fish.maps[source]
                fish.unread.pop(source, None)

    def _taps(self, tree: Entry) -> None:
        """No taps, which taps every stage, or taps that leave nothing unread."""
        choose, fish = self.choose, self.fish
        unread = [name for name in fish.unread if name not in fish.stages]
        gives = fish.outputs or fish.stages
        if not unread and gives and choose.chance(60):
            return
        taken = fish.outputs.keys()
        taps = {f"tap{number}": name for number, name in enumerate(fish.unread)}
        if choose.chance(50) or not (taps or fish.outputs):
            source = choose.one([name for name in fish.maps if name != "input"])
            key = choose.one(["extra", source])
            taps[key if key not in taken else "extra"] = source
        if taps:
            tree["taps"] = taps

    def _files(self, tree: Entry) -> dict[str, Entry]:
        """The spec as one file, or as a variant of a base that says some of it otherwise."""
        choose = self.choose
        if not choose.chance(20):
            return {"net.yaml": tree}
        base = deepcopy(tree)
        variant: Entry = {"fishspec": 2, "name": tree["name"], "extends": "base.yaml"}
        base["name"] = "base"
        for section in ("stem", "tail", "body", "head", "graph"):
            keys = list(tree.get(section, {}))
            if len(keys) > 1 and choose.chance(50):
                key = choose.one(keys[1:])
                moved = base[section].pop(key)
                variant[section] = {key: {**moved, "after": keys[keys.index(key) - 1]}}
        for section in ("tail", "body", "head"):
            name = choose.one([*base.get(section, {}), ""])
            if name and "blocks" in base[section][name]:
                here = variant.setdefault(section, {}).setdefault(name, {})
                here["blocks"] = base[section][name]["blocks"]
                base[section][name]["blocks"] += 3
        for part, key in (("bridge", "blocks"), ("classifier", "classes")):
            if part in base:
                variant[part] = {key: base[part][key]}
                base[part][key] += 3
        if "defaults" in base and choose.chance(50):
            variant["defaults"] = base.pop("defaults")
        if choose.chance(40):
            base.setdefault("taps", {})["removed"] = "nothing"
            variant["taps"] = {"removed": None} if "taps" in tree else None
        return {"base.yaml": base, "net.yaml": variant}
