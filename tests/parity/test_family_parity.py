"""ResNet-50, VGG-16 and the FPN compute what torchvision's do, from torchvision's weights.

The weights go through the layout `torchvision` of each spec by the command's own code, and the
network is that of the emitted text, in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fishcompile.data import data_file
from fishcompile.pipeline import Analysis, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from fishcompile.weights.checkpoint_files import Checkpoint
from fishcompile.weights.convert import convert, keys_of, recognise
from tests import reference

TOLERANCE = 1e-9
SIZES = reference.SIZES
OUTPUTS = {"resnet50": ["logits"], "resnet50_fpn": ["p0", "p1", "p2", "p3", "ppool"]}
MODELS = ("resnet50", "resnet50_fpn", "vgg16")


def analysis(model: str) -> Analysis:
    return compiled(data_file("specs", f"{model}.yaml"))


@pytest.mark.parametrize("model", MODELS)
def test_keys_shapes_and_parameters_are_torchvisions(model: str) -> None:
    found = analysis(model)
    graph = found.inference.graph
    state = graph.state()
    theirs = keys_of("torchvision", graph, found.stages)
    assert set(theirs) == set(state)
    expected = {key: tuple(shape) for key, shape in reference.family()[model]["state_dict"]}
    assert {theirs[ours]: shape for ours, (shape, _) in state.items()} == expected
    assert found.total.parameters == reference.family()[model]["parameters"]


def test_the_order_of_vgg16_is_torchvisions() -> None:
    found = analysis("vgg16")
    theirs = keys_of("torchvision", found.inference.graph, found.stages)
    assert list(theirs.values()) == [key for key, _ in reference.family()["vgg16"]["state_dict"]]


@pytest.fixture(
    scope="module",
    params=[*OUTPUTS, pytest.param("vgg16", marks=pytest.mark.slow)],
)
def network(request: pytest.FixtureRequest) -> tuple[str, nn.Module]:
    """A model's name, and its network with the reference's weights."""
    model: str = request.param
    found = analysis(model)
    graph, stages = found.inference.graph, found.stages
    weights = reference.torchvision_weights(model)
    assert recognise(weights, graph, stages) == "torchvision"
    ours = convert(Checkpoint(weights, ""), graph, stages, "torchvision", "fishcompile").tensors
    assert recognise(ours, graph, stages) == "fishcompile"
    back = convert(Checkpoint(ours, ""), graph, stages, "fishcompile", "torchvision").tensors
    assert back.keys() == weights.keys()
    assert all(torch.equal(back[key], tensor) for key, tensor in weights.items())
    net: nn.Module = instantiate(emit_source(found), graph.name).double().eval()
    net.load_state_dict(dict(ours))
    return model, net


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
def test_outputs(network: tuple[str, nn.Module], size: tuple[int, int]) -> None:
    model, net = network
    with torch.inference_mode():
        given: Any = net(torch.from_numpy(reference.image(*size)))
    outputs = given if isinstance(given, dict) else {"logits": given}
    assert list(outputs) == OUTPUTS.get(model, ["logits"])
    expected = reference.outputs(model)
    for name, output in outputs.items():
        at = f"{name}_{size[0]}x{size[1]}"
        assert tuple(output.shape) == tuple(expected[f"{at}_shape"]), at
        values = reference.sample(output.numpy(), 256)
        largest = np.abs(expected[f"{at}_sample"]).max()
        assert np.abs(values - expected[f"{at}_sample"]).max() <= TOLERANCE * largest, at
