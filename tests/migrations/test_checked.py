"""Specs of version 1 as `check` and `build` take them: one finding, with the command to type.

Migrated, they are the networks that they always were.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import SpecError
from fishcompile.fixing.specs import fix_specs
from fishcompile.fixing.versions import migrated
from fishcompile.pipeline import Analysis, analyse
from tests.migrations.files import NAMES, UP3, both, check, said

IS_OLD = "the spec is of version 1, and this fishcompile reads version 2"
TOP = "fishspec: 2\nname: top\nextends: base.yaml\n"


def way_out(file: str) -> str:
    return f"run `fishcompile migrate {file}`, which brings it to version 2"


def brought_forward(folder: Path, name: str) -> Analysis:
    """The analysis of a spec of version 1, it and all beside it migrated."""
    for other in NAMES:
        path = folder / f"{other}.yaml"
        found = migrated(path, both(other)[0])
        assert found is not None
        path.write_bytes(found.spec.after)
    return analyse(folder / f"{name}.yaml")


def test_the_sides_are_those_of_a_calculation_by_hand(tmp_path: Path) -> None:
    stages = brought_forward(tmp_path, "block").inference.stages
    sides = {name: stage.output.sides for name, stage in stages.items()}
    # 64 / 2 in the stem, / 2 / 2 in the tail, x 4 and x 3 in the body
    assert sides == {
        "stem": (32, 32),
        "tail1": (16, 16),
        "tail2": (8, 8),
        "body2": (32, 32),
        "body1": (96, 96),
    }
    stages = brought_forward(tmp_path, "anchors").inference.stages
    # the anchored up-sampling counts wherever it is read: x 3, x 3, x 2, x 3
    heights = [stages[name].output.sides[0] for name in ("t2", "b1", "b2", "b3", "b4")]
    assert heights == [56, 168, 504, 1008, 3024]
    stages = brought_forward(tmp_path, "variant").inference.stages
    # the base's map of 8x8 after the tail, x 2 and x 3 in the variant's body
    assert stages["body2"].output.sides == (16, 16)
    assert stages["body3"].output.sides == (48, 48)


@pytest.mark.parametrize(
    "text",
    [
        UP3,
        UP3.replace("stride", "factor"),
        UP3.replace("stride: 3", "stride: 3, factor: 3"),
        UP3 + "graph: {}\nbdoy: {}\n",
        UP3.replace("out: 8", "out: -8"),
    ],
    ids=["sound", "the new name", "both names", "keys of version 2 and of none", "a wrong value"],
)
def test_a_file_of_version_1_is_one_finding_whatever_is_in_it(text: str) -> None:
    report = check(text)
    assert said(report) == [("FC113", 1, 11, IS_OLD)]
    (found,) = report.diagnostics
    assert found.severity == "error"
    assert found.help == (way_out("net.yaml"),)
    assert found.fixes == ()


@pytest.mark.parametrize("key", ["extends", "use"])
def test_an_older_file_that_is_brought_in_is_named_with_how_it_came_in(key: str) -> None:
    old = UP3 if key == "extends" else "fishspec: 1\nblocks: {b: {graph: {}}}\n"
    text = f"fishspec: 2\nname: top\n{key}: base.yaml\ntial: {{}}\n"
    (found,) = check(text, base=old).diagnostics
    assert (found.rule, str(found.span), found.message) == ("FC113", "base.yaml:1:11", IS_OLD)
    assert found.help == (way_out("base.yaml"),)
    assert [str(place.span) for place in found.elsewhere] == ["net.yaml:3:" + f"{len(key) + 3}"]


def test_a_variant_and_its_base_are_told_one_after_the_other() -> None:
    old = TOP.replace("fishspec: 2", "fishspec: 1")
    assert [str(d.span) for d in check(old, base=UP3).diagnostics] == ["net.yaml:1:11"]
    assert [str(d.span) for d in check(TOP, base=UP3).diagnostics] == ["base.yaml:1:11"]


def test_the_command_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "my net.yaml"
    path.write_text(UP3)
    with pytest.raises(SpecError) as raised:
        analyse(path)
    assert raised.value.report.diagnostics[0].help == (way_out(f"'{path}'"),)


def test_fix_leaves_it_to_migrate(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(UP3)
    assert fix_specs([path]) == ()


def test_an_old_name_in_a_current_file_is_an_unknown_key() -> None:
    report = check(UP3.replace("fishspec: 1", "fishspec: 2"))
    assert said(report) == [("FC110", 7, 52, "unknown key `stride` in `up` of stage `b1`")]
