"""`fishcompile show` with figures: formats, sizes, specs side by side, and gradient paths."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.nets import shipped, write_minnow

NET = """\
fishspec: 2
name: NAME
input: {channels: 3, size: 4}
graph:
  conv: {kind: conv, from: input, out: 8, kernel: 1, norm: none, act: none}
  relu: {kind: relu, from: conv}
  pool: {kind: max_pool, from: relu, kernel: 2}
outputs: {y: pool}
"""


def write_net(folder: Path, name: str = "net") -> str:
    (folder / f"{name}.yaml").write_text(NET.replace("NAME", name), encoding="utf-8")
    return f"{name}.yaml"


def test_figures_as_csv_are_those_worked_out_by_hand(run: Run, here: Path) -> None:
    """For two images: 8 weights a channel, 24 MACs a pixel, 4 bytes a number, 8 an index."""
    result = run("show", write_net(here), "--format", "csv", "--batch", "2")
    assert (result.code, result.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    image, wide, small, weights = 384, 1024, 256, 128
    assert [row["name"] for row in rows] == ["conv", "relu", "pool", "total"]
    assert rows[0] == {
        "name": "conv", "kind": "conv", "output": "8x4x4", "parameters": "32",
        "macs": "384", "activations": "128", "traffic": str(image + weights + wide),
        "intensity": "1.0", "saved": str(image), "memory": str(image + wide),
        "receptive_field": "1", "stride": "1",
    }  # fmt: skip
    assert rows[2]["saved"] == str(2 * small)
    assert (rows[2]["receptive_field"], rows[2]["stride"]) == ("2", "2")
    assert rows[3]["parameters"] == "32"


def test_figures_as_json(run: Run, here: Path) -> None:
    result = run("show", write_net(here), "--format", "json", "--size", "6x8", "--by", "op")
    (found,) = json.loads(result.out)["networks"]
    assert (found["name"], found["size"], found["batch"], found["by"]) == ("net", [6, 8], 1, "op")
    assert [row["output"] for row in found["rows"]] == ["8x6x8", "8x6x8", "8x3x4"]
    assert found["total"]["macs"] == 24 * 48
    weights, image, wide = 128, 3 * 48 * 4, 8 * 48 * 4
    assert found["bytes"]["weights"] == weights
    assert found["bytes"]["inference"] == weights + image + 2 * wide
    assert found["bytes"]["training_adam"] > found["bytes"]["training_sgd_momentum"]
    state = found["bytes"]["training_sgd_momentum"] - found["bytes"]["training_sgd"]
    assert state == weights


def test_half_numbers_take_half_the_bytes(run: Run, here: Path) -> None:
    name = write_net(here)
    found = {}
    for dtype in ("float32", "bfloat16"):
        result = run("show", name, "--format", "json", "--dtype", dtype)
        (found[dtype],) = json.loads(result.out)["networks"]
    whole, half = found["float32"], found["bfloat16"]
    assert whole["bytes"]["weights"] == 2 * half["bytes"]["weights"]
    # but indices are int64 in both: one for each of 8 channels and 4 pixels
    assert whole["rows"][2]["memory"] - 256 == 2 * (half["rows"][2]["memory"] - 256)
    assert found["float32"]["total"]["macs"] == found["bfloat16"]["total"]["macs"]


@pytest.mark.parametrize("by", ["stage", "block", "op"])
def test_figures_as_text_end_in_the_whole(run: Run, by: str) -> None:
    result = run("show", shipped("fishnet99"), "--by", by)
    lines = result.out.splitlines()
    assert lines[0].split()[:4] == [by, "kind", "output", "parameters"]
    total = next(line for line in lines if line.startswith("total"))
    assert total.split()[1:3] == ["16,628,904", "4,263,656,704"]
    assert lines[-4] == "weights 66.52 MB, buffers 0.24 MB"


def test_specs_side_by_side(run: Run, here: Path) -> None:
    """The paper's claim in figures: 16.63 and 25.56 million parameters."""
    result = run("show", shipped("fishnet99"), shipped("resnet50"), "--format", "markdown")
    lines = result.out.splitlines()
    assert lines[0] == "|  | fishnet99 | resnet50 |"
    assert "| parameters | 16,628,904 | 25,557,032 |" in lines
    (here / "a").mkdir()
    (here / "b").mkdir()
    write_net(here / "a")
    write_net(here / "b")
    same = run("show", "a/net.yaml", "b/net.yaml")
    assert same.out.splitlines()[0].split() == ["a/net.yaml", "b/net.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said", "way_out"),
    [
        (["--size", "3q3"], "`3q3` is no size", "--size 480x640"),
        (["--batch", "0"], "`0` is no batch", "--batch 32"),
        (["--dtype", "float8"], "--dtype has no `float8`", "did you mean float"),
        (["--format", "xml"], "--format has no `xml`", "write one of text, markdown, csv, json"),
        (["--by", "stages"], "--by has no `stages`", "did you mean stage?"),
        (["--size", "1x1"], "net.yaml takes no images of 1x1: pool: a 2x2 window", "input.size"),
        (["--gradients", "--batch", "2"], "--gradients has one table", "other options out"),
        (["net.yaml"], "a spec is named twice", "name each once"),
    ],
)
def test_misuse_names_the_way_out(
    run: Run, here: Path, arguments: list[str], said: str, way_out: str
) -> None:
    result = run("show", write_net(here), *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert way_out in result.err


def test_gradient_paths_as_text(run: Run, here: Path) -> None:
    write_minnow(here)
    result = run("show", "minnow.yaml", "--gradients")
    assert (result.code, result.err) == (0, "")
    first, heads, *rows = result.out.splitlines()
    assert first == "minnow: from head2.merged"
    assert heads.split()[:3] == ["stage", "free", "path"]
    assert {row.split()[0]: row.split()[1] for row in rows} == {
        "stem": "yes", "tail1": "yes", "tail2": "no", "bridge": "yes", "body2": "yes",
        "body1": "yes", "head1": "yes", "head2": "yes",
    }  # fmt: skip


def test_gradient_paths_as_json(run: Run) -> None:
    result = run("show", shipped("resnet50"), "--gradients", "--format", "json")
    (found,) = json.loads(result.out)["networks"]
    stages = {stage["stage"]: stage for stage in found["stages"]}
    assert stages["layer3"]["isolated_convolutions"] == ["layer4.0.shortcut.conv"]
    assert stages["layer3"]["path"][0] == "layer4.2.relu"
    assert (stages["layer3"]["free"], stages["layer4"]["free"]) == (False, True)
