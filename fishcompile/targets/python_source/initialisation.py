"""Initialisation: how the weights of a network start, by the kinds of layer that it has.

Convolutions start as those of FishNet's authors do, linear layers as torchvision's VGG does. Norms
and biases start as torch has them.
"""

from __future__ import annotations

from fishcompile.ir.graph import Graph
from fishcompile.targets.python_source.line_breaking import STEP

_CONVOLUTIONS = {"conv": "nn.Conv2d", "conv_transpose": "nn.ConvTranspose2d"}
_BODY = STEP * 2


def initialisation(graph: Graph) -> list[str]:
    """The lines that end the network's constructor; none where it has no such layer."""
    kinds = {node.op.kind for node in graph.nodes}
    found = [name for kind, name in _CONVOLUTIONS.items() if kind in kinds]
    ways = []
    if found:
        types = found[0] if len(found) == 1 else f"({', '.join(found)})"
        ways.append((types, 'nn.init.kaiming_normal_(module.weight, mode="fan_out")'))
    if "linear" in kinds:
        ways.append(("nn.Linear", "nn.init.normal_(module.weight, std=0.01)"))
    lines = [f"{_BODY}for module in self.modules():"] if ways else []
    for word, (types, call) in zip(("if", "elif"), ways, strict=False):
        lines.append(f"{_BODY}{STEP}{word} isinstance(module, {types}):")
        lines.append(f"{_BODY}{STEP * 2}{call}")
    return lines
