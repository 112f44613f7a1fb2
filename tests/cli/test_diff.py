"""`fishcompile diff`: two specs, and two revisions of one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.nets import shipped

if TYPE_CHECKING:
    from tests.cli.conftest import Run

# 3 channels to 8 by 3x3 kernels without bias, and a norm: 3 * 8 * 9 + 2 * 8 parameters, 216 MACs
# for each of 32 x 32 pixels; so on.
BEFORE = """\
fishspec: 2
name: net
input: {size: 32}
graph:
  a: {kind: conv, from: input, out: 8}
  b: {kind: conv, out: 8}
  gone: {kind: max_pool}
outputs: {y: gone}
taps: {fine: b}
"""
AFTER = """\
fishspec: 2
name: net2
input: {size: 32}
graph:
  a: {kind: conv, from: input, out: 8}
  b: {kind: conv, out: 16}
  more: {kind: conv, out: 4, kernel: 1, stride: 2}
outputs: {y: more}
taps: {fine: b, coarse: more}
"""


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def git(*words: str) -> None:
    names = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run(["git", *names, *words], check=True, capture_output=True)


def test_both_are_drawn_with_what_differs(run: Run, here: Path) -> None:
    """`b` is wider in the second, `gone` and `more` are in one alone, `a` is the same."""
    write(here, before=BEFORE, after=AFTER)
    assert run("diff", "before.yaml", "after.yaml", "--picture", "both.svg").code == 0
    root = ElementTree.fromstring(Path(here, "both.svg").read_bytes())
    space = "{http://www.w3.org/2000/svg}"
    thick = [
        group.get("data-stages")
        for group in root.iter(f"{space}g")
        if group.get("data-stages")
        and any("changed" in line.get("class", "") for line in group.findall(f"{space}path"))
    ]
    assert thick == ["b", "gone", "b", "more"]
    assert root.get("aria-label") == "net \u2192 net2"
    for name in ("both.mmd", "both.txt", "before.yaml"):
        assert run("diff", "before.yaml", "after.yaml", "--picture", name).code == 2
    assert Path(here, "before.yaml").read_text(encoding="utf-8") == BEFORE


def test_a_spec_against_another(run: Run, here: Path) -> None:
    write(here, before=BEFORE, after=AFTER)
    result = run("diff", "before.yaml", "after.yaml", "--format", "json")
    assert result.code == 0
    found = json.loads(result.out)
    first, second, third = 3 * 8 * 9 + 16, (8 * 8 * 9 + 16, 8 * 16 * 9 + 32), 16 * 4 + 8
    assert found["figures"]["parameters"] == [first + second[0], first + second[1] + third]
    pixels = 32 * 32
    macs = [(216 + 576) * pixels, (216 + 1152) * pixels + 64 * pixels // 4]
    assert found["figures"]["MACs"] == macs
    assert found["stages"] == {
        "b": [
            {"output": "8x32x32", "parameters": second[0], "macs": 576 * pixels},
            {"output": "16x32x32", "parameters": second[1], "macs": 1152 * pixels},
        ],
        "more": [None, {"output": "4x16x16", "parameters": third, "macs": 64 * pixels // 4}],
        "gone": [{"output": "8x16x16", "parameters": 0, "macs": 0}, None],
    }
    assert found["sizes"] == ["every height and width from 2", "every height and width"]
    assert found["taps"] == {
        "fine": ["8 at stride 1", "16 at stride 1"],
        "coarse": [None, "4 at stride 2"],
    }
    # the weight of `b`, and of its norm all but the count of batches
    assert found["weights"]["of_another_shape"] == [
        f"b.{key}"
        for key in ("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")
    ]
    assert "a.conv.weight" in found["weights"]["kept"]
    assert "more.conv.weight" in found["weights"]["new"]


def test_the_released_networks(run: Run) -> None:
    result = run("diff", shipped("fishnet99"), shipped("fishnet150"))
    assert result.code == 0
    (parameters,) = (line for line in result.out.splitlines() if line.startswith("parameters"))
    assert parameters.split() == [
        "parameters",
        "16,628,904",
        "24,959,400",
        "+8,330,496",
        "(+50.1%)",
    ]
    # the authors' checkpoints have 599 and 905 tensors
    assert "weights: 599 of 599 tensors fit; 306 are new, 0 go" in result.out
    assert "tail1" not in result.out


def test_equal_specs_differ_in_nothing(run: Run, here: Path) -> None:
    write(here, before=BEFORE, after=BEFORE.replace("name: net", "name: other"))
    found = json.loads(run("diff", "before.yaml", "after.yaml", "--format", "json").out)
    assert (found["stages"], found["gradient_paths"], found["taps"]) == ({}, {}, {})
    assert all(a == b for a, b in found["figures"].values())


def test_markdown_is_a_table(run: Run, here: Path) -> None:
    write(here, before=BEFORE, after=AFTER)
    lines = run("diff", "before.yaml", "after.yaml", "--format", "markdown").out.splitlines()
    assert lines[:4] == [
        "### net → net2",
        "",
        "| figure | before | after | change |",
        "|---|--:|--:|--:|",
    ]
    assert any(line.startswith("| more | added | 4x16x16 | +72 |") for line in lines)


def test_a_revision_has_its_own_base(run: Run, here: Path) -> None:
    variant = "fishspec: 2\nname: variant\nextends: net.yaml\n"
    git("init", "-q")
    write(here, net=BEFORE, variant=variant)
    git("add", ".")
    git("commit", "-qm", "first")
    write(here, net=BEFORE.replace("b: {kind: conv, out: 8}", "b: {kind: conv, out: 16}"))
    result = run("diff", "HEAD:variant.yaml", "variant.yaml", "--format", "json")
    found = json.loads(result.out)
    assert (found["before"], found["after"]) == ("HEAD:variant.yaml", "variant.yaml")
    assert [stage["output"] for stage in found["stages"]["b"]] == ["8x32x32", "16x32x32"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nope:net.yaml", "Needed a single revision"),
        ("--help:net.yaml", "Needed a single revision"),
        ("HEAD:other.yaml", "the revision has no such file"),
        ("HEAD:../out.yaml", "not a git repository"),
        ("missing.yaml", "cannot be read"),
    ],
)
def test_what_is_not_there(run: Run, here: Path, word: str, said: str) -> None:
    git("init", "-q")
    write(here, net=BEFORE)
    git("add", ".")
    git("commit", "-qm", "first")
    result = run("diff", "--", word, "net.yaml")
    assert result.code == 2
    assert said in result.out + result.err


def test_a_promise_that_the_second_breaks(run: Run, here: Path) -> None:
    promised = BEFORE.replace("size: 32", "size: 32, sizes: {from: 1}")
    write(here, before=BEFORE, after=promised)
    result = run("diff", "before.yaml", "after.yaml")
    assert result.code == 1
    assert "FC404" in result.out + result.err
    assert "parameters" in result.out
    assert run("diff", "after.yaml", "before.yaml").code == 0


def test_a_spec_that_does_not_hold(run: Run, here: Path) -> None:
    write(here, before=BEFORE, after=AFTER.replace("kernel: 1", "kernel: 2"))
    result = run("diff", "before.yaml", "after.yaml")
    assert result.code == 1
    assert "FC306" in result.out + result.err
