"""The weights, images and outputs of the reference: see data/reference/README.md."""

from __future__ import annotations

import json
import zlib
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

MODELS = ("fishnet99", "fishnet150", "fishnet201")
SIZES = ((224, 224), (256, 192))
FEATURES = (
    *("stem", "tail1", "tail2", "tail3", "bridge"),
    *("body3", "body2", "body1", "head1", "head2", "head3"),
)
DATA = Path(__file__).parent / "data" / "reference"

Array = NDArray[np.float64]


@cache
def manifest() -> dict[str, Any]:
    """The manifest: per model `parameters`, `convolutions` and `state_dict`."""
    content: dict[str, Any] = json.loads((DATA / "manifest.json").read_text())
    return content


def state_dict(model: str) -> dict[str, tuple[int, ...]]:
    """The authors' keys in their order, with shapes."""
    return {key: tuple(shape) for key, shape in manifest()[model]["state_dict"]}


@cache
def networks(library: str = "torchvision") -> dict[str, Any]:
    """Of the networks of a library, `parameters` and `state_dict`."""
    file = {"torchvision": "family"}.get(library, library)
    content: dict[str, Any] = json.loads((DATA / f"{file}.json").read_text())
    return content


def outputs(model: str) -> dict[str, NDArray[Any]]:
    """The arrays of a model's .npz."""
    with np.load(DATA / f"{model}.npz") as file:
        return dict(file)


def fill(key: str, shape: tuple[int, ...]) -> Array:
    """The value of the authors' key."""
    u = np.random.default_rng(zlib.crc32(key.encode())).random(shape) - 0.5
    if len(shape) in (2, 4):
        return np.asarray(u * np.sqrt(12) * np.sqrt(1 / prod(shape[1:])))
    if key.endswith("running_var"):
        return np.asarray(1 + u)
    if key.endswith(("running_mean", "bias")):
        return np.asarray(0.2 * u)
    if key.endswith("num_batches_tracked"):
        return np.zeros(shape)
    return np.asarray(1 + 0.2 * u)


def image(h: int, w: int) -> Array:
    """Two images, (2, 3, h, w)."""
    return np.random.default_rng(2018).random((2, 3, h, w)) * 2 - 1


def sample(array: Array, count: int = 64) -> Array:
    """The values that the reference holds: 64 of a feature, 256 of an output of the family."""
    flat = array.flatten()
    return flat[:: max(1, flat.size // count)][:count]


def authors_checkpoint(model: str) -> dict[str, Any]:
    """What the authors' training script would have saved, in float64."""
    tensors = {f"module.{key}": filled(key, shape) for key, shape in state_dict(model).items()}
    return {"epoch": 100, "arch": model, "state_dict": tensors, "best_prec1": 77.0}


def library_weights(library: str, model: str) -> dict[str, torch.Tensor]:
    """The state dict of a library's network, in float64."""
    return {key: filled(key, tuple(shape)) for key, shape in networks(library)[model]["state_dict"]}


def filled(key: str, shape: tuple[int, ...]) -> torch.Tensor:
    """The tensor of the reference's key."""
    dtype = torch.int64 if key.endswith("num_batches_tracked") else torch.float64
    return torch.from_numpy(fill(key, shape)).to(dtype)
