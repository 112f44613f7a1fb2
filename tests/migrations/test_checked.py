"""Specs of version 1 as `check` takes them: the network they always were, in their own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fishcompile.diagnostics.finding import Report
from fishcompile.fixing.specs import fix_specs
from fishcompile.ir.text import print_graph
from fishcompile.loading.newer import newer_words
from fishcompile.pipeline import analyse
from fishcompile.reader.read import read_text
from tests.migrations.files import NAMES, SPECS, UP3, check, said

BASE2 = UP3.replace("fishspec: 1", "fishspec: 2").replace("stride", "factor")
ADDED = ("graph", "outputs", "blocks", "use", "scale", "classifiers", "dense", "layouts")


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_that_of_the_spec_in_version_2(name: str) -> None:
    old, new = (analyse(SPECS / version / f"{name}.yaml") for version in ("v1", "v2"))
    assert old.report.ok
    assert [(d.rule, d.span.line, d.span.column) for d in old.report.diagnostics] == [
        (d.rule, d.span.line, d.span.column) for d in new.report.diagnostics
    ]
    assert print_graph(old.inference.graph) == print_graph(new.inference.graph)
    assert old.digest == new.digest


def test_the_sides_are_those_of_a_calculation_by_hand() -> None:
    stages = analyse(SPECS / "v1" / "block.yaml").inference.stages
    sides = {name: stage.output.sides for name, stage in stages.items()}
    # 64 / 2 in the stem, / 2 / 2 in the tail, x 4 and x 3 in the body
    assert sides == {
        "stem": (32, 32),
        "tail1": (16, 16),
        "tail2": (8, 8),
        "body2": (32, 32),
        "body1": (96, 96),
    }
    stages = analyse(SPECS / "v1" / "anchors.yaml").inference.stages
    # the anchored up-sampling counts wherever it is read: x 3, x 3, x 2, x 3
    heights = [stages[name].output.sides[0] for name in ("t2", "b1", "b2", "b3", "b4")]
    assert heights == [56, 168, 504, 1008, 3024]


def test_no_word_is_said_about_the_version() -> None:
    assert check(UP3) == Report()


@pytest.mark.parametrize(
    ("old", "message", "way_out"),
    [
        ("strid: 3", "unknown key `strid` in `up` of stage `b1`", "did you mean `stride`?"),
        # nothing of the version to come is offered
        ("factr: 3", "unknown key `factr` in `up` of stage `b1`", None),
        ("stride: 99", "`stride` of `up` of stage `b1` must be a whole number from 1 to 16", None),
        ("stride: 3.0", "`stride` of `up` of stage `b1` must be a whole number from 1 to 16",
         "write 3"),
        ("stride: null", "`stride` of `up` of stage `b1` must be a whole number from 1 to 16",
         None),
    ],
)  # fmt: skip
def test_a_finding_names_keys_as_the_file_has_them(
    old: str, message: str, way_out: str | None
) -> None:
    text = UP3.replace("stride: 3", old)
    report = check(text)
    (found,) = report.diagnostics
    assert found.message.startswith(message)
    assert found.span.text in old
    assert (found.span.line, found.span.source.text) == (7, text)
    assert "factor" not in " ".join((found.message, *found.help))
    if way_out:
        assert way_out in found.help


def test_the_same_is_found_at_the_same_places_as_in_version_2() -> None:
    def broken(up: str, version: int) -> str:
        return (
            f"fishspec: {version}\nname: net\ninput: {{size: 16, sixe: 3}}\n"
            "tail: {t1: {out: 0, blocks: 1}, t2: {out: 8, blocks: 1, from: t9}}\n"
            f"body: {{b1: {{blocks: 1, merge: none, up: {{kind: neerest, {up}: 17}}}}}}\n"
        )

    old, new = (said(check(broken(*each))) for each in (("stride", 1), ("factor", 2)))
    assert [line[:3] for line in old] == [line[:3] for line in new]
    assert [line[3].replace("`stride`", "`factor`") for line in old] == [line[3] for line in new]
    assert [line[:3] for line in old] == [
        ("FC110", 3, 19), ("FC112", 4, 18), ("FC112", 5, 48), ("FC112", 5, 65),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ADDED)
def test_a_key_of_version_2_is_one_finding_with_the_way_out(key: str) -> None:
    report = check(f"{UP3}{key}: {{}}\nbdoy: {{}}\n")
    (found,) = report.diagnostics
    assert found.rule == "FC113"
    assert found.message == f"`{key}` is a key of version 2, and this spec is of version 1"
    assert (found.span.line, found.span.column, found.span.text) == (8, 1, key)
    assert found.help[0].startswith("write `fishspec: 2`: `fishcompile migrate` does so")


def test_the_new_name_in_an_old_file() -> None:
    (found,) = check(UP3.replace("stride", "factor")).diagnostics
    assert said(check(UP3.replace("stride", "factor"))) == [
        ("FC113", 7, 52, "`factor` is a key of version 2, and this spec is of version 1")
    ]
    assert found.help[1] == "or `stride`, as version 1 calls it"


def test_both_names_in_an_old_file() -> None:
    report = check(UP3.replace("stride: 3", "stride: 3, factor: 2"))
    assert said(report) == [
        ("FC113", 7, 63, "`factor` is what version 2 calls `stride`, which stands here too")
    ]
    assert report.diagnostics[0].help == ("remove one of them; version 1 reads `stride`",)


def test_a_key_that_no_version_has_is_an_unknown_key() -> None:
    assert said(check(f"{UP3}grahp: {{}}\n"))[0][:3] == ("FC110", 8, 1)


VARIANT = """\
fishspec: {version}
name: top
extends: base.yaml
body: {{b1: {{up: {{{key}: {value}}}}}}}
"""


@pytest.mark.parametrize(
    ("version", "key", "base"),
    [(2, "factor", UP3), (1, "stride", BASE2), (1, "stride", UP3), (2, "factor", BASE2)],
    ids=["2 on 1", "1 on 2", "1 on 1", "2 on 2"],
)
def test_a_variant_and_its_base_are_each_read_in_their_own_version(
    version: int, key: str, base: str, tmp_path: Path
) -> None:
    (tmp_path / "base.yaml").write_text(base)
    path = tmp_path / "net.yaml"
    path.write_text(VARIANT.format(version=version, key=key, value=4))
    analysis = analyse(path)
    assert analysis.report == Report()
    assert analysis.inference.stages["b1"].output.sides == (32, 32)  # 16 / 2 x 4
    wrong = check(VARIANT.format(version=version, key=key, value=0), base=base)
    assert said(wrong) == [
        ("FC112", 4, 20 + len(key),
         f"`{key}` of `up` of stage `b1` must be a whole number from 1 to 16, got 0"),
    ]  # fmt: skip
    misspelt = check(VARIANT.format(version=version, key=f"{key}s", value=4), base=base)
    assert [d.help for d in misspelt.diagnostics] == [(f"did you mean `{key}`?",)]


@pytest.mark.parametrize(
    ("version", "base", "key"), [(2, UP3, "stride"), (1, BASE2, "factor")], ids=["2 on 1", "1 on 2"]
)
def test_a_finding_in_the_base_is_in_the_words_of_the_base(
    version: int, base: str, key: str
) -> None:
    text = f"fishspec: {version}\nname: top\nextends: base.yaml\n"
    (found,) = check(text, base=base.replace(": 3}", ": 99}")).diagnostics
    assert found.message.startswith(f"`{key}` of `up` of stage `b1` must be")
    assert str(found.span) == "base.yaml:7:60"


def test_a_newer_key_is_refused_in_the_file_that_is_old() -> None:
    top = "fishspec: 2\nname: top\nextends: base.yaml\n"
    (found,) = check(top, base=f"{UP3}graph: {{}}\n").diagnostics
    assert (found.rule, str(found.span)) == ("FC113", "base.yaml:8:1")


def test_a_fix_writes_the_word_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(UP3.replace("stride: 3", "strdie: 3"))
    (fixed,) = fix_specs([path])
    assert fixed.after.decode() == UP3


def test_an_old_name_in_a_current_file_is_told_its_new_one(tmp_path: Path) -> None:
    text = BASE2.replace("factor", "stride")
    (found,) = check(text).diagnostics
    assert found.message == "unknown key `stride` in `up` of stage `b1`"
    assert found.help == ("since version 2 it is called `factor`",)
    path = tmp_path / "net.yaml"
    path.write_text(text)
    (fixed,) = fix_specs([path])
    assert fixed.after.decode() == BASE2
    path.write_text(BASE2.replace("factor: 3", "factor: 3, stride: 2"))
    assert fix_specs([path]) == ()


def test_a_newer_word_and_a_newer_key_further_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def schema(version: int) -> dict[str, Any]:
        kinds = ["plain", "dense"][:version]
        block = {"kind": {"enum": kinds}, **({"rate": {}} if version > 1 else {})}
        stages = {"additionalProperties": {"properties": {"block": {"properties": block}}}}
        return {"properties": {"fishspec": {}, "tail": stages}}

    def newer(stage: str) -> str | None:
        tree = read_text(f"fishspec: 1\ntail: {{t1: {stage}}}\n", "net.yaml")
        found = newer_words(tree)
        return f"{found.span.column} {found.message}" if found else None

    monkeypatch.setattr("fishcompile.loading.newer.merged_schema", schema)
    older = "of version 2, and this spec is of version 1"
    assert newer("{block: {kind: dense}}") == f"27 `dense` is a word {older}"
    assert newer("{block: {kind: plain, rate: 3}}") == f"34 `rate` is a key {older}"
    assert newer("{block: {kind: other, rat: 3}}") is None
