"""Gradient norms at the stages of networks at initialisation, into docs/gradient_norms.json.

    python -m benchmarks.gradients

Each network runs in training on noise; what comes back to it is noise too, so that no loss prefers
an output. Of the gradient at each stage's output the Euclidean norm is taken, over that at the last
stage, and the geometric mean of the seeds. A stage that is a plain function is no module to be
watched, and has none.
"""

from __future__ import annotations

import json
from math import exp, log
from pathlib import Path

import torch
from torch import Tensor, nn

import fishcompile
from benchmarks.live_tensors import tensors_of
from fishcompile.analysis.free_paths import stages_of
from fishcompile.pipeline import compiled

ROOT = Path(__file__).parent.parent
NORMS = ROOT / "docs" / "gradient_norms.json"
NETWORKS = ("fishnet99", "resnet50", "resnet50_fpn", "unet", "stacked_hourglass")
SEEDS = (0, 1, 2)
BATCH, SIZE = 4, 128


def norms(name: str, seed: int) -> dict[str, float]:
    """The norm of the gradient at the output of each stage that is a module."""
    torch.manual_seed(seed)
    path = ROOT / "specs" / f"{name}.yaml"
    graph = compiled(path).inference.graph
    stages = [item.local for item in stages_of(graph)]
    model = fishcompile.compile(path).train()
    kept: dict[str, Tensor] = {}

    def keep(module: nn.Module, _inputs: object, output: Tensor) -> None:
        output.retain_grad()
        kept[names[module]] = output

    names = {module: name for name, module in model.named_children() if name in stages}
    for module in names:
        module.register_forward_hook(keep)
    outputs = tensors_of(model(torch.randn(BATCH, graph.inputs[0].type.channels, SIZE, SIZE)))
    torch.autograd.backward(outputs, [torch.randn_like(output) for output in outputs])
    found = {name: kept[name].grad for name in stages if name in kept}
    return {name: float(grad.norm()) for name, grad in found.items() if grad is not None}


def relative(name: str) -> dict[str, float]:
    """The norms of a network over that of its last stage, three digits of each."""
    every = [norms(name, seed) for seed in SEEDS]
    stages = list(every[0])
    means = {
        stage: exp(sum(log(one[stage] / one[stages[-1]]) for one in every) / len(every))
        for stage in stages
    }
    return {stage: float(f"{mean:.3g}") for stage, mean in means.items()}


def main() -> None:
    """Measures and writes."""
    found = {
        "torch": torch.__version__.partition("+")[0],
        "batch": BATCH,
        "size": SIZE,
        "seeds": list(SEEDS),
        "norms": {name: relative(name) for name in NETWORKS},
    }
    NORMS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
