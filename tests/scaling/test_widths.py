"""Scaled widths, worked out by hand: the nearest numbers that all stages behind them can take."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from fishcompile.analysis.costs import below
from fishcompile.scaling.rounding import nearest
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.nets import minnow_text
from tests.scaling.variants import FISHNET99, HEAD, numbers, reasons, trunks, vary

STEM = ("stem.conv1.out", "stem.conv2.out", "stem.conv3.out")
TAIL = ("tail.tail1.out", "tail.tail2.out", "tail.tail3.out", "bridge.out")


def widths(*values: int) -> dict[str, int]:
    return dict(zip((*STEM, *TAIL), values, strict=True))


def test_half_of_fishnet99_is_exact() -> None:
    half = vary(FISHNET99, "scale: {width: 0.5}")
    assert half.report.ok
    assert numbers(half) == widths(16, 16, 32, 64, 128, 256, 256)
    assert reasons(half) == {}
    derived = {"body3": 256, "body2": 192, "body1": 128, "head1": 160, "head2": 416, "head3": 800}
    assert {name: trunks(half)[name] for name in derived} == derived


def test_the_parameters_of_half_of_fishnet99() -> None:
    half = vary(FISHNET99, "scale: {width: 0.5}")
    # tail1, 32 to 64 channels with a middle of 16: batch norm and weights of each convolution
    first = (64 + 32 * 64) + (64 + 32 * 16) + (32 + 9 * 16 * 16) + (32 + 16 * 64)
    second = (128 + 64 * 16) + (32 + 9 * 16 * 16) + (32 + 16 * 64)
    assert below(half.costs, "tail1").parameters == first + second
    model: Any = instantiate(emit_source(half), "v0")
    assert sum(p.numel() for p in model.parameters()) == half.total.parameters
    # a convolution between halved widths has a quarter of the weights
    assert half.total.parameters == pytest.approx(16_628_904 / 4, rel=0.07)


def test_fishnet99_times_0_3() -> None:
    """9.6 is 1.2 times 8, 19.2 is 2.4, 38.4 is 4.8, 76.8 is 9.6, 153.6 is 19.2: 8, 8, 16, 40, 80
    and 152. But body1 is (bridge + tail2) / 4 + tail1 / 2, and a multiple of 8 with 160 only."""
    scaled = vary(FISHNET99, "scale: {width: 0.3}")
    assert scaled.report.ok
    assert numbers(scaled) == widths(8, 8, 16, 40, 80, 152, 160)
    each = "body1 needs a multiple of 8 with 1/{} of it".format
    in_all = "more than a"
    assert reasons(scaled) == {
        **dict.fromkeys([*STEM, "tail.tail3.out"], "multiple of 8: as in the base"),
        "tail.tail1.out": f"8 {in_all} multiple of 16: {each(2)}",
        "tail.tail2.out": f"16 {in_all} multiple of 32: {each(4)}",
        "bridge.out": f"multiple of 32: {each(4)}",
    }
    # body2 is (160 + 80) / 2, body1 (120 + 40) / 2, head1 80 + 16, head2 96 + 120 + 40
    derived = {"body3": 160, "body2": 120, "body1": 80, "head1": 96, "head2": 256}
    assert {name: trunks(scaled)[name] for name in derived} == derived


def test_fishnet99_times_1_37() -> None:
    """Times 8: 43.84 is 5.48, 87.68 is 10.96, 175.36 is 21.92, 350.72 is 43.84, 701.44 is 87.68."""
    scaled = vary(FISHNET99, "scale: {width: 1.37}")
    assert scaled.report.ok
    assert numbers(scaled) == widths(40, 40, 88, 176, 352, 704, 704)
    exact = {one.name: str(one).split(",")[0] for one in scaled.adjustments}
    assert exact["tail.tail2.out"] == "256 x 1.37 = 350.72"


def test_four_stages() -> None:
    """44.8, 89.6, 179.2, 358.4 and twice 716.8. b4 is as wide as the bridge, b3 is (728 + 360) / 2,
    b2 (544 + 176) / 2, b1 (360 + 88) / 2: with 720 for the bridge, b3 would be no multiple of 8."""
    base = HEAD + (
        "stem: {c: {kind: conv, out: 64, stride: 2}}\n"
        "tail: {t1: {out: 128, blocks: 1}, t2: {out: 256, blocks: 1}, t3: {out: 512, blocks: 1},"
        " t4: {out: 1024, blocks: 1}}\n"
        "bridge: {out: 1024, blocks: 1}\n"
        "body: {b4: {blocks: 1, transfer: {from: t3}}, b3: {blocks: 1, k: 2, transfer: {from: t2}},"
        " b2: {blocks: 1, k: 2, transfer: {from: t1}},"
        " b1: {blocks: 1, k: 2, transfer: {from: stem}}}\n"
    )
    scaled = vary(base, "scale: {width: 0.7}")
    assert scaled.report.ok
    assert list(numbers(scaled).values()) == [48, 88, 176, 360, 720, 728]
    assert {name: trunks(scaled)[name] for name in ("b3", "b2", "b1")} == {
        "b3": 544,
        "b2": 360,
        "b1": 224,
    }
    assert reasons(scaled)["tail.t3.out"] == (
        "40 more than a multiple of 64: b1 needs a multiple of 8 with 1/8 of it"
    )


def test_sums_of_three() -> None:
    base = HEAD + (
        "tail: {t1: {out: 96, blocks: 1}, t2: {out: 192, blocks: 1}}\n"
        "body: {b1: {blocks: 1, k: 3, transfer: {from: t1}}}\n"
    )
    scaled = vary(base, "scale: {width: 0.3}")
    # 28.8 and 57.6, which is 2.4 times 24: 48 would be a sixth less
    assert numbers(scaled) == {"tail.t1.out": 32, "tail.t2.out": 60}
    assert reasons(scaled)["tail.t2.out"] == (
        "multiple of 12: b1 needs a multiple of 4 with 1/3 of it; a multiple of 8 in t2 gives way"
    )
    assert trunks(scaled)["b1"] == 20
    near = vary(base, "scale: {width: 0.4}")  # 76.8 is 3.2 times 24
    assert numbers(near)["tail.t2.out"] == 72
    assert reasons(near)["tail.t2.out"] == (
        "multiple of 24: b1 needs a multiple of 8 with 1/3 of it"
    )


def test_32_groups() -> None:
    """A middle of a quarter in 32 groups: 128, and 256 before a sum of two."""
    base = HEAD + (
        "defaults: {block: {groups: 32}}\n"
        "tail: {t1: {out: 256, blocks: 1}, t2: {out: 512, blocks: 1}}\n"
        "body: {b1: {blocks: 1, k: 2, transfer: {from: t1}}}\n"
    )
    scaled = vary(base, "scale: {width: 0.4}")
    assert scaled.report.ok
    assert numbers(scaled) == {"tail.t1.out": 128, "tail.t2.out": 256}  # 102.4 and 204.8
    assert reasons(scaled)["tail.t2.out"] == ("multiple of 256: b1 needs a multiple of 256")


@pytest.mark.parametrize(
    ("width", "factor", "scaled"),
    [
        (100, 0.5, 52),  # a multiple of 4 in the base: 48 and 52 are as near, a half goes up
        (17, 0.5, 9),  # no multiple of 2 in the base
        (64, 0.05, 4),  # 3.2, and the blocks divide by 4
        (8, 0.5, 4),
        (32, 0.4, 16),  # 12.8
        (32, 0.2, 8),  # 6.4: below 8 a multiple of 4
        (32, 0.17, 4),  # 5.44
        (32, 0.75, 24),
        (24, 16, 384),
    ],
)
def test_how_even_a_width_stays(width: int, factor: float, scaled: int) -> None:
    base = HEAD + f"tail: {{t: {{out: {width}, blocks: 1}}}}\n"
    assert numbers(vary(base, f"scale: {{width: {factor}}}")) == {"tail.t.out": scaled}


def test_a_width_stays_large_enough_for_what_divides_it() -> None:
    short = minnow_text({"body": None, "head": None, "taps": None})
    scaled = vary(short, "scale: {width: 0.25}")
    assert scaled.report.ok
    assert numbers(scaled)["bridge.out"] == 16  # the gate divides by 16; the product is 8
    assert reasons(scaled)["bridge.out"] == (
        "multiple of 8: as in the base; the least that bridge can do with"
    )


def test_widths_that_are_added_scale_together() -> None:
    """38.4 and 76.8. b0 is (t3 + t2) / 2, so that with 80 for t3 it would be no multiple of 8."""
    base = HEAD + (
        "tail: {t1: {out: 64, blocks: 1, down: none},"
        " t2: {out: 64, blocks: 1, from: input, down: none, merge: add, transfer: {from: t1}},"
        " t3: {out: 128, blocks: 1}}\n"
        "body: {b1: {blocks: 1, transfer: {from: t2}}, b0: {blocks: 1, k: 2, up: none, "
        "merge: none}}\n"
    )
    scaled = vary(base, "scale: {width: 0.6}")
    assert scaled.report.ok
    assert numbers(scaled) == {"tail.t1.out": 40, "tail.t2.out": 40, "tail.t3.out": 72}
    assert reasons(scaled)["tail.t1.out"] == (
        "8 more than a multiple of 16: tail.t2.out: b0 needs a multiple of 8 with 1/2 of it"
    )


def test_a_stage_that_keeps_its_width_gets_no_projection() -> None:
    """44.8 for both, which are one width. Else t2 might be another than t1, and had to project."""
    base = HEAD + (
        "tail: {t1: {out: 64, blocks: 1}, t2: {out: 64, blocks: 1}, t3: {out: 128, blocks: 1}}\n"
        "body: {b2: {blocks: 1, transfer: {from: t2}}, b1: {blocks: 1, k: 2, transfer: {from: t1}},"
        " b0: {blocks: 1, k: 2, merge: none, up: none}}\n"
    )
    scaled = vary(base, "scale: {width: 0.7}")
    assert scaled.report.ok
    assert numbers(scaled)["tail.t1.out"] == numbers(scaled)["tail.t2.out"] == 48
    assert below(scaled.costs, "tail.t2").isolated == 0


def test_the_channels_of_the_input_do_not_scale() -> None:
    """61 + 3 are 64, and r(x) sums each two: the scaled sum is a multiple of 16 as well."""
    base = HEAD + (
        "tail: {t1: {out: 61, blocks: 1, down: none, merge: concat, transfer: {from: input, "
        "blocks: 0}}}\n"
        "body: {b1: {blocks: 1, k: 2, up: none, merge: none}}\n"
    )
    scaled = vary(base, "scale: {width: 0.7}")  # 42.7
    assert scaled.report.ok
    assert numbers(scaled) == {"tail.t1.out": 45}
    assert trunks(scaled)["b1"] == 24
    assert reasons(scaled)["tail.t1.out"].startswith("13 more than a multiple of 16: b1")
    tied = HEAD + "tail: {t1: {out: 3, blocks: 1, down: none, merge: add, transfer: {from: input}}}"
    tied += "\ndefaults: {block: {reduction: 1}}\n"
    pinned = vary(tied, "scale: {width: 2}")
    assert pinned.report.ok
    assert numbers(pinned) == {"tail.t1.out": 3}
    assert reasons(pinned)["tail.t1.out"].startswith(
        "not scaled: goes with what does not scale in t1"
    )


def test_a_width_that_is_written_though_it_follows_is_worked_out_anew() -> None:
    base = HEAD + (
        "tail: {t1: {out: 64, blocks: 1}, t2: {out: 128, blocks: 1}}\n"
        "body: {b1: {out: 64, blocks: 1, k: 2, transfer: {from: t1}}}\n"
    )
    scaled = vary(base, "scale: {width: 0.3}")
    assert scaled.report.ok
    # 64 x 0.3 = 19.2; 128 x 0.3 = 38.4 would be 32 for a multiple of 8 in b1, which is half of it
    assert numbers(scaled) == {"tail.t1.out": 16, "tail.t2.out": 40, "body.b1.out": 20}
    assert reasons(scaled)["body.b1.out"] == "follows from what enters"
    wrong = vary(base.replace("{b1: {out: 64", "{b1: {out: 32"), "scale: {width: 0.5}")
    assert [found.rule for found in wrong.report.diagnostics] == ["FC401"]


def test_once_is_the_base_itself() -> None:
    once = vary(FISHNET99, "scale: {width: 1, depth: 1.0}")
    assert once.adjustments == ()
    assert once.total.parameters == 16_628_904
    assert once.digest == vary(FISHNET99, "").digest


def test_what_the_variant_writes_is_not_scaled() -> None:
    scaled = vary(FISHNET99, "scale: {width: 0.5}\ntail: {tail1: {out: 80}}\nclassifier: null")
    assert scaled.report.ok
    assert trunks(scaled)["tail1"] == 80
    assert "tail.tail1.out" not in numbers(scaled)
    assert numbers(scaled)["tail.tail2.out"] == 128


def test_a_variant_of_a_scaled_variant() -> None:
    twice = vary(FISHNET99, "scale: {width: 0.5}\ntail: {tail1: {out: 96}}", "scale: {width: 0.5}")
    assert twice.report.ok
    steps = [(one.old, one.new) for one in twice.adjustments if one.name == "tail.tail2.out"]
    assert steps == [(256, 128), (128, 64)]
    assert [(one.old, one.new) for one in twice.adjustments if one.name == "tail.tail1.out"] == [
        (96, 48)
    ]
    assert trunks(twice)["tail1"] == 48
    scales = {one.by.source.name for one in twice.adjustments}
    assert scales == {"variant0.yaml", "variant1.yaml"}


def test_a_budget_is_inherited() -> None:
    base = FISHNET99 + "budget: {parameters: 17M}\n"
    assert vary(base, "scale: {width: 0.5}").report.ok
    wide = vary(base, "scale: {width: 2}")
    assert [d.rule for d in wide.report.diagnostics if d.severity == "error"] == ["FC402"]


@pytest.mark.parametrize(
    ("number", "step", "offset", "least", "expected"),
    [
        (12, 8, 0, 1, 16),
        (11, 8, 0, 1, 8),
        (3, 24, 0, 1, 24),
        (20, 16, 13, 1, 13),
        (9, 8, 0, 17, 24),
    ],
)
def test_nearest(number: int, step: int, offset: int, least: int, expected: int) -> None:
    from fractions import Fraction

    assert nearest(Fraction(number), step, offset, least) == expected


def test_a_scaled_network_runs() -> None:
    scaled = vary(minnow_text(), "scale: {width: 1.5, depth: 2}")
    assert scaled.report.ok
    model: Any = instantiate(emit_source(scaled), "v0").eval()
    with torch.inference_mode():
        features = model.forward_features(torch.randn(1, 3, 64, 64))
    shapes = {name: tuple(feature.shape) for name, feature in features.items()}
    # stem 12, a half up to 16; tail1 24, bridge 48: body1 is (48 + 24) / 2, and body2 48;
    # with stem, body2 and bridge as skips 36 + 16, 52 + 72 and 124 + 48
    assert shapes == {"fine": (1, 52, 32, 32), "coarse": (1, 172, 8, 8)}
