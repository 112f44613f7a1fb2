"""What a clean check promises, held against torch: `promised(fish, folder)` asserts it all."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.pipeline import Analysis, analyse
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.strategies import Fish


def promised(fish: Fish, folder: Path) -> None:
    """The spec checks clean, and its emitted file is the network that the check saw."""
    path = folder / "fish.yaml"
    path.write_text(fish.text, encoding="utf-8")
    analysis = analyse(path)
    errors = [found for found in analysis.report.diagnostics if found.severity == "error"]
    assert errors == []
    graph = analysis.inference.graph
    assert parse_graph(print_graph(graph)) == graph
    _as_designed(analysis, fish)
    with torch.device("meta"):
        model = instantiate(emit_source(analysis), analysis.stages.name).eval()
    _same_state(model, analysis)
    _same_run(model, analysis)


def _as_designed(analysis: Analysis, fish: Fish) -> None:
    """The inferred shapes are those of the spec's own arithmetic."""
    for name, output in fish.outputs.items():
        inferred = analysis.inference.stages[name].output
        assert (inferred.channels, inferred.sides) == (output.channels, output.sides), name


def _same_state(model: nn.Module, analysis: Analysis) -> None:
    want = {name: shape for name, (shape, *_) in analysis.inference.graph.state().items()}
    have = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert have == want
    assert list(have) == list(want)
    assert sum(p.numel() for p in model.parameters()) == analysis.total.parameters


def _same_run(model: nn.Module, analysis: Analysis) -> None:
    graph = analysis.inference.graph
    types = {name: graph.types[value].shape for name, value in (*graph.taps, *graph.outputs)}
    images = torch.empty(2, *graph.inputs[0].type.shape, device="meta")
    with torch.no_grad():
        features = model.forward_features(images) if graph.taps else {}  # type: ignore[operator]
        with FlopCounterMode(display=False) as counter:
            output = model(images)
    logits = types.pop("logits", None)
    assert {name: tuple(x.shape[1:]) for name, x in features.items()} == types
    if logits is not None:
        assert tuple(output.shape) == (2, *logits)
    # two images, two operations a multiply-accumulate
    assert counter.get_total_flops() == 2 * 2 * analysis.total.macs
