"""Composite blocks: random chains with formulas, and recursive, nested and joining ones."""

from __future__ import annotations

import re
from typing import Any

from tests.grammar.residual import ACTS
from tests.strategies import NAMES, Choose

Entry = dict[str, Any]

# Names that an emitted file, a class or Python itself use for something else.
# fmt: off
BLOCK_NAMES = (
    "unit", "unit2", "mb", "net", "stage", "bottleneck2", "f", "tensor", "conv_norm_act", "fish",
    "sum2", "base", "none", "blocks3", "module", "classifier2", "sequential", "bridge2",
)
PARAMETERS = (
    "out", "expand", "stride", "factor", "groups", "kernel", "k", "blocks", "percent", "size",
    "width", "int", "bias", "channels", "classes", "module", "padding", "len", "sum", "print",
)
# fmt: on
_NAMES_ANOTHER = {"kind", "from", "to"}


def definitions(choose: Choose) -> Entry:
    """Blocks by name, each may use those before it."""
    made: Entry = {}
    free = list(BLOCK_NAMES)
    for _ in range(choose.integer(1, 3)):
        name = choose.one(free)
        free.remove(name)
        make = choose.one([_chain, _chain, _chain, _join, _hourglass, _tree])
        made[name] = make(choose, name, made)
    return made


def refined(choose: Choose) -> tuple[str, Entry]:
    """A block that stages may be made of: it gives the width, stride and dilation it is told."""
    wide = "in_channels * expand"
    kernel = choose.one([3, 3, 5])
    graph: Entry = {
        "wide": {"kind": "conv", "out": wide, "kernel": 1, "act": choose.one(ACTS)},
        "mid": {"kind": "conv", "out": wide, "stride": "stride", "dilation": "dilation"},
        "narrow": {"kind": "conv", "out": "out", "kernel": 1, "act": "none"},
    }
    graph["mid"] |= {"kernel": kernel, **({"groups": wide} if choose.chance(50) else {})}
    parameters = {"out": "required", "expand": 2, "stride": 1, "dilation": 1}
    name = choose.one(["residual_block", "own", "mbconv"])
    return name, {"parameters": parameters, "graph": graph}


def refining(choose: Choose, name: str) -> Entry:
    """What a stage says to be made of such a block."""
    made: Entry = {"kind": name, "norm": "batch"}
    if choose.chance(40):
        made["expand"] = choose.one([1, 2, 3])
    return made | ({"act": choose.one(ACTS)} if choose.chance(40) else {})


def _step(choose: Choose, width: str, made: Entry, parameters: Entry) -> Entry:
    """A node that keeps the sides and gives `width`, a formula."""
    single = [n for n, d in made.items() if "inputs" not in d]
    if single and choose.chance(45):
        return _call(choose, choose.one(single), width, made, parameters)
    if choose.chance(20):
        kinds = ["bottleneck", "basic", "resnet_bottleneck", "resnet_basic"]
        blocks: Entry = {"kind": "blocks", "blocks": choose.one([1, 2])}
        blocks["block"] = choose.one([*kinds, {"kind": "resnet_basic", "groups": 2}])
        return blocks | ({"out": width} if choose.chance(60) else {})
    conv: Entry = {"kind": "conv", "out": width, "kernel": choose.one([1, 3, 5])}
    if choose.chance(30):
        conv |= {"norm": choose.one(["none", "batch", {"channels": 4}])}
    if choose.chance(40):
        conv |= {"act": choose.one([*ACTS, "none"])}
    if choose.chance(20):
        conv |= {"dilation": 2}
    if choose.chance(20):
        conv |= {"groups": choose.one([2, *(["groups"] if "groups" in parameters else [])])}
    if choose.chance(15):
        conv |= {"bias": True}
    return conv


def _call(choose: Choose, name: str, width: str, made: Entry, parameters: Entry) -> Entry:
    """A node that is an earlier block."""
    call: Entry = {"kind": name}
    for key, default in made[name].get("parameters", {}).items():
        if key in ("depth", "levels"):
            call[key] = choose.integer(1, 2)
        elif default == "required" or choose.chance(30):
            call[key] = width if key == "out" else choose.one([1, 2])
    if choose.chance(30):
        call["repeat"] = choose.one([2, *(p for p in parameters if p in ("blocks", "k"))])
    return call


def _parameters(choose: Choose) -> Entry:
    found: Entry = {}
    for name in PARAMETERS:
        if choose.chance(14):
            found[name] = "required" if choose.chance(30) else choose.one([1, 2, 4, 8])
    return found


def _widths(parameters: Entry, entering: list[str]) -> list[str]:
    """Formulas that may be a width."""
    found = [*entering, *(f"{name} * 2" for name in entering), "16", "24"]
    found += [f"{name} // 2 * 3" for name in entering]
    for name in parameters:
        found += [f"{name} * 8", f"{entering[0]} * {name}", f"({name} + 1) * 8"]
        found += [f"{entering[0]} + {name} * 4", f"{entering[0]} * 4 // {name}"]
    return found


def _chain(choose: Choose, name: str, made: Entry) -> Entry:
    """Nodes one after the other, here and there with a branch that is joined at the end."""
    del name
    parameters = _parameters(choose)
    widths = _widths(parameters, ["in_channels"])
    graph: Entry = {}
    names = [n for n in (*NAMES, *parameters) if n != "input"]
    branches: list[str] = []
    for _ in range(choose.integer(1, 4)):
        key = choose.one([n for n in names if n not in graph])
        node = _step(choose, choose.one(widths), made, parameters)
        if graph and choose.chance(30):
            branches.append(list(graph)[-1])
            node["from"] = choose.one(["input", *graph])
        if parameters and choose.chance(12):
            node["when"] = f"{choose.one(list(parameters))} - 1"
        graph[key] = node
    last = list(graph)[-1]
    unread = [b for b in branches if not any(n.get("from") == b for n in graph.values())]
    if unread:
        key = choose.one([n for n in names if n not in graph])
        graph[key] = {"kind": "concat", "from": [last, *dict.fromkeys(unread)]}
    for _ in range(choose.integer(0, 2)):
        key = choose.one([n for n in names if n not in graph])
        graph[key] = _tail(choose, parameters)
    definition: Entry = {"doc": "A chain of nodes."} if choose.chance(50) else {}
    return {**definition, **_given(parameters, graph), "graph": graph}


def _tail(choose: Choose, parameters: Entry) -> Entry:
    """A node behind the others, which may change the sides or the channels."""
    step = choose.one([2, *(p for p in parameters if p in ("stride", "factor", "kernel", "k"))])
    return choose.one(
        [
            {"kind": "max_pool", "kernel": 3, "stride": step, "padding": 1},
            {"kind": "avg_pool"},
            {"kind": "upsample", "factor": step},
            {"kind": "upsample", "mode": "bilinear", "factor": step},
            {"kind": "upsample", "to": "input"},
            {"kind": "deconv", "out": "in_channels", "stride": step},
            *([_plain(choose, list(parameters))] * 4 if parameters else []),
            {"kind": "conv", "out": "in_channels", "stride": step},
            {"kind": "channel_sum", "k": step},
            {"kind": "channel_repeat", "k": step},
            {"kind": "dropout", "percent": choose.one([10, *(p for p in parameters)])},
            {"kind": "adaptive_avg_pool", "size": choose.one([4, *(p for p in parameters)])},
            *({"kind": k} for k in ("relu", "silu", "gelu", "sigmoid", "batch_norm")),
        ]
    )


def _plain(choose: Choose, parameters: list[str]) -> Entry:
    """A convolution alone, whose numbers are parameters of this or of another name."""
    node: Entry = {"kind": "conv", "out": "in_channels", "norm": "none", "act": "none"}
    for key in ("kernel", "stride", "padding", "groups"):
        if choose.chance(50):
            name = choose.one([key if key in parameters else parameters[0], *parameters])
            node[key] = choose.one([name, f"{name} * 2", f"{name} + 1"])
    return node


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _join(choose: Choose, name: str, made: Entry) -> Entry:
    """Several inputs, brought to the sides and width of the first."""
    del name
    first, second = choose.one([("x", "skip"), ("low", "high"), ("a", "b")])
    parameters = _parameters(choose)
    step = _step(choose, f"{first}_channels", {}, parameters)
    graph: Entry = {
        "wide": {"from": second, "kind": "conv", "out": f"{first}_channels", "kernel": 1},
        "large": {"kind": "upsample", "to": first, "mode": choose.one(["nearest", "bilinear"])},
        "sum": {"kind": choose.one(["add", "mul"]), "from": [first, "large"]},
        "out": step,
    }
    if choose.chance(40):
        widths = [f"{first}_channels", f"{second}_channels"]
        graph["both"] = {"kind": "concat", "from": ["out", first]}
        graph["last"] = {"kind": "conv", "out": choose.one([*widths, " + ".join(widths)])}
    return {"inputs": [first, second], **_given(parameters, graph), "graph": graph}


def _given(parameters: Entry, graph: Entry) -> Entry:
    """The `parameters` of a block: those that its nodes read, as another is an error."""
    texts = (
        text
        for node in graph.values()
        for key in node.keys() - _NAMES_ANOTHER
        for text in _texts(node[key])
    )
    words = {word for text in texts for word in re.findall(r"[a-z_0-9]+", text)}
    read = {name: default for name, default in parameters.items() if name in words}
    return {"parameters": read} if read else {}


def _hourglass(choose: Choose, name: str, made: Entry) -> Entry:
    """Down, itself, and up again, as deep as it is told."""
    step = _step(choose, "in_channels", made, {})
    return {
        "parameters": {"depth": "required"},
        "graph": {
            "upper": step,
            "pool": {"kind": choose.one(["max_pool", "avg_pool"]), "from": "input"},
            "inner": {"kind": name, "depth": "depth - 1", "when": "depth - 1"},
            "low": {"kind": "conv", "out": "in_channels", "kernel": 3},
            "up": {"kind": "upsample", "to": "upper"},
            "sum": {"kind": choose.one(["add", "concat"]), "from": ["upper", "up"]},
        },
        **({"output": "sum"} if choose.chance(50) else {}),
    }


def _tree(choose: Choose, name: str, made: Entry) -> Entry:
    """A tree whose leaves are convolutions and whose inner nodes join their children."""
    del made
    act = choose.one(ACTS)
    return {
        "doc": "A tree of convolutions.",
        "parameters": {"levels": 1, "out": choose.one([8, 16])},
        "graph": {
            "left_leaf": {"kind": "conv", "out": "out", "act": act, "when": "2 - levels"},
            "left": {"kind": name, "out": "out", "levels": "levels - 1", "when": "levels - 1"},
            "right_leaf": {"kind": "conv", "out": "out", "act": act, "when": "2 - levels"},
            "right": {"kind": name, "out": "out", "levels": "levels - 1", "when": "levels - 1"},
            "both": {"kind": "concat", "from": ["left", "right"]},
            "join": {"kind": "conv", "out": "out", "kernel": 1},
        },
    }
