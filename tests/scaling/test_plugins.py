"""Scaling where a plug-in is used, of which no more is known than what it makes of one width."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import SpecError
from tests.plugins.conftest import Install
from tests.plugins.conftest import install as install
from tests.plugins.shuffle import CODE, ENTRIES
from tests.scaling.variants import HEAD, numbers, trunks, vary

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


def test_what_a_plug_in_cannot_take_is_found_and_told() -> None:
    """A quarter of 40 channels in 4 groups: what a plug-in demands is known when it is built."""
    scaled = vary(STAGE, "scale: {width: 0.3}")
    (found,) = [one for one in scaled.report.diagnostics if one.severity == "error"]
    assert found.rule == "FC302"
    assert "groups" in found.message
    products = [there.message for there in found.related]
    assert "tail.t.out: 128 x 0.3 = 38.4, made 40: multiple of 8, as in the base" in products


def test_a_node_that_is_a_plug_in_is_not_followed() -> None:
    base = HEAD + (
        "graph:\n"
        "  c: {kind: conv, from: input, out: 64}\n"
        "  unit: {kind: acme.shuffle, out: 64}\n"
        "outputs: {map: unit}\n"
    )
    with pytest.raises(SpecError) as raised:
        vary(base, "scale: {width: 0.5}")
    (found,) = raised.value.report.diagnostics
    assert (found.rule, str(found.span)) == ("FC206", "base.yaml:5:16")
    assert found.message == (
        "`scale` cannot follow widths through `unit`: `acme.shuffle` is a plug-in"
    )
    assert vary(
        base.replace("64}\noutputs", "64, repeat: 2}\noutputs"), "scale: {depth: 2}"
    ).report.ok
