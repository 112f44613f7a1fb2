"""The emitted files compute what the authors' models compute, from the authors' checkpoints.

A checkpoint as the authors' script saves it is converted by the command's own code, loaded into
the class of the emitted file, and run in float64. `relative` below is the largest absolute
difference divided by the largest absolute value of the reference.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fishcompile.package import data_file
from fishcompile.pipeline import compiled
from fishcompile.targets.python_source.class_names import class_name
from fishcompile.targets.source import emit_source
from fishcompile.weights.checkpoint_files import read_checkpoint, write_safetensors
from fishcompile.weights.convert import convert, recognise
from fishcompile.weights.wrappers import unwrapped
from tests import reference

TOLERANCE = 1e-9
TAPS = {"c2": 7, "c3": 8, "c4": 9, "c5": 10}


@pytest.fixture(scope="module", params=reference.MODELS)
def network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, nn.Module]:
    """A model's name, and its network from the emitted file with the reference's weights."""
    model: str = request.param
    folder = tmp_path_factory.mktemp(model)
    analysis = compiled(data_file("specs", f"{model}.yaml"))
    graph, stages = analysis.inference.graph, analysis.stages

    released, converted = folder / f"{model}_ckpt.tar", folder / f"{model}.safetensors"
    torch.save(reference.authors_checkpoint(model), released)
    checkpoint = unwrapped(read_checkpoint(released))
    assert checkpoint.prefix == "module."
    assert checkpoint.envelope == "state_dict"
    layout = recognise(checkpoint.tensors, graph, stages)
    assert layout == "authors"
    result = convert(checkpoint, graph, stages, layout, "fishcompile")
    write_safetensors(converted, result.tensors)

    source = folder / f"{model}.py"
    source.write_text(emit_source(analysis))
    net = build(source, class_name(graph.name, graph.title)).double().eval()
    net.load_state_dict(dict(read_checkpoint(converted).tensors))
    # hundreds of megabytes that pytest would keep for three sessions
    released.unlink()
    converted.unlink()
    return model, net


def build(path: Path, name: str) -> nn.Module:
    """The network of an emitted file, imported as any file is."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net: nn.Module = getattr(module, name)()
    return net


def run(net: nn.Module, size: tuple[int, int]) -> tuple[Tensor, dict[str, Tensor]]:
    """The logits, and what each stage puts out."""
    features: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        return lambda _module, _inputs, output: features.__setitem__(name, output)

    hooks = [net.get_submodule(n).register_forward_hook(keep(n)) for n in reference.FEATURES]
    with torch.inference_mode():
        logits = net(torch.from_numpy(reference.image(*size)))
    for hook in hooks:
        hook.remove()
    return logits, features


def relative(got: reference.Array, expected: reference.Array) -> float:
    return float(np.abs(got - expected).max() / np.abs(expected).max())


def assert_agrees(name: str, got: reference.Array, expected: reference.Array) -> None:
    assert got.shape == expected.shape, name
    assert relative(got, expected) <= TOLERANCE, name
    largest = np.abs(expected).max()
    assert np.allclose(got, expected, rtol=TOLERANCE, atol=TOLERANCE * largest), name


@pytest.mark.parametrize("size", reference.SIZES, ids="{0[0]}x{0[1]}".format)
def test_logits_features_and_taps(network: tuple[str, nn.Module], size: tuple[int, int]) -> None:
    model, net = network
    expected = reference.outputs(model)
    at = f"{size[0]}x{size[1]}"
    logits, features = run(net, size)
    assert_agrees("logits", logits.numpy(), expected[f"logits_{at}"])
    for index, name in enumerate(reference.FEATURES):
        assert features[name].shape == tuple(expected[f"feat{index}_{at}_shape"]), name
        values = reference.sample(features[name].numpy())
        assert_agrees(name, values, expected[f"feat{index}_{at}_sample"])

    with torch.inference_mode():
        taps = net.forward_features(torch.from_numpy(reference.image(*size)))  # type: ignore[operator]
    assert list(taps) == list(TAPS)
    for tap, index in TAPS.items():
        assert torch.equal(taps[tap], features[reference.FEATURES[index]]), tap
