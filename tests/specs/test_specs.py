"""Every spec in specs/: it says where it comes from, checks clean, builds, runs and learns.

A new spec is found by being there. It is run at two small sizes besides the one it is written for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from fishcompile.pipeline import Analysis, compiled
from fishcompile.policy.apply import Judged, apply
from fishcompile.policy.config import find_config
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.nets import SPECS

FILES = sorted(SPECS.glob("*.yaml"))
# The deepest take seconds each.
DEEP = ("fishnet150", "fishnet201", "fishnext150")
TRAINED = [
    pytest.param(path, marks=pytest.mark.slow) if path.stem.startswith(DEEP) else path
    for path in FILES
]
EACH = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
SIZES = ((64, 64), (96, 64))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Maps this small are not worth a second thread, which on a busy machine is the slower way."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def built(analysis: Analysis) -> Any:
    torch.manual_seed(0)
    return instantiate(emit_source(analysis), analysis.stages.name)


@EACH
def test_a_spec_says_what_it_is(path: Path) -> None:
    first, second, *_ = path.read_text("utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=../schemas/fishspec-2.schema.json"
    assert second.startswith("# ")
    assert compiled(path).stages.name == path.stem


@EACH
def test_a_spec_is_clean(path: Path) -> None:
    """No error, no warning that its comments do not accept, and no comment for nothing."""
    analysis = compiled(path)
    judged = Judged(analysis.report, analysis.tree.source, find_config(path))
    assert apply([judged]).reports[0].diagnostics == ()


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: path.stem)
def test_a_spec_builds_and_its_module_learns_at_two_sizes(path: Path) -> None:
    analysis = compiled(path)
    model = built(analysis).train()
    assert sum(p.numel() for p in model.parameters()) == analysis.total.parameters
    for sides in SIZES:
        model.zero_grad(set_to_none=True)
        image = torch.randn(2, analysis.stages.input.channels, *sides)
        features = model.forward_features(image) if model.taps else {}
        total: Any = loss(model(image), features)
        total.backward()
        wrong = [n for n, p in model.named_parameters() if not learns(p.grad)]
        assert wrong == [], sides


def loss(result: Any, features: dict[str, Tensor]) -> Tensor:
    """A number that every output has a part in: a module gives tensors, or tensors by name."""
    outputs = [result] if isinstance(result, Tensor) else list(result.values())
    return torch.stack([x.square().mean() for x in (*outputs, *features.values())]).sum()


def learns(gradient: Tensor | None) -> bool:
    return gradient is not None and bool(gradient.isfinite().all()) and bool(gradient.any())


@pytest.mark.parametrize(
    ("name", "parameters", "convolutions"),
    [
        # FishNet-150's own: pooling has no weights
        ("fishnet150_max_pool3", 24_959_400, 151),
        ("fishnet150_avg_pool3", 24_959_400, 151),
        # two norms of 768 and 512 channels, two 1x1 convolutions
        ("fishnet150_projections", 24_959_400 + 2 * (768 + 512) + 768 * 384 + 512 * 256, 153),
        # three 2x2 kernels from and to 512, 384 and 256 channels
        ("fishnet150_deconv", 24_959_400 + 4 * (512**2 + 384**2 + 256**2), 154),
        # six 3x3 convolutions, each with its norm
        (
            "fishnet150_strided_conv",
            24_959_400 + sum(9 * c * c + 2 * c for c in (128, 256, 512, 320, 832, 1600)),
            157,
        ),
        # the tail's three I-convs and their norms are gone
        (
            "fishnet99_duplicate",
            16_628_904 - sum(c * 2 * c + 2 * c for c in (64, 128, 256)),
            97,
        ),
        # 26.2 M are published, of what exactly is not
        ("fishnext150", 26_496_040, 151),
    ],
)
def test_the_parameters_of_an_ablation(name: str, parameters: int, convolutions: int) -> None:
    total = compiled(SPECS / f"{name}.yaml").total
    assert (total.parameters, total.convolutions) == (parameters, convolutions)


def test_the_groups_of_fishnext_are_as_wide_as_their_resolution_says() -> None:
    inference = compiled(SPECS / "fishnext150.yaml").inference
    widths: dict[int, set[int]] = {}
    for node in inference.graph.nodes:
        stage, part, *_ = node.name.split(".")
        if part in ("refine", "transfer") and node.name.endswith(".conv2.conv"):
            op: Any = node.op
            side = inference.stages[stage].trunk.sides[0]
            widths.setdefault(side, set()).add(op.in_channels // op.groups)
    assert widths == {56: {4}, 28: {8}, 14: {16}, 7: {32}}


def test_the_seed_s_network_divides_what_enters_and_dilates_nothing() -> None:
    graph = compiled(SPECS / "fishnet99_seed.yaml").inference.graph
    ops: dict[str, Any] = {node.name: node.op for node in graph.nodes}
    assert ops["body2.refine.0.conv2.conv"].in_channels == 768 // 4
    assert {op.dilation for op in ops.values() if op.kind == "conv"} == {1}
    order = [name for name in ops if name.startswith("tail1.refine.1.conv1.")]
    assert [name.rpartition(".")[2] for name in order] == ["relu", "bn", "conv"]
    assert "bridge.scaled" in ops
    assert "bridge.shifted" not in ops


def test_the_small_one_is_small() -> None:
    analysis = compiled(SPECS / "fishnet_nano.yaml")
    assert analysis.total.parameters < 1_000_000
    assert {node.name for node in analysis.stages.nodes} >= {
        "stem", "tail1", "bridge", "body1", "head1", "classifier",
    }  # fmt: skip
