"""`fishcompile sweep` and `--set`: figures by torch's own count, fronts by brute force."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

import fishcompile
from fishcompile.diagnostics.errors import UsageError
from tests.cli.conftest import Run
from tests.nets import shipped

NANO = shipped("fishnet_nano").read_text(encoding="utf-8")
FISH = str(shipped("fishnet99"))


@pytest.fixture(autouse=True)
def nano(here: Path) -> None:
    """The small fish without its budget, in an empty folder."""
    Path(here, "nano.yaml").write_text(re.sub("(?m)^budget:.*", "", NANO), encoding="utf-8")


def swept(run: Run, *arguments: str) -> Any:
    done = run("sweep", "nano.yaml", *arguments, "--format", "json", "--jobs", "1")
    assert done.code == 0, done.err
    return json.loads(done.out)


def graph_of(run: Run, *arguments: str | Path) -> str:
    """The graph of ops that is built, but for the line with its name."""
    done = run("build", *arguments, "--emit", "ir", "-o", "-")
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) > 50
    return "\n".join(lines[1:])


def test_figures_are_those_of_the_networks(run: Run) -> None:
    """Parameters by torch, of each of four networks built with the same settings."""
    pytest.importorskip("torch")
    found = swept(run, "--set", "tail.tail1.out=16,32", "--set", "head.head3.blocks=1..2")
    assert len(found["rows"]) == 4
    for row in found["rows"]:
        model = fishcompile.compile("nano.yaml", set=row["set"])
        assert row["parameters"] == sum(p.numel() for p in model.parameters())
    assert len({row["parameters"] for row in found["rows"]}) == 4


def test_what_is_illegal_is_counted_by_its_rule(run: Run) -> None:
    """768 channels enter body2 of FishNet-99: 1, 2, 3, 4 and 6 divide them, 5 and 7 do not."""
    done = run("sweep", FISH, "--set", "body.body2.k=1..7", "--format", "json", "--jobs", "1")
    found = json.loads(done.out)
    assert found["illegal"] == {"FC302": 2}
    assert [row["set"]["body.body2.k"] for row in found["rows"]] == [1, 2, 3, 4, 6]


def test_of_each_rule_one_combination_says_why(run: Run) -> None:
    """The first of those that the test above counts, and one of a key that there is not."""
    done = run("sweep", FISH, "--set", "body.body2.k=1..7", "--format", "json", "--jobs", "1")
    example = json.loads(done.out)["examples"]["FC302"]
    assert example["set"] == {"body.body2.k": 5}
    assert "cannot sum 768 channels in groups of 5" in example["message"]
    none = run("sweep", "nano.yaml", "--set", "tail.tail1.oot=8,16")
    assert none.code == 1
    assert "FC110, as tail.tail1.oot=8: unknown key `oot`" in none.out
    assert "did you mean `out`?" in none.out


def test_a_key_that_the_spec_leaves_to_a_default_can_be_set(run: Run) -> None:
    """Two 3x3 convolutions a block in the place of 1x1, 3x3 and 1x1, and a budget of its own."""
    rows = swept(run, "--set", "tail.tail1.block.kind=bottleneck,basic", "--show", "convs")["rows"]
    bottleneck, basic = (row["convs"] for row in rows)
    blocks = int(re.search(r"tail1: .*?blocks: (\d)", NANO)[1])  # type: ignore[index]
    assert bottleneck - basic == blocks
    count = swept(run, "--set", "title=N")["rows"][0]["parameters"]
    found = swept(run, "--set", f"budget.parameters={count - 1},{count}")
    assert found["illegal"] == {"FC402": 1}
    assert [row["set"] for row in found["rows"]] == [{"budget.parameters": count}]


def test_the_front_is_that_of_brute_force(run: Run) -> None:
    found = swept(
        run,
        *("--set", "tail.tail1.out=8..32/8", "--set", "tail.tail3.blocks=1..3"),
        *("--set", "input.size=64,128", "--pareto", "macs,-parameters"),
    )
    rows = found["rows"]
    points = [(row["macs"], -row["parameters"]) for row in rows]
    for row, point in zip(rows, points, strict=True):
        beaten = any(
            other != point and all(a <= b for a, b in zip(other, point, strict=True))
            for other in points
        )
        assert row["front"] == (not beaten)
    assert 0 < sum(row["front"] for row in rows) < len(rows)


def test_conditions_and_order(run: Run) -> None:
    everything = swept(run, "--set", "tail.tail1.out=8..64/8")["rows"]
    limit = sorted(row["parameters"] for row in everything)[4]
    found = swept(
        run,
        *("--set", "tail.tail1.out=8..64/8", "--sort", "-parameters"),
        *("--where", f"parameters < {limit / 1000}k and not macs * 2 < 1 or parameters == {limit}"),
    )
    counts = [row["parameters"] for row in found["rows"]]
    assert counts == sorted(
        (r["parameters"] for r in everything if r["parameters"] <= limit), reverse=True
    )
    assert found["passed_over"] == len(everything) - len(counts)


def test_processes_find_what_one_does(run: Run) -> None:
    """More combinations than are done alone, so that others are started."""
    arguments = (
        "sweep",
        "nano.yaml",
        "--set",
        "tail.tail1.out=4..300/4",
        "--format",
        "csv",
        "--sort",
        "macs",
    )
    alone, together = run(*arguments, "--jobs", "1"), run(*arguments, "--jobs", "2")
    assert alone.code == together.code == 0
    assert alone.out == together.out
    rows = list(csv.DictReader(io.StringIO(alone.out)))
    assert [int(row["macs"]) for row in rows] == sorted(int(row["macs"]) for row in rows)
    assert len(rows) == 75


def test_the_front_is_written_as_variants(run: Run, here: Path) -> None:
    Path(here, "pyproject.toml").touch()  # the root, below which files may extend each other
    done = run(
        *(
            "sweep",
            "nano.yaml",
            "--set",
            "tail.tail1.out=8,16",
            "--set",
            "body.body3.transfer.blocks=1,2",
        ),
        *("--write", "best", "--format", "json"),
    )
    rows = [row for row in json.loads(done.out)["rows"] if row["front"]]
    files = sorted(Path(here, "best").iterdir())
    assert len(files) == len(rows) > 0
    for file, row in zip(files, rows, strict=True):
        assert fishcompile.check(file).ok
        shown = json.loads(run("show", file, "--format", "json").out)["networks"][0]
        assert shown["total"]["parameters"] == row["parameters"]
        # the same network, said as a graph
        words = [f"--set={path}={value}" for path, value in row["set"].items()]
        assert graph_of(run, file) == graph_of(run, "nano.yaml", *words)
    # again: nothing is overwritten
    again = run("sweep", "nano.yaml", "--set", "tail.tail1.out=8,16", "--write", "best")
    assert again.code == 2
    assert "exists" in again.err
    assert again.out == ""  # known before the sweep


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give values"),
        (["--set", "tail.tial1.out=8"], "did you mean tail1?"),
        (["--set", "tail.tail1.out"], "sets nothing"),
        (["--set", "tail.tail1.out=9..1"], "comes to no end"),
        (["--set", "tail.tail1.out=1..9/0"], "comes to no end"),
        (["--set", "tail.tail1.out=1..9*1"], "comes to no end"),
        (["--set", "tail.tail1.out=1..x"], "no range"),
        (["--set", "tail.tail1.out=8,,16"], "empty value"),
        (["--set", "tail.tail1.out=[8"], "does not read"),
        (["--set", "tail.tail1.out=1..9999999"], "more than 1,000,000"),
        (["--set", "a.b=1..2000", "--set", "c.d=1..2000"], "4,000,000 combinations"),
        (["--set", "tail.tail1.out=8", "--set", "tail.tail1.out=9"], "set twice"),
        (["--set", "tail.tail1.out=8", "--where", "params < 3"], "did you mean parameters?"),
        (["--set", "tail.tail1.out=8", "--where", "__import__('os')"], "no condition"),
        (["--set", "tail.tail1.out=8", "--where", "macs <"], "no condition"),
        (["--set", "tail.tail1.out=8", "--where", "(" * 99], "no condition"),
        (["--set", "tail.tail1.out=8", "--where", "'a' < macs"], "no condition"),
        (["--set", "tail.tail1.out=8", "--sort", "mac"], "did you mean macs?"),
        (["--set", "tail.tail1.out=8", "--top", "x"], "is a number"),
        (["--set", "tail.tail1.out=8", "--pareto", ""], "names no measure"),
        (["--set", "extends=other.yaml"], "`extends` cannot be set"),
        (["--set", "use=other.yaml"], "`use` cannot be set"),
        (["--set", "tail.tail1.out=8", "--write", "nano.yaml"], "nano.yaml is a file"),
        (["--set", "tail.tail1.out=8", "--write", "nano.yaml/x"], "nano.yaml is a file"),
    ],
)
def test_what_cannot_be_swept_is_refused(run: Run, arguments: list[str], said: str) -> None:
    result = run("sweep", "nano.yaml", *arguments)
    assert result.code == 2
    assert said in result.err


def test_variants_are_not_written_where_they_cannot_extend_the_spec(run: Run, here: Path) -> None:
    result = run("sweep", "nano.yaml", "--set", "tail.tail1.out=8,16", "--write", "best")
    assert result.code == 2
    assert "--write ." in result.err
    assert not Path(here, "best").exists()
    assert run("sweep", "nano.yaml", "--set", "tail.tail1.out=8,16", "--write", ".").code == 0


def test_none_left_is_an_answer(run: Run) -> None:
    result = run("sweep", "nano.yaml", "--set", "tail.tail1.out=8", "--where", "parameters < 1 / 0")
    assert result.code == 1
    assert "1 combination: 0 hold, 1 is passed over by --where" in result.out


def test_a_setting_is_laid_over_by_every_command(run: Run, here: Path) -> None:
    words = ("--set", "tail.tail1.blocks=3")
    more = int(
        json.loads(run("show", "nano.yaml", *words, "--format", "json").out)["networks"][0][
            "total"
        ]["parameters"]
    )
    plain = int(
        json.loads(run("show", "nano.yaml", "--format", "json").out)["networks"][0]["total"][
            "parameters"
        ]
    )
    assert more > plain
    assert run("build", "nano.yaml", *words, "-o", "out.py").code == 0
    assert run("build", "nano.yaml", *words, "-o", "out.py", "--check").code == 0
    stale = run("build", "nano.yaml", "-o", "out.py", "--check")
    assert stale.code == 1
    assert f"{more:,}" in run("draw", "nano.yaml", *words).out
    assert run("check", "nano.yaml", *words).code == 0


def test_what_a_setting_breaks_is_found_at_it(run: Run) -> None:
    """The paper's body2 takes 768 channels, which 5 does not divide."""
    result = run(
        "check",
        FISH,
        "--set",
        "tail.tail1.blocks=1",
        "--set",
        "body.body2.k=5",
        "--format",
        "concise",
    )
    assert result.code == 1
    assert result.out.startswith("--set:2:14: error[FC302] body2: r(x) cannot sum 768 channels")
    gone = run("check", FISH, "--set", "bridge=null", "--format", "concise")
    assert gone.out.startswith("--set:1:1: error[FC203]")


def test_a_setting_changes_no_file(run: Run) -> None:
    result = run("check", FISH, "--set", "body.body2.k=5", "--fix")
    assert result.code == 2
    assert "changes no file" in result.err


def test_a_setting_of_python_is_a_value_of_yaml() -> None:
    with pytest.raises(UsageError, match=r"the spec has no `tail\.tial1`"):
        fishcompile.compile("nano.yaml", set={"tail.tial1.out": 8})
    with pytest.raises(UsageError, match="cannot be set to"):
        fishcompile.compile("nano.yaml", set={"tail.tail1.out": object()})
