"""`fishcompile import`: from a checkpoint file alone to a spec that computes what it computed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from fishcompile.cli.app import main
from fishcompile.language.key_layouts import AUTHORS, FISHCOMPILE
from fishcompile.pipeline import analyse, compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from fishcompile.weights.checkpoint_files import read_checkpoint
from fishcompile.weights.convert import convert
from fishcompile.weights.wrappers import unwrapped
from tests import reference
from tests.nets import shipped, write_minnow
from tests.recovery.fishes import shapes_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command: its exit code, output and errors."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fishcompile", *map(str, words)])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, *capsys.readouterr()

    return call


def blank(path: Path, shapes: dict[str, tuple[int, ...]]) -> Path:
    """A checkpoint with next to no values, as the authors' script wraps it."""
    tensors = {
        f"module.{key}": torch.zeros(1).expand(shape) if shape else torch.tensor(0)
        for key, shape in shapes.items()
    }
    torch.save({"epoch": 100, "state_dict": tensors, "best_prec1": 77.0}, path)
    return path


@pytest.fixture
def ninety_nine(tmp_path: Path) -> Path:
    return blank(tmp_path / "fishnet99_ckpt.tar", reference.state_dict("fishnet99"))


def parameters(path: Path) -> int:
    return compiled(path).total.parameters


def test_the_whole_spec_and_what_is_said_of_it(run: Run, tmp_path: Path, ninety_nine: Path) -> None:
    mine = tmp_path / "mine.yaml"
    code, out, err = run("import", ninety_nine, "-o", mine)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"read {ninety_nine}: 599 tensors, authors layout, torch, zip")
    assert "  head3 2 blocks, merges bridge after 4 blocks" in lines
    assert "parameters 16,628,904, all keys and shapes accounted for" in lines
    assert any(line.startswith("not in a checkpoint, so FishNet's") for line in lines)
    text = mine.read_text()
    assert lines[-1] == f"wrote {mine} ({len(text.splitlines())} lines)"
    assert text == WHOLE
    assert run("check", mine) == (0, "1 spec checked, no errors\n", "")


# By hand: specs/fishnet99.yaml without its table, its dilations and its taps.
WHOLE = """\
# Recovered from `fishnet99_ckpt.tar` by `fishcompile import`. Widths, blocks and shortcuts are
# the checkpoint's; what a stage merges is as in FishNet, and the widths agree. The comments name
# what no checkpoint says.
fishspec: 2
name: mine
input: {channels: 3, size: 224} # the size is not in a checkpoint

stem: # strides, padding and pooling are not in a checkpoint; these are FishNet's
  conv1: {kind: conv, out: 32, kernel: 3, stride: 2}
  conv2: {kind: conv, out: 32, kernel: 3}
  conv3: {kind: conv, out: 64, kernel: 3}
  pool: {kind: max_pool, kernel: 3, stride: 2, padding: 1}

tail: # down-sampling is not in a checkpoint; max_pool is FishNet's, as in the head
  tail1: {out: 128, blocks: 2}
  tail2: {out: 256, blocks: 2}
  tail3: {out: 512, blocks: 6}

bridge: {out: 512, blocks: 2, widen: 2, squeeze: 16, gate: scale_add} \
# scale or scale_add is not in a checkpoint; FishNet's

body: # up-sampling and dilation are not in a checkpoint; nearest is FishNet's
  body3: {blocks: 1, k: 1, transfer: {from: tail2, blocks: 1}}
  body2: {blocks: 1, k: 2, transfer: {from: tail1, blocks: 1}} \
# dilation is not in a checkpoint: 1 here, where FishNet has `dilation: 2`
  body1: {blocks: 1, k: 2, transfer: {from: stem, blocks: 1}} \
# dilation is not in a checkpoint: 1 here, where FishNet has `dilation: 4`

head:
  head1: {blocks: 1, transfer: {from: body2, blocks: 1}}
  head2: {blocks: 2, transfer: {from: body3, blocks: 1}}
  head3: {blocks: 2, transfer: {from: bridge, blocks: 4}}

classifier: {classes: 1000}
# Taps are not in a checkpoint: without `taps` every stage is one, under its own name.
"""


@pytest.mark.parametrize(
    "model",
    [
        "fishnet99",
        pytest.param("fishnet150", marks=pytest.mark.slow),
        pytest.param("fishnet201", marks=pytest.mark.slow),
    ],
)
def test_with_its_dilation_filled_in_it_computes_what_the_authors_model_does(
    run: Run, tmp_path: Path, model: str
) -> None:
    released, mine = tmp_path / "ckpt.tar", tmp_path / "mine.yaml"
    torch.save(reference.authors_checkpoint(model), released)
    assert run("import", released, "-o", mine)[0] == 0
    assert parameters(mine) == reference.manifest()[model]["parameters"]
    # what a user does who knows what the comments ask for
    text = mine.read_text()
    for name, dilation in (("body2", 2), ("body1", 4)):
        assert text.count(f"\n  {name}: {{") == 1
        text = text.replace(f"\n  {name}: {{", f"\n  {name}: {{dilation: {dilation}, ")
    mine.write_text(text)
    analysis = compiled(mine)
    graph, stages = analysis.inference.graph, analysis.stages
    read = unwrapped(read_checkpoint(released))
    state = dict(convert(read, graph, stages, AUTHORS, FISHCOMPILE).tensors)
    net = instantiate(emit_source(analysis), graph.name).double().eval()
    net.load_state_dict(state)
    released.unlink()
    with torch.inference_mode():
        logits = net(torch.from_numpy(reference.image(256, 192))).numpy()
    expected: Any = reference.outputs(model)["logits_256x192"]
    assert np.abs(logits - expected).max() <= 1e-9 * np.abs(expected).max()


def test_a_variant_of_a_named_base_changes_block_counts_alone(run: Run, tmp_path: Path) -> None:
    base, mine = tmp_path / "fishnet99.yaml", tmp_path / "mine.yaml"
    base.write_text(shipped("fishnet99").read_text())
    source = blank(tmp_path / "a.tar", reference.state_dict("fishnet150"))
    code, out, _ = run("import", source, "-o", mine, "--base", base)
    assert code == 0
    assert out.splitlines()[-1] == f"wrote {mine}, which extends fishnet99.yaml (20 lines)"
    heading, _, changes = mine.read_text().partition("fishspec: 2\n")
    assert "So the dilations are the base's: body2 2, body1 4." in heading.replace("\n#", "")
    assert changes == CHANGES
    graph = compiled(mine).inference.graph
    assert graph.nodes == compiled(shipped("fishnet150")).inference.graph.nodes
    assert run("check", mine) == (0, "1 spec checked, no errors\n", "")
    whole = tmp_path / "whole.yaml"
    run("import", source, "-o", whole)
    assert len(mine.read_text()) < len(whole.read_text())


CHANGES = """\
name: mine
extends: fishnet99.yaml

tail:
  tail2: {blocks: 4}
  tail3: {blocks: 8}
bridge: {blocks: 4}
body:
  body3: {blocks: 2, transfer: {blocks: 2}} # dilation is not in a checkpoint; 1 is the base's
  body2: {blocks: 2, transfer: {blocks: 2}} # dilation is not in a checkpoint; 2 is the base's
  body1: {blocks: 2, transfer: {blocks: 2}} # dilation is not in a checkpoint; 4 is the base's
head:
  head1: {blocks: 2, transfer: {blocks: 2}}
  head2: {transfer: {blocks: 2}}
  head3: {blocks: 4}
"""


def test_the_nearest_shipped_spec_is_the_base_where_it_lies_below_the_root(
    run: Run, tmp_path: Path, ninety_nine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The root of a project holds the specs, not its virtual environment's copy of them."""
    (tmp_path / "pyproject.toml").touch()
    for folder, extends in (("specs", True), (".venv/lib/specs", False)):
        specs = tmp_path / folder
        specs.mkdir(parents=True)
        for model in reference.MODELS:
            (specs / f"{model}.yaml").write_text(shipped(model).read_text())

        def found(_kind: str, name: str, specs: Path = specs) -> Path:
            return specs / name

        monkeypatch.setattr("fishcompile.recovery.specify.data_file", found)
        code, _, _ = run("import", ninety_nine, "-o", tmp_path / "mine.yaml", "--force")
        assert code == 0
        text = (tmp_path / "mine.yaml").read_text()
        assert ("extends: specs/fishnet99.yaml\n" in text) is extends
        assert parameters(tmp_path / "mine.yaml") == 16_628_904


def test_safetensors_without_counters(run: Run, tmp_path: Path) -> None:
    shapes = shapes_of(compiled(write_minnow(tmp_path)))
    source = tmp_path / "a.safetensors"
    kept = {k: s for k, s in shapes.items() if not k.endswith("num_batches_tracked")}
    safetensors.torch.save_file({key: torch.zeros(shape) for key, shape in kept.items()}, source)
    assert run("import", source, "-o", tmp_path / "back.yml")[0] == 0
    assert shapes_of(analyse(tmp_path / "back.yml")) == shapes


def test_a_name_that_yaml_reads_as_something_else_is_quoted(
    run: Run, tmp_path: Path, ninety_nine: Path
) -> None:
    assert run("import", ninety_nine, "-o", tmp_path / "null.yaml")[0] == 0
    assert '\nname: "null"\n' in (tmp_path / "null.yaml").read_text()
    assert compiled(tmp_path / "null.yaml").stages.name == "null"


def test_a_checkpoints_name_cannot_leave_its_comment(run: Run, tmp_path: Path) -> None:
    shapes = shapes_of(compiled(write_minnow(tmp_path)))
    source = blank(tmp_path / "a\nname: evil\x1b.tar", shapes)
    code, out, _ = run("import", source, "-o", tmp_path / "mine.yaml")
    assert code == 0
    assert "\x1b" not in out
    assert "`a\\nname: evil\\x1b.tar`" in (tmp_path / "mine.yaml").read_text()
    assert compiled(tmp_path / "mine.yaml").stages.name == "mine"


@pytest.mark.parametrize(
    ("output", "more", "said", "help_"),
    [
        ("mine.txt", [], "is no name of a spec", "let it end in .yaml"),
        ("My-Fish.yaml", [], "and `My-Fish` is not a lower-case letter", "my_fish.yaml"),
        ("class.yaml", [], "`class` is a keyword of Python", "name another file with -o"),
        ("there.yaml", [], "there.yaml exists; it is not overwritten", "--force"),
        ("none/mine.yaml", [], "the folder of", "make it first"),
        ("mine.yaml", ["--base", "mine.yaml"], "is the output itself", "name another file"),
        ("mine.yaml", ["--base", "../base.yaml"], "lies outside", "copy it below that folder"),
        ("mine.yaml", ["--base", "gone.yaml"], "", ""),
    ],
)
def test_used_wrongly(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    more: list[str],
    said: str,
    help_: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    blank(tmp_path / "a.tar", shapes_of(compiled(write_minnow(tmp_path))))
    (tmp_path / "there.yaml").write_text("precious")
    before = sorted(tmp_path.iterdir())
    code, out, err = run("import", "a.tar", "-o", output, *more)
    assert code == 2
    assert said in err
    assert help_ in err
    assert "wrote" not in out
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "there.yaml").read_text() == "precious"


def test_findings_write_nothing(run: Run, tmp_path: Path) -> None:
    shapes = shapes_of(compiled(write_minnow(tmp_path)))
    mine, base = tmp_path / "mine.yaml", tmp_path / "base.yaml"
    source = blank(tmp_path / "a.tar", shapes)
    odd = blank(tmp_path / "b.tar", shapes | {"fish.fish.0.0.0.extra": (1,)})
    code, out, err = run("import", odd, "-o", mine)
    assert (code, out) == (1, "")
    assert "left over in the checkpoint: 1\n    `fish.fish.0.0.0.extra` 1\n" in err
    # a base with errors of its own is reported as check does
    base.write_text("fishspec: 2\nname: base\ntial: {}\n")
    code, out, err = run("import", source, "-o", mine, "--base", base)
    assert (code, err) == (1, "")
    assert "error[FC110]: unknown key `tial`" in out
    code, _, err = run("import", base, "-o", mine)
    assert code == 2
    assert "is no checkpoint: it begins with" in err
    assert not mine.exists()


def test_without_torch_the_command_says_how_to_get_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "safetensors", missing)
    code, _, err = run("import", tmp_path / "a.pth", "-o", tmp_path / "mine.yaml")
    assert code == 2
    assert "this command needs safetensors" in err
    assert "pip install 'fishcompile[torch]'" in err
