"""`fishcompile new`: the file that it writes, what it prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fishcompile.pipeline import analyse
from tests.nets import shipped, write_minnow
from tests.scaling.variants import HEAD

if TYPE_CHECKING:
    from tests.cli.conftest import Run

# 0.3 of 8, 16 and 32: worked out in tests/scaling.
SLIM = """\
# minnow with width times 0.3 and depth times 2.
fishspec: 2
name: slim
extends: minnow.yaml
scale: {width: 0.3, depth: 2}

# Not exact when this was written; `fishcompile show` lists all as they are now:
#   stem.conv1.out: 8 x 0.3 = 2.4, made 4: """


def test_a_scaled_variant(run: Run, here: Path) -> None:
    write_minnow(here)
    result = run("new", "slim", "--from", "minnow.yaml", "--width", ".3", "--depth", "2")
    assert (result.code, result.err) == (0, "")
    text = Path("slim.yaml").read_text(encoding="utf-8")
    assert text.startswith(SLIM)
    assert result.out.startswith("wrote slim.yaml, a variant of minnow.yaml\n\nwidth x 0.3, by ")
    rows = [line.split() for line in result.out.splitlines()]
    assert ["tail.tail2.blocks", "2", "4", "4", "exact"] in rows
    base, slim = analyse(here / "minnow.yaml"), analyse(here / "slim.yaml")
    assert slim.report.ok
    for analysis in (base, slim):
        total = analysis.total
        row = [analysis.stages.name, f"{total.parameters:,}", f"{total.macs:,}"]
        assert row in rows
    # each number that is not exact is in the file, with its reason, and no other
    moved = [f"#   {one.name}: {one}" for one in slim.adjustments if one.reason]
    assert text.splitlines()[7:] == moved


def test_show_lists_what_was_scaled(run: Run, here: Path) -> None:
    write_minnow(here)
    assert run("new", "slim", "--from", "minnow.yaml", "--width", "0.5").code == 0
    *_, listed = run("show", "slim.yaml").out.partition("\n\n")
    assert listed.splitlines()[0] == "width x 0.5, by slim.yaml:5:16"
    rows = [line.split(maxsplit=4) for line in listed.splitlines()[2:]]
    assert [row[:4] for row in rows] == [
        ["stem.conv1.out", "8", "4", "4"],
        ["tail.tail1.out", "16", "8", "8"],
        ["tail.tail2.out", "32", "16", "16"],
        ["bridge.out", "32", "16", "16"],
    ]
    assert {row[4] for row in rows} == {"exact"}


def test_a_plain_variant_with_the_line_for_editors(run: Run, here: Path) -> None:
    for folder in ("specs", "schemas", "mine"):
        Path(folder).mkdir()
    Path("pyproject.toml").touch()
    Path("schemas/fishspec-2.schema.json").touch()
    text = shipped("fishnet99").read_text(encoding="utf-8")
    Path("specs/fishnet99.yaml").write_text(text, encoding="utf-8")
    result = run("new", "mine", "--from", "specs/fishnet99.yaml", "-o", "mine/net.yaml")
    assert (result.code, result.err) == (0, "")
    assert Path("mine/net.yaml").read_text(encoding="utf-8") == (
        "# yaml-language-server: $schema=../schemas/fishspec-2.schema.json\n"
        "# As fishnet99.\n"
        "fishspec: 2\n"
        "name: mine\n"
        "extends: ../specs/fishnet99.yaml\n"
    )
    assert result.out.splitlines()[-1].split() == ["ratio", "1.000", "1.000"]


def test_of_a_scaled_variant_only_what_it_scales_itself_is_listed(run: Run, here: Path) -> None:
    write_minnow(here)
    run("new", "slim", "--from", "minnow.yaml", "--width", "0.5")
    result = run("new", "slimmer", "--from", "slim.yaml", "--width", "0.5")
    assert result.code == 0
    assert "by slimmer.yaml:5:16" in result.out
    assert "by slim.yaml" not in result.out
    assert analyse(here / "slimmer.yaml").report.ok


@pytest.mark.parametrize("folder", ["a b", "ä", "it's", 'q"q', "#", "x: y"])
def test_a_base_whose_path_needs_quotes(run: Run, here: Path, folder: str) -> None:
    (here / folder).mkdir()
    write_minnow(here / folder)
    assert run("new", "other", "--from", f"{folder}/minnow.yaml").code == 0
    assert analyse(here / "other.yaml").report.ok


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Slim", "--from", "minnow.yaml"], "error: the name `Slim` is not a lower-case letter"),
        (["half", "--from", "minnow.yaml"], "error: the name `half` is an attribute of every"),
        (["a", "--from", "minnow.yaml", "--width", "0"], "--width takes a number from 0.01 to 16"),
        (["a", "--from", "minnow.yaml", "--width", "nan"], "got `nan`"),
        (["a", "--from", "minnow.yaml", "--depth", "1e1"], "--depth takes a number"),
        (["a", "--from", "minnow.yaml", "--depth", "16.1"], "--depth takes a number"),
        (["a", "--from", "minnow.yaml", "-o", "a.txt"], "let its name end in .yaml"),
        (["a", "--from", "minnow.yaml", "-o", "minnow.yaml", "--force"], "is the base itself"),
        (["a", "--from", "minnow.yaml", "-o", "none/a.yaml"], "the folder of none/a.yaml does not"),
        (["taken", "--from", "minnow.yaml"], "taken.yaml exists; it is not overwritten"),
        (["a", "--from", "minnow.yaml", "-o", "sub/a.yaml"], "copy the spec first: cp minnow.yaml"),
        (["a", "--from", "minnow.txt"], "a base's name ends in .yaml"),
        (["a"], "Missing option '--from'"),
    ],
)
def test_what_is_asked_for_wrongly(
    run: Run, here: Path, arguments: list[str], message: str
) -> None:
    write_minnow(here)
    Path("taken.yaml").write_text("mine", encoding="utf-8")
    Path("sub").mkdir()
    result = run("new", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert sorted(path.name for path in here.iterdir()) == ["minnow.yaml", "sub", "taken.yaml"]
    assert Path("taken.yaml").read_text(encoding="utf-8") == "mine"


def test_force(run: Run, here: Path) -> None:
    write_minnow(here)
    Path("taken.yaml").write_text("mine", encoding="utf-8")
    assert run("new", "taken", "--from", "minnow.yaml", "--force").code == 0
    assert "extends: minnow.yaml" in Path("taken.yaml").read_text(encoding="utf-8")


def test_a_base_that_is_not_there(run: Run, here: Path) -> None:
    result = run("new", "a", "--from", "none.yaml")
    assert result.code == 2
    assert result.out.startswith("error[FC100]: the file cannot be read")
    assert list(here.iterdir()) == []


def test_a_base_with_errors(run: Run, here: Path) -> None:
    write_minnow(here, {"classifier": "{classes: 10, from: head9}"})
    result = run("new", "a", "--from", "minnow.yaml", "--width", "0.5")
    assert result.code == 1
    assert result.out.startswith("error[FC203]: no stage is named `head9`\n")
    assert [path.name for path in here.iterdir()] == ["minnow.yaml"]


def test_a_variant_that_does_not_check_is_not_written(run: Run, here: Path) -> None:
    write_minnow(here, {"budget": "{parameters: 100k}"})
    result = run("new", "deep", "--from", "minnow.yaml", "--width", "8", "--depth", "16")
    assert result.code == 0
    base = HEAD + "tail: {t1: {out: 65536, blocks: 1}}\nbudget: {parameters: 9G}\n"
    Path("base.yaml").write_text(base, encoding="utf-8")
    result = run("new", "wide", "--from", "base.yaml", "--width", "2")
    assert result.code == 1
    assert result.err == "error: the variant does not check, so wide.yaml was not written\n"
    assert "error[FC112]: `out` of " in result.out
    assert not Path("wide.yaml").exists()


@pytest.mark.parametrize("budget", ["parameters: 100k", "macs: 20M", "parameters: 1M, macs: 20M"])
def test_a_budget_that_is_outgrown_is_left_behind(run: Run, here: Path, budget: str) -> None:
    write_minnow(here, {"budget": f"{{{budget}}}"})
    result = run("new", "wide", "--from", "minnow.yaml", "--width", "8")
    assert (result.code, result.err) == (0, "")
    told = f"without the base's budget, which it outgrows: {budget}"
    assert result.out.splitlines()[:2] == ["wrote wide.yaml, a variant of minnow.yaml", told]
    lines = Path("wide.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[4:6] == [
        "scale: {width: 8}",
        f"budget: null # it outgrows that of the base, {budget}",
    ]
    assert analyse(here / "wide.yaml").report.ok
    # one that is kept is kept, and so is one that nothing was scaled for
    result = run("new", "slim", "--from", "minnow.yaml", "--width", "0.5")
    assert result.code == 0
    assert "budget" not in result.out + Path("slim.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--depth", "`depth` scales nothing: the base counts no blocks"),
        ("--width", "`width` scales nothing: the base chooses no width"),
    ],
)
def test_a_factor_that_scales_nothing_is_refused(
    run: Run, here: Path, option: str, message: str
) -> None:
    base = HEAD + "graph: {low: {kind: max_pool, from: input}}\noutputs: {small: low}\n"
    Path("base.yaml").write_text(base, encoding="utf-8")
    result = run("new", "other", "--from", "base.yaml", option, "2")
    assert result.code == 1
    assert result.err == "error: the variant does not check, so other.yaml was not written\n"
    assert result.out.startswith(f"error[FC206]: {message}\n --> other.yaml:5:16\n")
    assert [path.name for path in here.iterdir()] == ["base.yaml"]
