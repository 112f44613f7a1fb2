"""OnnxNodes: what an op writes where its network becomes an ONNX file; needs no onnx itself.

An op's `onnx` is given one and the names of its operands, which are batched as in torch:
(n, c, h, w) or (n, c). What it writes holds for every batch, height and width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Attribute = int | float | str | tuple[int, ...]

_LONGEST = 40  # characters of numbers in a name


class OnnxNode(NamedTuple):
    """A node of an ONNX graph with one output; an empty input is one left out."""

    op_type: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Attribute]


class OnnxNodes:
    """The nodes of one op, in order, and the constants and entries of its state that they read.

    Names between the nodes are the op's path, a slash and what made them; no name of a spec has a
    slash. Constants are called after their values, and so are one for the whole network.
    """

    def __init__(self, path: str, channels: Sequence[int]) -> None:
        """`channels` are those of the operands; their sides are another for every image."""
        self.channels = tuple(map(int, channels))
        self.nodes: list[OnnxNode] = []
        self.whole_numbers: dict[str, tuple[int, ...]] = {}
        self.decimals: dict[str, tuple[float, ...]] = {}
        self.weights: list[str] = []
        self.path = path

    def node(self, op_type: str, *inputs: str, **attributes: Attribute) -> str:
        """Adds a node of the standard operators of opset 18; gives the name of its output."""
        output = f"{self.path}/{op_type}{len(self.nodes)}"
        self.nodes.append(OnnxNode(op_type, inputs, output, attributes))
        return output

    def weight(self, name: str) -> str:
        """The name of an entry of the op's state dict."""
        key = f"{self.path}.{name}"
        self.weights.append(key)
        return key

    def whole(self, *numbers: int) -> str:
        """The name of a list of whole numbers, such as axes, or the parts of a shape."""
        numbers = tuple(map(int, numbers))
        name = _name("int64", numbers)
        self.whole_numbers[name] = numbers
        return name

    def decimal(self, *numbers: float) -> str:
        """The name of a list of decimals."""
        name = _name("float", numbers)
        self.decimals[name] = numbers
        return name

    def sides(self, x: str) -> str:
        """The name of the list of a map's height and width."""
        return self.node("Shape", x, start=2)

    def sized(self, first: str, sides: str) -> str:
        """The name of a whole shape: batch and channels of `first`, and these sides."""
        return self.node("Concat", self.node("Shape", first, end=2), sides, axis=0)


def _name(kind: str, numbers: Sequence[float]) -> str:
    text = "_".join(map(repr, numbers))
    if len(text) > _LONGEST:
        from hashlib import sha256

        text = sha256(text.encode()).hexdigest()[:16]
    return f"/{kind}/{text}"
