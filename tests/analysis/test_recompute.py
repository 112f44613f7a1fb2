"""Memory of training where parts are recomputed, against live tensors and torch's own tracker."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed._tools.mem_tracker import MemTracker

import fishcompile
from benchmarks.live_tensors import training
from fishcompile.analysis.figures import Figures, figures
from fishcompile.analysis.memory import Memory
from fishcompile.loading.settings import settings_from
from fishcompile.pipeline import compiled
from tests.nets import shipped, write_minnow

WAYS: list[str | list[str]] = ["preact", "stages", ["stem", "tail2", "body1"]]
# Other norms, activations and words, of which autograd keeps otherwise.
WORDS: dict[str, dict[str, str | None]] = {
    "silu": {"defaults": "{act: silu}"},
    "groups": {"defaults": "{norm: {kind: group, channels: 2}, act: gelu}"},
    "behind": {"defaults": "{block: {kind: resnet_bottleneck, se: 4}}", "bridge": None,
               "head": None, "taps": None},
    "before": {"defaults": "{block: {order: act_first}}"},
}  # fmt: skip


def found_in(spec: Path, way: str | list[str], batch: int = 2) -> Figures:
    analysis = compiled(spec, settings_from({"recompute": way}) if way else ())
    return figures(analysis.inference.graph, None, batch)


def held_to_torch(spec: Path, way: str | list[str]) -> None:
    found = found_in(spec, way)
    with torch.device("meta"):
        model = fishcompile.compile(spec, recompute=way)
        image = torch.zeros(2, *found.graph.inputs[0].type.shape)
    peak = training(model, image, "sgd").peak
    assert found.memory.training_peak("sgd") == pytest.approx(peak, rel=0.01)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_peak_of_training_is_torchs(way: str | list[str]) -> None:
    held_to_torch(shipped("fishnet_nano"), way)


@pytest.mark.parametrize(
    ("words", "way"),
    [*((words, "stages") for words in WORDS), *((words, "preact") for words in WORDS)],
)
def test_the_peak_with_other_words_is_torchs(words: str, way: str, tmp_path: Path) -> None:
    held_to_torch(write_minnow(tmp_path, WORDS[words]), way)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fishnet99", "fishnet150", "fishnext150"])
@pytest.mark.parametrize("way", ["preact", "stages"])
def test_the_peak_of_the_family_is_torchs(name: str, way: str) -> None:
    held_to_torch(shipped(name), way)


def test_by_hand(tmp_path: Path) -> None:
    """Norm, ReLU and 1x1 convolution on 8 channels of 4x4, twice, for two images."""
    path = tmp_path / "net.yaml"
    path.write_text(
        "fishspec: 2\nname: net\ninput: {channels: 8, size: 4}\n"
        "blocks:\n  unit:\n    graph:\n      bn: {kind: batch_norm}\n      act: {kind: relu}\n"
        "      conv: {kind: conv, out: in_channels, kernel: 1, norm: none, act: none,"
        " bias: false}\n"
        "graph:\n  a: {kind: unit, from: input}\n  b: {kind: unit}\noutputs: {y: b}\n",
        encoding="utf-8",
    )
    maps, statistics, copies = 8 * 16 * 4 * 2, 2 * 8 * 4, 2 * 8 * 4 + 8

    def saved(way: str | list[str]) -> int:
        memory: Memory = found_in(path, way).memory
        return sum(memory.saved.values())

    # the input of each norm, the output of each ReLU, two statistics of each norm
    assert saved([]) == 2 * (2 * maps + statistics)
    # the input of each norm, and copies of its buffers
    assert saved("preact") == saved("stages") == 2 * (maps + copies)
    assert saved(["b"]) == 2 * maps + statistics + maps + copies


@cache
def tracked(way: str) -> int:
    """Activations at the peak as MemTracker has them, kept and computed again, in bytes."""
    with FakeTensorMode():
        model = fishcompile.compile(shipped("fishnet99"), recompute=way or None)
        tracker = MemTracker()
        tracker.track_external(model)
        with tracker:
            model(torch.zeros(8, 3, 224, 224)).sum().backward()
    (peak,) = tracker.get_tracker_snapshot("peak").values()
    return sum(size for kind, size in peak.items() if getattr(kind, "name", "") == "ACT")


@pytest.mark.slow
def test_activations_of_fishnet99_by_torchs_own_tracker() -> None:
    assert tracked("") == pytest.approx(783 * 2**20, rel=0.01)
    assert tracked("preact") <= 0.6 * tracked("")
    assert tracked("stages") <= 0.4 * tracked("")
