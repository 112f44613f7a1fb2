"""Initialisation: how the weights of a network start, by the kinds of layer that it has.

Convolutions start as those of FishNet's authors do, linear layers as torchvision's VGG does. What
no op says, norms and biases among it, starts as torch has it.
"""

from __future__ import annotations

from fishcompile.ir.graph import Graph
from fishcompile.targets.python_source.line_breaking import STEP

_BODY = STEP * 2


def initialisation(graph: Graph) -> list[str]:
    """The lines that end the network's constructor; none where torch's own values will do."""
    kinds: dict[str, list[str]] = {}
    ops = {type(node.op) for node in graph.nodes if node.op.first_values}
    for function, text in sorted(
        (call.function, op.first_values) for op in ops if (call := op.module())
    ):
        kinds.setdefault(text, []).append(function)
    lines = [f"{_BODY}for module in self.modules():"] if kinds else []
    word = "if"
    for text, names in kinds.items():
        types = names[0] if len(names) == 1 else f"({', '.join(names)})"
        lines.append(f"{_BODY}{STEP}{word} isinstance(module, {types}):")
        lines.append(f"{_BODY}{STEP * 2}{text.format('module')}")
        word = "elif"
    return lines
