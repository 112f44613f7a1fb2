"""ONNX files: sound by onnx's own checker, and in ONNX Runtime what the module gives in torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest
import torch

import fishcompile
from fishcompile.diagnostics.errors import UsageError
from fishcompile.passes import ORDER
from fishcompile.pipeline import after_passes, compiled
from fishcompile.targets.module import network
from fishcompile.targets.onnx import onnx_bytes
from fishcompile.weights.rewrite import rewritten
from tests.nets import SPECS, shipped, write_minnow

QUICK = {"fishnet_nano", "resnet50", "unet", "fishnet99_segmentation"}
# the smallest sides that these take, and what the others are asked
SIZES = {
    "fcn8s": [(64, 64), (96, 64), (70, 101)],
    "stacked_hourglass": [(64, 64), (128, 64), (192, 128)],
    "vgg16": [(224, 224), (64, 96), (70, 101)],
}
USUAL = [(64, 64), (96, 64), (75, 101)]
NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))


def session(file: bytes) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def arrays(model: torch.nn.Module) -> dict[str, Any]:
    """A state of the kind that training leaves: statistics that are no 0 and 1."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
                assert tensor is not None
                torch.nn.init.uniform_(tensor, 0.5, 1.5, generator=generator)
    return {key: value.numpy() for key, value in model.state_dict().items()}


def outputs(model: Any, x: torch.Tensor) -> list[torch.Tensor]:
    with torch.inference_mode():
        given = model(x)
    return list(given.values()) if isinstance(given, dict) else [given]


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
)
@pytest.mark.parametrize("passes", [(), ORDER], ids=["plain", "after passes"])
def test_onnx_runtime_gives_what_the_module_gives(name: str, passes: tuple[str, ...]) -> None:
    plain = compiled(shipped(name))
    made = after_passes(plain, passes)
    torch.manual_seed(0)
    model = network(plain).eval()
    arrays(model)
    tensors = rewritten(model.state_dict(), made.rewrites)
    state = {key: value.numpy() for key, value in tensors.items()}
    file = onnx_bytes(made.inference.graph, made.digest, state, passes=passes)
    proto = onnx.load_from_string(file)
    onnx.checker.check_model(proto, full_check=True)
    run = session(file)
    channels = plain.inference.graph.inputs[0].type.channels
    for batch, (height, width) in enumerate(SIZES.get(name, USUAL), 1):
        x = torch.randn(batch, channels, height, width)
        try:
            want = outputs(model, x)
        except ValueError:  # a size that the network says it does not take
            assert (height, width) != (64, 64)
            continue
        given = run.run(None, {run.get_inputs()[0].name: x.numpy()})
        assert len(given) == len(want)
        for ours, theirs in zip(given, want, strict=True):
            scale = float(theirs.abs().max())
            assert scale > 0
            assert np.abs(ours - theirs.numpy()).max() < 1e-4 * max(scale, 1)


def test_names_are_those_of_the_spec_and_the_bytes_are_the_same() -> None:
    plain = compiled(shipped("fishnet_nano"))
    graph = plain.inference.graph
    file = onnx_bytes(graph, plain.digest, taps=True)
    assert file == onnx_bytes(graph, plain.digest, taps=True)
    proto = onnx.load_from_string(file)
    assert [each.name for each in proto.graph.input] == ["input"]
    assert [each.name for each in proto.graph.output] == ["logits", "c2", "c3", "c4", "c5"]
    dims = [d.dim_param or d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]
    assert dims == ["batch", 3, "height", "width"]
    notes = {each.key: each.value for each in proto.metadata_props}
    assert notes == {"spec": "fishnet_nano", "spec_sha256": plain.digest}
    nodes = {each.name for each in proto.graph.node}
    assert {"stem.conv1.conv", "body1.refine.0.sum", "classifier.fc"} <= nodes
    assert {each.version for each in proto.opset_import} == {18}


def test_build_writes_it_without_torch(tmp_path: Path) -> None:
    """The weights of a .safetensors file as well."""
    from safetensors.torch import save_file

    model = fishcompile.compile(shipped("fishnet_nano")).eval()
    arrays(model)
    save_file(model.state_dict(), tmp_path / "w.safetensors")
    code = (
        "import sys; from fishcompile.cli.entry import main\n"
        "try: main()\n"
        "finally: assert 'torch' not in sys.modules and 'onnxruntime' not in sys.modules"
    )
    words = [str(shipped("fishnet_nano")), "--emit", "onnx", "--weights", "w.safetensors"]
    done = subprocess.run(
        [sys.executable, "-c", code, "build", *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    parameters = sum(each.numel() for each in model.parameters())
    assert done.stdout == f"wrote fishnet_nano.onnx ({parameters:,} parameters)\n"
    x = torch.randn(1, 3, 64, 64)
    (given,) = session((tmp_path / "fishnet_nano.onnx").read_bytes()).run(
        None, {"input": x.numpy()}
    )
    with torch.inference_mode():
        want = model(x)
    assert np.abs(given - want.numpy()).max() < 1e-4 * max(float(want.abs().max()), 1)


def test_first_values_are_distributed_as_those_of_the_module() -> None:
    """Standard deviations of every convolution, within a fifth, and norms that do nothing."""
    plain = compiled(shipped("fishnet_nano"))
    proto = onnx.load_from_string(onnx_bytes(plain.inference.graph, plain.digest))
    drawn = {each.name: onnx.numpy_helper.to_array(each) for each in proto.graph.initializer}
    torch.manual_seed(0)
    compared = 0
    for key, value in network(plain).state_dict().items():
        if value.dim() == 4 and value.numel() > 500:
            assert drawn[key].std() == pytest.approx(float(value.std()), rel=0.2)
            compared += 1
        elif key.endswith("running_var"):
            assert (drawn[key] == 1).all()
    assert compared > 20


def test_what_cannot_be_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fishcompile.ops.relu import Relu

    plain = compiled(write_minnow(tmp_path))
    monkeypatch.setattr(Relu, "onnx_type", "")
    with pytest.raises(UsageError, match=r"the op relu at .* says nothing of ONNX"):
        onnx_bytes(plain.inference.graph, plain.digest)
