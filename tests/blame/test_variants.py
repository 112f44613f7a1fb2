"""One mistake in a variant of a clean base: its own line comes first, in every format."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fishcompile.diagnostics.finding import Diagnostic, Report
from fishcompile.formats import Checked, Page, find_format, format_names
from fishcompile.pipeline import examine

BASE = """\
fishspec: 2
name: base
input: {channels: 3, size: 64}
defaults: {act: relu}
stem:
  conv1: {kind: conv, out: 16, kernel: 3, stride: 2}
  conv2: {kind: conv, out: 16, kernel: 3, norm: {kind: group, channels: 8}}
tail:
  tail1: {out: 32, blocks: 1, block: {reduction: 2}}
  tail2: {out: 64, blocks: 1, block: {groups: 4}}
  tail3: {out: 64, blocks: 1}
bridge: {out: 64, blocks: 1}
body:
  body3: {blocks: 1, transfer: {from: tail2}}
  body2: {blocks: 1, k: 2, transfer: {from: tail1}}
  body1: {blocks: 1, k: 2, transfer: {from: stem}}
head:
  head1: {blocks: 1, transfer: {from: body2}}
  head2: {blocks: 1, transfer: {from: body3}}
  head3: {blocks: 1, transfer: {from: bridge}}
classifier: {classes: 10}
taps: {c2: body1, c4: tail3, c5: head3}
budget: {parameters: 600k}
"""
HEAD = "fishspec: 2\nname: net\nextends: base.yaml\n"

# What the variant writes, « where its finding begins, then the rule.
VARIANTS = {
    "new-stage": ("tail: {«tail4: {out: 64, blocks: 1}}", "FC303"),
    "stage-removed": ("body: {«body2: null}", "FC203"),
    "bridge-removed": ("«bridge: null", "FC203"),
    "stem-removed": ("«stem: null", "FC203"),
    "kind-over-reduction": ("tail: {tail1: {block: {kind: «basic}}}", "FC206"),
    "merge-over-transfer": ("body: {body2: {up: nearest, merge: «none}}", "FC206"),
    "norm-over-channels": ("stem: {conv2: {norm: {kind: «batch}}}", "FC206"),
    "kind-of-a-layer": ("stem: {conv1: {kind: «max_pool}}", "FC206"),
    "scale-over-budget": ("scale: {width: «2}", "FC402"),
    "width-over-budget": ("taps: {c4: head2}\ntail: {tail3: {out: «512}}", "FC402"),
    "odd-width": ("classifier: {classes: 5}\ntail: {tail2: {out: «60}}", "FC302"),
    "width-over-groups": ("tail: {tail2: {out: «68}}\nhead: null\ntaps: null", "FC302"),
    "no-sampling": ("head: {head2: {down: «none}}", "FC303"),
    "small-input": ("input: {size: «8}", "FC304"),
    "groups-of-all-blocks": ("classifier: {classes: 5}\ndefaults: {block: {groups: «3}}", "FC302"),
    "shortcut-over-k": ("body: {body2: {shortcut: «identity}}", "FC206"),
    "read-from-elsewhere": ("head: {head1: {from: «tail1}}", "FC303"),
    "tap-of-what-went": ("head: {«head3: null}", "FC203"),
    "wider-norm": ("stem: {conv2: {out: «20}}", "FC302"),
    "stem-samples-more": ("stem: {conv2: {stride: «16}, conv1: {norm: none}}", "FC304"),
}


def written(text: str) -> tuple[str, tuple[int, int]]:
    """The text without its mark, and the line and column where the mark is."""
    before = text.split("«", maxsplit=1)[0]
    lines = before.split("\n")
    return text.replace("«", ""), (len(lines), len(lines[-1]) + 1)


def run(folder: Path, **files: str) -> Report:
    for name, text in {"base": BASE, **files}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return examine(Path("net.yaml"))[0]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_base_is_clean(tmp_path: Path) -> None:
    assert run(tmp_path, net=HEAD).diagnostics == ()
    assert examine(Path("base.yaml"))[0].diagnostics == ()


def first_place(name: str, text: str) -> tuple[str, int, int]:
    """Where a format says that the first finding is; what it cannot say is 0."""
    if name == "json":
        span = json.loads(text)["files"][0]["findings"][0]["span"]
        return span["path"], span["line"], span["column"]
    if name == "sarif":
        place = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        region = place["region"]
        return place["artifactLocation"]["uri"], region["startLine"], region["startColumn"]
    if name == "junit":
        failure = ElementTree.fromstring(text).find(".//failure")
        assert failure is not None
        text = failure.attrib["message"]
    if name == "github":
        found = re.match(r"::error file=(.*?),line=(\d+),col=(\d+)", text)
        assert found
        return found[1], int(found[2]), int(found[3])
    found = re.search(r"^(?: *--> )?([\w.]+):(\d+):(\d+)", text, re.MULTILINE)
    assert found, text
    return found[1], int(found[2]), int(found[3])


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_line_of_the_variant_comes_first(variant: str, tmp_path: Path) -> None:
    marked, rule = VARIANTS[variant]
    text, place = written(HEAD + marked + "\n")
    report = run(tmp_path, net=text)
    errors = [one for one in report.diagnostics if one.severity == "error"]
    assert {one.rule for one in errors} == {rule}
    assert {one.span.source.name for one in report.diagnostics} == {"net.yaml"}
    assert {(one.span.line, one.span.column) for one in errors} == {place}
    # where the base has a part in it, its line is there too, and comes second
    others = [one.related[0].span.source.name for one in errors if one.related]
    assert set(others) <= {"base.yaml"}
    assert sorted(format_names()) == ["concise", "github", "json", "junit", "sarif", "text"]
    checked = [Checked("net.yaml", Report(tuple(errors)))]
    for name in format_names():
        shown = find_format(name)(checked, Page(root=Path(os.path.realpath(tmp_path))))
        assert first_place(name, shown) == ("net.yaml", *place), name


def only(report: Report) -> Diagnostic:
    (found,) = [one for one in report.diagnostics if one.severity == "error"]
    return found


def places(found: Diagnostic) -> list[tuple[str, str]]:
    return [(str(one.span), one.message) for one in found.elsewhere]


def test_what_a_word_leaves_without_meaning_is_taken_away_with_null(tmp_path: Path) -> None:
    found = only(run(tmp_path, net=f"{HEAD}tail:\n  tail1:\n    block:\n      kind: basic\n"))
    assert found.help[0].startswith("take the base's `reduction` away with `reduction: null`")
    assert places(found)[0] == ("base.yaml:9:39", "found here")
    (edit,) = found.fixes[0].edits
    assert (str(edit.span), edit.text) == ("net.yaml:7:7", "reduction: null\n      ")
    mended = f"{HEAD}tail:\n  tail1:\n    block:\n      reduction: null\n      kind: basic\n"
    assert run(tmp_path, net=mended).ok


def test_the_same_in_braces(tmp_path: Path) -> None:
    found = only(run(tmp_path, net=f"{HEAD}stem: {{conv2: {{norm: {{kind: batch}}}}}}\n"))
    assert "`channels: null`" in found.help[0]


def test_a_fix_of_the_base_is_not_offered(tmp_path: Path) -> None:
    found = only(run(tmp_path, net=f"{HEAD}body: {{body3: null}}\n"))
    assert found.rule == "FC203"
    assert found.fixes == ()
    assert "`head: {head2: {transfer: {from: NAME}}}`" in found.help[0]


@pytest.mark.parametrize("last", ["tail: {tail1: {blocks: 2}}", "scale: {width: 1.5}"])
def test_of_a_chain_it_is_the_outermost_that_makes_the_difference(
    last: str, tmp_path: Path
) -> None:
    middle = "fishspec: 2\nname: middle\nextends: base.yaml\ntail: {tail2: {out: 60}}\n"
    report = run(
        tmp_path, middle=middle, net=f"fishspec: 2\nname: net\nextends: middle.yaml\n{last}\n"
    )
    found = report.diagnostics[0]
    assert str(found.span) == "middle.yaml:4:21"
    at, said = places(found)[-1]
    assert (at, said[:24]) == ("net.yaml:3:10", "net.yaml extends it here")


def test_the_outermost_is_to_blame_where_it_breaks_what_holds(tmp_path: Path) -> None:
    middle = "fishspec: 2\nname: middle\nextends: base.yaml\ntail: {tail2: {out: 128}}\n"
    text = "fishspec: 2\nname: net\nextends: middle.yaml\ntail: {tail2: {out: 60}}\n"
    found = only(run(tmp_path, middle=f"{middle}budget: null\n", net=text))
    assert str(found.span) == "net.yaml:4:21"
    assert found.label == "written by the variant, whose base has `128` and holds"


def test_what_the_base_has_by_itself_stays_there(tmp_path: Path) -> None:
    broken = BASE.replace("from: tail2", "from: tail9")
    text = f"{HEAD}tail: {{tail1: {{blocks: 2}}}}\nbody: {{body3: {{blocks: 2}}}}\n"
    found = only(run(tmp_path, base=broken, net=text))
    assert str(found.span) == "base.yaml:14:39"
    assert places(found) == [("net.yaml:3:10", "net.yaml extends it here, and has this from it")]
    # so that it is one finding where both are checked
    assert only(examine(Path("base.yaml"))[0]) == found


def test_two_writes_that_only_break_it_together_are_both_shown(tmp_path: Path) -> None:
    base = BASE.replace("600k", "305k")  # 284,158 with the first alone, 302,750 with the second
    text = f"{HEAD}head:\n  head1: {{blocks: 3}}\n  head2: {{blocks: 2}}\n"
    found = only(run(tmp_path, base=base, net=text))
    assert found.message.startswith("the network has 311,838 parameters")
    assert str(found.span) == "net.yaml:5:19"
    assert places(found) == [("base.yaml:23:22", "6,838 too many"), ("net.yaml:6:19", "and this")]


def test_a_base_that_is_whole_only_with_a_variant_keeps_its_findings(tmp_path: Path) -> None:
    """What its errors hide cannot be said to be absent from it."""
    partial = BASE.replace("tail1: {out: 32, ", "tail1: {").replace("600k", "6k")
    found = only(run(tmp_path, base=partial, net=f"{HEAD}tail: {{tail1: {{out: 32}}}}\n"))
    assert (found.rule, found.span.source.name) == ("FC402", "base.yaml")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("tial2", "tail2"), ("tail_2", "tail2"), ("tial3", "tail3"), ("tal1", "tail1")],
)
def test_a_new_stage_that_is_a_slip_away_is_asked_about(
    name: str, meant: str, tmp_path: Path
) -> None:
    text = f"{HEAD}tail: {{{name}: {{out: 64, blocks: 1}}}}\n"
    found = only(run(tmp_path, net=text))
    assert (found.rule, str(found.span)) == ("FC120", "net.yaml:4:8")
    assert found.help == (
        f"did you mean `{meant}`?",
        "for a new entry say where it stands: `after: tail3`",
    )
    assert found.fixes[0].edits[0].text == meant
    after = text.replace("blocks: 1", "blocks: 1, after: tail3")
    assert "FC120" not in [one.rule for one in run(tmp_path, net=after).diagnostics]


@pytest.mark.parametrize("name", ["tail4", "tail3b", "deep1", "tail12"])
def test_a_name_of_the_row_is_no_slip(name: str, tmp_path: Path) -> None:
    report = run(tmp_path, net=f"{HEAD}tail: {{{name}: {{out: 64, blocks: 1, down: none}}}}\n")
    assert report.ok


def test_a_warning_that_the_base_accepts_is_not_given_again(tmp_path: Path) -> None:
    from fishcompile.policy.apply import Judged, apply

    base = (
        "fishspec: 2\nname: base\ntail:\n  tail1: {out: 64, blocks: 1} "
        "# fishcompile: ignore[FC506] as it is\n  tail2: {out: 128, blocks: 1}\n"
        "classifier: {classes: 10}\ntaps: {c: tail2}\n"
    )
    report = run(tmp_path, base=base, net=f"{HEAD}tail: {{tail1: {{blocks: 2}}}}\n")
    assert [(one.rule, str(one.span)) for one in report.diagnostics] == [("FC506", "base.yaml:4:3")]
    assert apply([Judged(report)]).reports[0].diagnostics == ()
