"""Inputs by family, from a seed: mutated bytes, tokens and trees, variants, graphs, and noise.

    for family, data, beside in inputs(seed=1, count=20_000): ...

The same seed gives the same inputs.
"""

# ruff: noqa: S311  (random, not secret)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

from tests.grammar.specs import spec
from tests.strategies import Seeded, build

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"
_TOKEN = re.compile(r"\s+|[A-Za-z0-9_.]+|.", re.DOTALL)
_BYTES = (0, 9, 10, 13, 32, 34, 38, 39, 42, 44, 45, 58, 63, 91, 93, 123, 125, 127, 128, 255)
_CHUNKS = (
    b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\x85", b"\xe2\x80\xae",
    b"\xf0\x9f\x90\x9f",
    b"\xed\xa0\x80", b"\xff\xfe", b"\x00", b"---\n", b"...\n", b"%YAML 1.1\n", b"? ", b"- ", b"&a ",
    b"*a", b"!!int ", b"!x ", b"<<: ", b"|\n", b">-\n ", b"#", b": ", b"[" * 40, b"{a: " * 40,
    b"\"\\ud800\"",
    b"'", b"\"", b"null", b"~", b"1e999", b".nan", b"9" * 40, b"-1", b"0x1F", b"\t",
)  # fmt: skip
_WORDS = (
    "null", "~", "true", "no", "0", "1", "-1", "2", "3", "64", "65536", "65537", "1000000", "1e3",
    "2.0", ".inf", "none", "input", "stem", "bridge", "classifier", "logits", "extends", "after",
    "from", "blocks", "out", "k", "up", "down", "merge", "ur", "dr", "add", "concat", "deconv",
    "{}", "[]", "[1, 2]", "''", "*a", "&a", "fishnet99.yaml", "../x.yaml", "input.yaml", "17M",
    "use", "graph", "outputs", "kind", "to", "when", "repeat", "required", "conv", "flatten",
    "in_channels", "in_channels // 2", "depth - 1", "8 // 3", "(2 + 3) * 4", "a.b", "blocks.yaml",
)  # fmt: skip


# Ranges of code points: ASCII, Latin, combining marks, marks of direction, Chinese, emoji, all.
_PLANES = (
    (0x20, 0x7E), (0x0, 0x2FF), (0x300, 0x36F), (0x2000, 0x206F), (0x3000, 0x9FFF),
    (0xE000, 0xFFFF), (0x1F300, 0x1FAFF), (0x0, 0x10FFFF),
)  # fmt: skip


class Input(NamedTuple):
    """One input: its family, its bytes, and the other files that belong to it."""

    family: str
    data: bytes
    beside: dict[str, bytes]


def seeds() -> list[bytes]:
    """The corpus and the shipped specs, in the order of their names."""
    files = [*sorted(CORPUS.iterdir()), *sorted((ROOT / "specs").glob("*.yaml"))]
    return [file.read_bytes() for file in files if file.is_file()]


def inputs(seed: int, count: int) -> Iterator[Input]:
    """`count` inputs, the families in turn."""
    random = Random(seed)
    corpus = seeds()
    families = tuple(_FAMILIES)
    for number in range(count):
        family = families[number % len(families)]
        data, beside = _FAMILIES[family](random, corpus)
        yield Input(family, data, beside)


_Made = tuple[bytes, dict[str, bytes]]


def _bytes(random: Random, corpus: list[bytes]) -> _Made:
    """A seed with a few bytes changed, cut, repeated or put in, or two seeds joined."""
    data = bytearray(random.choice(corpus))
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + random.choice([1, 1, 2, 8, 64]))
        match random.randrange(7):
            case 0:
                data[at:end] = b""
            case 1:
                data[at:at] = data[at:end] * random.choice([1, 2, 30])
            case 2:
                data[at:at] = random.choice(_CHUNKS)
            case 3 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 4 if at < len(data):
                data[at] = random.choice(_BYTES)
            case 5:
                other = random.choice(corpus)
                data[at:] = other[random.randrange(len(other) + 1) :]
            case _:
                data[at:at] = random.randbytes(random.randint(1, 4))
    return bytes(data), {}


def _tokens(random: Random, corpus: list[bytes]) -> _Made:
    """A seed with whole words, marks or stretches of blanks dropped, doubled, swapped, replaced."""
    tokens = _TOKEN.findall(random.choice(corpus).decode(errors="replace"))
    for _ in range(random.randint(1, 5)):
        if not tokens:
            break
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        match random.randrange(5):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, tokens[at])
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at] = random.choice(_WORDS)
            case _:
                tokens[at] = tokens[other]
    return "".join(tokens).encode(), {}


def _trees(random: Random, _corpus: list[bytes]) -> _Made:
    """A valid spec with a few of its entries changed; now and then none."""
    tree = build(Seeded(random)).tree
    for _ in range(random.choice([0, 1, 1, 1, 2, 4])):
        _change(random, tree)
    return _dump(random, tree), {}


def _variants(random: Random, _corpus: list[bytes]) -> _Made:
    """A variant of a valid spec: some of its entries, changed; sometimes the base is too."""
    base = build(Seeded(random)).tree
    top = _part(random, base)
    top.update(fishspec=2, name="variant", extends="base.yaml")
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        _change(random, top)
    if random.random() < 0.3:
        _change(random, base)
    return _dump(random, top), {"base.yaml": _dump(random, base)}


def _graphs(random: Random, _corpus: list[bytes]) -> _Made:
    """A valid spec of graph, blocks and sections, changed; often a variant or with a used file."""
    files = deepcopy(spec(random.randrange(10**6)).files)
    main = files.pop("net.yaml")
    holder = random.choice([main, *files.values()])
    blocks = holder.get("blocks")
    if blocks and random.random() < 0.6:
        taken = random.sample(list(blocks), random.randint(1, len(blocks)))
        moved = {name: blocks.pop(name) for name in taken}
        files["blocks.yaml"] = {"fishspec": 2, "blocks": moved}
        holder["use"] = random.choice(["blocks.yaml", ["blocks.yaml"]])
    for _ in range(random.choice([0, 1, 1, 1, 2, 4])):
        tree = random.choice([main, main, *files.values()])
        (_change if random.random() < 0.3 else _bend)(random, tree)
    return _dump(random, main), {name: _dump(random, tree) for name, tree in files.items()}


def _noise(random: Random, corpus: list[bytes]) -> _Made:
    """Random characters of all of Unicode, alone or put into a seed."""
    low, high = random.choice(_PLANES)
    points = (random.randint(low, high) for _ in range(random.randint(1, 80)))
    text = "".join(map(chr, points)).encode(errors="surrogatepass")
    if random.random() < 0.3:
        return text, {}
    data = random.choice(corpus)
    at = random.randrange(len(data) + 1)
    return data[:at] + text + data[at:], {}


_FAMILIES: dict[str, Callable[[Random, list[bytes]], _Made]] = {
    "bytes": _bytes,
    "tokens": _tokens,
    "trees": _trees,
    "variants": _variants,
    "graphs": _graphs,
    "noise": _noise,
}


def _mappings(tree: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            found.append(node)
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return [node for node in found if node]


def _change(random: Random, tree: dict[str, Any]) -> None:
    mappings = _mappings(tree)
    if not mappings:
        return
    node, other = random.choice(mappings), random.choice(mappings)
    key, source = random.choice(list(node)), random.choice(list(other))
    match random.randrange(8):
        case 0:
            del node[key]
        case 1:
            node[_typo(random, str(key))] = node.pop(key)
        case 2:
            node[key] = yaml.safe_load(random.choice([w for w in _WORDS if w[0] not in "*&"]))
        case 3:
            node[key], other[source] = deepcopy(other[source]), deepcopy(node[key])
        case 4:
            node[key] = deepcopy(other[source])  # a copy: never a mapping inside itself
        case 5 if isinstance(node[key], int):
            node[key] += random.choice([-1, 1, -node[key], 10**6, 10**17])
        case 6:
            node[source] = deepcopy(other[source])
        case _:
            names = [name for mapping in mappings for name in mapping]
            node[key] = random.choice(names)


def _bend(random: Random, tree: dict[str, Any]) -> None:
    """A change after which the spec may well read: a number, a reference, a formula or a kind."""
    mappings = _mappings(tree)
    names = [name for mapping in mappings for name in mapping]
    places = [
        (node, key)
        for node in mappings
        for key, value in node.items()
        if isinstance(value, int | str) and key not in ("fishspec", "name", "extends", "use", "doc")
    ]
    if not places:
        return
    node, key = random.choice(places)
    value = node[key]
    if random.random() < 0.1:
        del node[key]
    elif isinstance(value, int) and random.random() < 0.8:
        node[key] = max(0, value + random.choice([-1, 1, 2, 5, value, -value, 60, 4096]))
    elif key in ("from", "to", "kind", "output") or random.random() < 0.4:
        same = [other[key] for other in mappings if isinstance(other.get(key), str)]
        node[key] = random.choice([*same, *names])
    else:
        terms = ["in_channels", "2", "3", "0", *(str(name) for name in random.choices(names, k=2))]
        node[key] = " ".join([random.choice(terms), random.choice("+-*"), random.choice(terms)])
        if random.random() < 0.5:
            node[key] += f" // {random.choice(terms)}"


def _typo(random: Random, word: str) -> str:
    at = random.randrange(len(word) + 1)
    return random.choice([word[:at] + word[at + 1 :], word[:at] + "e" + word[at:], word[::-1]])


def _part(random: Random, tree: dict[str, Any]) -> dict[str, Any]:
    """Some of a mapping's entries, at every depth; some of them null."""
    part: dict[str, Any] = {}
    for key, value in tree.items():
        if random.random() < 0.5:
            continue
        part[key] = _part(random, value) if isinstance(value, dict) else value
        if random.random() < 0.05:
            part[key] = None
    return part


def _dump(random: Random, tree: dict[str, Any]) -> bytes:
    flow = random.choice([None, False, True])
    width = random.choice([40, 100, 9999])
    text: str = yaml.safe_dump(tree, sort_keys=False, default_flow_style=flow, width=width)
    return text.encode()
