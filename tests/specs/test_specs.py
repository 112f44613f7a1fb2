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


def fishnext_more() -> int:
    """What FishNeXt-150 has more than FishNet-150, row by row of equal blocks.

    A middle is out // 2 channels where it was out // 4, which makes the 1x1 convolutions and
    the two norms between them twice as large; and its 3x3 convolution has 9 * middle * group width
    weights where it had 9 * middle * middle.
    """
    rows = [  # blocks, what enters the first, what leaves each, and the side at which they run
        *((2, 64, 128, 56), (4, 128, 256, 28), (8, 256, 512, 14), (4, 1024, 512, 7)),
        *((2, 512, 512, 7), (2, 768, 384, 14), (2, 512, 256, 28)),
        *((2, 256, 256, 14), (2, 128, 128, 28), (2, 64, 64, 56)),  # transfers of the body
        *((2, 320, 320, 56), (2, 832, 832, 28), (4, 1600, 1600, 14)),
        *((2, 512, 512, 28), (2, 768, 768, 14), (4, 512, 512, 7)),  # and of the head
    ]
    more = 0
    for blocks, enters, leaves, side in rows:
        middle, quarter, group = leaves // 2, leaves // 4, 4 * 56 // side
        for entering in (enters, *[leaves] * (blocks - 1)):
            more += (entering + leaves + 4) * (middle - quarter)
            more += 9 * (middle * group - quarter * quarter)
    return more


def test_fishnext_by_hand() -> None:
    """Less than the 26.2 M that the paper gives it, beside 26.4 M of its own FishNet-150."""
    assert 24_959_400 + fishnext_more() == 25_738_024


@pytest.mark.parametrize(
    ("name", "parameters", "convolutions"),
    [
        # FishNet-150's own: pooling has no weights
        ("fishnet150_max_pool3", 24_959_400, 151),
        ("fishnet150_avg_pool2", 24_959_400, 151),
        ("fishnet150_avg_pool3", 24_959_400, 151),
        # and so has a dilation
        ("fishnet150_no_dilation", 24_959_400, 151),
        ("fishnet150_dilated_head", 24_959_400, 151),
        # two norms of 768 and 512 channels, two 1x1 convolutions
        ("fishnet150_projections", 24_959_400 + 2 * (768 + 512) + 768 * 384 + 512 * 256, 153),
        # three 2x2 kernels from and to 512, 384 and 256 channels
        ("fishnet150_deconv", 24_959_400 + 4 * (512**2 + 384**2 + 256**2), 154),
        # six 1x1 convolutions on shortcuts, each with its norm: what the authors' code has with
        # `Bottleneck(c, c, stride=2)` as the last block of those stages
        (
            "fishnet150_strided_conv",
            24_959_400 + sum(c * c + 2 * c for c in (128, 256, 512, 320, 832, 1600)),
            157,
        ),
        # the tail's three I-convs and their norms are gone
        (
            "fishnet99_duplicate",
            16_628_904 - sum(c * 2 * c + 2 * c for c in (64, 128, 256)),
            97,
        ),
        ("fishnext150", 24_959_400 + fishnext_more(), 151),
        # the network is that of the base
        ("fishnet99_pytorchcv", 16_628_904, 100),
        ("fishnet150_pytorchcv", 24_959_400, 151),
    ],
)
def test_the_parameters_of_an_ablation(name: str, parameters: int, convolutions: int) -> None:
    total = compiled(SPECS / f"{name}.yaml").total
    assert (total.parameters, total.convolutions) == (parameters, convolutions)


def test_the_groups_of_fishnext_are_as_wide_as_the_resolution_at_which_they_run_says() -> None:
    inference = compiled(SPECS / "fishnext150.yaml").inference
    widths: dict[int, set[int]] = {}
    for node in inference.graph.nodes:
        if node.name.endswith(".conv2.conv") and not node.name.startswith("stem."):
            op: Any = node.op
            side = inference.graph.types[node.name].sides[0]
            widths.setdefault(side, set()).add(op.in_channels // op.groups)
    assert widths == {56: {4}, 28: {8}, 14: {16}, 7: {32}}


def test_a_strided_block_is_the_last_of_its_stage_as_the_authors_have_it() -> None:
    graph = compiled(SPECS / "fishnet150_strided_conv.yaml").inference.graph
    strided = [node.name for node in graph.nodes if getattr(node.op, "stride", 1) == 2]
    lasts = [f"tail{stage}.down.0" for stage in (1, 2, 3)]
    lasts += [f"head{stage}.trunk.down.0" for stage in (1, 2, 3)]
    convs = [f"{last}.{part}.conv" for last in lasts for part in ("shortcut", "conv2")]
    assert strided == ["stem.conv1.conv", "stem.pool", *convs]


@pytest.mark.parametrize(
    ("name", "body", "head"),
    [
        ("fishnet150", [1, 2, 4], [1, 1, 1]),
        ("fishnet150_no_dilation", [1, 1, 1], [1, 1, 1]),
        ("fishnet150_dilated_head", [1, 2, 4], [4, 2, 1]),
    ],
)
def test_dilations(name: str, body: list[int], head: list[int]) -> None:
    graph = compiled(SPECS / f"{name}.yaml").inference.graph
    ops: dict[str, Any] = {node.name: node.op for node in graph.nodes}
    stages = ("body3", "body2", "body1", "head1", "head2", "head3")
    assert [ops[f"{stage}.refine.1.conv2.conv"].dilation for stage in stages] == body + head


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
