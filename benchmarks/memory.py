"""Peak memory as fishcompile counts it beside what torch holds, as a table in Markdown.

    python benchmarks/memory.py [SPEC...] [--batch 1 4] [--size 224] [--optimizer sgd adamw]

Runs each network eagerly on the CPU, in evaluation and for two steps of training, and follows the
lifetime of every storage (benchmarks/live_tensors.py). Bytes include weights, buffers and the state
of the optimizer; what kernels allocate for themselves is in neither figure.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch

import fishcompile
from benchmarks.live_tensors import inference, saved_bytes, training
from fishcompile.analysis.figures import figures
from fishcompile.pipeline import compiled

SPECS = Path(__file__).parent.parent / "specs"


def rows(
    spec: Path, batch: int, size: int, optimizers: list[str]
) -> Iterator[tuple[str, int, int]]:
    """What is measured, the bytes that fishcompile counts, and those of torch."""
    memory = figures(compiled(spec).inference.graph, (size, size), batch).memory
    model = fishcompile.compile(spec)
    image = torch.rand(batch, *memory.graph.inputs[0].type.shape)
    yield "inference", memory.inference_peak(), inference(model, image).peak
    yield "saved for the backward", sum(memory.saved.values()), saved_bytes(model, image)
    for name in optimizers:
        yield f"training, {name}", memory.training_peak(name), training(model, image, name).peak


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    default = [SPECS / "fishnet99.yaml", SPECS / "fishnet150.yaml"]
    parser.add_argument("spec", type=Path, nargs="*", default=default)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--optimizer", nargs="+", default=["sgd", "adamw"])
    asked = parser.parse_args()
    print("| network | batch | what | counted, bytes | torch, bytes | error |")
    print("|---|---|---|---|---|---|")
    for spec in asked.spec:
        for batch in asked.batch:
            for what, ours, theirs in rows(spec, batch, asked.size, asked.optimizer):
                error = f"{100 * (ours / theirs - 1):+.2f} %"
                print(f"| {spec.stem} | {batch} | {what} | {ours:,} | {theirs:,} | {error} |")


if __name__ == "__main__":
    main()
