"""Scaled depths: blocks of stages, bridge and transfers, written, by default, and in `defaults`."""

from __future__ import annotations

from fishcompile.analysis.table import stage_table
from fishcompile.pipeline import Analysis
from tests.scaling.variants import FISHNET99, HEAD, numbers, reasons, vary

BASE = HEAD + (
    "tail: {t1: {out: 32, blocks: 3}, t2: {out: 64, blocks: 1}}\n"
    "bridge: {out: 64, blocks: 5}\n"
    "body: {b1: {blocks: 1, transfer: {from: t1, blocks: 0}}}\n"
    "head: {h1: {blocks: 1, transfer: {from: t2}}}\n"
)


def blocks(analysis: Analysis) -> dict[str, tuple[int, int]]:
    """Blocks of each stage's trunk and skip, as they were built."""
    rows = stage_table(analysis.inference, analysis.costs)
    return {row.name: (row.blocks, row.transfers) for row in rows if row.blocks}


def test_half() -> None:
    half = vary(BASE, "scale: {depth: 0.5}")
    assert half.report.ok
    assert blocks(half) == {
        "t1": (2, 0),
        "t2": (1, 0),
        "bridge": (3, 0),
        "b1": (1, 0),
        "h1": (1, 1),
    }
    assert numbers(half) == {
        "tail.t1.blocks": 2,
        "tail.t2.blocks": 1,
        "bridge.blocks": 3,
        "body.b1.blocks": 1,
        "body.b1.transfer.blocks": 0,
        "head.h1.blocks": 1,
        "head.h1.transfer.blocks": 1,
    }
    assert reasons(half)["head.h1.transfer.blocks"] == "a whole number, a half rounded up"
    assert reasons(half)["bridge.blocks"] == "a whole number, a half rounded up"
    assert "body.b1.transfer.blocks" not in reasons(half)


def test_at_least_one_block() -> None:
    thin = vary(BASE, "scale: {depth: 0.01}")
    assert set(blocks(thin).values()) == {(1, 0), (1, 1)}
    assert reasons(thin)["bridge.blocks"] == "at least one block"


def test_twice_counts_the_block_that_a_transfer_has_by_default() -> None:
    twice = vary(BASE, "scale: {depth: 2}")
    assert twice.report.ok
    assert blocks(twice)["h1"] == (2, 2)
    assert blocks(twice)["b1"] == (2, 0)
    assert numbers(twice)["head.h1.transfer.blocks"] == 2
    assert reasons(twice) == {}


def test_blocks_of_defaults() -> None:
    base = HEAD + (
        "defaults: {tail: {blocks: 3}, head: {blocks: 2, transfer: {blocks: 3}}}\n"
        "tail: {t1: {out: 32}, t2: {out: 64, blocks: 2}}\n"
        "head: {h1: {from: t1, transfer: {from: t2}}}\n"
    )
    half = vary(base, "scale: {depth: 0.5}")
    assert half.report.ok
    assert blocks(half) == {"t1": (2, 0), "t2": (1, 0), "h1": (1, 2)}
    assert set(numbers(half)) == {
        "defaults.tail.blocks",
        "defaults.head.blocks",
        "defaults.head.transfer.blocks",
        "tail.t2.blocks",
    }


def test_convolutions_of_twice_fishnet99() -> None:
    """Three convolutions a block: 12 of tail and bridge, 8 of body and head, 9 of skips."""
    deep = vary(FISHNET99, "scale: {depth: 2}")
    assert deep.total.convolutions == 100 + 3 * (12 + 8 + 9)
