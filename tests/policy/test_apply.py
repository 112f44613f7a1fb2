"""Policy over the reports of real specs: what remains, and in what order the means act."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Report, SpecError
from fishcompile.pipeline import analyse
from fishcompile.policy.apply import Judged, Outcome, apply
from fishcompile.policy.baseline import Baseline, read_baseline, stale_words, write_baseline
from fishcompile.policy.config import Config, override
from fishcompile.reader.read import read_file
from fishcompile.rules import registry
from fishcompile.rules.example import MAIN
from tests.rules.announced import split

HEAD = "fishspec: 2\nname: net\ntail:\n"
WRONG = "  tail1: {out: 64, blocks: 1, expect: {out: 65}}"
AVERAGING = "  tail2: {out: 64, blocks: 1, down: avg_pool}"


def judged(path: Path, config: Config | None = None) -> Judged:
    try:
        report = analyse(path).report
    except SpecError as error:
        return Judged(error.report, None, config or Config())
    return Judged(report, read_file(path, str(path)).source, config or Config())


def run(
    folder: Path, text: str, config: Config | None = None, baseline: Baseline | None = None
) -> Outcome:
    (folder / "net.yaml").write_text(text, encoding="utf-8")
    return apply([judged(folder / "net.yaml", config)], baseline)


def brief(report: Report) -> list[tuple[str, str, int]]:
    return [(d.severity, d.rule, d.span.line) for d in report.diagnostics]


def test_a_comment_takes_its_finding_away(tmp_path: Path) -> None:
    found = run(tmp_path, f"{HEAD}{WRONG}\n{AVERAGING}\n")
    assert brief(found.reports[0]) == [("error", "FC401", 4), ("warning", "FC505", 5)]
    text = f"{HEAD}{WRONG}  # fishcompile: ignore[FC401] so says the paper\n{AVERAGING}\n"
    found = run(tmp_path, text)
    assert (brief(found.reports[0]), found.ignored) == ([("warning", "FC505", 5)], 1)


def test_an_ignore_of_nothing_is_reported_where_its_rule_was_judged(tmp_path: Path) -> None:
    unused = f"{HEAD}  tail1: {{out: 64, blocks: 1}}  # fishcompile: ignore[FC401] old\n"
    (found,) = run(tmp_path, unused).reports
    assert brief(found) == [("warning", "FC901", 4)]
    diagnostic = found.diagnostics[0]
    assert diagnostic.message == "nothing to ignore: FC401 is not found on line 4"
    assert (diagnostic.span.column, diagnostic.span.end_column) == (54, 59)
    assert brief(run(tmp_path, unused, override(Config(), select="FC5,FC9")).reports[0]) == []
    assert brief(run(tmp_path, unused, override(Config(), ignore="FC901")).reports[0]) == []
    broken = unused + "taps: {c: nothing}\n"
    assert brief(run(tmp_path, broken).reports[0]) == [("error", "FC203", 5)]


def test_an_ignore_where_the_checks_were_skipped_is_not_called_idle(tmp_path: Path) -> None:
    """What follows from the first broken table is counted, not judged: FC401 may be found there."""
    line = "  tail2: {shortcut: identity, blocks: 1, expect: {out: 65}}"
    text = f"{HEAD}{WRONG}\n{line}  # fishcompile: ignore[FC401] old\n"
    (found,) = run(tmp_path, text).reports
    assert (brief(found), found.skipped) == ([("error", "FC401", 4)], 1)
    right = text.replace("out: 64", "out: 65")
    assert brief(run(tmp_path, right).reports[0]) == [("warning", "FC901", 5)]


def test_an_ignore_in_a_base_is_used_where_a_variant_needs_it(tmp_path: Path) -> None:
    base, variant = tmp_path / "base.yaml", tmp_path / "variant.yaml"
    base.write_text(
        "fishspec: 2\nname: base\nbudget: {parameters: 1M}  # fishcompile: ignore[FC402] for now\n"
        "tail:\n  tail1: {out: 8, blocks: 1}\n",
        encoding="utf-8",
    )
    variant.write_text(
        "fishspec: 2\nname: v\nextends: base.yaml\ntail: {tail1: {out: 4096}}\n", encoding="utf-8"
    )
    assert brief(apply([judged(base)]).reports[0]) == [("warning", "FC901", 3)]
    assert [brief(r) for r in apply([judged(base), judged(variant)]).reports] == [[], []]


@pytest.mark.parametrize("rule", ["FC901", "FC902"])
def test_the_examples_of_the_rules_about_comments(tmp_path: Path, rule: str) -> None:
    for example, count in ((registry()[rule].bad, True), (registry()[rule].good, False)):
        files, expected = split(example)
        (found,) = run(tmp_path, files[MAIN]).reports
        assert bool(expected) is count
        assert len(found.diagnostics) == len(expected)
        for diagnostic, announced in zip(found.diagnostics, expected, strict=True):
            named = replace(announced, file=str(tmp_path / "net.yaml"))
            assert named.matches(diagnostic), diagnostic


def test_warn_as_error_acts_last(tmp_path: Path) -> None:
    config = override(Config(), warn_as_error="all")
    text = f"{HEAD}{AVERAGING}\n"
    assert brief(run(tmp_path, text, config).reports[0]) == [("error", "FC505", 4)]
    ignored = f"{HEAD}{AVERAGING}  # fishcompile: ignore[FC505] an ablation\n"
    assert run(tmp_path, ignored, config).reports[0].ok
    malformed = f"{HEAD}{AVERAGING}  # fishcompile: ignore[FC50]\n"
    assert brief(run(tmp_path, malformed, config).reports[0]) == [
        ("error", "FC505", 4),
        ("error", "FC902", 4),
    ]


def test_a_baseline_survives_lines_above_and_wider_spaces(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    found = run(tmp_path, f"{HEAD}{WRONG}\n")
    write_baseline(file, [report.diagnostics for report in found.reports])
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "kind": "fishcompile baseline",
        "version": 1,
        "findings": [{"path": "net.yaml", "rule": "FC401", "line": WRONG.strip(), "number": 1}],
    }
    moved = f"# a line\n\n{HEAD}{WRONG.replace('  t', '    t')}\n"
    after = run(tmp_path, moved, baseline=read_baseline(file))
    assert (brief(after.reports[0]), after.accepted, after.stale) == ([], 1, ())
    again = f"{HEAD}{WRONG.replace('65', '66')}\n"
    after = run(tmp_path, again, baseline=read_baseline(file))
    assert brief(after.reports[0]) == [("error", "FC401", 4)]
    assert stale_words(after.stale) == (
        "1 baseline entry matches nothing any more; write it anew with --write-baseline\n"
        f"  net.yaml: FC401: {WRONG.strip()}"
    )


def test_equal_lines_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "accepted.json"
    line = "  out: 3.5"
    one = f"fishspec: 2\nname: net\nbridge:\n{line}\n  blocks: 1\n"
    write_baseline(file, [report.diagnostics for report in run(tmp_path, one).reports])
    two = f"{one}tail:\n  t1:\n    out: 3.5\n    blocks: 1\n"
    after = run(tmp_path, two, baseline=read_baseline(file))
    assert brief(after.reports[0]) == [("error", "FC112", 8)]


def test_paths_are_relative_to_the_baseline(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "ci").mkdir()
    file = tmp_path / "ci" / "accepted.json"
    reports = run(folder, f"{HEAD}{WRONG}\n").reports
    (entry,) = write_baseline(file, [report.diagnostics for report in reports]).entries
    assert entry.path == "../specs/net.yaml"


def test_entries_of_files_that_are_gone_are_stale(tmp_path: Path) -> None:
    """Those of files that were not checked this time may still be needed."""
    file = tmp_path / "accepted.json"
    for name in ("gone", "there"):
        (tmp_path / f"{name}.yaml").write_text(f"{HEAD}{WRONG}\n", encoding="utf-8")
    reports = [judged(tmp_path / f"{name}.yaml").report for name in ("gone", "there")]
    write_baseline(file, [report.diagnostics for report in reports])
    (tmp_path / "gone.yaml").unlink()
    stale = run(tmp_path, f"{HEAD}{AVERAGING}\n", baseline=read_baseline(file)).stale
    assert [entry.path for entry in stale] == ["gone.yaml"]


def test_a_file_that_cannot_be_read_is_not_accepted(tmp_path: Path) -> None:
    found = judged(tmp_path / "none.yaml").report
    assert brief(found) == [("error", "FC100", 1)]
    file = tmp_path / "accepted.json"
    assert write_baseline(file, [found.diagnostics]).entries == frozenset()
    assert apply([Judged(found)], read_baseline(file)).accepted == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not a baseline: Expecting property name"),
        ("[" * 100_000, "is not a baseline: "),
        ("[]", "is not a baseline of fishcompile"),
        ('{"kind": "fishcompile baseline", "version": 2}', "is of another version than 1"),
        ('{"kind": "fishcompile baseline", "version": 1}', "`findings` is a list"),
        (
            '{"kind": "fishcompile baseline", "version": 1, "findings": [{"path": 1}]}',
            "entry 1 of `findings` does not consist of `path`, `rule`, `line`, `number`",
        ),
    ],
)
def test_a_malformed_baseline_is_refused(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "accepted.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_baseline(file)
    assert str(file) in str(caught.value)
    assert message in str(caught.value)


def test_nothing_but_a_baseline_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(HEAD, encoding="utf-8")
    with pytest.raises(UsageError, match="is not a baseline; it is not overwritten"):
        write_baseline(file, [])
    with pytest.raises(UsageError, match="there is no baseline"):
        read_baseline(tmp_path / "none.json")
    assert file.read_text(encoding="utf-8") == HEAD
