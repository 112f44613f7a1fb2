"""What torch's own compilers and exporters make of every emitted file of specs/."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.export import Dim

from fishcompile.pipeline import compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.nets import ROOT

SPECS = sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))
EACH = pytest.mark.parametrize("name", SPECS)
SIDES = 64
# the four that cover transposed convolutions, padded and not, and a small fish
TO_ONNX = ["fishnet_nano", "unet", "fcn8s", "fishnet150_deconv"]


def network(name: str) -> tuple[Any, int]:
    """The model of a spec in evaluation, and the channels that enter it."""
    analysis = compiled(ROOT / "specs" / f"{name}.yaml")
    torch.manual_seed(0)
    return instantiate(emit_source(analysis), name).eval(), analysis.stages.input.channels


def close(one: Any, other: Any) -> None:
    if isinstance(one, Tensor):
        # beside the largest value: without training some networks give thousands
        away, largest = (one - other).abs().max(), other.abs().max()
        assert away <= 1e-4 * max(1.0, largest.item()), (away, largest)
        return
    assert list(one) == list(other)
    for name in one:
        close(one[name], other[name])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@EACH
def test_torchscript_reads_it(name: str) -> None:
    model, channels = network(name)
    scripted: Any = torch.jit.script(model)
    image = torch.randn(1, channels, SIDES, SIDES)
    with torch.inference_mode():
        close(scripted(image), model(image))


@pytest.mark.slow
@EACH
def test_dynamo_takes_it_whole(name: str) -> None:
    model, channels = network(name)
    taken: Any = torch.compile(model, fullgraph=True, backend="aot_eager")
    image = torch.randn(1, channels, SIDES, SIDES)
    with torch.inference_mode():
        close(taken(image), model(image))


@pytest.mark.slow
@EACH
def test_an_export_takes_other_batches_and_sides(name: str) -> None:
    model, channels = network(name)
    dynamic = {0: Dim.DYNAMIC, 2: Dim.DYNAMIC, 3: Dim.DYNAMIC}
    image = torch.randn(2, channels, 224, 256)
    exported: Any = torch.export.export(model, (image,), dynamic_shapes=(dynamic,)).module()
    # halved six times, 96 leaves one pixel, which an export takes for a size of its own
    sides = (160, 192) if name == "stacked_hourglass" else (96, 128)
    other = torch.randn(3, channels, *sides)
    with torch.inference_mode():
        close(exported(other), model(other))


@pytest.mark.slow
@pytest.mark.parametrize("name", TO_ONNX)
def test_onnx_runtime_gives_the_same_at_another_size(name: str, tmp_path: Any) -> None:
    pytest.importorskip("onnxscript")
    onnxruntime = pytest.importorskip("onnxruntime")
    model, channels = network(name)
    dynamic = {0: Dim.DYNAMIC, 2: Dim.DYNAMIC, 3: Dim.DYNAMIC}
    file = tmp_path / "model.onnx"
    image = torch.randn(2, channels, 64, 96)
    torch.onnx.export(model, (image,), file, dynamic_shapes=(dynamic,), dynamo=True)
    session = onnxruntime.InferenceSession(str(file))
    other = torch.randn(3, channels, 96, 128)
    with torch.inference_mode():
        expected = model(other)
    given = session.run(None, {session.get_inputs()[0].name: other.numpy()})
    values = list(expected.values()) if isinstance(expected, dict) else [expected]
    close(dict(enumerate(map(torch.from_numpy, given))), dict(enumerate(values)))
