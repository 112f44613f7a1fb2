"""Checkpoints as training scripts leave them: words before the keys, other objects beside them."""

from __future__ import annotations

import argparse
import os
import pickle
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fishcompile.diagnostics.errors import UsageError
from fishcompile.weights.checkpoint import Checkpoint
from fishcompile.weights.checkpoint_files import read_checkpoint
from fishcompile.weights.wrappers import unwrapped

KEYS = ("stem.a", "model.b", "head.0.c")  # the model has a node that is called as a wrapper is


def wrapped(*keys: str) -> Checkpoint:
    return Checkpoint({key: torch.zeros(1) for key in keys}, "torch, zip")


@pytest.mark.parametrize(
    "prefix",
    ["", "module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod.", "model.backbone.",
     "model.module._orig_mod.backbone.", "module.module."],
)  # fmt: skip
@pytest.mark.parametrize("known", [KEYS, None], ids=["known", "unknown"])
def test_wrappers_are_taken_off_in_any_order(prefix: str, known: Collection[str] | None) -> None:
    read = unwrapped(wrapped(*(prefix + key for key in KEYS)), known)
    assert tuple(read.tensors) == KEYS
    assert read.prefix == prefix


def test_a_part_that_was_compiled_has_its_word_inside() -> None:
    read = unwrapped(wrapped("module.stem._orig_mod.a", "module.model.b", "module.head.0.c"), KEYS)
    assert tuple(read.tensors) == KEYS
    assert read.prefix == "_orig_mod.module."


def test_no_more_is_taken_off_than_fits() -> None:
    inner = ("backbone.a", "backbone.b")
    assert tuple(unwrapped(wrapped(*inner), inner).tensors) == inner
    assert tuple(unwrapped(wrapped(*(f"model.{key}" for key in inner)), inner).tensors) == inner


def test_what_lies_beside_a_backbone_keeps_its_name() -> None:
    keys = [f"backbone.{key}" for key in KEYS]
    read = unwrapped(wrapped(*keys, "neck.x", "bbox_head.y"), KEYS)
    assert tuple(read.tensors) == (*KEYS, "neck.x", "bbox_head.y")
    assert read.prefix == "backbone."


def test_keys_that_would_become_one_stay_apart() -> None:
    keys = ("module.a", "a")
    assert tuple(unwrapped(wrapped(*keys), ("a",)).tensors) == keys


class Mischief:
    """Its unpickling makes a folder."""

    def __init__(self, folder: Path, call: Callable[..., object]) -> None:
        self.folder, self.call = folder, call

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return self.call, (str(self.folder),)


def made(folder: str) -> None:
    """What a hostile file calls."""
    os.mkdir(folder)  # noqa: PTH102


@pytest.mark.parametrize("zipped", [True, False])
def test_other_objects_are_named_and_left_unread(tmp_path: Path, zipped: bool) -> None:
    path, folder = tmp_path / "a.pth", tmp_path / "made"
    tensors = {"a.weight": torch.arange(6.0), "b": torch.tensor(3)}
    beside: dict[str, Any] = {
        "epoch": 4,
        "best_acc": np.float64(0.77),
        "history": np.arange(3.0),
        "args": argparse.Namespace(lr=0.1, folder=Path("runs")),
        "hook": Mischief(folder, made),
    }
    torch.save({"state_dict": tensors, **beside}, path, _use_new_zipfile_serialization=zipped)
    read = read_checkpoint(path)
    assert {key: value.tolist() for key, value in read.tensors.items()} == {
        "a.weight": [0, 1, 2, 3, 4, 5],
        "b": 3,
    }
    assert [name.split("` (")[0].strip("`") for name in read.beside] == [
        "best_acc", "history", "args", "hook",
    ]  # fmt: skip
    assert "argparse.Namespace" in read.beside[2]
    assert not folder.exists()
    # the same file opened carelessly does run: the test would notice
    torch.load(path, weights_only=False)
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["model", "model_state_dict", "net", "anything"])
def test_the_dict_is_looked_for_one_level_down(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pth"
    optimizer = {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 0.1}]}
    torch.save({"epoch": 3, name: {"a": torch.zeros(2)}, "optimizer": optimizer}, path)
    read = read_checkpoint(path)
    assert (list(read.tensors), read.envelope) == (["a"], name)


def test_of_two_dicts_that_of_a_known_name_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    torch.save({"ema": {"a": torch.zeros(1)}, "model": {"a": torch.ones(1)}}, path)
    read = read_checkpoint(path)
    assert (read.envelope, read.tensors["a"].item()) == ("model", 1)


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_checkpoint(path)
    return str(caught.value)


def test_a_wrong_checksum_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"a": torch.arange(64.0)}, path)
    data = bytearray(path.read_bytes())
    at = data.index(torch.arange(64.0).numpy().tobytes())
    data[at + 5] ^= 1
    path.write_bytes(data)
    assert "is damaged: the checksum of " in refused(path)


def test_what_unpacks_to_more_than_the_file_is_refused_before_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"a": torch.zeros(4)}, path)
    packed = tmp_path / "b.pt"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, source.read(entry), zipfile.ZIP_DEFLATED)
    assert "is compressed inside" in refused(packed)


def test_a_pickle_of_many_steps_is_refused_before_they_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    head = tmp_path / "head.pt"
    torch.save({}, head, _use_new_zipfile_serialization=False)
    # torch's number, version and platform, and then a list that is built up for long
    begin = head.read_bytes().index(pickle.dumps({}, 2))
    path.write_bytes(head.read_bytes()[:begin] + b"\x80\x02" + b"]0" * 600_000 + b"}.")
    assert "takes more than 500,000 steps to read" in refused(path)


def test_a_pipe_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "pipe.pth"
    os.mkfifo(path)
    assert "is not a regular file" in refused(path)
