"""`fishcompile check`: what is selected, ignored, accepted and mended, through the command."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Run

SHIPPED = Path(__file__).parents[2] / "specs"
# One warning (FC502, line 7) and, with the wrong `expect`, one error (FC401, line 3).
SPEC = """\
fishspec: 2
name: net
tail: {t1: {out: 64, blocks: 1}, t2: {out: 128, blocks: 1}}
body:
  b1:
    blocks: 1
    up: deconv
    transfer: {from: t1}
"""
BROKEN = SPEC.replace("t2: {out: 128, blocks: 1}", "t2: {out: 128, blocks: 1, expect: {out: 99}}")


@pytest.fixture
def net(here: Path) -> Path:
    path = here / "net.yaml"
    path.write_text(SPEC)
    return path


def test_the_shipped_specs_are_clean_under_their_own_comments(run: Run) -> None:
    names = ("fishnet99.yaml", "fishnet150.yaml", "fishnet201.yaml")
    result = run("check", *(SHIPPED / name for name in names))
    assert (result.code, result.out) == (0, "3 specs checked, no errors\n")


def test_a_warning_is_shown_and_does_not_count(run: Run, net: Path) -> None:
    result = run("check", "net.yaml")
    assert result.code == 0
    assert result.out.startswith("warning[FC502]: ")
    assert "--> net.yaml:7:9" in result.out


@pytest.mark.parametrize("comment", ["# fishcompile: ignore[FC502] learned on purpose"])
def test_a_comment_ignores_on_its_line(run: Run, net: Path, comment: str) -> None:
    net.write_text(SPEC.replace("up: deconv", f"up: deconv {comment}"))
    result = run("check", "net.yaml")
    assert (result.code, result.out) == (0, "1 spec checked, no errors\n")


def test_a_comment_that_ignores_nothing_is_told(run: Run, net: Path) -> None:
    net.write_text(SPEC.replace("name: net", "name: net # fishcompile: ignore[FC502] no"))
    result = run("check", "net.yaml", "--format", "concise")
    assert result.code == 0
    assert "net.yaml:2:33: warning[FC901]" in result.out


def test_options_select_and_ignore(run: Run, net: Path) -> None:
    net.write_text(BROKEN)
    both = run("check", "net.yaml", "--format", "concise")
    assert both.code == 1
    assert [line.split(": ")[1].split(" ")[0] for line in both.out.splitlines()[:2]] == [
        "error[FC401]",
        "warning[FC502]",
    ]
    assert "FC502" not in run("check", "net.yaml", "--ignore", "FC5", "--format", "concise").out
    chosen = run("check", "net.yaml", "--select", "FC502", "--format", "concise")
    assert chosen.code == 0
    assert "FC401" not in chosen.out
    assert "FC502" in chosen.out


def test_what_cannot_be_built_cannot_be_ignored(run: Run, net: Path) -> None:
    result = run("check", "net.yaml", "--ignore", "FC302")
    assert result.code == 2
    assert "FC302 cannot be ignored" in result.err


def test_an_unknown_rule_is_a_usage_error(run: Run, net: Path) -> None:
    result = run("check", "net.yaml", "--select", "FC52")
    assert result.code == 2
    assert "FC52" in result.err


def test_warnings_as_errors(run: Run, net: Path) -> None:
    result = run("check", "net.yaml", "--warn-as-error", "all")
    assert result.code == 1
    assert result.out.startswith("error[FC502]: ")


def test_a_project_s_configuration_is_found_above_the_spec(run: Run, here: Path) -> None:
    (here / "deep" / "er").mkdir(parents=True)
    (here / "deep" / "er" / "net.yaml").write_text(SPEC)
    (here / "pyproject.toml").write_text('[tool.fishcompile]\nignore = ["FC502"]\n')
    result = run("check", "deep/er/net.yaml")
    assert (result.code, result.out) == (0, "1 spec checked, no errors\n")


def test_a_wrong_configuration_is_a_usage_error(run: Run, here: Path, net: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.fishcompile]\nignroe = ["FC502"]\n')
    result = run("check", "net.yaml")
    assert result.code == 2
    assert "ignroe" in result.err
    assert "did you mean" in result.err


def test_a_baseline_accepts_what_is_there(run: Run, here: Path, net: Path) -> None:
    net.write_text(BROKEN)
    written = run("check", "net.yaml", "--write-baseline", "baseline.json")
    assert (written.code, written.out) == (0, "1 spec checked, no errors\n")
    assert "wrote baseline.json: 2 findings accepted" in written.err
    rules = {item["rule"] for item in json.loads((here / "baseline.json").read_text())["findings"]}
    assert rules == {"FC401", "FC502"}
    # lines above may come and go, and what is new is found
    added = "# a comment\n" + BROKEN.replace(
        "transfer: {from: t1}", "transfer: {from: t1}, merge: add"
    )
    net.write_text("# a comment\n" + BROKEN)
    held = run("check", "net.yaml", "--baseline", "baseline.json")
    assert (held.code, held.err) == (0, "baseline.json holds back 2 findings\n")
    net.write_text(added.replace(", merge: add", "\n    merge: add").replace("128", "64"))
    later = run("check", "net.yaml", "--baseline", "baseline.json", "--format", "concise")
    assert "FC508" in later.out
    assert "FC502" not in later.out


def test_a_baseline_entry_that_matches_nothing_is_told(run: Run, net: Path) -> None:
    run("check", "net.yaml", "--write-baseline", "baseline.json")
    net.write_text(SPEC.replace("up: deconv", "up: nearest"))
    result = run("check", "net.yaml", "--baseline", "baseline.json")
    assert result.code == 0
    assert "1 baseline entry matches nothing any more" in result.err


def test_diff_shows_and_changes_nothing(run: Run, net: Path) -> None:
    mistyped = SPEC.replace("blocks: 1\n", "blokcs: 1\n")
    net.write_text(mistyped)
    result = run("check", "net.yaml", "--diff")
    assert result.code == 1
    assert "-    blokcs: 1\n+    blocks: 1\n" in result.out
    assert net.read_text() == mistyped


def test_fix_mends_and_reports_what_is_left(run: Run, net: Path) -> None:
    net.write_text(SPEC.replace("    blocks: 1\n", "    blokcs: 1 # one\n"))
    result = run("check", "net.yaml", "--fix", "--ignore", "FC502")
    assert result.code == 0
    assert result.out == "fixed 1 finding in 1 file\n1 spec checked, no errors\n"
    assert net.read_text() == SPEC.replace("    blocks: 1\n", "    blocks: 1 # one\n")
    again = run("check", "net.yaml", "--fix", "--ignore", "FC502")
    assert again.out == "1 spec checked, no errors\n"


def test_a_key_of_the_base_is_meant_in_a_variant(run: Run, here: Path, net: Path) -> None:
    """`blocks` stands in the base, so a variant's `blokcs` writes it anew, and not `block`."""
    variant = here / "variant.yaml"
    variant.write_text("fishspec: 2\nname: v\nextends: net.yaml\nbody: {b1: {blokcs: 2}}\n")
    run("check", "variant.yaml", "--fix")
    assert variant.read_text().endswith("body: {b1: {blocks: 2}}\n")


def test_a_key_that_stands_beside_it_is_not_written_twice(run: Run, here: Path) -> None:
    text = "fishspec: 2\nname: net\ntail: {t: {out: 8, blocks: 1, blokcs: 2}}\n"
    (here / "net.yaml").write_text(text)
    assert run("check", "net.yaml", "--fix").code == 1
    assert (here / "net.yaml").read_text() == text


def test_fixed_standard_input_goes_to_standard_output(
    run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = BROKEN.replace("    blocks: 1\n", "    blokcs: 1\n")
    stream = SimpleNamespace(buffer=io.BytesIO(given.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    result = run("check", "-", "--fix", "--stdin-filename", "net.yaml")
    assert result.code == 1
    assert result.out == BROKEN
    assert "error[FC401]" in result.err


def test_what_is_accepted_builds(run: Run, here: Path, net: Path) -> None:
    net.write_text(BROKEN)
    refused = run("build", "net.yaml")
    assert refused.code == 1
    assert "error[FC401]" in refused.out
    assert not (here / "net.py").exists()
    line = next(line for line in BROKEN.splitlines() if "expect" in line)
    net.write_text(BROKEN.replace(line, f"{line} # fishcompile: ignore[FC401] as printed"))
    assert run("check", "net.yaml").code == 0
    assert run("build", "net.yaml").code == 0
    assert (here / "net.py").exists()
    assert run("show", "net.yaml").code == 0


def test_a_broken_claim_is_shown_below_its_table(run: Run, net: Path) -> None:
    net.write_text(BROKEN)
    result = run("show", "net.yaml")
    assert result.code == 1
    assert result.out.startswith("stage ")
    assert "error[FC401]" in result.out
