"""Widths through blocks that a spec defines: their formulas are followed, number by number."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.language.nodes import definitions
from fishcompile.scaling.roles import Roles
from tests.scaling.variants import HEAD, errors, numbers, reasons, trunks, vary, vary_shipped


def test_unet() -> None:
    """bottom is halved four times, down4 three, so that up1 is (bottom / 8 + down4 / 4 + ...) / 2:
    378.88 are 2.96 times 128."""
    scaled = vary_shipped("unet", "scale: {width: 0.37}")
    assert errors(scaled) == []
    downs = ["down1", "down2", "down3", "down4", "bottom", "score"]
    assert [numbers(scaled)[f"graph.{name}.out"] for name in downs] == [24, 48, 96, 192, 384, 2]
    assert {name: trunks(scaled)[name] for name in ("up4", "up1")} == {"up4": 192, "up1": 24}
    assert reasons(scaled)["graph.bottom.out"] == (
        "multiple of 128: up1 needs a multiple of 8 with 1/16 of it"
    )
    half = vary_shipped("unet", "scale: {width: 0.5}")
    assert reasons(half) == {"graph.score.out": "not scaled: goes with the output `scores`"}
    assert trunks(half)["up2"] == 64


def test_stacked_hourglass() -> None:
    """The widths of nothing but four numbers follow; `depth` of an hourglass is none of them."""
    half = vary_shipped("stacked_hourglass", "scale: {width: 0.5}")
    assert errors(half) == []
    chosen = [f"graph.{name}.out" for name in ("conv1", "res1", "res2", "enter1")]
    maps = [f"graph.maps{stack}.out" for stack in range(1, 9)]
    assert numbers(half) == {
        **dict(zip(chosen, (32, 64, 64, 128), strict=True)),
        **dict.fromkeys(maps, 16),
    }
    assert trunks(half)["enter8"] == 128
    # res2 projects what enters it only `when` its width is another, and so has to keep it
    scaled = vary_shipped("stacked_hourglass", "scale: {width: 0.37}")
    assert [numbers(scaled)[name] for name in chosen] == [24, 48, 48, 96]
    assert reasons(scaled)["graph.res2.out"] == "multiple of 8: graph.res1.out: as in the base"


MBCONV = (
    HEAD
    + """\
blocks:
  squeeze_excite:
    parameters: {middle: required}
    graph:
      pool: {kind: global_avg_pool}
      fc1: {kind: conv, out: middle, kernel: 1, norm: none, act: silu}
      fc2: {kind: conv, out: in_channels, kernel: 1, norm: none, act: none}
      gate: {kind: sigmoid}
      scaled: {kind: mul, from: [input, gate]}
  mbconv:
    parameters: {out: required, widen: 6, stride: 1}
    graph:
      wide: {kind: conv, out: in_channels * widen, kernel: 1, when: widen - 1}
      each: {kind: conv, out: in_channels * widen, groups: in_channels * widen, stride: stride}
      se: {kind: squeeze_excite, middle: in_channels // 4}
      narrow: {kind: conv, out: out, kernel: 1, act: none}
      sum:
        kind: add
        from: [narrow, input]
        when: 2 - stride - (out - in_channels) * (out - in_channels)
  mbconvs:
    parameters: {out: required, blocks: 1, widen: 6, stride: 1}
    graph:
      first: {kind: mbconv, out: out, widen: widen, stride: stride}
      rest: {kind: mbconv, out: out, widen: widen, repeat: blocks - 1, when: blocks - 1}
graph:
  stem: {kind: conv, from: input, out: 32, stride: 2}
  stage1: {kind: mbconvs, out: 16, widen: 1}
  stage2: {kind: mbconvs, out: 24, blocks: 2, stride: 2}
  stage3: {kind: mbconvs, out: 40, blocks: 2, stride: 2}
  stage4: {kind: mbconvs, out: 80, blocks: 3, stride: 2}
  stage5: {kind: mbconvs, out: 112, blocks: 3}
  stage6: {kind: mbconvs, out: 192, blocks: 4, stride: 2}
  stage7: {kind: mbconvs, out: 320}
  top: {kind: conv, out: 1280, kernel: 1}
  average: {kind: global_avg_pool}
  flat: {kind: flatten}
  fc: {kind: linear, out: 1000}
outputs: {logits: fc}
"""
)


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        ("1.1", [32, 16, 24, 48, 88, 120, 208, 352, 1408]),
        ("1.4", [48, 24, 32, 56, 112, 160, 272, 448, 1792]),
        ("2", [64, 32, 48, 80, 160, 224, 384, 640, 2560]),
    ],
)
def test_the_published_widths_of_efficientnet(width: str, widths: list[int]) -> None:
    """Those of B2, B4 and B7 (Tan and Le 2019); MBConv widens, and adds where nothing changed."""
    scaled = vary(MBCONV, f"scale: {{width: {width}}}")
    assert errors(scaled) == []
    names = ["stem", *(f"stage{number}" for number in range(1, 8)), "top"]
    assert [numbers(scaled)[f"graph.{name}.out"] for name in names] == widths


def test_the_depth_of_efficientnet() -> None:
    """What counts blocks is a parameter of theirs, 1 by default. What it adds is legal as well."""
    twice = vary(MBCONV, "scale: {width: 0.6, depth: 2}")
    assert errors(twice) == []
    depths = {name: new for name, new in numbers(twice).items() if name.endswith("blocks")}
    assert depths == {
        "blocks.mbconvs.parameters.blocks": 2,
        **{f"graph.stage{n}.blocks": new for n, new in enumerate((4, 4, 6, 6, 8), 2)},
    }


BLOCKS = HEAD + (
    "blocks:\n"
    "  mb:\n"
    "    parameters: {out: required, expand: 4, kernel: 3, hidden: 48}\n"
    "    graph:\n"
    "      wide: {kind: conv, out: in_channels * expand, kernel: 1}\n"
    "      each: {kind: conv, out: in_channels * expand, kernel: kernel,"
    " groups: in_channels * expand}\n"
    "      inner: {kind: conv, out: hidden, kernel: 1}\n"
    "      ten: {kind: conv, out: 40, kernel: 1}\n"
    "      narrow: {kind: conv, out: out, kernel: 1, act: none}\n"
)
GRAPH = (
    "graph:\n"
    "  stem: {kind: conv, from: input, out: 32}\n"
    "  a: {kind: mb, out: 64}\n"
    "  b: {kind: mb, out: 96, expand: 6, hidden: 80, repeat: 2}\n"
    "  last: {kind: conv, out: 10, kernel: 1}\n"
    "outputs: {scores: last}\n"
)


def test_all_that_may_be_a_width_in_a_block() -> None:
    """At its uses, as a parameter's default, and within; a factor and a kernel are none."""
    half = vary(BLOCKS + GRAPH, "scale: {width: 0.5}")
    assert errors(half) == []
    assert numbers(half) == {
        "graph.stem.out": 16,
        "graph.a.out": 32,
        "blocks.mb.parameters.hidden": 24,
        "blocks.mb.graph.ten.out": 24,  # 20 of 8, a half up
        "graph.b.out": 48,
        "graph.b.hidden": 40,
        "graph.last.out": 10,
    }
    assert trunks(half) == {"stem": 16, "a": 32, "b": 48, "last": 10}


def test_stages_of_own_blocks() -> None:
    """The stage's width is the block's `out`; what the block is told besides scales with it."""
    base = BLOCKS + (
        "stem: {c: {kind: conv, out: 32}}\n"
        "defaults: {block: {kind: mb, hidden: 64}}\n"
        "tail: {t1: {out: 64, blocks: 2}, t2: {out: 128, blocks: 1, block: {hidden: 80}}}\n"
        "body: {b: {blocks: 1, k: 2, transfer: {from: t1}}}\n"
    )
    half = vary(base, "scale: {width: 0.5}")
    assert errors(half) == []
    assert numbers(half) == {
        "stem.c.out": 16,
        "tail.t1.out": 32,
        "defaults.block.hidden": 32,
        "blocks.mb.graph.ten.out": 24,
        "tail.t2.out": 64,
        "tail.t2.block.hidden": 40,
    }
    assert trunks(half)["b"] == 32


def test_what_a_block_of_a_stage_demands_of_its_width() -> None:
    base = HEAD + (
        "blocks:\n"
        "  own:\n"
        "    parameters: {out: required}\n"
        "    graph:\n"
        "      narrow: {kind: conv, out: in_channels // 3, kernel: 1}\n"
        "      wide: {kind: conv, out: out, groups: 12}\n"
        "stem: {c: {kind: conv, out: 36}}\n"
        "tail: {t: {out: 72, blocks: 2, block: {kind: own}}}\n"
    )
    scaled = vary(base, "scale: {width: 0.7}")
    assert errors(scaled) == []
    # 25.2 and 50.4: of 36, so that a third has 12 groups
    assert numbers(scaled) == {"stem.c.out": 36, "tail.t.out": 36}
    assert reasons(scaled)["tail.t.out"] == (
        "multiple of 36: t needs a multiple of 36; a multiple of 8 in t gives way"
    )


def found(base: str) -> Diagnostic:
    with pytest.raises(SpecError) as raised:
        vary(base, "scale: {width: 0.5}")
    (one,) = raised.value.report.diagnostics
    return one


@pytest.mark.parametrize(
    ("parameters", "node", "reason"),
    [
        ("{a: required, b: 2}", "{kind: conv, out: a * b}",
         "`out` of `own1.node.conv` multiplies two widths"),
        ("{a: required}", "{kind: conv, out: in_channels * in_channels + a}",
         "`out` of `own1.node.conv` multiplies two widths"),
        ("{a: required}", "{kind: conv, out: 64 * a // in_channels}",
         "`out` of `own1.node.conv` divides by a width"),
        ("{a: required}", "{kind: conv, out: a, kernel: in_channels + 1}",
         "`kernel` of `own1.node.conv` is a number that follows from a width"),
    ],
)  # fmt: skip
def test_what_is_no_sum_of_widths_is_not_followed(parameters: str, node: str, reason: str) -> None:
    base = HEAD + (
        f"blocks: {{own: {{parameters: {parameters}, graph: {{node: {node}}}}}}}\n"
        "graph:\n"
        "  c: {kind: conv, from: input, out: 8}\n"
        "  own1: {kind: own, a: 8}\n"
        "outputs: {map: own1}\n"
    )
    one = found(base)
    assert (one.rule, str(one.span)) == ("FC206", "base.yaml:6:16")
    assert one.message == f"`scale` cannot follow widths through `own1`: {reason}"
    assert one.help == ("scale the depth alone, or write the widths in a variant",)


def test_no_end_of_nodes() -> None:
    """A million of them are 20 different blocks, which are read once each; the check counts all."""
    deep = "{kind: own, depth: depth - 1, when: depth - 1}"
    base = HEAD + (
        "blocks:\n"
        "  own:\n"
        "    parameters: {depth: required}\n"
        "    graph:\n"
        f"      a: {deep}\n"
        f"      b: {deep}\n"
        "      c: {kind: conv, out: in_channels}\n"
        "graph: {c: {kind: conv, from: input, out: 8}, own1: {kind: own, depth: 20}}\n"
        "outputs: {map: own1}\n"
    )
    scaled = vary(base, "scale: {width: 0.5}")
    assert numbers(scaled) == {"graph.c.out": 8}  # it leaves the network
    assert errors(scaled) == [
        "FC305 own1: the network has more than 100,000 blocks, all levels counted"
    ]


def test_what_is_more_stays_more() -> None:
    """6 and 8, of which 6 is no multiple of 4: with 8 for both, `more` would be gone."""
    base = HEAD + (
        "blocks:\n"
        "  own:\n"
        "    parameters: {out: required}\n"
        "    graph:\n"
        "      c: {kind: conv, out: out}\n"
        "      more: {kind: conv, out: out, when: out - in_channels}\n"
        "graph: {c: {kind: conv, from: input, out: 24}, own1: {kind: own, out: 32}}\n"
        "taps: {map: own1}\n"
    )
    scaled = vary(base, "scale: {width: 0.25}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"graph.c.out": 8, "graph.own1.out": 16}
    assert reasons(scaled)["graph.own1.out"].endswith("; the least that own1 can do with")


def roles(text: str) -> dict[str, bool]:
    """Which parameters of a block named `own` are widths."""
    import yaml

    made = {block.name: block for block in definitions(yaml.safe_load(text))}
    known = Roles(made)
    return {name: known.is_width("own", name) for name, _ in made["own"].parameters}


def test_which_parameters_are_widths() -> None:
    inner = "inner: {parameters: {w: 8, k: 3}, graph: {c: {kind: conv, out: w + 8, kernel: k}}}"
    own = (
        "own: {parameters: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, n: 1}, graph: {"
        "one: {kind: conv, out: a * 8 - c, groups: a},"
        "two: {kind: conv, out: in_channels * b, when: c - 1},"
        "three: {kind: inner, w: d // e, k: f, repeat: n},"
        "four: {kind: conv, out: g, stride: g}}}"
    )
    assert roles(f"{{{inner}, {own}}}") == {
        "a": True,
        "b": False,  # a factor of a width
        "c": True,
        "d": True,  # handed on to one
        "e": False,
        "f": False,
        "g": False,  # a stride as well
        "n": False,
    }
