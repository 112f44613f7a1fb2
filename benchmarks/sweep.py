"""How long the figures of a network take: milliseconds of a call, as a sweep makes them.

    python -m benchmarks.sweep [--spec specs/fishnet99.yaml] [--calls 1000]

Each call has another size and batch, and asks for parameters, MACs and the peak of inference; then
for the peak of a training step as well. Prints the time of one processor.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from fishcompile.analysis.figures import figures
from fishcompile.ir.graph import Graph
from fishcompile.pipeline import compiled

SPEC = Path(__file__).parent.parent / "specs" / "fishnet99.yaml"


def milliseconds(graph: Graph, calls: int, *, training: bool) -> float:
    """The mean of a call."""
    start = time.process_time()
    for call in range(calls):
        found = figures(graph, (128 + 32 * (call % 8), 224), 1 + call % 16)
        asked = [found.cost.parameters, found.cost.macs, found.memory.inference_peak()]
        if training:
            asked.append(found.memory.training_peak("adamw"))
        assert all(asked)
    return (time.process_time() - start) / calls * 1000


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--spec", type=Path, default=SPEC)
    parser.add_argument("--calls", type=int, default=1000)
    asked = parser.parse_args()
    graph = compiled(asked.spec).inference.graph
    for what, training in (("parameters, MACs, inference", False), ("and training", True)):
        print(f"{what}: {milliseconds(graph, asked.calls, training=training):.2f} ms")


if __name__ == "__main__":
    main()
