"""`fishcompile render` of scaled numbers: the line of the base, and the factors and their lines."""

from __future__ import annotations

from fishcompile.cli.commands.render import rendered
from tests.scaling.variants import HEAD, vary

BASE = HEAD + (
    "defaults: {tail: {blocks: 2}}\n"
    "tail:\n"
    "  t1: {out: 64}\n"
    "  t2: {out: 128}\n"
    "head:\n"
    "  h: {blocks: 1, transfer: {from: t1}}\n"
)


def test_the_factors_behind_a_number() -> None:
    twice = vary(
        BASE, "scale: {width: 0.5}", "scale: {width: 0.5, depth: 2}\ntail: {t2: {out: 24}}"
    )
    by = "x 0.5, variant0.yaml:4 x 0.5, variant1.yaml:4"
    deep = "x 2, variant1.yaml:4"
    for graph, indent in ((False, "    "), (True, "    ")):
        lines = list(rendered(twice, graph=graph))
        assert f"{indent}out: 16  # base.yaml:5 {by}" in lines
        assert f"{indent}out: 24  # variant1.yaml:5" in lines
        assert f"{indent}blocks: 4  # base.yaml:3 {deep}" in lines
        assert f"{indent}blocks: 2  # base.yaml:8 {deep}" in lines
        # a transfer has one block where nothing is written
        assert f"{indent}  blocks: 2  # implied {deep}" in lines
    plain = list(rendered(vary(BASE, ""), graph=False))
    assert "    out: 64  # base.yaml:5" in plain
