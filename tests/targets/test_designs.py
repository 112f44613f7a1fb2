"""Every word of the language, and fishes drawn at random: the emitted code is what was inferred.

Shapes and state dicts are compared with the graph, the outputs to the bit with an interpreter of
the graph that knows nothing of the emitter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from fishcompile.pipeline import Analysis, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.nets import minnow_text
from tests.targets.designs import NAMED, drawn
from tests.targets.reference import run_graph


def analysed(folder: Path, text: str) -> Analysis:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return compiled(path)


def compare(analysis: Analysis) -> None:
    graph = analysis.inference.graph
    torch.manual_seed(0)
    model: Any = instantiate(emit_source(analysis), analysis.stages.name).double().eval()

    state = model.state_dict()
    trained = {name for name, _ in model.named_parameters()}
    # as lists, for the order counts
    assert [(key, tuple(value.shape), key in trained) for key, value in state.items()] == [
        (key, shape, is_trained) for key, (shape, is_trained) in graph.state().items()
    ]
    assert analysis.total.parameters == sum(p.numel() for p in model.parameters())

    for key, value in state.items():
        # other than BN's 1 and 0, so that a swap of two would be seen
        if key.endswith(("bn.weight", "gn.weight", "running_var")):
            value.uniform_(0.5, 1.5)
        elif key.endswith(("bias", "running_mean")):
            value.uniform_(-0.5, 0.5)
    image = torch.randn(2, *graph.inputs[0].type.shape, dtype=torch.float64)
    with torch.inference_mode():
        expected = run_graph(graph, state, image)
        features = model.forward_features(image) if graph.taps else {}
        result = model(image)

    taps = [name for name, _ in graph.taps]
    assert list(features) == taps
    for name in taps:
        assert torch.equal(features[name], expected[name]), name
        assert features[name].shape[1:] == graph.types[dict(graph.taps)[name]].shape
        assert model.taps[name]["channels"] == features[name].shape[1]
    if "logits" in expected:
        assert torch.equal(result, expected["logits"])
    else:
        assert {name: value.tolist() for name, value in result.items()} == {
            name: value.tolist() for name, value in features.items()
        }


@pytest.mark.parametrize("name", NAMED)
def test_a_named_design(tmp_path: Path, name: str) -> None:
    compare(analysed(tmp_path, minnow_text(NAMED[name], name)))


@pytest.mark.parametrize("seed", range(40))
def test_a_drawn_design(tmp_path: Path, seed: int) -> None:
    compare(analysed(tmp_path, drawn(seed)))
