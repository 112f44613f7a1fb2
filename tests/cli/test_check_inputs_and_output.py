"""`fishcompile check`: what it prints, writes and exits with."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GOOD = """\
fishspec: 2
name: minnow
input: {channels: 3, size: 64}
stem: {c: {kind: conv, out: 32, kernel: 3, stride: 2}}
tail: {t: {out: 32, blocks: 1}}
classifier: {classes: 10}
"""
BAD = GOOD.replace("kernel", "kernle")
WARNED = GOOD.replace("tail: {t: {out: 32,", "tail: {t: {out: 32, down: avg_pool,")
BAD_LINE = "bad.yaml:4:33: error[FC110] unknown key `kernle` in layer `c`"
WARNED_LINE = "warned.yaml:5:"

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """The command in a folder with a good, a bad and a warned spec: exit code, output, errors."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, text in {"good": GOOD, "bad": BAD, "warned": WARNED}.items():
        (here / f"{name}.yaml").write_text(text, "utf-8")

    def command(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        result = run("check", *words)
        return result.code, result.out, result.err

    return command


def test_a_spec_that_holds(check: Check) -> None:
    assert check("good.yaml") == (0, "1 spec checked, no errors\n", "")


def test_a_spec_that_does_not(check: Check) -> None:
    code, out, err = check("bad.yaml")
    assert (code, err) == (1, "")
    assert out.startswith(
        "error[FC110]: unknown key `kernle` in layer `c`\n --> bad.yaml:4:33\n  |\n"
    )
    assert out.endswith("\n\n1 error\n")


def test_warnings_do_not_count_and_quiet_leaves_them_out(check: Check) -> None:
    code, out, _ = check("warned.yaml")
    assert code == 0
    assert out.startswith("warning[FC505]: ")
    assert out.endswith("\n1 spec checked, no errors\n")
    assert check("warned.yaml", "--quiet") == (0, "", "")
    code, out, _ = check("warned.yaml", "bad.yaml", "-q", "--format", "concise")
    assert (code, out) == (1, BAD_LINE + "\n")


def test_quiet_still_says_what_was_skipped(check: Check, here: Path) -> None:
    """What follows from a broken table is not judged, which is no warning."""
    table = "expect: {out: 33}}\n  u: {shortcut: identity, blocks: 1, expect: {out: 33}}}\n"
    text = GOOD.replace(
        "tail: {t: {out: 32, blocks: 1}}", f"tail: {{t: {{out: 32, blocks: 1, {table}"
    )
    (here / "table.yaml").write_text(text.replace("33}}\n  u", "33}},\n  u"), "utf-8")
    for quiet in ((), ("-q",)):
        code, out, _ = check("table.yaml", *quiet)
        assert code == 1
        assert out.endswith("= note: 1 check downstream skipped (input unknown)\n1 error\n")


def test_a_missing_file_is_named_and_the_others_are_checked(check: Check) -> None:
    code, out, _ = check("none.yaml", "bad.yaml", "good.yaml", "--format", "concise")
    assert code == 2
    assert out.split("\n") == [
        "none.yaml:1:1: error[FC100] the file cannot be read: No such file or directory",
        BAD_LINE,
        "",
    ]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("no/*.yaml", "no/*.yaml:1:1: error[FC100] nothing matches this pattern"),
        ("empty", "empty:1:1: error[FC100] no spec was found in this folder"),
        ("", ".:1:1: error[FC100] the name of a spec is empty"),
    ],
)
def test_a_word_that_means_nothing(check: Check, word: str, line: str) -> None:
    Path("empty").mkdir()
    code, out, _ = check(word, "good.yaml", "--format", "concise")
    assert (code, out) == (2, line + "\n")


def test_no_word_at_all(check: Check) -> None:
    code, out, err = check()
    assert (code, out) == (2, "")
    assert "SPEC" in err


def test_folders_and_patterns_in_a_stable_order(check: Check) -> None:
    code, out, _ = check(".", "--format", "json")
    assert code == 1
    assert [file["path"] for file in json.loads(out)["files"]] == [
        "bad.yaml",
        "good.yaml",
        "warned.yaml",
    ]
    _, again, _ = check("*.yaml", "good.yaml", "--format", "json")
    assert again == out


def test_standard_input(check: Check) -> None:
    assert check("-", stdin=GOOD.encode())[:2] == (0, "1 spec checked, no errors\n")
    code, out, _ = check("-", "--format", "concise", stdin=BAD.encode())
    assert (code, out) == (1, BAD_LINE.replace("bad.yaml", "<stdin>") + "\n")
    code, out, _ = check(
        "-", "--stdin-filename", "sub/new.yaml", "--format", "concise", stdin=BAD.encode()
    )
    assert (code, out) == (1, BAD_LINE.replace("bad.yaml", "sub/new.yaml") + "\n")


def test_a_name_for_standard_input_that_is_not_read(check: Check) -> None:
    assert check("good.yaml", "--stdin-filename", "x.yaml") == (
        2,
        "",
        "error: --stdin-filename names standard input\n  = help: give - as a SPEC to read it\n",
    )


def test_standard_input_extends_what_lies_beside_its_name(check: Check) -> None:
    Path("sub").mkdir()
    Path("good.yaml").rename("sub/good.yaml")
    variant = b"fishspec: 2\nname: v\nextends: good.yaml\n"
    assert check("-", "--stdin-filename", "sub/v.yaml", stdin=variant)[0] == 0
    assert check("-", "--stdin-filename", "v.yaml", stdin=variant)[0] == 1


def test_standard_input_that_is_too_large(check: Check) -> None:
    code, out, _ = check("-", stdin=b"#" * (1 << 20) + b"##")
    assert code == 2
    assert "error[FC100]: the file has 1,048,577 bytes" in out


@pytest.mark.parametrize(
    ("option", "value", "help_"),
    [
        ("--format", "sraif", "did you mean sarif?"),
        ("--format", "JSON", "did you mean json?"),
        ("--format", "yaml", "write one of concise, github, json, junit, sarif, text"),
        ("--format", "_escape", "write one of concise, github, json, junit, sarif, text"),
        ("--color", "alway", "did you mean always?"),
        ("--color", "no", "write one of auto, always, never"),
    ],
)
def test_a_value_that_an_option_does_not_have(
    check: Check, option: str, value: str, help_: str
) -> None:
    assert check("good.yaml", option, value) == (
        2,
        "",
        f"error: {option} cannot be {value!r}\n  = help: {help_}\n",
    )


def test_the_report_in_a_file(check: Check) -> None:
    Path("report.json").write_text("old", "utf-8")
    code, out, _ = check("bad.yaml", "warned.yaml", "--format", "json", "--output", "report.json")
    assert (code, out) == (1, "wrote report.json: 2 findings\n")
    report = json.loads(Path("report.json").read_text("utf-8"))
    assert report["summary"]["errors"] == 1
    assert check("bad.yaml", "-q", "-o", "report.json")[:2] == (1, "")
    assert Path("report.json").read_text("utf-8").endswith("\n\n1 error\n")
    assert sorted(str(path) for path in Path().iterdir()) == [
        "bad.yaml",
        "good.yaml",
        "report.json",
        "warned.yaml",
    ]


def test_a_report_takes_no_spec_s_place(check: Check) -> None:
    Path("link").symlink_to("good.yaml")
    for output in ("good.yaml", "./good.yaml", "link", "warned.yaml"):
        code, _, err = check("good.yaml", "bad.yaml", "--output", output)
        assert code == 2
        assert err.startswith(f"error: {output} is a spec\n")
    assert Path("good.yaml").read_text("utf-8") == GOOD
    assert Path("warned.yaml").read_text("utf-8") == WARNED


def test_a_report_that_cannot_be_written(check: Check) -> None:
    code, _, err = check("good.yaml", "--output", "none/report.json")
    assert code == 2
    assert err.startswith("error: the folder of none/report.json does not exist\n")


@pytest.mark.parametrize(
    ("words", "environment", "terminal", "colored"),
    [
        ([], {}, False, False),
        ([], {}, True, True),
        ([], {"NO_COLOR": "1"}, True, False),
        ([], {"NO_COLOR": ""}, True, True),
        ([], {"TERM": "dumb"}, True, False),
        ([], {"FORCE_COLOR": "1"}, False, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        (["--color", "always"], {"NO_COLOR": "1"}, False, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, True, False),
        (["--color", "auto"], {}, True, True),
    ],
)
def test_color(
    check: Check,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    environment: dict[str, str],
    terminal: bool,
    colored: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    _, out, _ = check("bad.yaml", *words)
    assert out.startswith("\x1b[1;31merror[FC110]\x1b[0m" if colored else "error[FC110]: ")
    # Only where it is asked for is a file coloured, and only text is.
    check("bad.yaml", *words, "-q", "-o", "report.txt")
    assert ("\x1b" in Path("report.txt").read_text("utf-8")) is ("always" in words)
    assert "\x1b" not in check("bad.yaml", *words, "--format", "concise")[1]


def test_the_width_of_the_terminal_is_respected(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = BAD.replace("kernle: 3", f"kernle: 3, stride: 2 # {'x' * 200}")
    Path("bad.yaml").write_text(long, "utf-8")
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = check("bad.yaml")
    shown = [line for line in out.split("\n") if "|" in line]
    assert shown
    assert max(map(len, shown)) <= 60


def test_a_finding_of_a_shared_base_is_shown_once(check: Check) -> None:
    for name in ("v1", "v2"):
        text = f"fishspec: 2\nname: {name}\nextends: bad.yaml\n"
        Path(f"{name}.yaml").write_text(text, "utf-8")
    code, out, _ = check("v1.yaml", "v2.yaml", "bad.yaml", "good.yaml", "--format", "concise")
    assert (code, out) == (1, BAD_LINE + "\n")
    assert check("v1.yaml", "v2.yaml", "bad.yaml", "good.yaml")[1].endswith(
        "\n1 error in 3 of 4 specs\n"
    )


def test_sarif_lists_every_rule_with_its_help(check: Check) -> None:
    code, out, _ = check("warned.yaml", "--format", "sarif")
    driver = json.loads(out)["runs"][0]["tool"]["driver"]
    (rule,) = [rule for rule in driver["rules"] if rule["id"] == "FC505"]
    assert code == 0
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert "\n\nBad:\n\n```yaml\n" in rule["help"]["markdown"]
    assert "# expect" not in rule["help"]["markdown"]


def test_a_file_name_that_is_not_utf_8_and_an_output_that_is_ascii(check: Check) -> None:
    assert check("good.yaml")[0] == 0
    name = os.fsdecode(b"\xff\xe9.yaml")
    Path(name).write_text(BAD + "# \u9c7c\n", "utf-8")
    for format_ in ("text", "concise", "json", "sarif", "github", "junit"):
        done = subprocess.run(
            [sys.executable, "-m", "fishcompile", "check", name, "--format", format_],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": "ascii"},
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, b"")
        assert b"kernle" in done.stdout
        done.stdout.decode("ascii")


LOADED = """
import sys
from fishcompile.cli.app import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("format_", ["text", "concise", "json", "sarif", "github", "junit"])
def test_a_check_loads_nothing_heavy(check: Check, format_: str) -> None:
    assert check("good.yaml")[0] == 0
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "check", "bad.yaml", "--format", format_],
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(done.stderr.split())
    assert "yaml" in loaded
    assert not loaded & {"torch", "numpy", "pydantic", "rich"}
