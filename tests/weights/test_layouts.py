"""Layouts of other code's keys: what patterns name, what is refused, and checkpoints renamed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from fishcompile.cli.app import main
from fishcompile.pipeline import analyse, check_texts, compiled

HEAD = """\
fishspec: 2
name: net
input: {size: 16}
graph:
  conv1: {kind: conv, from: input, out: 8}
  conv2: {kind: conv, out: 8, norm: none}
  fc: {kind: conv, out: 4, norm: none, act: none}
outputs: {map: fc}
"""
LAYOUT = """\
layouts:
  other: {conv*.conv: "body.*.0", conv1.bn: body.1.1, fc: Head-fc}
"""
OURS = (
    *("conv1.conv.weight", "conv1.bn.weight", "conv1.bn.bias"),
    *("conv1.bn.running_mean", "conv1.bn.running_var", "conv1.bn.num_batches_tracked"),
    *("conv2.conv.weight", "conv2.conv.bias", "fc.weight", "fc.bias"),
)
THEIRS = (
    *("body.1.0.weight", "body.1.1.weight", "body.1.1.bias"),
    *("body.1.1.running_mean", "body.1.1.running_var", "body.1.1.num_batches_tracked"),
    *("body.2.0.weight", "body.2.0.bias", "Head-fc.weight", "Head-fc.bias"),
)


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        ("layouts: 3", "FC112", "`layouts` must be a mapping"),
        ("layouts: {other: conv1}", "FC112", "layout `other` must be a mapping"),
        (
            "layouts: {other: {conv1: 3}}",
            "FC112",
            "`conv1` of layout `other` must be a pattern of keys, got 3",
        ),
        ("layouts: {other: {conv1: [a]}}", "FC112", "got a list"),
        ("layouts: {other: {conv1: null}}", "FC112", "got null"),
        ("layouts: {Other: {conv1: a}}", "FC201", "the layout name `Other`"),
        ("layouts: {authors: {conv1: a}}", "FC201", "is the name of a layout that every spec has"),
        ("layouts: {fishcompile: {conv1: a}}", "FC201", "that every spec has"),
        (
            "layouts: {other: {conv1: a*}}",
            "FC112",
            "must have as many stars as `conv1`, 0, and has 1",
        ),
        (
            "layouts: {other: {conv*: a}}",
            "FC112",
            "must have as many stars as `conv*`, 1, and has 0",
        ),
        ("layouts: {other: {c*n*: a**}}", "FC112", "`c*n*` has two stars in one part"),
        ("layouts: {other: {conv1.: a}}", "FC112", "`conv1.` is not parts of lower-case letters"),
        ('layouts: {other: {"": a}}', "FC112", "`` is not parts"),
        ('layouts: {other: {conv1: ""}}', "FC112", "`` is not parts of letters"),
        ('layouts: {other: {conv1: "a\\nb"}}', "FC112", "`a\\nb` is not parts"),
        ('layouts: {other: {conv1: "a\\n"}}', "FC112", "`a\\n` is not parts"),
        ('layouts: {other: {"(a+)+$": a}}', "FC112", "`(a+)+$` is not parts"),
        ('layouts: {other: {conv1: "\u202ea"}}', "FC112", "`\\u202ea` is not parts"),
        (f"layouts: {{other: {{conv1: {'a' * 129}}}}}", "FC112", "has 129 characters"),
        (f"layouts: {{other: {{{'a.' * 64}a: b}}}}", "FC104", "the key has 129 characters"),
        (
            "layouts: {other: {" + ", ".join(f"a{i}: b{i}" for i in range(129)) + "}}",
            "FC104",
            "the layout has 129 patterns, and at most 128 are allowed",
        ),
        (
            "layouts: {" + ", ".join(f"a{i}: {{conv1: a}}" for i in range(9)) + "}",
            "FC104",
            "`layouts` has 9 layouts, and at most 8 are allowed",
        ),
    ],
)
def test_what_is_no_layout(text: str, rule: str, said: str) -> None:
    report = check_texts({"net.yaml": f"{HEAD}{text}\n"}, "net.yaml")
    found = [d for d in report.diagnostics if d.rule == rule and said in d.message]
    assert len(found) == 1, [d.message for d in report.diagnostics]
    assert found[0].span.line == HEAD.count("\n") + 1


def spec(folder: Path, text: str = HEAD + LAYOUT, name: str = "net") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_layout_changes_neither_digest_nor_build(tmp_path: Path) -> None:
    with_, without = spec(tmp_path), spec(tmp_path, HEAD, "bare")
    assert analyse(with_).digest == analyse(without).digest
    assert analyse(with_).report.diagnostics == ()
    broken = spec(tmp_path, HEAD + "layouts: {other: {conv1: a}}\n", "broken")
    # one that does not fit is a warning: the network is what it was
    assert compiled(broken).digest == analyse(without).digest
    (found,) = analyse(broken).report.diagnostics
    assert (found.rule, found.severity) == ("FC403", "warning")


def test_variants_inherit_layouts_and_change_them_by_pattern(tmp_path: Path) -> None:
    spec(tmp_path)
    head = "fishspec: 2\nname: variant\nextends: net.yaml\n"
    more = head + "graph: {conv1: {norm: none}}\n"
    stale = analyse(spec(tmp_path, more, "stale")).report.diagnostics
    assert [d.message.partition(": ")[2] for d in stale] == ["the pattern `conv1.bn` names no key"]
    assert stale[0].span.source.name.endswith("stale.yaml")
    assert [there.span.source.name.endswith("net.yaml") for there in stale[0].related[:1]] == [True]
    for mended in ("layouts: {other: {conv1.bn: null}}\n", "layouts: {other: null}\n"):
        assert analyse(spec(tmp_path, more + mended, "mended")).report.diagnostics == ()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command: its exit code, output and errors."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fishcompile", *map(str, words)])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, *capsys.readouterr()

    return call


def weights(path: Path) -> dict[str, Tensor]:
    """Values of the spec's network, each key's its own."""
    generator = torch.Generator().manual_seed(0)
    return {
        key: torch.randn(shape, generator=generator) if shape else torch.tensor(7)
        for key, (shape, _) in compiled(path).inference.graph.state().items()
    }


@pytest.mark.parametrize("option", ["--layout", "--to"])
def test_a_round_trip(run: Run, tmp_path: Path, option: str) -> None:
    path, ours, theirs, back = spec(tmp_path), *(tmp_path / f"{n}.pt" for n in "abc")
    torch.save(weights(path), ours)
    words = ("weights", "convert", ours, "--spec", path, option, "other", "-o", theirs)
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    size = theirs.stat().st_size
    assert out.splitlines() == [
        f"read {ours}: 10 tensors, fishcompile layout, torch, zip",
        f"wrote {theirs}: 10 tensors, other layout, {size:,} bytes",
    ]
    renamed = torch.load(theirs)
    assert tuple(renamed) == THEIRS
    for key, name in zip(OURS, THEIRS, strict=True):
        assert torch.equal(renamed[name], weights(path)[key])

    code, out, _ = run("weights", "convert", theirs, "--spec", path, "-o", back)
    assert code == 0
    assert "10 tensors, other layout, torch, zip\n" in out
    again = torch.load(back)
    assert tuple(again) == OURS
    assert all(torch.equal(again[key], tensor) for key, tensor in weights(path).items())


def test_what_does_not_fit_is_said_in_the_layouts_keys(run: Run, tmp_path: Path) -> None:
    path, theirs, output = spec(tmp_path), tmp_path / "a.pt", tmp_path / "b.pt"
    tensors = dict(zip(THEIRS, weights(path).values(), strict=True))
    tensors["Head-fc.bias"] = torch.zeros(5)
    del tensors["body.1.0.weight"]
    torch.save({**tensors, "more": torch.zeros(1)}, theirs)
    code, _, err = run("weights", "convert", theirs, "--spec", path, "-o", output)
    assert code == 1
    assert not output.exists()
    assert err.splitlines() == [
        "error: the checkpoint does not fit the spec net",
        "  left over in the checkpoint: 1",
        "    `more` 1",
        "  missing from the checkpoint: 1",
        "    body.1.0.weight 8x3x3x3",
        "  of another shape: 1",
        "    Head-fc.bias is 5, the spec's 4",
    ]


UNFIT = """\
the layout other does not fit net
    `conv1.conv.weight` and `conv2.conv.weight` are both named `a.conv.weight`
    no pattern names `fc.weight` and 1 more
"""


@pytest.mark.parametrize(
    ("layouts", "layout", "code", "said", "help_"),
    [
        (LAYOUT, "torchvision", 2, "net has no layout `torchvision`", "are fishcompile, other"),
        (LAYOUT, "a\x1b[31m", 2, r"net has no layout `a\x1b[31m`", "are fishcompile, other"),
        (LAYOUT, "authors", 2, "the authors' layout has a bridge, and net has none", ""),
        (
            "layouts: {other: {conv1: a, conv2: a}}\n",
            "other",
            1,
            UNFIT,
            "`fishcompile check` shows where it is written",
        ),
    ],
)
def test_layouts_that_cannot_be_written(
    run: Run, tmp_path: Path, layouts: str, layout: str, code: int, said: str, help_: str
) -> None:
    path, ours, output = spec(tmp_path, HEAD + layouts), tmp_path / "a.pt", tmp_path / "b.pt"
    torch.save(weights(path), ours)
    words = ("weights", "convert", ours, "--spec", path, "--layout", layout, "-o", output)
    found, out, err = run(*words)
    assert (found, out) == (code, "")
    assert said in err
    assert help_ in err
    assert not output.exists()


def test_keys_of_no_layout_name_those_that_there_are(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "a.pt"
    torch.save({"stage1.weight": torch.zeros(1)}, source)
    words = ("weights", "convert", source, "--spec", spec(tmp_path), "-o", tmp_path / "b.pt")
    code, _, err = run(*words)
    assert code == 1
    assert "keys are of no layout that is known: `stage1.weight`" in err
    assert "the layouts of net are fishcompile, other" in err


@pytest.mark.parametrize("graph", [(), ("--graph",)])
def test_what_is_rendered_keeps_the_layouts(run: Run, tmp_path: Path, graph: tuple[str]) -> None:
    star = HEAD + 'layouts: {other: {"*.conv": body.*, "*.bn": norm.*, fc: "0.1"}}\n'
    path = spec(tmp_path, star)
    code, out, _ = run("render", path, *graph)
    assert code == 0
    again = spec(tmp_path, out, "again")
    assert analyse(again).stages.layouts == analyse(path).stages.layouts != ()
    assert analyse(again).report.diagnostics == ()


def test_a_number_as_a_pattern_has_to_be_quoted() -> None:
    (found,) = check_texts(
        {"a.yaml": f"{HEAD}layouts: {{theirs: {{fc: 1.0}}}}\n"}, "a.yaml"
    ).diagnostics
    assert found.message == "`fc` of layout `theirs` must be a pattern of keys, got 1.0"
    assert found.help == ('put it in quotes: `"1"` is a text, and 1 a number',)
