"""The networks compute what other libraries' do, from those libraries' weights.

ResNet-50, VGG-16 and the FPN are torchvision's, SE-ResNet-50 is timm's, and pytorchcv has
FishNet-99 and -150 by other hands than the authors'. The weights go through the layout of the spec
that is named after the library by the command's own code, and the network is that of the emitted
text, in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fishcompile.package import data_file
from fishcompile.pipeline import Analysis, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from fishcompile.weights.checkpoint import Checkpoint
from fishcompile.weights.convert import convert, keys_of, recognise
from tests import reference

TOLERANCE = 1e-9
# (library, its name of the network, our spec); pytorchcv pools 7x7 maps alone
MODELS = (
    ("torchvision", "resnet50", "resnet50"),
    ("torchvision", "resnet50_fpn", "resnet50_fpn"),
    ("torchvision", "vgg16", "vgg16"),
    ("timm", "seresnet50", "seresnet50"),
    ("pytorchcv", "fishnet99", "fishnet99_pytorchcv"),
    ("pytorchcv", "fishnet150", "fishnet150_pytorchcv"),
)
SLOW = ("vgg16", "fishnet150")


def analysis(spec: str) -> Analysis:
    return compiled(data_file("specs", f"{spec}.yaml"))


@pytest.mark.parametrize(("library", "model", "spec"), MODELS)
def test_keys_shapes_and_parameters_are_theirs(library: str, model: str, spec: str) -> None:
    found = analysis(spec)
    graph = found.inference.graph
    state = graph.state()
    theirs = keys_of(library, graph, found.stages)
    assert set(theirs) == set(state)
    reported = reference.networks(library)[model]
    expected = {key: tuple(shape) for key, shape in reported["state_dict"]}
    assert {theirs[ours]: shape for ours, (shape, _) in state.items()} == expected
    assert found.total.parameters == reported["parameters"]


def test_the_order_of_vgg16_is_torchvisions() -> None:
    found = analysis("vgg16")
    theirs = keys_of("torchvision", found.inference.graph, found.stages)
    assert list(theirs.values()) == [key for key, _ in reference.networks()["vgg16"]["state_dict"]]


@pytest.fixture(
    scope="module",
    params=[pytest.param(row, marks=pytest.mark.slow) if row[1] in SLOW else row for row in MODELS],
    ids=lambda row: f"{row[0]}-{row[1]}",
)
def network(request: pytest.FixtureRequest) -> tuple[str, str, nn.Module]:
    """A library, a model's name there, and its network with the reference's weights."""
    library, model, spec = request.param
    found = analysis(spec)
    graph, stages = found.inference.graph, found.stages
    weights = reference.library_weights(library, model)
    assert recognise(weights, graph, stages) == library
    ours = convert(Checkpoint(weights, ""), graph, stages, library, "fishcompile").tensors
    assert recognise(ours, graph, stages) == "fishcompile"
    back = convert(Checkpoint(ours, ""), graph, stages, "fishcompile", library).tensors
    assert back.keys() == weights.keys()
    assert all(torch.equal(back[key], tensor) for key, tensor in weights.items())
    net: nn.Module = instantiate(emit_source(found), graph.name).double().eval()
    net.load_state_dict(dict(ours))
    return library, model, net


def test_outputs(network: tuple[str, str, nn.Module]) -> None:
    library, model, net = network
    for size in reference.SIZES[:1] if library == "pytorchcv" else reference.SIZES:
        outputs = run(library, net, torch.from_numpy(reference.image(*size)))
        expected = reference.outputs(f"pytorchcv_{model}" if library == "pytorchcv" else model)
        at = f"{size[0]}x{size[1]}"
        ending = f"_{at}_shape"
        held = [key.removesuffix(ending) for key in expected if key.endswith(ending)]
        assert list(outputs) == held
        for name, output in outputs.items():
            values, theirs = reference.sample(output, 256), expected[f"{name}_{at}_sample"]
            assert output.shape == tuple(expected[name + ending]), name
            assert np.abs(values - theirs).max() <= TOLERANCE * np.abs(theirs).max(), name


def run(library: str, net: Any, image: torch.Tensor) -> dict[str, reference.Array]:
    """What the reference holds of a network: its outputs, and of a fish its last feature."""
    with torch.inference_mode():
        given = net(image)
        outputs = given if isinstance(given, dict) else {"logits": given}
        if library == "pytorchcv":
            outputs["c5"] = net.forward_features(image)["c5"]
    return {name: output.numpy() for name, output in outputs.items()}
