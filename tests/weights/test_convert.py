"""`fishcompile weights convert` keeps every bit, and says what does not fit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from fishcompile.cli.app import main
from fishcompile.package import data_file
from fishcompile.pipeline import compiled
from fishcompile.weights.checkpoint_files import read_checkpoint, write_torch
from fishcompile.weights.wrappers import unwrapped
from tests import reference

SPEC = data_file("specs", "fishnet99.yaml")
Run = Callable[..., tuple[int, str, str]]
Weights = dict[str, Tensor]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command: its exit code, output and errors."""

    def call(checkpoint: Path, output: Path, *more: str, spec: Path = SPEC) -> tuple[int, str, str]:
        words = ["weights", "convert", str(checkpoint), "--spec", str(spec), "-o", str(output)]
        monkeypatch.setattr(sys, "argv", ["fishcompile", *words, *more])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, *capsys.readouterr()

    return call


def blank(model: str = "fishnet99", dtype: torch.dtype = torch.float32) -> Weights:
    """A checkpoint with next to no values: each tensor is one number, expanded."""
    return {
        key: torch.zeros(1, dtype=dtype).expand(shape) if shape else torch.tensor(7)
        for key, shape in reference.state_dict(model).items()
    }


def numbered(dtype: torch.dtype) -> Weights:
    """FishNet-99's tensors, each with values of its own, NaNs with a payload and -0 among them."""
    generator = torch.Generator().manual_seed(0)
    tensors = {}
    for index, (key, shape) in enumerate(reference.state_dict("fishnet99").items()):
        tensors[key] = torch.randn(shape, generator=generator).to(dtype)
        if not shape:
            tensors[key] = torch.tensor(index)
    first = next(iter(tensors.values())).view(-1)
    first[0], first[1] = float("nan"), -0.0
    bits = {2: torch.int16, 4: torch.int32, 8: torch.int64}[first.element_size()]
    first.view(bits)[0] += 5
    return tensors


def raw(tensor: Tensor) -> bytes:
    return bytes(tensor.contiguous().view(-1).view(torch.uint8).numpy())


def assert_same(got: Weights, expected: Weights) -> None:
    assert list(got) == list(expected)
    for key, tensor in expected.items():
        assert got[key].dtype == tensor.dtype, key
        assert got[key].shape == tensor.shape, key
        assert raw(got[key]) == raw(tensor), key


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_round_trip_keeps_keys_order_dtypes_and_bits(
    run: Run, tmp_path: Path, dtype: torch.dtype
) -> None:
    released = {f"module.{key}": value for key, value in numbered(dtype).items()}
    source = tmp_path / "fishnet99_ckpt.tar"
    torch.save({"epoch": 1, "state_dict": released, "best_prec1": 77.4}, source)

    ours = tmp_path / "ours.safetensors"
    code, out, err = run(source, ours)
    assert (code, err) == (0, "")
    size = ours.stat().st_size
    how = "authors layout, torch, zip, under state_dict, keys with module."
    assert out.splitlines() == [
        f"read {source}: 599 tensors, {how}",
        f"wrote {ours}: 599 tensors, fishcompile layout, {size:,} bytes",
    ]
    state = compiled(SPEC).inference.graph.state()
    renamed = safetensors.torch.load_file(ours)
    assert {k: tuple(v.shape) for k, v in renamed.items()} == {k: s for k, (s, _) in state.items()}

    back = tmp_path / "back.tar"
    assert run(ours, back, "--to", "authors")[0] == 0
    content = torch.load(back, weights_only=True)
    assert list(content) == ["state_dict"]
    assert_same(content["state_dict"], released)


def test_our_layout_is_the_compiled_models_order(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "a.pth", tmp_path / "b.pth"
    torch.save(blank(), source)
    assert run(source, output)[0] == 0
    content = torch.load(output, weights_only=True)
    assert list(content) == list(compiled(SPEC).inference.graph.state())
    again = tmp_path / "c.pt"
    code, out, _ = run(output, again)
    assert code == 0
    assert "fishcompile layout, torch, zip\n" in out
    # nothing of a name or a time is in the file
    assert again.read_bytes() == output.read_bytes()


def test_authors_keys_in_safetensors_are_bare(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "a.pth", tmp_path / "b.safetensors"
    torch.save(blank(dtype=torch.float16), source)
    assert run(source, output, "--to", "authors")[0] == 0
    assert set(safetensors.torch.load_file(output)) == set(reference.state_dict("fishnet99"))


def test_the_legacy_format_and_parameters_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old_ckpt.tar"
    parameter = torch.nn.Parameter(torch.arange(3.0))
    torch.save({"module.a": parameter}, path, _use_new_zipfile_serialization=False)
    read = unwrapped(read_checkpoint(path))
    assert (read.kind, read.prefix, read.envelope) == ("torch, legacy pickle", "module.", "")
    assert_same(dict(read.tensors), {"a": torch.arange(3.0)})
    assert not read.tensors["a"].requires_grad


def test_the_prefix_goes_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    write_torch(path, {"module.module.a": torch.zeros(1), "module.modular": torch.zeros(1)})
    assert list(unwrapped(read_checkpoint(path)).tensors) == ["module.a", "modular"]
    write_torch(path, {"module.a": torch.zeros(1), "modular": torch.zeros(1)}, force=True)
    assert list(unwrapped(read_checkpoint(path)).tensors) == ["module.a", "modular"]


def test_missing_counters_are_filled_with_zero_and_counted(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "a.pth", tmp_path / "b.safetensors"
    counters = [key for key in blank() if key.endswith("num_batches_tracked")]
    torch.save({k: v for k, v in blank().items() if k not in counters[1:]}, source)
    code, out, _ = run(source, output)
    assert code == 0
    assert f"filled {len(counters) - 1} missing num_batches_tracked with 0\n" in out
    values = [v for k, v in safetensors.torch.load_file(output).items() if v.dtype == torch.int64]
    assert sorted(value.item() for value in values) == [0] * (len(counters) - 1) + [7]
    assert {value.shape for value in values} == {torch.Size([])}


def test_every_key_that_does_not_fit_is_listed(run: Run, tmp_path: Path) -> None:
    weights = blank()
    del weights["conv2.0.weight"]
    weights["fish.fish.0.0.0.bn1.weight"] = torch.zeros(2, 3)
    weights["fish.fish.0.0.0.bn9.weight\n\x1b[31m"] = torch.zeros(4, 5)
    weights |= {f"extra{index}": torch.zeros(1) for index in range(30)}
    source, output = tmp_path / "a.pth", tmp_path / "b.safetensors"
    torch.save(weights, source)
    code, _, err = run(source, output)
    assert code == 1
    assert not output.exists()
    assert err.splitlines() == [
        "error: the checkpoint does not fit the spec fishnet99",
        "  left over in the checkpoint: 31",
        r"    `fish.fish.0.0.0.bn9.weight\n\x1b[31m` 4x5",
        *(f"    `extra{index}` 1" for index in range(19)),
        "    and 11 more",
        "  missing from the checkpoint: 1",
        "    conv2.0.weight 32x32x3x3",
        "  of another shape: 1",
        "    fish.fish.0.0.0.bn1.weight is 2x3, the spec's 64",
    ]


@pytest.mark.parametrize("to", ["authors", "fishcompile"])
def test_another_models_checkpoint_is_named_with_its_block_counts(
    run: Run, tmp_path: Path, to: str
) -> None:
    source, theirs = tmp_path / "a.tar", tmp_path / "theirs.pt"
    write_torch(source, blank("fishnet150", torch.float16), wrapped=True)
    assert run(source, theirs, "--to", to, spec=data_file("specs", "fishnet150.yaml"))[0] == 0
    code, _, err = run(theirs, tmp_path / "b.safetensors")
    assert code == 1
    helped = err.splitlines()[-1]
    assert helped.startswith(
        "  = help: this is a checkpoint of fishnet150; blocks in the checkpoint and in the spec: "
        "tail2 4 and 2, "
        "tail3 8 and 6, "
        "bridge 4 and 2, "
        "body3 2 and 1, "
        "body3's transfer 2 and 1, "
    )
    assert "head3's" not in helped, "both have four transfer blocks there"
    assert err.count("\n    and ") == 1, "20 keys and the number of the rest"


@pytest.mark.parametrize("to", ["authors", "fishcompile"])
def test_a_hint_does_not_name_the_specs_own_model(run: Run, tmp_path: Path, to: str) -> None:
    """Whose checkpoint it is, the spec says itself; what else is the matter, it does not."""
    source, theirs = tmp_path / "a.tar", tmp_path / "theirs.pt"
    write_torch(source, blank(), wrapped=True)
    assert run(source, theirs, "--to", to)[0] == 0
    copy(SPEC, tmp_path)
    longer = tmp_path / "longer.yaml"
    longer.write_text(
        "fishspec: 2\nname: fishnet99\nextends: fishnet99.yaml\ntail: {tail2: {blocks: 3}}\n"
    )
    code, _, err = run(theirs, tmp_path / "b.pt", spec=longer)
    assert code == 1
    counts = "blocks in the checkpoint and in the spec: tail2 2 and 3"
    # keys that name the spec's nodes can be carried over by them
    carried = "" if to == "authors" else "; `fishcompile weights fit` carries over what is the same"
    assert err.splitlines()[-1] == f"  = help: {counts}{carried}"
    longer.write_text(longer.read_text().replace("name: fishnet99", "name: longer"))
    *_, err = run(theirs, tmp_path / "b.pt", spec=longer)
    assert "help: this is a checkpoint of fishnet99; blocks in the checkpoint and " in err


def test_keys_of_no_known_layout(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "a.pth"
    torch.save({"layer1.0.conv1.weight": torch.zeros(1)}, source)
    code, _, err = run(source, tmp_path / "b.safetensors")
    assert code == 1
    assert "keys are of no layout that is known: `layer1.0.conv1.weight`" in err


def test_an_existing_file_is_overwritten_with_force_alone(run: Run, tmp_path: Path) -> None:
    source, output = tmp_path / "a.pth", tmp_path / "b.safetensors"
    torch.save(blank(dtype=torch.float16), source)
    output.write_text("precious")
    code, out, err = run(source, output)
    assert (code, out) == (2, "")
    assert "exists; it is not overwritten" in err
    assert output.read_text() == "precious"
    assert run(source, output, "--force")[0] == 0
    assert len(safetensors.torch.load_file(output)) == 599
    code, _, err = run(source, source, "--force")
    assert code == 2
    assert "is the checkpoint itself" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pth", "b.safetensors"]


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("b.tar", [], "b.tar does not say which format to write"),
        ("b.bin", ["--to", "authors"], "let its name end in .safetensors, .pt, .pth or .tar"),
        ("none/b.pt", [], "none/b.pt does not exist"),
        ("b.pt", ["--to", "nonsense"], "nonsense"),
    ],
)
def test_outputs_that_cannot_be_written(
    run: Run, tmp_path: Path, name: str, more: list[str], said: str
) -> None:
    source = tmp_path / "a.pth"
    torch.save(blank(dtype=torch.float16), source)
    code, _, err = run(source, tmp_path / name, *more)
    assert code == 2
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.pth"]


def test_without_torch_the_command_says_how_to_get_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "safetensors", missing)
    code, _, err = run(tmp_path / "a.pth", tmp_path / "b.pt")
    assert code == 2
    assert "this command needs safetensors" in err
    assert "pip install 'fishcompile[torch]'" in err
