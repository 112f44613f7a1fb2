"""The compiled module is a module like any other: tracebacks, pickles, torch's own compilers."""

from __future__ import annotations

import copy
import inspect
import pickle
import runpy
import subprocess
import sys
import traceback
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

import fishcompile
from fishcompile.targets.module import load_text
from tests.nets import shipped, write_minnow

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

SIZES = [
    (32, 32), (33, 47), (32, 320), (64, 64), (65, 63), (96, 200), (101, 37), (127, 128),
    (160, 96), (191, 33), (225, 225), (240, 300), (224, 224), (320, 320),
]  # fmt: skip


@pytest.fixture(scope="module")
def fishnet99() -> Any:
    torch.manual_seed(0)
    return fishcompile.compile(shipped("fishnet99")).eval()


@pytest.fixture
def minnow(tmp_path: Path) -> Any:
    torch.manual_seed(0)
    return fishcompile.compile(write_minnow(tmp_path)).eval()


@pytest.fixture(scope="module")
def image() -> Tensor:
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def standalone(folder: Path, spec: Path, name: str) -> Any:
    """A new network of the class in the emitted file, run as a file of its own."""
    file = folder / "standalone.py"
    file.write_text(fishcompile.emit(spec), encoding="ascii")
    return runpy.run_path(str(file))[name]()


def same(one: nn.Module, other: nn.Module, image: Tensor) -> bool:
    with torch.inference_mode():
        return torch.equal(one(image), other(image))


def test_a_traceback_shows_the_emitted_line(fishnet99: Any) -> None:
    with pytest.raises(RuntimeError) as caught:
        fishnet99(torch.zeros(1, 4, 64, 64))
    text = "".join(traceback.format_exception(caught.value))
    assert '    return self.classifier(self.forward_features(x)["c5"])\n' in text
    assert "    x = self.conv3(self.conv2(self.conv1(x)))\n" in text
    assert 'File "<fishcompile ' in text


def test_the_source_of_a_class_is_its_text(fishnet99: Any) -> None:
    text = fishcompile.emit(shipped("fishnet99"))
    for part, start in (
        (type(fishnet99), "class FishNet99(nn.Module):\n"),
        (type(fishnet99.body3), "class URBlock(nn.Module):\n"),
        (type(fishnet99.stem), "class Stem(nn.Module):\n"),
    ):
        source = inspect.getsource(part)
        assert source.startswith(start)
        assert source in text
    assert inspect.getsource(sys.modules[type(fishnet99).__module__]) == text


def test_two_compilations_share_the_text_and_nothing_else(tmp_path: Path) -> None:
    path = write_minnow(tmp_path)
    one, other = fishcompile.compile(path), fishcompile.compile(path)
    assert type(one) is type(other)
    assert type(one) is type(load_text(fishcompile.emit(path)).Minnow())
    assert not any(
        torch.equal(a, b)
        for (name, a), (_, b) in zip(one.named_parameters(), other.named_parameters(), strict=True)
        if name.endswith("conv.weight")
    )
    with torch.no_grad():
        next(one.parameters()).zero_()
    assert next(other.parameters()).any()


def test_a_spec_changed_on_disk_gives_another_module(tmp_path: Path) -> None:
    one: Any = fishcompile.compile(write_minnow(tmp_path))
    other: Any = fishcompile.compile(write_minnow(tmp_path, {"classifier": "{classes: 11}"}))
    assert (one.classifier.fc.out_channels, other.classifier.fc.out_channels) == (10, 11)
    assert type(one) is not type(other)


def test_a_copy_is_deep(minnow: Any, image: Tensor) -> None:
    other = copy.deepcopy(minnow)
    assert type(other) is type(minnow)
    assert same(minnow, other, image)
    with torch.no_grad():
        next(other.parameters()).zero_()
    assert not same(minnow, other, image)
    assert type(copy.copy(minnow)) is type(minnow)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_opens_again(minnow: Any, image: Tensor, protocol: int) -> None:
    minnow.extra = 7
    other = pickle.loads(pickle.dumps(minnow, protocol))
    assert type(other) is type(minnow)
    assert (other.extra, other.training) == (7, False)
    assert same(minnow, other, image)
    part = pickle.loads(pickle.dumps(minnow.stem, protocol))
    assert torch.equal(part(image), minnow.stem(image))


def test_the_text_is_in_a_pickle_once(minnow: Any) -> None:
    data = pickle.dumps(minnow)
    assert data.count(b"class Minnow(nn.Module)") == 1


def test_torch_saves_and_loads_it(minnow: Any, image: Tensor) -> None:
    buffer = BytesIO()
    torch.save(minnow, buffer)
    buffer.seek(0)
    assert same(minnow, torch.load(buffer, weights_only=False), image)


OPEN = """
import pickle, sys, torch
with open(sys.argv[1], "rb") as file:
    model = pickle.load(file) if sys.argv[3] == "pickle" else torch.load(file, weights_only=False)
inputs, expected = torch.load(sys.argv[2])
with torch.inference_mode():
    assert torch.equal(model(inputs), expected)
print(type(model).__name__, model.taps["fine"]["channels"])
"""


@pytest.mark.parametrize("kind", ["pickle", "torch"])
def test_a_process_that_never_saw_the_spec_opens_it(
    minnow: Any, image: Tensor, tmp_path: Path, kind: str
) -> None:
    saved, tensors = tmp_path / "model", tmp_path / "tensors"
    if kind == "pickle":
        saved.write_bytes(pickle.dumps(minnow))
    else:
        torch.save(minnow, saved)
    with torch.inference_mode():
        torch.save((image, minnow(image)), tensors)
    (tmp_path / "minnow.yaml").unlink()
    command = [sys.executable, "-c", OPEN, str(saved), str(tensors), kind]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Minnow 32\n"), done.stderr


def test_weights_move_to_the_standalone_file_and_back(
    minnow: Any, image: Tensor, tmp_path: Path
) -> None:
    alone = standalone(tmp_path, tmp_path / "minnow.yaml", "Minnow").eval()
    assert not same(minnow, alone, image)
    state = minnow.state_dict()
    assert list(state) == list(alone.state_dict())
    alone.load_state_dict(state, strict=True)
    assert same(minnow, alone, image)
    minnow.load_state_dict(alone.state_dict(), strict=True)
    assert (
        alone.taps
        == minnow.taps
        == {
            "fine": {"channels": 32, "stride": 2},
            "coarse": {"channels": 112, "stride": 8},
        }
    )


def test_the_taps_are_what_they_say(fishnet99: Any) -> None:
    with torch.inference_mode():
        features = fishnet99.forward_features(torch.zeros(1, 3, 96, 64))
    assert {
        name: {"channels": tensor.shape[1], "stride": 96 // tensor.shape[2]}
        for name, tensor in features.items()
    } == fishnet99.taps
    assert all(96 // t.shape[2] == 64 // t.shape[3] for t in features.values())


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_every_size_runs(fishnet99: Any, height: int, width: int) -> None:
    with torch.inference_mode():
        features = fishnet99.forward_features(torch.zeros(1, 3, height, width))
        logits = fishnet99.classifier(features["c5"])
    assert logits.shape == (1, 1000)
    # the stem rounds up, the tail's poolings down; the body returns to the skips' own sides
    sides = [(height, width)]
    for up in (True, True, False, False, False):
        sides.append(tuple((side + up) // 2 for side in sides[-1]))  # type: ignore[arg-type]
    assert [tuple(f.shape[2:]) for f in features.values()] == sides[2:]


def test_every_parameter_learns(fishnet99: Any) -> None:
    model = copy.deepcopy(fishnet99).train()
    logits = model(torch.randn(2, 3, 64, 64))
    loss: Any = torch.nn.functional.cross_entropy(logits, torch.tensor([3, 5]))
    loss.backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []
    assert model.stem.conv1.bn.num_batches_tracked == 1


def test_channels_last_gives_the_same(minnow: Any, image: Tensor) -> None:
    with torch.inference_mode():
        expected = minnow(image)
        model = copy.deepcopy(minnow).to(memory_format=torch.channels_last)
        result = model(image.to(memory_format=torch.channels_last))
    assert torch.allclose(result, expected, atol=1e-5)


@pytest.mark.slow
def test_dynamo_takes_it_whole(fishnet99: Any, image: Tensor) -> None:
    compiled: Any = torch.compile(fishnet99, fullgraph=True, backend="eager")
    assert same(fishnet99, compiled, image)


def test_dynamo_takes_a_small_one_whole(minnow: Any, image: Tensor) -> None:
    compiled: Any = torch.compile(minnow, fullgraph=True, backend="eager")
    assert same(minnow, compiled, image)


def test_an_export_is_equal_to_the_bit(minnow: Any, image: Tensor, tmp_path: Path) -> None:
    export_and_compare(minnow, image, standalone(tmp_path, tmp_path / "minnow.yaml", "Minnow"))


@pytest.mark.slow
def test_an_export_of_fishnet99_is_equal_to_the_bit(
    fishnet99: Any, image: Tensor, tmp_path: Path
) -> None:
    alone = standalone(tmp_path, shipped("fishnet99"), "FishNet99")
    export_and_compare(copy.deepcopy(fishnet99), image, alone)


def export_and_compare(model: Any, image: Tensor, alone: Any) -> None:
    model, image = model.double().eval(), image.double()
    exported: Any = torch.export.export(model, (image,)).module()
    alone = alone.double().eval()
    alone.load_state_dict(model.state_dict())
    with torch.inference_mode():
        expected = model(image)
        assert torch.equal(exported(image), expected)
        assert torch.equal(alone(image), expected)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_traces(minnow: Any, image: Tensor) -> None:
    traced: Any = torch.jit.trace(minnow, image)  # type: ignore[no-untyped-call]
    assert same(minnow, traced, image)


def test_a_text_is_one_module_and_another_text_another(tmp_path: Path) -> None:
    text = fishcompile.emit(write_minnow(tmp_path))
    module = load_text(text)
    assert module is load_text(text)
    assert sys.modules[module.__name__] is module
    assert load_text(text.replace("10)", "12)")) is not module
