"""After fold_batch_norm every spec's network computes what the plain one does, in float64.

Its running statistics are those of two images, so that no norm is the identity and no value large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fishcompile.analysis.costs import Cost
from fishcompile.ir.text import parse_graph
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.passes import ORDER, run
from fishcompile.passes.base import Fold
from fishcompile.pipeline import Analysis, after_passes, compiled
from fishcompile.targets.module import instantiate, network
from fishcompile.targets.python_source.emit import emit
from fishcompile.targets.source import emit_source
from fishcompile.weights.rewrite import rewritten
from tests.nets import ROOT, SPECS
from tests.passes.test_fold_batch_norm import BEFORE

# Batch norms, and how many are folded; the second figure of fishnet99 was found by hand elsewhere,
# and in ResNet each stands behind a convolution of its own.
NORMS = {
    "fcn8s": (0, 0),
    "fishnet150": (150, 97),
    "fishnet150_avg_pool2": (150, 97),
    "fishnet150_avg_pool3": (150, 97),
    "fishnet150_deconv": (150, 97),
    "fishnet150_dilated_head": (150, 97),
    "fishnet150_max_pool3": (150, 97),
    "fishnet150_no_dilation": (150, 97),
    "fishnet150_projections": (152, 97),
    "fishnet150_pytorchcv": (150, 97),
    "fishnet150_strided_conv": (156, 97),
    "fishnet201": (201, 131),
    "fishnet99": (99, 63),
    "fishnet99_duplicate": (96, 63),
    "fishnet99_four_resolutions": (114, 73),
    "fishnet99_pytorchcv": (99, 63),
    "fishnet99_seed": (99, 4),
    "fishnet99_segmentation": (66, 41),
    "fishnet99_tasks": (121, 84),
    "fishnet99_yolo": (117, 82),
    "fishnet_nano": (62, 38),
    "fishnext150": (150, 97),
    "resnet50": (53, 53),
    "resnet50_fpn": (53, 53),
    "seresnet50": (53, 53),
    "stacked_hourglass": (354, 239),
    "unet": (0, 0),
    "vgg16": (0, 0),
}
QUICK = ("fishnet_nano", "fishnet99", "resnet50", "fishnet99_segmentation")
TOLERANCE = 1e-9


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def norms(analysis: Analysis) -> int:
    return sum(isinstance(node.op, BatchNorm) for node in analysis.inference.graph.nodes)


def outputs(model: Any, x: Tensor) -> dict[str, Tensor]:
    """All that a network gives, its taps as well."""
    with torch.inference_mode():
        given = model(x)
        features = model.forward_features(x) if hasattr(model, "forward_features") else {}
    return {**features, **(given if isinstance(given, dict) else {"output": given})}


def trained(model: nn.Module, x: Tensor) -> None:
    """Weights and statistics of the kind that training leaves: none is 0 or 1."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
            nn.init.uniform_(module.bias, -0.5, 0.5, generator=generator)
            module.momentum = 1.0
    with torch.no_grad():
        model.train()(x)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_var is not None:
            # of a map of one pixel there are two values, which may be as good as equal
            module.running_var.clamp_(min=0.1 * float(module.running_var.mean()))
    model.eval()


# Multiplications that are saved where those of an up-sampled map are done before the up-sampling;
# those of fishnet99, 113 M, were found by hand elsewhere. No other spec has such.
SAVED = {
    "fishnet150": 113_197_056,
    "fishnet150_avg_pool2": 113_197_056,
    "fishnet150_avg_pool3": 113_197_056,
    "fishnet150_dilated_head": 113_197_056,
    "fishnet150_max_pool3": 113_197_056,
    "fishnet150_no_dilation": 113_197_056,
    "fishnet150_projections": 199_901_184,
    "fishnet150_pytorchcv": 113_197_056,
    "fishnet150_strided_conv": 113_197_056,
    "fishnet201": 113_197_056,
    "fishnet99": 113_197_056,
    "fishnet99_duplicate": 113_197_056,
    "fishnet99_four_resolutions": 221_577_216,
    "fishnet99_pytorchcv": 113_197_056,
    "fishnet99_seed": 134_873_088,
    "fishnet99_segmentation": 616_562_688,
    "fishnet99_tasks": 722_681_856,
    "fishnet99_yolo": 390_414_336,
    "fishnet_nano": 2_310_144,
    "fishnext150": 226_394_112,
}


def differences(
    plain: Analysis, names: Sequence[str], sides: int = 64
) -> tuple[dict[str, float], nn.Module]:
    """How far each output is off after the passes, and the network that it was of.

    Where the values of an output are larger than 1, that is in parts of the largest.
    """
    folded = after_passes(plain, names)
    torch.manual_seed(0)
    before, after = network(plain).double(), network(folded).double().eval()
    channels = plain.inference.graph.inputs[0].type.channels
    x = torch.randn(2, channels, sides, sides, dtype=torch.float64)
    trained(before, x)
    state = rewritten(before.state_dict(), folded.rewrites)
    assert list(state) == list(folded.inference.graph.state())  # a module's own order
    after.load_state_dict(state)
    assert not after.training
    want, given = outputs(before, x), outputs(after, x)
    assert list(want) == list(given)
    # what is compared has to be something
    assert min(float(value.abs().max()) for value in want.values()) > 0.01
    return {key: difference(want[key], given[key]) for key in want}, after


def difference(want: Tensor, given: Tensor) -> float:
    return float((want - given).abs().max() / want.abs().max().clamp(min=1))


def test_every_spec_has_a_figure() -> None:
    assert set(NORMS) == {path.stem for path in SPECS.glob("*.yaml")}


@pytest.mark.parametrize("name", NORMS)
def test_how_many_norms_are_folded(name: str) -> None:
    plain = compiled(SPECS / f"{name}.yaml")
    folded = after_passes(plain, ["fold_batch_norm"])
    assert (norms(plain), len(folded.rewrites)) == NORMS[name]
    assert norms(plain) - norms(folded) == len(folded.rewrites)
    assert folded.total.macs == plain.total.macs
    assert folded.total.convolutions == plain.total.convolutions
    page = (ROOT / "docs" / "passes.md").read_text(encoding="utf-8")
    assert f"| {name} | {NORMS[name][0]} | {NORMS[name][1]} |" in page
    if not folded.rewrites:  # then it is the same network, and nothing is there to compare
        assert folded.inference.graph == plain.inference.graph
        assert emit_source(folded).splitlines()[4:] == emit_source(plain).splitlines()[3:]


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name, (_, folded) in NORMS.items()
        if folded
    ],
)
def test_outputs_are_the_same(name: str) -> None:
    found, after = differences(compiled(SPECS / f"{name}.yaml"), ["fold_batch_norm"])
    assert max(found.values()) < TOLERANCE, found
    assert sum(isinstance(m, nn.BatchNorm2d) for m in after.modules()) == (
        NORMS[name][0] - NORMS[name][1]
    )


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NORMS],
)
def test_outputs_after_all_passes_are_the_same(name: str) -> None:
    """Along with what was saved, at the spec's own size."""
    plain = compiled(SPECS / f"{name}.yaml")
    after = after_passes(plain, ORDER)
    assert plain.total.macs - after.total.macs == SAVED.get(name, 0)
    if after.rewrites:
        found, _ = differences(plain, ORDER)
        assert max(found.values()) < TOLERANCE, found


def test_outputs_of_a_net_written_by_hand_are_the_same() -> None:
    """It has a bias that a norm goes into, and a transposed convolution folded into."""
    graph = parse_graph(BEFORE)
    passed = run(graph, ["fold_batch_norm"])
    torch.manual_seed(0)
    before, after = (
        instantiate(emit(made, "0" * 64, Cost()), "net").double().eval()
        for made in (graph, passed.graph)
    )
    x = torch.randn(2, 4, 8, 8, dtype=torch.float64)
    trained(before, x)
    after.load_state_dict(rewritten(before.state_dict(), passed.rewrites))
    want, given = outputs(before, x), outputs(after, x)
    assert list(want) == ["low", "high", "output"]
    assert max(difference(want[key], given[key]) for key in want) < TOLERANCE


def test_a_state_dict_is_rewritten_by_hand() -> None:
    """Channels of 2 and 3: weight / sqrt(var + eps) is 0.5 and 2, where var + eps is 4 and 0.25."""
    state = {
        "c.weight": torch.tensor([[[[8.0]]], [[[3.0]]]]),
        "c.bias": torch.tensor([1.0, 2.0]),
        "n.weight": torch.tensor([1.0, 1.0]),
        "n.bias": torch.tensor([10.0, 20.0]),
        "n.running_mean": torch.tensor([3.0, 1.0]),
        "n.running_var": torch.tensor([4.0, 0.25]) - 1e-5,
        "n.num_batches_tracked": torch.tensor(7),
        "other.weight": torch.tensor([5.0]),
    }
    kept = dict(state)
    made = rewritten(state, [Fold("n", "c", 0)])
    assert list(made) == ["c.weight", "c.bias", "other.weight"]
    assert made["c.weight"].flatten().tolist() == pytest.approx([4.0, 6.0])
    # (1 - 3) * 0.5 + 10 and (2 - 1) * 2 + 20
    assert made["c.bias"].tolist() == pytest.approx([9.0, 22.0])
    assert made["c.weight"].dtype == made["c.bias"].dtype == torch.float32
    assert made["other.weight"] is state["other.weight"]
    assert state == kept
    del state["c.bias"], state["n.num_batches_tracked"]
    made = rewritten(state, [Fold("n", "c", 0)])
    assert list(made) == ["c.weight", "c.bias", "other.weight"]
    assert made["c.bias"].tolist() == pytest.approx([8.5, 18.0])
    with pytest.raises(KeyError):
        rewritten(state, [Fold("m", "c", 0)])


def test_single_precision_is_rounded_once() -> None:
    """The weights of a network in float32 are those of the same network in float64, rounded."""
    torch.manual_seed(0)
    norm = {"weight": 1.0, "bias": 1.0, "running_mean": 1.0, "running_var": 1.0}
    state = {f"n.{name}": torch.rand(64) + scale for name, scale in norm.items()}
    state["c.weight"] = torch.randn(64, 8, 3, 3)
    folds = [Fold("n", "c", 0)]
    single = rewritten(state, folds)
    double = rewritten({key: value.double() for key, value in state.items()}, folds)
    assert {value.dtype for value in single.values()} == {torch.float32}
    for key, value in single.items():
        assert torch.equal(value, double[key].float())
