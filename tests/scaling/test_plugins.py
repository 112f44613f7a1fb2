"""Scaling where a plug-in is used, of which no more is known than what it makes of one width."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import SpecError
from tests.plugins.conftest import Install
from tests.plugins.conftest import install as install
from tests.plugins.shuffle import CODE, ENTRIES
from tests.scaling.variants import HEAD, errors, numbers, reasons, trunks, vary

STAGE = HEAD + (
    "stem: {c: {kind: conv, out: 64}}\n"
    "tail: {t: {out: 128, blocks: 2, block: {kind: acme.shuffle, groups: 4}}}\n"
)


@pytest.fixture(autouse=True)
def shuffle(install: Install) -> None:
    install("acme_blocks", CODE, **ENTRIES)


def test_a_stage_of_plug_ins_scales() -> None:
    half = vary(STAGE, "scale: {width: 0.5}")
    assert half.report.ok
    assert numbers(half) == {"stem.c.out": 32, "tail.t.out": 64}
    assert trunks(half)["t"] == 64


def test_what_a_plug_in_asks_of_widths_is_read_off_its_ops() -> None:
    """38.4, a quarter in 4 groups: of 16. The 19.2 that enter are of 8, as in the base."""
    scaled = vary(STAGE, "scale: {width: 0.3}")
    assert scaled.report.ok
    assert numbers(scaled) == {"stem.c.out": 16, "tail.t.out": 32}
    assert reasons(scaled)["tail.t.out"] == ("multiple of 16: t needs a multiple of 16")


NODE = HEAD + (
    "graph:\n"
    "  c: {kind: conv, from: input, out: 64}\n"
    "  unit: {kind: acme.shuffle, out: 64}\n"
    "  up: {kind: acme.lost}\n"
    "  last: {kind: conv, out: 10, kernel: 1}\n"
    "outputs: {map: last}\n"
)
LOST = """
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile import Plugin


def lose(x):
    return PreActConv(x.channels, x.channels * x.channels // 32)


LOST = Plugin(lose, "A convolution whose width is no sum of any.", {})
"""


def test_a_node_that_is_a_plug_in_is_followed() -> None:
    scaled = vary(NODE.replace("  up: {kind: acme.lost}\n", ""), "scale: {width: 0.3}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"graph.c.out": 16, "graph.unit.out": 16, "graph.last.out": 10}


def test_a_plug_in_that_makes_no_sum_of_widths_is_refused(install: Install) -> None:
    install("acme_lost", LOST, **{"acme.lost": "acme_lost:LOST"})
    with pytest.raises(SpecError) as raised:
        vary(NODE, "scale: {width: 0.5}")
    (found,) = raised.value.report.diagnostics
    assert (found.rule, str(found.span)) == ("FC206", "base.yaml:6:14")
    assert found.message == (
        "`scale` cannot follow widths through `up`: `out` of `up.conv` multiplies two widths"
    )
    deep = NODE.replace("lost}", "lost, repeat: 2}")
    assert vary(deep, "scale: {depth: 0.5}").report.ok
