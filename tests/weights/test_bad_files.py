"""A file that is no checkpoint is refused with a reason and a way out, and never executed."""

from __future__ import annotations

import os
import pickle
import tarfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from fishcompile.diagnostics.errors import UsageError
from fishcompile.weights.checkpoint_files import read_checkpoint

TENSORS = {"a": torch.arange(5000.0), "b": torch.zeros(3)}


class Mischief:
    """Its unpickling makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_checkpoint(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("nested", [True, False])
def test_a_malicious_pickle_does_not_run(tmp_path: Path, zipped: bool, nested: bool) -> None:
    made = tmp_path / "made"
    mischief: Any = Mischief(made)
    content = {"state_dict": {**TENSORS, "x": mischief}} if nested else mischief
    path = tmp_path / "a.tar"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    message = refused(path)
    assert "holds more than tensors: it asks for " in message
    assert ".mkdir, which is not loaded" in message
    assert not made.exists()
    # the same file opened carelessly does run: the test would notice
    torch.load(path, weights_only=False)
    assert made.is_dir()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_plain_pickle_does_not_run_and_is_not_called_damaged(
    tmp_path: Path, protocol: int
) -> None:
    made = tmp_path / "made"
    path = tmp_path / "a.pt"
    path.write_bytes(pickle.dumps({"x": Mischief(made), "n": 2**2000}, protocol))
    with pytest.raises(UsageError) as caught:
        read_checkpoint(path)
    assert "damaged" not in str(caught.value)
    assert "torch.save the state dict alone" in caught.value.help
    assert not made.exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (torch.nn.Linear(1, 1), "torch.nn.modules.linear.Linear"),
        ({"state_dict": TENSORS, "sneaky": map}, "map"),
    ],
)
def test_what_is_more_than_tensors_is_named(tmp_path: Path, content: Any, name: str) -> None:
    path = tmp_path / "a.pt"
    torch.save(content, path)
    with pytest.raises(UsageError) as caught:
        read_checkpoint(path)
    assert name in str(caught.value)
    assert "weights_only=False" in caught.value.help


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([torch.zeros(1)], "holds a list, not a dict of tensors"),
        (torch.zeros(1), "holds a Tensor, not a dict of tensors"),
        ({}, "holds no tensors; its entries: none"),
        ({"state_dict": {}}, "holds no tensors; its entries: none"),
        ({"epoch": 3, "net\n": ["a"]}, r"its entries: `epoch`, `net\n`"),
        ({"a\n": TENSORS, "b": OrderedDict(TENSORS)}, r"several dicts of tensors: `a\n`, `b`"),
        ({"a": torch.zeros(1).expand(1 << 29)}, "stands for 2,147,483,648 bytes of tensors"),
        ({**TENSORS, "epoch": 3}, "the entry `epoch` is no tensor"),
        ({"a": torch.zeros(1), 5: torch.zeros(1)}, "the entry `5` is named by no text"),
        ({"a": torch.eye(3).to_sparse()}, "the entry `a` is a tensor without plain values"),
        ({"a": torch.zeros(3, device="meta")}, "the entry `a` is a tensor without plain values"),
    ],
)
def test_what_is_no_dict_of_tensors(tmp_path: Path, content: Any, said: str) -> None:
    path = tmp_path / "a.pt"
    torch.save(content, path)
    assert said in refused(path)


@pytest.mark.parametrize("kind", ["zip", "legacy", "safetensors"])
@pytest.mark.parametrize("kept", [0.001, 0.5, 0.999])
def test_a_file_cut_short(tmp_path: Path, kind: str, kept: float) -> None:
    path = tmp_path / "a.tar"
    if kind == "safetensors":
        safetensors.torch.save_file(TENSORS, path)
    else:
        torch.save(TENSORS, path, _use_new_zipfile_serialization=kind == "zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert "is damaged or cut short: " in refused(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><title>Sign in", "it begins with `<!DOCTYPE html><title>Si`"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is no checkpoint: it begins with"),
        (b"\x1b]0;owned\x07", r"it begins with `\x1b]0;owned\x07`"),
    ],
)
def test_a_file_of_another_kind(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(data)
    assert said in refused(path)


def test_archives_folders_and_nothing(tmp_path: Path) -> None:
    inner = tmp_path / "a.pt"
    torch.save(TENSORS, inner)
    for mode in ("w", "w:gz"):
        path = tmp_path / f"real{mode[1:].replace(':', '.')}.tar"
        with tarfile.open(path, mode) as archive:
            archive.add(inner, "a.pt")
        assert "is a tar archive; FishNet's checkpoints only have the name of one" in refused(path)
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "text")
    assert "is damaged or cut short" in refused(zipped)
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read: No such file or directory" in refused(tmp_path / "none.tar")
