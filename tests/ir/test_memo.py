"""Memoised expansion: what one network leaves for the next changes nothing but the work."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import fishcompile
from fishcompile.ir import memo
from fishcompile.ir.builder import Builder
from fishcompile.pipeline import analyse

SPECS = Path(__file__).parent.parent.parent / "specs"
HEAD = "fishspec: 2\nname: net\n"


def own_block(graph: str) -> str:
    return f"""{HEAD}blocks:
  mine: {{graph: {{{graph}}}}}
tail: {{t: {{shortcut: identity, blocks: 2, block: {{kind: mine}}}}}}
"""


NORMED = f"""{HEAD}blocks:
  unit: {{parameters: {{p: 4}}, graph: {{c: {{kind: conv, out: 16, norm: {{kind: group, channels: p}}}}}}}}
graph: {{a: {{kind: unit, p: 8, from: input}}, b: {{kind: unit}}}}
outputs: {{o: b}}
"""  # noqa: E501
PLAIN = f"""{HEAD}
graph: {{a: {{kind: conv, out: 16, norm: {{kind: group, channels: 8}}, from: input}}}}
outputs: {{o: a}}
"""
NAMED_AS_OURS = f"""{HEAD}blocks:
  pre_act_conv: {{graph: {{a: {{kind: relu}}}}}}
graph:
  p: {{kind: pre_act_conv, from: input}}
  t: {{kind: blocks, blocks: 1, out: 8}}
outputs: {{o: t}}
"""
TEXTS = [
    own_block("a: {kind: relu}"),
    own_block("a: {kind: silu}"),
    NORMED,
    PLAIN,
    NAMED_AS_OURS,
    (SPECS / "fishnet99.yaml").read_text(),
]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "_kept", {})
    monkeypatch.setattr(memo, "_size", 0)


def emitted(text: str, folder: Path) -> str:
    (folder / "net.yaml").write_text(text)
    return fishcompile.emit(folder / "net.yaml")


def test_no_network_changes_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = []
    for text in TEXTS:
        monkeypatch.setattr(memo, "_kept", {})
        alone.append(emitted(text, tmp_path))
    for order in (1, -1, 1):
        for text, expected in list(zip(TEXTS, alone, strict=True))[::order]:
            assert emitted(text, tmp_path) == expected


def test_the_second_analysis_of_a_network_infers_no_operation_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added: list[str] = []
    op = Builder.op

    def counted(self: Builder, name: str, *rest: object) -> object:
        added.append(name)
        return op(self, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Builder, "op", counted)
    first = analyse(SPECS / "fishnet99.yaml")
    assert len(added) > 100
    added.clear()
    second = analyse(SPECS / "fishnet99.yaml")
    assert added == []
    assert second.inference.graph == first.inference.graph
    assert second.costs == first.costs


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MAX_KEPT", 200)
    for out in range(8, 200, 8):
        text = f"{HEAD}tail: {{t: {{out: {out}, blocks: 2}}}}\n"
        emitted(text, tmp_path)
        assert sum(map(memo._weight, memo._kept.values())) == memo._size <= 200


def test_the_blocks_of_a_spec_are_not_kept(tmp_path: Path) -> None:
    emitted(own_block("a: {kind: conv, out: 3}"), tmp_path)
    names = {kind.__name__ for one in memo._kept.values() for kind in one.kinds}
    assert names
    assert not names & {"Mine", "ResidualBlock", "TailStage"}


def test_a_limit_is_met_as_if_nothing_was_kept(tmp_path: Path) -> None:
    """Of 2,000 different blocks, those that another network had count too."""
    rows = ", ".join(f"n{i}: {{kind: blocks, blocks: 1, out: {8 + i % 500}}}" for i in range(512))
    blocks = f"blocks:\n  b: {{graph: {{{rows}}}}}\n"
    text = f"{HEAD}{blocks}graph: {{g: {{kind: b, from: input}}}}\noutputs: {{o: g}}\n"
    (tmp_path / "net.yaml").write_text(text)
    first = fishcompile.check(tmp_path / "net.yaml")
    assert [found.rule for found in first.diagnostics] == ["FC305"]
    assert fishcompile.check(tmp_path / "net.yaml") == first


def test_groups_of_a_norm_may_be_a_parameter_of_the_block_around(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NORMED)
    model = fishcompile.compile(tmp_path / "net.yaml")
    norms = [one for one in model.modules() if isinstance(one, torch.nn.GroupNorm)]
    assert [norm.num_groups for norm in norms] == [16 // 8, 16 // 4]
