"""A width that a variant chooses and its base cannot take is found where the variant writes it."""

from __future__ import annotations

import pytest

from fishcompile.data import data_file
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.pipeline import check_texts

FILES = {
    name: data_file("specs", name).read_text("utf-8")
    for name in ("fishnet99.yaml", "fishnet150.yaml", "fishnext150.yaml")
}


def error(text: str, **others: str) -> Diagnostic:
    files = {**FILES, **{f"{name}.yaml": f"fishspec: 2\n{other}" for name, other in others.items()}}
    report = check_texts({**files, "main.yaml": f"fishspec: 2\nname: net\n{text}"}, "main.yaml")
    (found,) = [one for one in report.diagnostics if one.severity == "error"]
    return found


def places(found: Diagnostic) -> list[tuple[str, str]]:
    return [(str(one.span), one.message) for one in found.elsewhere]


def test_a_width_that_r_cannot_sum_two_stages_on() -> None:
    found = error("extends: fishnet99.yaml\ntail: {tail2: {out: 250}}\n")
    # 512 from the bridge and 250 make 762, halved and with 128 from tail1 509
    assert found.message == "body1: r(x) cannot sum 509 channels in groups of 2"
    assert (str(found.span), found.label) == ("main.yaml:4:21", "tail2 chooses this width")
    assert ("fishnet99.yaml:25:25", "body1 does not hold with it") in places(found)


def test_a_width_that_the_groups_of_a_base_do_not_divide() -> None:
    found = error("extends: fishnext150.yaml\ntail: {tail1: {out: 136}}\n")
    assert found.message == "skip2: groups of 8 do not divide 68 channels"
    assert (str(found.span), found.label) == ("main.yaml:4:21", "tail1 chooses this width")
    at = next(place for place in places(found) if place[1] == "skip2 does not hold with it")
    _, line, column = at[0].split(":")
    written = FILES["fishnext150.yaml"].splitlines()[int(line) - 1]
    assert written.startswith("  skip2: ")
    assert written[int(column) - 1 :].startswith("8}")


def test_a_width_of_the_stem() -> None:
    found = error("extends: fishnext150.yaml\nstem: {conv3: {out: 60}}\n")
    assert found.message == "skip1: groups of 4 do not divide 30 channels"
    assert (str(found.span), found.label) == ("main.yaml:4:21", "stem.conv3 chooses this width")


def test_a_variant_of_a_variant_is_led_to_the_one_that_wrote_it() -> None:
    found = error(
        "extends: middle.yaml\ntail: {tail1: {blocks: 3}}\n",
        middle="name: middle\nextends: fishnet99.yaml\ntail: {tail2: {out: 250}}\n",
    )
    assert (str(found.span), found.label) == ("middle.yaml:4:21", "tail2 chooses this width")
    assert places(found)[-1] == ("main.yaml:3:10", "main.yaml extends it here")


def test_the_outermost_variant_that_writes_such_a_width_counts() -> None:
    found = error(
        "extends: middle.yaml\ntail: {tail2: {out: 251}}\n",
        middle="name: middle\nextends: fishnet99.yaml\ntail: {tail1: {out: 132}}\n",
    )
    assert (str(found.span), found.label) == ("main.yaml:4:21", "tail2 chooses this width")


@pytest.mark.parametrize(
    "text",
    [
        # two widths go into body1, and either may be meant
        "tail: {tail1: {out: 130}, tail2: {out: 250}}\n",
        # no width is chosen, the division is
        "body: {body2: {k: 5}}\n",
    ],
)
def test_where_no_single_width_is_at_fault_the_division_is_shown(text: str) -> None:
    found = error(f"extends: fishnet99.yaml\n{text}")
    assert found.rule == "FC302"
    assert found.label == ""
    assert str(found.span) in ("fishnet99.yaml:25:25", "main.yaml:4:19")


def test_a_spec_without_a_base_is_as_it_was() -> None:
    text = FILES["fishnet99.yaml"].replace("tail2: {out: 256", "tail2: {out: 250")
    report = check_texts({"main.yaml": text}, "main.yaml")
    (found,) = [one for one in report.diagnostics if one.rule == "FC302"]
    assert (str(found.span), found.label) == ("main.yaml:25:25", "")
