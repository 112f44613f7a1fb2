"""The specs of docs/cookbook.md, taken out of the page: clean, built, and counted by hand.

The arithmetic is that of the papers and of the fish; no number in it is read off a spec.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
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
from tests.nets import ROOT, SPECS

PAGE = ROOT / "docs" / "cookbook.md"
FILES = dict(
    re.findall(r"<!-- tour: file (\S+\.yaml) -->\n```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
)
SIZES = ((64, 64), (96, 64))


def conv(entering: int, leaving: int, kernel: int = 1, groups: int = 1) -> int:
    """The weights of a convolution without bias."""
    return entering // groups * leaving * kernel**2


def biased(entering: int, leaving: int) -> int:
    """A linear layer, or a 1x1 convolution, with its bias."""
    return conv(entering, leaving) + leaving


def normed(entering: int, leaving: int, kernel: int = 3, groups: int = 1) -> int:
    """A convolution and the norm behind it."""
    return conv(entering, leaving, kernel, groups) + 2 * leaving


def basic(entering: int, leaving: int) -> int:
    """Two 3x3 convolutions beside a shortcut, a 1x1 convolution where the width changes."""
    shortcut = normed(entering, leaving, 1) if entering != leaving else 0
    return normed(entering, leaving) + normed(leaving, leaving) + shortcut


def bottleneck(entering: int, leaving: int) -> int:
    """As He et al. 2016, figure 5: the middle has a quarter of the channels."""
    middle = leaving // 4
    shortcut = normed(entering, leaving, 1) if entering != leaving else 0
    inner = normed(entering, middle, 1) + normed(middle, middle) + normed(middle, leaving, 1)
    return inner + shortcut


# HRNet: widths by branch; a branch that is n steps finer comes down by n convolutions of stride 2.
BRANCHES = (18, 36, 72, 144)


def exchange(widths: tuple[int, ...]) -> int:
    """Two basic blocks in each branch, then each branch from all others."""
    total = sum(2 * basic(width, width) for width in widths)
    for here, to in enumerate(widths):
        total += sum(normed(width, to, 1) for width in widths[here + 1 :])
        for steps, width in enumerate(reversed(widths[:here])):
            total += steps * normed(width, width) + normed(width, to)
    return total


HRNET = normed(3, 64) + normed(64, 64) + bottleneck(64, 256) + bottleneck(256, 256)
HRNET += normed(256, 18) + normed(256, 36) + exchange(BRANCHES[:2])
HRNET += normed(36, 72) + 3 * exchange(BRANCHES[:3])
HRNET += normed(72, 144) + 2 * exchange(BRANCHES)
HRNET += sum(bottleneck(width, 128 * 2**step) for step, width in enumerate(BRANCHES))
HRNET += sum(normed(width, 2 * width) + 2 * width for width in (128, 256, 512))
HRNET += normed(1024, 2048, 1) + 2048 + biased(2048, 1000)

# ResNet-50 without its classifier; four 1x1 convolutions; three layers of eight separable ones.
BIFPN = 25_557_032 - biased(2048, 1000)
BIFPN += sum(normed(width, 64, 1) for width in (512, 1024, 2048, 2048))
BIFPN += 3 * 8 * (conv(64, 64, 3, 64) + normed(64, 64, 1))


def tree(levels: int, entering: int, width: int, kept: int = 0) -> int:
    """Yu et al. 2018, section 3: `kept` channels reach the root besides those of both leaves."""
    if levels == 1:
        return basic(entering, width) + basic(width, width) + normed(2 * width + kept, width, 1)
    return tree(levels - 1, entering, width) + tree(levels - 1, width, width, kept + width)


def dla(levels4: int) -> int:
    """A level's root also keeps what enters it, but for the first level."""
    ends = normed(3, 16, 7) + normed(16, 16) + normed(16, 32) + biased(512, 1000)
    low = tree(1, 32, 64) + tree(2, 64, 128, 64)
    return ends + low + tree(levels4, 128, 256, 128) + tree(1, 256, 512, 256)


def mbconv(entering: int, leaving: int, widen: int = 6, kernel: int = 3) -> int:
    """Tan and Le 2019: the gate's middle has a quarter of what enters."""
    wide = widen * entering
    gate = biased(wide, entering // 4) + biased(entering // 4, wide)
    first = normed(entering, wide, 1) if widen > 1 else 0
    return first + normed(wide, wide, kernel, wide) + gate + normed(wide, leaving, 1)


def mbconvs(entering: int, leaving: int, blocks: int, widen: int = 6, kernel: int = 3) -> int:
    rest = (blocks - 1) * mbconv(leaving, leaving, widen, kernel)
    return mbconv(entering, leaving, widen, kernel) + rest


# Tan and Le 2019, table 1.
EFFICIENT = normed(3, 32) + mbconvs(32, 16, 1, widen=1) + mbconvs(16, 24, 2)
EFFICIENT += mbconvs(24, 40, 2, kernel=5) + mbconvs(40, 80, 3) + mbconvs(80, 112, 3, kernel=5)
EFFICIENT += mbconvs(112, 192, 4, kernel=5) + mbconvs(192, 320, 1) + normed(320, 1280, 1)
EFFICIENT += biased(1280, 1000)


def acted(entering: int, leaving: int, kernel: int = 1, groups: int = 1) -> int:
    """A convolution and the norm before it, as in FishNet."""
    return 2 * entering + conv(entering, leaving, kernel, groups)


class Fish:
    """The parts of a fish whose bottlenecks have groups of `group` channels and a gate."""

    def __init__(self, *, group: int = 0, gate: int = 0, transfers: int = 1) -> None:
        self.group, self.gate, self.transfers = group, gate, transfers

    def block(self, entering: int, leaving: int, *, project: bool = False) -> int:
        middle = leaving // 4
        total = acted(entering, middle) + acted(middle, leaving)
        total += acted(middle, middle, 3, middle // self.group if self.group else 1)
        if self.gate:
            total += biased(leaving, leaving // self.gate) + biased(leaving // self.gate, leaving)
        return total + (acted(entering, leaving) if project else 0)

    def head(self, entering: int, skip: int) -> int:
        return self.block(entering, entering) + self.transfers * self.block(skip, skip)

    def nano(self) -> int:
        """fishnet_nano up to its head: body and head concatenate trunk and skip."""
        block = self.block
        total = normed(3, 8) + normed(8, 16)
        total += sum(block(width, 2 * width, project=True) for width in (16, 32, 64))
        total += block(128, 128)  # the second of tail3
        bridge = acted(128, 64) + 2 * 64 + biased(64, 256) + block(256, 128, project=True)
        total += bridge + 2 * 256 + biased(256, 8) + biased(8, 128)  # its gate
        for entering, leaving, skip in ((128, 128, 64), (192, 96, 32), (128, 64, 16)):
            total += block(entering, leaving) + block(skip, skip)
        return total + self.head(80, 128) + self.head(208, 192) + self.head(400, 128)


def scored(entering: int, classes: int) -> int:
    """A classifier or a dense head: half the channels, a norm, the classes."""
    half = entering // 2
    return acted(entering, half) + 2 * half + biased(half, classes)


MOBILE = normed(3, 16) + mbconvs(16, 32, 1) + mbconvs(32, 64, 2) + mbconvs(64, 128, 2)
MOBILE += Fish().block(128, 128) + Fish().block(64, 64)  # body2
MOBILE += Fish().block(192, 96) + Fish().block(32, 32)  # body1
MOBILE += Fish().head(128, 192) + Fish().head(320, 128) + scored(448, 10)
HEADS = Fish(group=4, gate=4, transfers=2).nano() + scored(528, 100)
HEADS += scored(400, 20) + scored(128, 100) + scored(80, 2) + scored(80, 7)

PARAMETERS = {
    "hrnet_w18_small_v2": HRNET,
    "resnet50_bifpn": BIFPN,
    "dla34": dla(2),
    "dla34_deeper": dla(3),
    "efficientnet_b0": EFFICIENT,
    "mobile_fish": MOBILE,
    "nano_neck": Fish().nano() + scored(528, 100) + mbconvs(80, 32, 2, widen=2),
    "many_heads": HEADS,
}
# What each gives, outputs and taps: channels and stride, or the length of a vector.
LOGITS: dict[str, tuple[int, ...]] = {"logits": (1000,)}
DLA = LOGITS | {"c2": (64, 4), "c3": (128, 8), "c4": (256, 16), "c5": (512, 32)}
NANO = {"logits": (100,), "c2": (80, 4), "c3": (208, 8), "c4": (400, 16), "c5": (528, 32)}
GIVEN = {
    "hrnet_w18_small_v2": LOGITS | {f"c{i + 2}": (c, 4 * 2**i) for i, c in enumerate(BRANCHES)},
    "resnet50_bifpn": {f"p{level}": (64, 2**level) for level in range(3, 8)},
    "dla34": DLA,
    "dla34_deeper": DLA,
    "efficientnet_b0": LOGITS | {"c2": (24, 4), "c3": (40, 8), "c4": (112, 16), "c5": (320, 32)},
    "mobile_fish": {"logits": (10,), "c2": (128, 4), "c3": (320, 8), "c4": (448, 16)},
    "nano_neck": NANO | {"neck": (32, 4)},
    "many_heads": NANO | {"coarse": (20,), "early": (100,), "mask": (2, 1), "parts": (7, 4)},
}
EACH = pytest.mark.parametrize("name", PARAMETERS)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """As in tests/specs: maps this small are not worth a second thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Analysis]:
    """The page's specs by name, from files laid out as the page names them."""
    folder = tmp_path_factory.mktemp("cookbook")
    shutil.copytree(SPECS, folder / "specs")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    networks = [name for name, text in FILES.items() if "\nname: " in text]
    return {Path(name).stem: compiled(folder / name) for name in networks}


def test_the_page_has_these_specs(analyses: dict[str, Analysis]) -> None:
    assert {name: found.stages.name for name, found in analyses.items()} == {
        name: name for name in PARAMETERS
    }
    assert all(text.startswith("# ") for text in FILES.values())


def test_the_arithmetic() -> None:
    """The sums above, as they are written elsewhere where they are."""
    assert round(HRNET / 1e6, 1) == 15.6  # Wang et al., the released models
    unread = normed(64, 128, 1) + normed(128, 256, 1)  # projections of the released code
    assert dla(2) + unread == 15_783_832
    assert EFFICIENT == 5_288_548  # torchvision


@EACH
def test_the_parameters_are_those_of_the_arithmetic(
    analyses: dict[str, Analysis], name: str
) -> None:
    assert analyses[name].total.parameters == PARAMETERS[name]


@EACH
def test_a_spec_is_clean(analyses: dict[str, Analysis], name: str) -> None:
    found = analyses[name]
    path = Path(found.tree.source.name)
    judged = Judged(found.report, found.tree.source, find_config(path))
    assert apply([judged]).reports[0].diagnostics == ()


def expected(given: tuple[int, ...], sides: tuple[int, int]) -> tuple[int, ...]:
    """Channels and sides, which halve rounding up; a vector has neither."""
    if len(given) == 1:
        return given
    channels, stride = given
    return (channels, *(-(-side // stride) for side in sides))


@EACH
def test_a_spec_builds_and_learns_at_two_sizes(analyses: dict[str, Analysis], name: str) -> None:
    found = analyses[name]
    torch.manual_seed(0)
    model: Any = instantiate(emit_source(found), name).train()
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
    for sides in SIZES:
        model.zero_grad(set_to_none=True)
        image = torch.randn(4, 3, *sides)
        outputs = run(model, image, taps=bool(found.inference.graph.taps))
        shapes = {key: tuple(value.shape[1:]) for key, value in outputs.items()}
        assert shapes == {key: expected(given, sides) for key, given in GIVEN[name].items()}
        total: Any = torch.stack([value.square().mean() for value in outputs.values()]).sum()
        total.backward()
        assert [n for n, p in model.named_parameters() if not learns(p.grad)] == [], sides


def run(model: Any, image: Tensor, *, taps: bool) -> dict[str, Tensor]:
    """Every output and every tap by name; a single output is the logits here."""
    result = model(image)
    outputs: dict[str, Tensor] = result if isinstance(result, dict) else {"logits": result}
    return outputs | (model.forward_features(image) if taps else {})


def learns(gradient: Tensor | None) -> bool:
    return gradient is not None and bool(gradient.isfinite().all()) and bool(gradient.any())


def reads(found: Analysis, names: Iterable[str]) -> dict[str, list[str]]:
    """What the named nodes of a graph read."""
    return {name: [edge.source for edge in found.stages.by_name[name].inputs] for name in names}


def test_the_pyramid_is_wired_as_in_the_paper(analyses: dict[str, Analysis]) -> None:
    """Tan, Pang and Le 2020, figure 2 (d)."""
    wires: dict[str, list[str]] = {}
    level = {number: f"in{number}" for number in range(3, 8)}
    for down, up in ("ab", "cd", "ef"):
        fallen = {7: level[7]}
        for number in (6, 5, 4, 3):
            fallen[number] = f"{down}{number}"
            wires[fallen[number]] = [level[number], fallen[number + 1]]
        risen = {3: fallen[3]}
        for number in (4, 5, 6, 7):
            risen[number] = f"{up}{number}"
            own = [level[number], fallen[number]] if number < 7 else [level[number]]
            wires[risen[number]] = [*own, risen[number - 1]]
        level = risen
    found = analyses["resnet50_bifpn"]
    assert reads(found, wires) == wires
    assert dict(found.stages.outputs) == {f"p{number}": name for number, name in level.items()}


def test_every_branch_meets_all_others(analyses: dict[str, Analysis]) -> None:
    """Wang et al. 2020, section 3: six exchanges, finer branches brought down step by step."""
    found = analyses["hrnet_w18_small_v2"]
    for number, branches in enumerate(("ab", "abc", "abc", "abc", "abcd", "abcd"), 1):
        refined = {branch: f"{branch}{number}r" for branch in branches}
        assert reads(found, refined.values()) == {r: [r[:-1]] for r in refined.values()}
        for place, branch in enumerate(branches):
            name = f"{branch}{number + 1}"
            others = [refined[other] for other in branches if other != branch]
            assert reads(found, [name]) == {name: [refined[branch], *others]}
            config: Any = found.stages.by_name[name].config
            steps = {f"{key}_down": place - at for at, key in enumerate("pqr"[:place])}
            assert dict(config.values) == steps
