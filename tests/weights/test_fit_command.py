"""`fishcompile weights fit` carries weights over by name, and leaves out what it is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

import fishcompile
from fishcompile.cli.app import main

BASE = """\
fishspec: 2
name: small
input: {size: 32}
stem:
  conv1: {kind: conv, out: 8, stride: 2}
tail:
  tail1: {out: 16, blocks: 1}
classifier: {classes: 4}
"""
CLASSIFIER = 5 + 1 + 5 + 2  # two norms of five tensors, the score, the last layer and its bias

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`weights fit` of the base's weights into a variant: its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    torch.manual_seed(1)
    torch.save(fishcompile.compile("base.yaml").state_dict(), "base.pt")

    def call(variant: str, *more: str, command: str = "fit") -> tuple[int, str, str]:
        Path("v.yaml").write_text(f"fishspec: 2\nname: v\nextends: base.yaml\n{variant}")
        words = ["weights", command, "base.pt", "--spec", "v.yaml", *more]
        monkeypatch.setattr(sys, "argv", ["fishcompile", *words])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, *capsys.readouterr()

    return call


def loaded(path: str) -> dict[str, Tensor]:
    found: dict[str, Tensor] = torch.load(path)
    return found


def test_a_backbone_takes_all_but_the_classifier_and_only_when_asked(run: Run) -> None:
    variant = "classifier: null\ntaps: {last: tail1}\n"
    code, _, err = run(variant, "-o", "out.pt")
    assert code == 1
    assert f"left over: {CLASSIFIER}" in err
    assert "leave them out with --drop classifier" in err
    assert not Path("out.pt").exists()

    code, out, _ = run(variant, "--drop", "classifier", "-o", "out.pt")
    assert code == 0
    assert f"  dropped: {CLASSIFIER}\n" in out
    before, after = loaded("base.pt"), loaded("out.pt")
    assert after.keys() == {key for key in before if not key.startswith("classifier.")}
    assert all(torch.equal(after[key], before[key]) for key in after)
    fishcompile.compile("v.yaml").load_state_dict(after)


@pytest.mark.parametrize(
    ("variant", "dropped"),
    [
        ("classifier: null\ntaps: {last: tail1}\n", "classifier"),
        ("classifier: {classes: 6}\n", "classifier.fc"),
    ],
)
def test_a_conversion_that_does_not_fit_names_the_command_that_does(
    run: Run, variant: str, dropped: str
) -> None:
    code, _, err = run(variant, "-o", "out.pt", command="convert")
    assert code == 1
    way = f"fishcompile weights fit --drop {dropped}"
    assert f"  = help: `{way}` carries over what is the same\n" in err
    assert run(variant, *way.split()[3:], "-o", "out.pt")[0] == 0


def test_other_classes_are_new_or_filled_in_part(run: Run) -> None:
    variant = "classifier: {classes: 6}\n"
    code, _, err = run(variant)
    assert code == 1
    assert "classifier.fc.weight is 4x8x1x1, the spec's 6x8x1x1" in err
    assert "leave them out with --drop classifier.fc, or copy the part that fits" in err

    before = loaded("base.pt")
    assert run(variant, "--drop", "classifier.fc", "-o", "new.pt")[0] == 0
    assert run(variant, "--resize", "-o", "part.pt")[0] == 0
    new, part = loaded("new.pt"), loaded("part.pt")
    kept = [key for key in before if not key.startswith("classifier.fc.")]
    for after in (new, part):
        assert all(torch.equal(after[key], before[key]) for key in kept)
        assert after["classifier.fc.weight"].shape == (6, 8, 1, 1)
    assert not torch.equal(new["classifier.fc.weight"][:4], before["classifier.fc.weight"])
    assert torch.equal(part["classifier.fc.weight"][:4], before["classifier.fc.weight"])
    assert torch.equal(part["classifier.fc.weight"][4:], new["classifier.fc.weight"][4:])


def test_a_new_stage_is_initialised_and_the_rest_copied(run: Run) -> None:
    variant = "tail:\n  tail2: {out: 16, blocks: 1, after: tail1}\n"
    assert run(variant, "-o", "a.pt", "--seed", "3")[0] == 0
    assert run(variant, "-o", "b.pt", "--seed", "3")[0] == 0
    assert run(variant, "-o", "c.pt", "--seed", "4")[0] == 0
    before, a, b, c = (loaded(name) for name in ("base.pt", "a.pt", "b.pt", "c.pt"))
    assert all(torch.equal(a[key], before[key]) for key in before)
    new = [key for key in a if key.startswith("tail2.")]
    assert new
    assert all(torch.equal(a[key], b[key]) for key in new)
    weights = [key for key in new if a[key].dim() == 4]
    assert all(not torch.equal(a[key], c[key]) for key in weights)


def test_the_plan_alone_as_json(run: Run) -> None:
    code, out, _ = run("classifier: {classes: 6}\n", "--resize", "--format", "json")
    assert code == 0
    plan = json.loads(out)
    assert plan["resized"] == {
        "classifier.fc.weight": {"from": [4, 8, 1, 1], "to": [6, 8, 1, 1]},
        "classifier.fc.bias": {"from": [4], "to": [6]},
    }
    assert len(plan["copied"]) == len(loaded("base.pt")) - 2
    assert plan["new"] == plan["dropped"] == []
    assert sorted(path.name for path in Path().iterdir()) == ["base.pt", "base.yaml", "v.yaml"]


def test_what_is_not_there_cannot_be_dropped(run: Run) -> None:
    code, _, err = run("", "--drop", "clasifier")
    assert code == 2
    assert "the checkpoint has no `clasifier` to drop" in err
    assert "did you mean `classifier`?" in err
