"""`fishcompile render`: a spec as one file, with the file and line that each value came from."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fishcompile
from tests.mutations.cases import SPECS as NETS
from tests.nets import SPECS, minnow_text, write_minnow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run

BASE = """\
fishspec: 2
name: base
use: blocks.yaml
input: {channels: 3, size: [32, 48]}
defaults: {block: {reduction: 2}, head: {blocks: 1}}
stem:
  conv1: {kind: conv, out: 8, stride: 2}
tail:
  tail1: {out: 16, blocks: 1}
  tail2: {out: 32, blocks: 1}
head:
  head1: {transfer: {from: tail2}, merge: concat, down: none}
graph:
  last: {kind: point, out: 8}
outputs: {map: last}
budget: {parameters: 17k}
"""
BLOCKS = """\
fishspec: 2
blocks:
  point:
    doc: A convolution, of one pixel.
    parameters: {out: required, groups: 1}
    graph:
      conv: {kind: conv, out: out * 1, kernel: 1, groups: groups}
      act: {kind: sigmoid, when: groups}
"""
VARIANT = """\
fishspec: 2
name: variant
extends: base.yaml
tail:
  tail2: {blocks: 2}
graph:
  last: {out: 4}
"""
RENDERED = """\
fishspec: 2  # variant.yaml:1
name: variant  # variant.yaml:2
input:
  channels: 3  # base.yaml:4
  size: [32, 48]  # base.yaml:4
stem:
  conv1:
    kind: conv  # base.yaml:7
    out: 8  # base.yaml:7
    stride: 2  # base.yaml:7
tail:
  tail1:
    out: 16  # base.yaml:9
    blocks: 1  # base.yaml:9
    block:
      reduction: 2  # base.yaml:5
  tail2:
    out: 32  # base.yaml:10
    blocks: 2  # variant.yaml:5
    block:
      reduction: 2  # base.yaml:5
head:
  head1:
    transfer:
      from: tail2  # base.yaml:12
    merge: concat  # base.yaml:12
    down: none  # base.yaml:12
    blocks: 1  # base.yaml:5
    block:
      reduction: 2  # base.yaml:5
graph:
  last:
    kind: point  # base.yaml:14
    out: 4  # variant.yaml:7
outputs:
  map: last  # base.yaml:15
budget:
  parameters: 17k  # base.yaml:16
blocks:
  point:
    doc: "A convolution, of one pixel."  # blocks.yaml:4
    parameters:
      out: required  # blocks.yaml:5
      groups: 1  # blocks.yaml:5
    graph:
      conv:
        kind: conv  # blocks.yaml:7
        out: out * 1  # blocks.yaml:7
        kernel: 1  # blocks.yaml:7
        groups: groups  # blocks.yaml:7
      act:
        kind: sigmoid  # blocks.yaml:8
        when: groups  # blocks.yaml:8
"""
AS_A_GRAPH = """\
fishspec: 2  # variant.yaml:1
name: variant  # variant.yaml:2
input:
  channels: 3  # base.yaml:4
  size: [32, 48]  # base.yaml:4
blocks:
  point:
    doc: "A convolution, of one pixel."  # blocks.yaml:4
    parameters:
      out: required  # blocks.yaml:5
      groups: 1  # blocks.yaml:5
    graph:
      conv:
        kind: conv  # blocks.yaml:7
        out: out * 1  # blocks.yaml:7
        kernel: 1  # blocks.yaml:7
        groups: groups  # blocks.yaml:7
        from: input  # implied
      act:
        kind: sigmoid  # blocks.yaml:8
        from: conv  # implied
        when: groups  # blocks.yaml:8
    output: act  # implied
graph:
  stem:
    kind: stem  # implied
    from: input  # implied
    layers:
      conv1:
        kind: conv  # base.yaml:7
        out: 8  # base.yaml:7
        stride: 2  # base.yaml:7
  tail1:
    kind: tail  # implied
    from: stem  # implied
    shortcut: project  # implied
    down: max_pool  # implied
    up: none  # implied
    merge: none  # implied
    blocks: 1  # base.yaml:9
    out: 16  # base.yaml:9
    block:
      kind: bottleneck  # implied
      reduction: 2  # base.yaml:5
  tail2:
    kind: tail  # implied
    from: tail1  # implied
    shortcut: project  # implied
    down: max_pool  # implied
    up: none  # implied
    merge: none  # implied
    blocks: 2  # variant.yaml:5
    out: 32  # base.yaml:10
    block:
      kind: bottleneck  # implied
      reduction: 2  # base.yaml:5
  head1:
    kind: head  # implied
    from: tail2  # implied
    shortcut: identity  # implied
    down: none  # base.yaml:12
    up: none  # implied
    merge: concat  # base.yaml:12
    blocks: 1  # base.yaml:5
    block:
      kind: bottleneck  # implied
      reduction: 2  # base.yaml:5
    transfer:
      from: tail2  # base.yaml:12
      blocks: 1  # implied
  last:
    kind: point  # base.yaml:14
    from: head1  # implied
    out: 4  # variant.yaml:7
outputs:
  map: last  # base.yaml:15
taps:
  tail1: tail1  # implied
  tail2: tail2  # implied
  head1: head1  # implied
budget:
  parameters: 17000  # base.yaml:16
"""


@pytest.fixture
def variant(here: Path) -> Iterator[Path]:
    """A variant, its base and the file of blocks that the base uses; nothing is written there."""
    files = {"base.yaml": BASE, "blocks.yaml": BLOCKS, "variant.yaml": VARIANT}
    for name, text in files.items():
        (here / name).write_text(text)
    yield Path("variant.yaml")
    assert {path.name: path.read_text() for path in here.iterdir()} == files


def test_a_variant_says_of_each_value_where_it_is_written(run: Run, variant: Path) -> None:
    result = run("render", variant)
    assert (result.code, result.err) == (0, "")
    assert result.out == RENDERED


def test_as_a_graph_it_says_what_the_sections_imply(run: Run, variant: Path) -> None:
    result = run("render", variant, "--graph")
    assert (result.code, result.err) == (0, "")
    assert result.out == AS_A_GRAPH


LAYERED = """
layouts:
  theirs: {tail*.refine: stages.*, '*.bn': "*.norm"}
budget: {parameters: 1M, macs: 4.5G}
defaults: {norm: {channels: 2}, act: gelu}
"""


def specs(folder: Path) -> dict[str, Path]:
    """Specs of every make, in files of their own."""
    for file in NETS.glob("*.yaml"):
        shutil.copy(file, folder)
    for file in SPECS.glob("*.yaml"):
        shutil.copy(file, folder)
    (folder / "layered.yaml").write_text(minnow_text(name="layered") + LAYERED)
    (folder / "untapped.yaml").write_text(minnow_text({"taps": None}, "untapped"))
    scaled = "fishspec: 2\nname: scaled\nextends: untapped.yaml\nscale: {width: 2, depth: 2}\n"
    (folder / "scaled.yaml").write_text(scaled)
    return {path.stem: path for path in folder.glob("*.yaml")}


MADE = (
    *("fish", "deep", "plain", "net", "widest", "layered", "untapped", "scaled"),
    *("unet", "stacked_hourglass", "fcn8s", "resnet50_fpn", "fishnet99_segmentation"),
)


@pytest.mark.parametrize("options", [[], ["--graph"]], ids=["sections", "graph"])
@pytest.mark.parametrize("name", MADE)
def test_what_is_printed_compiles_to_the_same_bytes(
    run: Run, here: Path, name: str, options: list[str]
) -> None:
    spec = specs(here)[name]
    result = run("render", spec.name, *options)
    assert (result.code, result.err) == (0, "")
    alone = here / "alone"
    alone.mkdir()
    rendered = alone / "rendered.yaml"
    rendered.write_text(result.out)
    assert fishcompile.emit(rendered) == fishcompile.emit(spec)
    assert run("render", rendered, *options).out.count("\n") == result.out.count("\n")


@pytest.mark.parametrize("options", [[], ["--graph"]], ids=["sections", "graph"])
def test_layouts_and_budget_are_kept(run: Run, here: Path, options: list[str]) -> None:
    specs(here)
    lines = run("render", "layered.yaml", *options).out.splitlines()
    at = lines.index("layouts:")
    assert lines[at : at + 4] == [
        "layouts:",
        "  theirs:",
        "    tail*.refine: stages.*  # layered.yaml:13",
        '    "*.bn": "*.norm"  # layered.yaml:13',
    ]
    at = lines.index("budget:")
    parameters, macs = ("1M", "4.5G") if not options else ("1000000", "4500000000")
    assert lines[at + 1 : at + 3] == [
        f"  parameters: {parameters}  # layered.yaml:14",
        f"  macs: {macs}  # layered.yaml:14",
    ]


def test_a_broken_assertion_is_rendered_like_any_other(run: Run, here: Path) -> None:
    """So that one can look at the spec in which it breaks."""
    write_minnow(here, {"budget": "{parameters: 1}"})
    result = run("render", "minnow.yaml")
    assert (result.code, result.err) == (0, "")
    assert "  parameters: 1  # minnow.yaml:11\n" in result.out


@pytest.mark.parametrize("options", [[], ["--graph"]], ids=["sections", "graph"])
def test_a_spec_that_does_not_hold_shows_its_errors(
    run: Run, here: Path, options: list[str]
) -> None:
    write_minnow(here, {"classifier": "{classes: 10, from: head9}"})
    result = run("render", "minnow.yaml", *options)
    assert (result.code, result.err) == (1, "")
    first, place, *_ = result.out.splitlines()
    assert first == "error[FC203]: no stage is named `head9`"
    assert place == " --> minnow.yaml:9:33"
    assert [path.name for path in here.iterdir()] == ["minnow.yaml"]


def test_a_network_that_does_not_fit_shows_its_errors(run: Run, here: Path) -> None:
    text = (NETS / "net.yaml").read_text().replace("groups: 2}", "groups: 3}")
    for file in ("shared.yaml", "parts.yaml"):
        shutil.copy(NETS / file, here)
    (here / "net.yaml").write_text(text)
    result = run("render", "net.yaml", "--graph")
    assert result.code == 1
    assert result.out.startswith("error[FC302]: n1: 3 groups do not divide 8 channels\n")


def test_a_missing_file_is_code_2(run: Run, here: Path) -> None:
    result = run("render", "gone.yaml")
    assert result.code == 2
    assert "error[FC100]: the file cannot be read: No such file or directory" in result.out
    assert list(here.iterdir()) == []


def test_a_file_of_blocks_is_no_network(run: Run, here: Path) -> None:
    shutil.copy(NETS / "parts.yaml", here)
    result = run("render", "parts.yaml")
    assert result.code == 1
    first = "error[FC111]: the file holds blocks that others may `use`, and no network\n"
    assert result.out.startswith(first)


def test_the_name_of_a_file_cannot_leave_its_comment(run: Run, here: Path) -> None:
    strange = "a\n\u202e\x1b[31mtaps:.yaml"
    (here / strange).write_text("fishspec: 2\nblocks: {unit: {graph: {a: {kind: relu}}}}\n")
    (here / "net.yaml").write_text(
        'fishspec: 2\nname: net\nuse: "a\\n\\u202e\\e[31mtaps:.yaml"\n'
        "graph: {a: {kind: unit, from: input}}\noutputs: {a: a}\n"
    )
    result = run("render", "net.yaml")
    assert result.code == 0
    assert result.out.endswith("        kind: relu  # a\\x0a\\u202e\\x1b[31mtaps:.yaml:2\n")
    assert all(character.isprintable() or character == "\n" for character in result.out)
