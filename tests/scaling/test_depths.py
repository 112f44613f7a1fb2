"""Scaled depths: blocks of stages, bridge and transfers, written, by default, and in `defaults`."""

from __future__ import annotations

from fishcompile.analysis.table import stage_table
from fishcompile.pipeline import Analysis
from tests.scaling.variants import FISHNET99, HEAD, errors, numbers, reasons, vary, vary_shipped

ROUNDED = "a whole number, a half rounded up"
NO_DEPTH = "not scaled: each time the width or the sides are others"

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
    assert reasons(half)["head.h1.transfer.blocks"] == ROUNDED
    assert reasons(half)["bridge.blocks"] == ROUNDED
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


def test_defaults_that_are_an_alias_of_each_other() -> None:
    """The two have one place in the text, and each is scaled for its own section."""
    base = HEAD + (
        "defaults: {tail: &same {blocks: 3}, body: *same}\n"
        "tail: {t1: {out: 32}, t2: {out: 64}}\n"
        "body: {b: {transfer: {from: t1}}}\n"
    )
    twice = vary(base, "scale: {depth: 2}")
    assert errors(twice) == []
    assert blocks(twice) == {"t1": (6, 0), "t2": (6, 0), "b": (6, 2)}


def test_convolutions_of_twice_fishnet99() -> None:
    """Three convolutions a block: 12 of tail and bridge, 8 of body and head, 9 of skips."""
    deep = vary(FISHNET99, "scale: {depth: 2}")
    assert deep.total.convolutions == 100 + 3 * (12 + 8 + 9)


def test_all_counts_are_listed_changed_or_not() -> None:
    """A transfer that leaves its blocks unwritten has one, and one times 1.3 is one again."""
    nano = vary_shipped("fishnet_nano", "scale: {depth: 1.3}\nbudget: null")
    unwritten = [name for name in numbers(nano) if name.endswith("transfer.blocks")]
    assert len(unwritten) == 6
    for name in unwritten:
        assert (numbers(nano)[name], reasons(nano)[name]) == (1, ROUNDED)


GRAPH = HEAD + (
    "blocks:\n"
    "  row:\n"
    "    parameters: {blocks: required, repeats: 2}\n"
    "    graph:\n"
    "      a: {kind: conv, out: in_channels * blocks, kernel: 1}\n"
    "      b: {kind: blocks, blocks: 3, out: in_channels}\n"
    "      c: {kind: blocks, blocks: repeats}\n"
    "graph:\n"
    "  c: {kind: conv, from: input, out: 32}\n"
    "  d: {kind: blocks, blocks: 2}\n"
    "  e: {kind: row, blocks: 2, repeat: 2}\n"
    "  f: {kind: body, k: 1, blocks: 2, transfer: {from: c}, up: none, merge: concat}\n"
    "outputs: {map: f}\n"
)


def test_counts_of_a_graph() -> None:
    """Those of built-in kinds, in blocks as well, and parameters that count, whatever their name:
    the one that is called `blocks` is a factor."""
    twice = vary(GRAPH, "scale: {depth: 2}")
    assert errors(twice) == []
    assert numbers(twice) == {
        "blocks.row.parameters.repeats": 4,
        "blocks.row.graph.b.blocks": 6,
        "graph.d.blocks": 4,
        "graph.e.repeat": 4,
        "graph.f.blocks": 4,
        "graph.f.transfer.blocks": 2,
    }


def test_a_block_that_changes_the_width_each_time_is_repeated_as_often() -> None:
    base = HEAD + (
        "blocks: {wider: {graph: {c: {kind: conv, out: in_channels * 2}}}}\n"
        "graph:\n"
        "  c: {kind: conv, from: input, out: 8}\n"
        "  d: {kind: wider, repeat: 2}\n"
        "outputs: {map: d}\n"
    )
    for factor in (2, 0.5):
        scaled = vary(base, f"scale: {{depth: {factor}}}")
        assert errors(scaled) == []
        assert numbers(scaled) == {"graph.d.repeat": 2}
        assert reasons(scaled)["graph.d.repeat"] == NO_DEPTH


def test_what_halves_the_sides_each_time_is_no_depth() -> None:
    """Neither written, nor as a parameter; what comes back to its sides, or weighs a map, is."""
    base = HEAD + (
        "blocks:\n"
        "  halve: {graph: {c: {kind: conv, out: in_channels, stride: 2}}}\n"
        "  lower:\n"
        "    parameters: {down: required}\n"
        "    graph: {h: {kind: halve, repeat: down}}\n"
        "  weigh:\n"
        "    graph:\n"
        "      pool: {kind: max_pool}\n"
        "      up: {kind: upsample, to: input}\n"
        "      pixel: {kind: global_avg_pool}\n"
        "      product: {kind: mul, from: [pixel, up]}\n"
        "graph:\n"
        "  c: {kind: conv, from: input, out: 8}\n"
        "  d: {kind: halve, repeat: 2}\n"
        "  e: {kind: lower, down: 2}\n"
        "  f: {kind: weigh, repeat: 2}\n"
        "outputs: {map: f}\n"
    )
    twice = vary(base, "scale: {depth: 2}")
    assert errors(twice) == []
    assert numbers(twice) == {"graph.d.repeat": 2, "graph.f.repeat": 4}
    assert reasons(twice) == {"graph.d.repeat": NO_DEPTH}


def test_nodes_that_are_called_as_the_keys_of_a_stage_are_none() -> None:
    base = HEAD + (
        "blocks:\n"
        "  own:\n"
        "    graph:\n"
        "      blocks: {kind: conv, out: in_channels}\n"
        "      transfer: {kind: relu}\n"
        "graph:\n"
        "  c: {kind: conv, from: input, out: 8}\n"
        "  d: {kind: own, repeat: 2}\n"
        "outputs: {map: d}\n"
    )
    twice = vary(base, "scale: {depth: 2}")
    assert errors(twice) == []
    assert numbers(twice) == {"graph.d.repeat": 4}
