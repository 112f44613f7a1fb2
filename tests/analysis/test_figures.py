"""Figures of the shipped specs at several sizes, against torch's own counters and live tensors.

On the meta device torch goes through the same ops without computing; the tests marked slow run all
specs, and FishNet-99 and -150 with real numbers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import fishcompile
from benchmarks.live_tensors import inference, saved_bytes, training
from fishcompile.analysis.figures import DTYPES, Figures, Level, figures, items
from fishcompile.analysis.memory import OPTIMIZERS
from fishcompile.analysis.resized import SizeError
from fishcompile.pipeline import compiled
from tests.nets import SPECS, shipped, write_minnow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.ir.graph import Graph

SIZES = [(224, 224), (256, 320), (161, 193)]
EVERY = sorted(path.stem for path in SPECS.glob("*.yaml"))
SMALL = ["fishnet_nano", "vgg16"]
# Their ops lie as those of others do.
VARIANTS = ("fishnet99_duplicate", "fishnet99_four_resolutions", "fishnet99_pytorchcv")
FAMILIES = [
    name
    for name in EVERY
    if not name.startswith("fishnet150_") and name not in (*VARIANTS, "fishnet99_seed")
]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other take minutes on a machine with other work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@cache
def graph_of(name: str) -> Graph:
    return compiled(shipped(name)).inference.graph


@cache
def model_of(name: str) -> torch.nn.Module:
    with torch.device("meta"):
        return fishcompile.compile(shipped(name))


def image_of(found: Figures, device: str = "meta") -> torch.Tensor:
    dtype = getattr(torch, found.dtype)
    return torch.zeros(found.batch, *found.graph.inputs[0].type.shape, device=device, dtype=dtype)


def held_to_torch(name: str) -> None:
    """At three sizes; the hourglass takes multiples of 64."""
    model = model_of(name)
    for size in SIZES if name != "stacked_hourglass" else [(192, 192), (256, 320), (128, 64)]:
        found = figures(graph_of(name), size)
        live = inference(model, image_of(found))
        assert found.cost.parameters == sum(p.numel() for p in model.parameters())
        assert found.cost.macs == live.macs
        assert sum(found.activations.values()) == live.written
        assert found.memory.inference_peak() == pytest.approx(live.peak, rel=0.02)
    assert sum(found.memory.saved.values()) == saved_bytes(model, image_of(found))


@pytest.mark.parametrize("name", SMALL)
def test_figures_are_torchs(name: str) -> None:
    held_to_torch(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EVERY if name not in SMALL])
def test_figures_of_every_spec_are_torchs(name: str) -> None:
    held_to_torch(name)


def test_macs_are_those_of_torchs_own_counter() -> None:
    """And not only of the formulas that it has them from."""
    found = figures(graph_of("fishnet_nano"), (96, 64), 2)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model_of("fishnet_nano")(image_of(found))
    assert found.cost.macs * 2 == counter.get_total_flops() // 2


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_saved_bytes_are_torchs_in_every_dtype(dtype: str) -> None:
    """On the CPU: torch's meta kernels keep the statistics of half numbers as float32."""
    found = figures(graph_of("fishnet_nano"), (64, 64), 2, dtype)
    model = fishcompile.compile(shipped("fishnet_nano")).to(getattr(torch, dtype))
    assert sum(found.memory.saved.values()) == saved_bytes(model, image_of(found, "cpu"))


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_peaks_of_a_small_fish_are_torchs(optimizer: str) -> None:
    found = figures(graph_of("fishnet_nano"), (96, 64), 2)
    model, image = fishcompile.compile(shipped("fishnet_nano")), image_of(found, "cpu")
    assert found.memory.inference_peak() == inference(model, image).peak
    assert found.memory.training_peak(optimizer) == training(model, image, optimizer).peak


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_peaks_of_training_are_torchs(name: str) -> None:
    """While somebody follows them, torch adds gradients up in new memory, else not."""
    found = figures(graph_of(name), None, 2)
    peak = training(model_of(name), image_of(found), "sgd").peak
    assert found.memory.training_peak("sgd") == pytest.approx(peak, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("name", ["fishnet99", "fishnet150"])
def test_peaks_of_the_fish_are_torchs_with_real_numbers(name: str, batch: int) -> None:
    found = figures(graph_of(name), (96, 96), batch)
    model, image = fishcompile.compile(shipped(name)), torch.rand_like(image_of(found, "cpu"))
    ours = found.memory
    assert ours.inference_peak() == pytest.approx(inference(model, image).peak, rel=0.02)
    for optimizer in ("sgd", "adamw"):
        peak = training(model, image, optimizer).peak
        assert ours.training_peak(optimizer) == pytest.approx(peak, rel=0.05)


WORDS: dict[str, dict[str, str | None]] = {
    "deconv and gates": {
        "tail": "{tail1: {out: 16, blocks: 1, block: {se: 4}}, tail2: {out: 32, blocks: 2}}",
        "body": "{body2: {blocks: 1, up: deconv, transfer: {from: tail1}}}",
        "head": None,
    },
    "groups": {"defaults": "{norm: {kind: group, channels: 2}, act: silu}"},
    "averages and sums": {
        "defaults": "{norm: none, act: gelu, tail: {down: avg_pool}, body: {up: bilinear}}",
        "tail": "{tail1: {blocks: 1, shortcut: duplicate, k: 2}, tail2: {out: 32, blocks: 1}}",
        "body": "{body2: {blocks: 1, k: 2, merge: add, transfer: {from: tail1}}}",
        "head": None,
    },
}


@pytest.mark.parametrize("words", WORDS)
def test_all_figures_with_other_words(words: str, tmp_path: Path) -> None:
    changes = {"taps": None, **WORDS[words]}
    path = write_minnow(tmp_path, changes)
    found = figures(compiled(path).inference.graph, (48, 64), 3)
    with torch.device("meta"):
        model = fishcompile.compile(path)
    image = image_of(found)
    live = inference(model, image)
    assert found.memory.inference_peak() == pytest.approx(live.peak, rel=0.02)
    assert sum(found.activations.values()) * 3 == live.written
    assert sum(found.memory.saved.values()) == saved_bytes(model, image)
    peak = training(model, image, "adam").peak
    assert found.memory.training_peak("adam") == pytest.approx(peak, rel=0.05)


NODES = """\
fishspec: 2
name: nodes
input: {channels: 4, size: 16}
graph:
  a: {kind: conv, from: input, out: 8, norm: none, act: none}
  b: {kind: channel_shuffle, from: a, groups: 2}
  c: {kind: mul, from: [a, b, a]}
  d: {kind: channel_repeat, from: c, k: 2}
  e: {kind: channel_sum, from: d, k: 2}
  f: {kind: add, from: [c, e, b]}
  g: {kind: dropout, from: f, percent: 20}
  h: {kind: adaptive_avg_pool, from: g, size: 3}
  i: {kind: sigmoid, from: h}
  j: {kind: upsample, from: i, to: g, mode: bilinear}
  k: {kind: max_pool, from: d, kernel: 3, stride: 1, padding: 1}
  l: {kind: channel_sum, from: k, k: 2}
  m: {kind: mul, from: [j, l]}
  n: {kind: flatten, from: m}
  o: {kind: linear, from: n, out: 5}
outputs: {y: o}
"""


def test_all_figures_of_every_kind_of_node(tmp_path: Path) -> None:
    path = tmp_path / "nodes.yaml"
    path.write_text(NODES, encoding="utf-8")
    found = figures(compiled(path).inference.graph, None, 2)
    model, image = fishcompile.compile(path), image_of(found, "cpu")
    live = inference(model, image)
    assert sum(found.activations.values()) * 2 == live.written
    assert sum(found.memory.saved.values()) == saved_bytes(model, image)
    assert found.memory.inference_peak() == pytest.approx(live.peak, rel=0.02)
    assert found.memory.training_peak("sgd") == pytest.approx(
        training(model, image, "sgd").peak, rel=0.05
    )
    with pytest.raises(SizeError, match="o: expects 2048 features, got 512"):
        figures(compiled(path).inference.graph, (8, 8))


def test_figures_by_hand(tmp_path: Path) -> None:
    """One 1x1 convolution with bias, 3 to 8 channels on 4x4, then ReLU, then pooling by two."""
    path = tmp_path / "net.yaml"
    path.write_text(
        "fishspec: 2\nname: net\ninput: {channels: 3, size: 4}\ngraph:\n"
        "  conv: {kind: conv, from: input, out: 8, kernel: 1, norm: none, act: none}\n"
        "  relu: {kind: relu, from: conv}\n"
        "  pool: {kind: max_pool, from: relu, kernel: 2}\noutputs: {y: pool}\n",
        encoding="utf-8",
    )
    found = figures(compiled(path).inference.graph, None, 2)
    conv, relu, pool = found.rows("stage")
    image, wide, small, weights = 3 * 16 * 4 * 2, 8 * 16 * 4 * 2, 8 * 4 * 4 * 2, 32 * 4
    assert (conv.cost.parameters, conv.cost.macs, conv.activations) == (32, 24 * 16, 8 * 16)
    assert [row.traffic for row in (conv, relu, pool)] == [
        image + weights + wide, 2 * wide, wide + small
    ]  # fmt: skip
    # the convolution keeps its input, ReLU its output, pooling that too and an int64 for each pixel
    assert [row.saved for row in (conv, relu, pool)] == [image, wide, 2 * small]
    # the line is short, so each map is gone once it is read; indices are made in evaluation as well
    assert [row.memory for row in (conv, relu, pool)] == [
        image + wide, image + 2 * wide, image + wide + 3 * small
    ]  # fmt: skip
    assert found.memory.inference_peak() == weights + image + 2 * wide
    assert found.intensity == 2 * 2 * 24 * 16 / (image + weights + wide + 3 * wide + small)


def test_rows_add_up() -> None:
    found = figures(graph_of("fishnet99"), None, 2, "float16")
    levels: tuple[Level, ...] = ("stage", "block", "op")
    for by in levels:
        rows = found.rows(by)
        assert len(rows) == len(items(found.graph, by))
        assert sum(row.cost.macs for row in rows) == found.cost.macs
        assert sum(row.saved for row in rows) == sum(found.memory.saved.values())
        assert max(row.memory for row in rows) == max(found.memory.inference)
    names = [row.name for row in found.rows("block")]
    assert names[:6] == [
        "stem.conv1", "stem.conv2", "stem.conv3", "stem.pool", "tail1.refine.0", "tail1.refine.1"
    ]  # fmt: skip
