"""Stages made of blocks that the spec defines: what is computed, and what is said of misuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from fishcompile.cli.commands.render import rendered
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.pipeline import Analysis, analyse, compiled, examine
from fishcompile.targets.module import network
from fishcompile.targets.source import emit_source
from tests.plugins.conftest import Install, install
from tests.plugins.shuffle import CODE, ENTRIES, unit

__all__ = ["install"]  # a fixture

FISH = """\
fishspec: 2
name: mobile
input: {size: 64}
blocks:
  mbconv:
    doc: Widen, convolve each channel by itself, narrow again.
    parameters: {out: required, expand: 4, stride: 1, dilation: 1}
    graph:
      wide: {kind: conv, out: in_channels * expand, kernel: 1}
      depth:
        kind: conv
        out: in_channels * expand
        groups: in_channels * expand
        stride: stride
        dilation: dilation
      narrow: {kind: conv, out: out, kernel: 1, act: none}
defaults: {block: {kind: mbconv}}
stem: {conv1: {kind: conv, out: 16, stride: 2}}
tail:
  tail1: {out: 32, blocks: 1}
  tail2: {out: 64, blocks: 2, block: {expand: 6}}
bridge: {out: 64, blocks: 1, gate: none, block: {kind: bottleneck}}
body:
  body2: {blocks: 1, dilation: 2, transfer: {from: tail1}}
  body1: {blocks: 1, k: 2, transfer: {from: stem, blocks: 2}}
head:
  head1: {blocks: 1, shortcut: duplicate, k: 2, transfer: {from: body2, blocks: 0}}
"""


def checked(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    """The errors in a spec."""
    path = folder / "mobile.yaml"
    path.write_text(text, "utf-8")
    return tuple(d for d in examine(path)[0].diagnostics if d.severity == "error")


def analysed(folder: Path, text: str = FISH) -> Analysis:
    assert checked(folder, text) == ()
    return compiled(folder / "mobile.yaml")


def mbconv(entering: int, leaving: int, expand: int = 4) -> int:
    """Its parameters by hand: three convolutions without bias, each with its norm."""
    wide = entering * expand
    return entering * wide + 2 * wide + 9 * wide + 2 * wide + wide * leaving + 2 * leaving


def parameters(analysis: Analysis, stage: str) -> int:
    return sum(
        cost.parameters for name, cost in analysis.costs.items() if name.partition(".")[0] == stage
    )


def test_parameters_by_hand(tmp_path: Path) -> None:
    analysis = analysed(tmp_path)
    projection = {16: 2 * 16 + 16 * 32, 32: 2 * 32 + 32 * 64}
    assert parameters(analysis, "tail1") == projection[16] + mbconv(16, 32)
    assert parameters(analysis, "tail2") == projection[32] + mbconv(32, 64, 6) + mbconv(64, 64, 6)
    assert parameters(analysis, "body2") == mbconv(64, 64) + mbconv(32, 32)
    assert parameters(analysis, "body1") == mbconv(96, 48) + 2 * mbconv(16, 16)
    assert parameters(analysis, "head1") == mbconv(64, 128)
    kinds = {
        scope.kind for scope in analysis.inference.graph.scopes if scope.name == "bridge.refine.0"
    }
    assert kinds == {"Bottleneck"}, "the default kind and its words are not for another kind"


def residual(block: Any, x: Tensor) -> Tensor:
    """What a stage's block is, from its M(x) and its shortcut as the author means them."""
    refined: Tensor = block.branch.narrow(block.branch.depth(block.branch.wide(x)))
    n, c, h, w = refined.shape
    if hasattr(block, "shortcut"):
        projected: Tensor = block.shortcut(x)
        return refined + projected
    if x.shape[1] >= c:
        return refined + x.reshape(n, c, x.shape[1] // c, h, w).sum(2)
    return refined + x.repeat_interleave(c // x.shape[1], 1)


def test_its_forward_in_torch_s_own_words(tmp_path: Path) -> None:
    model: Any = network(analysed(tmp_path)).eval()
    x = torch.randn(2, 3, 64, 64)
    pool, near = torch.nn.MaxPool2d(2), torch.nn.Upsample(scale_factor=2)
    with torch.inference_mode():
        stem = model.stem(x)
        tail1 = pool(residual(model.tail1.refine[0], stem))
        tail2 = residual(model.tail2.refine[0], tail1)
        bridge = model.bridge(pool(residual(model.tail2.refine[1], tail2)))
        skip = residual(model.body2.transfer[0], tail1)
        body2 = torch.cat([near(residual(model.body2.refine[0], bridge)), skip], 1)
        skip = residual(model.body1.transfer[1], residual(model.body1.transfer[0], stem))
        body1 = torch.cat([near(residual(model.body1.refine[0], body2)), skip], 1)
        head1 = torch.cat([pool(residual(model.head1.refine[0], body1)), body2], 1)
        features = model.forward_features(x)
    for name, expected in {"body2": body2, "body1": body1, "head1": head1}.items():
        assert torch.allclose(features[name], expected, atol=1e-5), name
    depth = model.body2.refine[0].branch.depth.conv
    assert (depth.dilation, depth.groups) == ((2, 2), 256)
    assert model.body2.transfer[0].branch.depth.conv.dilation == (1, 1)


def test_the_emitted_classes_say_what_they_are_made_of(tmp_path: Path) -> None:
    text = emit_source(analysed(tmp_path))
    assert '"""P(x) + Mbconv(x): P is x or an I-conv."""' in text
    assert '"""r(x) + Mbconv(x), where r sums each k adjacent channels."""' in text
    assert "self.branch = Mbconv(in_channels, out_channels)" in text


def test_what_is_rendered_is_the_same_network(tmp_path: Path) -> None:
    analysis = analysed(tmp_path)
    for form in (False, True):
        path = tmp_path / "rendered.yaml"
        path.write_text("\n".join([*rendered(analysis, graph=form), ""]), "utf-8")
        assert emit_source(analyse(path)) == emit_source(analysis)


NODES = """\
fishspec: 2
name: mobile
input: {size: 64}
blocks:
  mbconv:
    parameters: {out: required, stride: 1}
    graph:
      depth: {kind: conv, out: in_channels, groups: in_channels, stride: stride}
      narrow: {kind: conv, out: out, kernel: 1, act: none}
  pair:
    parameters: {out: required}
    graph:
      rows: {kind: blocks, blocks: 2, out: out * 2, stride: 2, block: {kind: mbconv, act: silu}}
      last: {kind: conv, out: out}
graph:
  c1: {kind: conv, out: 16, from: input}
  b1: {kind: blocks, block: mbconv, blocks: 3, out: 32, stride: 2}
  p1: {kind: pair, out: 8}
outputs: {y: p1}
"""


def test_rows_of_them_in_a_graph_and_inside_a_block(tmp_path: Path) -> None:
    analysis = analysed(tmp_path, NODES)

    def mb(entering: int, leaving: int) -> int:
        return 9 * entering + 2 * entering + entering * leaving + 2 * leaving

    def row(entering: int, leaving: int, blocks: int) -> int:
        first = 2 * entering + entering * leaving + mb(entering, leaving)
        return first + (blocks - 1) * mb(leaving, leaving)

    assert parameters(analysis, "b1") == row(16, 32, 3)
    assert parameters(analysis, "p1") == row(32, 16, 2) + 9 * 16 * 8 + 2 * 8
    assert analysis.inference.stages["p1"].output.shape == (8, 16, 16)
    model = network(analysis)
    assert model(torch.randn(1, 3, 64, 64)).shape == (1, 8, 16, 16)


def test_a_fish_of_a_plug_in(install: Install, tmp_path: Path) -> None:
    install("acme_blocks", CODE, **ENTRIES)
    text = FISH.replace("{kind: mbconv}", "{kind: acme.shuffle, groups: 2}")
    text = text.replace(", block: {expand: 6}", "").replace("dilation: 2, ", "")
    analysis = analysed(tmp_path, text)
    assert parameters(analysis, "body1") == unit(96, 48, 2) + 2 * unit(16, 16, 2)
    model: Any = network(analysis)
    assert type(model.head1.refine[0].branch).__name__ == "ShuffleUnit"


@pytest.mark.parametrize(
    ("old", "new", "rule", "place", "message"),
    [
        (
            "{kind: mbconv}",
            "{kind: mbcnv}",
            "FC112",
            "17:26",
            "`kind` of `block` of `defaults` must",
        ),
        ("{expand: 6}", "{expnd: 6}", "FC110", "21:39", "unknown key `expnd` in `block` of stage"),
        ("{expand: 6}", "{reduction: 6}", "FC110", "21:39", "unknown key `reduction` in `block`"),
        ("{expand: 6}", "{out: 6}", "FC110", "21:39", "unknown key `out` in `block` of stage"),
        ("{expand: 6}", "{expand: six}", "FC112", "21:47", "`expand` of `block` of stage `tail2`"),
        (
            "bottleneck}",
            "bottleneck, expand: 2}",
            "FC110",
            "22:68",
            "unknown key `expand` in `block` of the bridge",
        ),
        (
            "expand: 4,",
            "expand: required,",
            "FC111",
            "17:26",
            "tail1: `mbconv` needs `expand`, and no block says it",
        ),
        (
            "        dilation: dilation\n",
            "",
            "FC206",
            "7:55",
            "no formula of the block `mbconv` reads `dilation`",
        ),
        (
            "out: out, kernel: 1",
            "out: out * 2, kernel: 1",
            "FC301",
            "17:26",
            "tail1: `mbconv` gives 64x32x32, and what it is added to is 32x32x32",
        ),
        (
            "        stride: stride\n",
            "        stride: stride\n        kernel: 2\n        padding: 1\n",
            "FC301",
            "19:26",
            "tail1: `mbconv` gives 32x33x33, and what it is added to is 32x32x32",
        ),
        (
            "out: in_channels * expand, kernel: 1",
            "out: in_channels // 5 * expand, kernel: 1",
            "FC302",
            "9:31",
            "tail1: `out: in_channels // 5 * expand` does not divide",
        ),
        (
            "  mbconv:\n",
            "  bottleneck:\n",
            "FC201",
            "5:3",
            "`bottleneck` is a kind that every spec has",
        ),
    ],
)
def test_misuse_is_found_where_it_is_written(
    tmp_path: Path, old: str, new: str, rule: str, place: str, message: str
) -> None:
    assert old in FISH
    found = checked(tmp_path, FISH.replace(old, new, 1))[0]
    span = found.span
    assert (found.rule, f"{span.line}:{span.column}") == (rule, place), found.message
    assert found.message.startswith(message)


def test_a_stage_s_dilation_needs_a_parameter(tmp_path: Path) -> None:
    text = FISH.replace("        dilation: dilation\n", "").replace(", dilation: 1}", "}")
    (found,) = checked(tmp_path, text)
    assert (found.rule, found.span.line, found.span.column) == ("FC206", 23, 32)
    assert (
        found.message
        == "body2: `dilation` has no meaning for `mbconv`, which has no such parameter"
    )


def test_a_block_of_two_inputs_refines_nothing(tmp_path: Path) -> None:
    text = FISH.replace("    parameters: {out", "    inputs: [x, y]\n    parameters: {out")
    text = text.replace("in_channels", "x_channels").replace("wide: {", "wide: {from: x, ")
    text = text.replace("      depth:", "      both: {kind: add, from: [wide, y]}\n      depth:")
    (found,) = checked(tmp_path, text)
    assert found.message == "tail1: `mbconv` reads 2 maps, and the blocks of a stage read one"


def test_a_variant_says_another_number_or_another_kind(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(FISH, "utf-8")
    head = "fishspec: 2\nname: varied\nextends: base.yaml\n"
    analysis = analysed(tmp_path, f"{head}defaults: {{block: {{expand: 2}}}}\n")
    assert parameters(analysis, "body1") == mbconv(96, 48, 2) + 2 * mbconv(16, 16, 2)
    analysis = analysed(tmp_path, f"{head}body: {{body1: {{block: {{kind: basic}}}}}}\n")
    basic = 2 * (96 + 48) + 9 * (96 * 48 + 48 * 48)
    assert parameters(analysis, "body1") == basic + 2 * (2 * (16 + 16) + 9 * 2 * 16 * 16)
    analysis = analysed(tmp_path, f"{head}scale: {{width: 0.5}}\n")
    assert parameters(analysis, "body1") == mbconv(48, 24) + 2 * mbconv(8, 8)
