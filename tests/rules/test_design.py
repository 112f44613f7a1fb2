"""The design rules FC5xx on nets small enough to work out by hand, and on the shipped specs."""

from __future__ import annotations

from pathlib import Path

import pytest

import fishcompile
from fishcompile.diagnostics.finding import Diagnostic, Report
from fishcompile.diagnostics.source import Span
from fishcompile.pipeline import analyse, check_texts
from fishcompile.rules.design import listed
from tests.nets import SHIPPED, minnow_text, shipped

HEAD = "fishspec: 2\nname: small\ninput: {size: 32}\n"
TAIL = "tail:\n  tail1: {out: 16, blocks: 1}\n  tail2: {out: 32, blocks: 1}\n"  # 16x16, 8x8
BODY = "body:\n  body1: {blocks: 1, k: 2, transfer: {from: tail1}}\n"  # 32x16x16


def check(text: str) -> Report:
    return check_texts({"spec.yaml": HEAD + text}, "spec.yaml")


def found(text: str) -> list[tuple[str, str, str]]:
    """Rule, place as (line of `text`):(what the span covers), and message of each finding."""
    return [place_of(one, len(HEAD.splitlines())) for one in check(text).diagnostics]


def place_of(one: Diagnostic, above: int) -> tuple[str, str, str]:
    return one.rule, f"{one.span.line - above}:{one.span.text}", one.message


def isolated(place: str, stage: str) -> tuple[str, str, str]:
    return "FC501", place, f"isolated convolution on the shortcut of {stage}"


def no_path(place: str, stage: str) -> tuple[str, str, str]:
    return "FC506", place, f"no convolution-free path from {stage} to the output"


def test_a_plain_fish_is_clean() -> None:
    assert found(TAIL + BODY) == []


# FC501


@pytest.mark.parametrize(
    ("body", "place", "label", "ways_out"),
    [
        pytest.param(
            "{blocks: 1, shortcut: project, out: 8, transfer: {from: tail1}}",
            "5:project",
            "a 1x1 convolution from 32 to 8 channels",
            (
                "`shortcut: reduce` with `k: 4` sums channels instead, without `out`",
                "`shortcut: identity` keeps the channels as they are",
            ),
            id="narrower",
        ),
        pytest.param(
            "{blocks: 1, shortcut: project, out: 64, transfer: {from: tail1}}",
            "5:project",
            "a 1x1 convolution from 32 to 64 channels",
            (
                "`shortcut: duplicate` with `k: 2` repeats channels, without `out`",
                "`shortcut: identity` keeps the channels as they are",
            ),
            id="wider",
        ),
        pytest.param(
            "{blocks: 1, shortcut: project, out: 40, transfer: {from: tail1}}",
            "5:project",
            "a 1x1 convolution from 32 to 40 channels",
            ("`shortcut: identity` keeps the channels as they are",),
            id="no multiple",
        ),
    ],
)
def test_a_projection_in_the_body(
    body: str, place: str, label: str, ways_out: tuple[str, ...]
) -> None:
    text = f"{TAIL}body:\n  body1: {body}\n"
    assert found(text) == [isolated(place, "body1")]
    (one,) = check(text).diagnostics
    assert (one.label, one.help) == (label, ways_out)
    assert [(other.span.text, other.message) for other in one.related] == [
        (body.split("out: ")[1].split(",")[0], "to this width")
    ]
    assert one.notes == (
        "the I-conv is body1.refine.0.shortcut.conv; no gradient passes it unchanged",
    )


def test_a_projection_that_changes_no_width_is_an_identity() -> None:
    body = "body:\n  body1: {blocks: 1, shortcut: project, out: 32, transfer: {from: tail1}}\n"
    assert found(TAIL + body) == []


def test_a_bridge_cannot_be_without_one_and_is_not_warned_of() -> None:
    assert found(f"{TAIL}bridge: {{blocks: 1, out: 32}}\n{BODY}") == []
    graph = "graph:\n  low: {kind: bridge, out: 32, blocks: 1}\noutputs: {f: low}\n"
    assert "FC501" not in [rule for rule, _, _ in found(TAIL + graph)]


def test_a_word_in_defaults_is_one_finding() -> None:
    text = (
        "defaults: {body: {shortcut: project}}\n" + TAIL + "body:\n"
        "  body1: {blocks: 1, out: 8, transfer: {from: tail1}}\n"
        "  body0: {blocks: 1, out: 8, transfer: {from: input, blocks: 0}}\n"
    )
    assert found(text) == [isolated("1:project", "body1 and body0")]


def test_a_merge_is_no_shortcut() -> None:
    """Trunk and skip both depend on tail1; the convolutions of the transfer are not isolated."""
    tail = "tail:\n  tail1: {out: 16, blocks: 1}\n  tail2: {out: 16, blocks: 2}\n"
    text = tail + "body:\n  body1: {blocks: 1, up: nearest, merge: add, transfer: {from: tail1}}\n"
    assert [rule for rule, _, _ in found(text)] == ["FC508"]


# FC502 to FC505: sampling


@pytest.mark.parametrize(
    ("up", "place"),
    [("deconv", "5:deconv"), ("{kind: deconv}", "5:deconv"), ("bilinear", None), ("nearest", None)],
)
def test_weighted_up_sampling(up: str, place: str | None) -> None:
    text = f"{TAIL}body:\n  body1: {{blocks: 1, up: {up}, transfer: {{from: tail1}}}}\n"
    expected = [("FC502", place, "weighted up-sampling in body1")] if place else []
    assert found(text) == expected


@pytest.mark.parametrize(
    ("down", "rule", "place", "label"),
    [
        ("max_pool", None, "", ""),
        ("{kind: max_pool, kernel: 2}", None, "", ""),
        ("{kind: max_pool, kernel: 2, stride: 3}", None, "", ""),
        ("{kind: max_pool, kernel: 3}", "FC503", "3", "3x3 windows, 2 apart"),
        ("{kind: max_pool, kernel: 5, stride: 4}", "FC503", "5", "5x5 windows, 4 apart"),
        ("{kind: max_pool, stride: 1}", "FC503", "1", "2x2 windows, 1 apart"),
        ("strided_conv", "FC504", "strided_conv", "no gradient passes it unchanged"),
        ("{kind: strided_conv, kernel: 1}", "FC504", "strided_conv", "no gradient"),
        ("{kind: strided_conv, stride: 1}", None, "", ""),
        ("avg_pool", "FC505", "avg_pool", "averages each window"),
        ("{kind: avg_pool}", "FC505", "avg_pool", "averages each window"),
    ],
)
def test_down_sampling(down: str, rule: str | None, place: str, label: str) -> None:
    """In a tail, and in the same words in a head."""
    text = f"tail:\n  tail1: {{out: 16, blocks: 1, down: {down}}}\n"
    reported = check(text).diagnostics
    assert [(one.rule, one.span.text) for one in reported] == ([(rule, place)] if rule else [])
    assert all(one.span.line == 5 and label in one.label for one in reported)
    assert all(one.message.endswith(" in tail1") for one in reported)
    head = f"head:\n  head1: {{blocks: 1, down: {down}, merge: none}}\n"
    assert [one.message for one in check(TAIL + BODY + head).diagnostics] == [
        one.message.replace("tail1", "head1") for one in reported
    ]


def test_overlapping_averages_are_two_faults_with_two_ways_out() -> None:
    text = "tail:\n  tail1: {out: 16, blocks: 1, down: {kind: avg_pool, kernel: 3}}\n"
    assert found(text) == [
        ("FC505", "2:avg_pool", "averaging as down-sampling in tail1"),
        ("FC503", "2:3", "overlapping pooling windows in tail1"),
    ]


def test_the_stem_is_not_inside_the_fish() -> None:
    stem = (
        "stem:\n  conv1: {kind: conv, out: 8, kernel: 3, stride: 2}\n"
        "  pool1: {kind: max_pool, kernel: 3, stride: 2, padding: 1}\n"
        "  pool2: {kind: avg_pool, kernel: 2}\n"
    )
    assert found(stem + "tail:\n  tail1: {out: 16, blocks: 1}\n") == []


def test_many_stages_that_share_a_word_are_counted() -> None:
    stages = "".join(f"  t{i}: {{out: 8, blocks: 1}}\n" for i in range(9))
    text = "defaults: {tail: {down: {kind: avg_pool, kernel: 1, stride: 1}}}\ntail:\n" + stages
    assert found(text) == [
        ("FC505", "1:avg_pool", "averaging as down-sampling in t0, t1, t2, t3, t4 and 4 more")
    ]


def test_one_more_than_five_is_named_like_the_others() -> None:
    assert listed("ab") == "a and b"
    assert listed("abcdef") == "a, b, c, d, e and f"
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"


# FC506


def test_a_stage_that_only_a_projection_reads() -> None:
    """tail1 -> tail2 projects 16 to 32: an I-conv on the shortcut, a convolution beside it."""
    assert found(TAIL + "taps: {c: tail2}\n") == [no_path("2:tail1", "tail1")]
    (one,) = check(TAIL + "taps: {c: tail2}\n").diagnostics
    assert [(other.span.text, other.message) for other in one.related] == [
        ("tail2", "first met here: tail2.refine.0.shortcut.conv")
    ]
    assert one.help == ("let a later stage merge it: `transfer: {from: tail1}`", "or tap it")


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("", id="without taps every stage is tapped"),
        pytest.param("taps: {a: tail1, b: tail2}\n", id="tapped"),
        pytest.param(BODY + "taps: {b: body1}\n", id="merged later"),
        pytest.param(BODY + "classifier: {classes: 2}\ntaps: {b: body1}\n", id="score not counted"),
    ],
)
def test_ways_to_have_a_path(rest: str) -> None:
    assert found(TAIL + rest) == []


@pytest.mark.parametrize("kind", ["bottleneck", "basic", "resnet_bottleneck", "resnet_basic"])
@pytest.mark.parametrize("words", ["act: relu", "act: silu", "norm: {channels: 1}, act: gelu"])
def test_no_kind_of_block_closes_the_path(kind: str, words: str) -> None:
    """An activation behind the sum is no convolution; a projection is FC501's alone."""
    defaults = f"defaults: {{block: {{kind: {kind}, {words}}}}}\n"
    assert found(TAIL + BODY + defaults) == []
    body = BODY.replace("k: 2", "shortcut: project, out: 16")
    assert found(TAIL + body + defaults) == [isolated("5:project", "body1")]


@pytest.mark.parametrize("kind", ["bottleneck", "basic", "resnet_bottleneck", "resnet_basic"])
@pytest.mark.parametrize("words", ["norm: batch", "norm: {channels: 1}", "norm: none"])
def test_a_reported_projection_opens_its_whole_unit(kind: str, words: str) -> None:
    """tail1 and tail2 end in body1 alone; its projection is FC501's, with the norm beside it."""
    defaults = f"defaults: {{block: {{kind: {kind}, {words}}}}}\n"
    body = BODY.replace("k: 2", "shortcut: project, out: 16")
    text = TAIL + body + defaults + "taps: {b: body1}\n"
    assert found(text) == [isolated("5:project", "body1")]


def test_the_input_of_the_classifier_is_an_end() -> None:
    """tail2 is tapped by nothing, and read by the classifier alone."""
    tail = TAIL + "  tail3: {out: 32, blocks: 1}\n"
    text = tail + "classifier: {classes: 2, from: tail2}\ntaps: {c: tail3}\n"
    assert found(text) == [no_path("2:tail1", "tail1")]


def test_a_width_that_stays_lets_the_gradient_through() -> None:
    """tail3 keeps 32 channels, so its shortcut is an identity: tail2 has a path, tail1 none."""
    text = TAIL + "  tail3: {out: 32, blocks: 1}\ntaps: {c: tail3}\n"
    assert found(text) == [no_path("2:tail1", "tail1")]


def test_what_follows_from_a_dead_end_is_named_there() -> None:
    """a and b reach the output only through c, freely; c itself only through a projection."""
    text = (
        "tail:\n  a: {out: 16, blocks: 1}\n  b: {out: 16, blocks: 1}\n  c: {out: 16, blocks: 1}\n"
        "  d: {out: 32, blocks: 1}\ntaps: {t: d}\n"
    )
    assert found(text) == [no_path("4:c", "c")]
    (one,) = check(text).diagnostics
    assert one.notes == ("the same holds for a and b, by way of c",)


def test_the_stem_is_no_stage() -> None:
    """Its layers stand before the first stage; nothing taps it unless it is asked for."""
    stem = "stem: {conv1: {kind: conv, out: 8}}\n"
    assert found(stem + TAIL) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"{TAIL}body:\n  b1: {{blocks: 1, up: deconv, transfer: {{from: tail1}}}}\n", "FC502"),
        (
            TAIL + "body:\n  b1: {blocks: 1, shortcut: project, out: 8, transfer: {from: tail1}}\n",
            "FC501",
        ),
        (f"{TAIL}body:\n  b1: {{blocks: 1, down: strided_conv, merge: none}}\n", "FC504"),
    ],
)
def test_what_another_rule_reports_is_not_reported_again(text: str, rule: str) -> None:
    """tail2 is cut off by that convolution alone."""
    (one,) = check(text + "taps: {a: tail1, b: b1}\n").diagnostics
    assert one.rule == rule


def test_it_is_silent_while_there_are_errors() -> None:
    broken = TAIL.replace("out: 16, blocks: 1", "out: 16, blocks: 1, expect: {out: 17}")
    assert [rule for rule, _, _ in found(broken + "taps: {c: tail2}\n")] == ["FC401"]


# FC507 and FC508: merges

PIXEL = (
    "defaults: {norm: none}\ntail:\n"
    "  tail1: {out: 16, blocks: 1, down: {kind: max_pool, kernel: 16, stride: 16}}\n"
    "  tail2: {out: 16, blocks: 1}\n"
)  # 2x2, 1x1


def test_a_pixel_added_to_a_map() -> None:
    text = PIXEL + "body:\n  b1: {blocks: 1, merge: add, up: none, transfer: {from: tail1}}\n"
    message = "transfer between different resolutions: 2x2 from tail1 to the 1x1 of b1"
    assert found(text) == [("FC507", "6:tail1", message)]
    (one,) = check(text).diagnostics
    assert one.notes == (
        "one pixel is added to a whole map, which holds at this `input.size` alone",
    )
    assert one.help == ("transfer from a stage whose map is 1x1",)
    larger = check_texts({"s.yaml": (HEAD + text).replace("size: 32", "size: 64")}, "s.yaml")
    assert [d.rule for d in larger.diagnostics] == ["FC303"]


def test_an_addition_of_equal_maps() -> None:
    text = PIXEL + "body:\n  b1: {blocks: 1, merge: add, up: nearest, transfer: {from: tail1}}\n"
    message = "additive merge in b1: neither trunk nor skip is preserved"
    assert found(text) == [("FC508", "6:add", message)]


def test_a_concatenation_preserves() -> None:
    for merge in ("ur", "concat"):
        body = f"body:\n  b1: {{blocks: 1, merge: {merge}, transfer: {{from: tail1}}}}\n"
        assert found(PIXEL + body) == []


# All of them


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_specs_depart_only_where_they_say_so(name: str) -> None:
    report = analyse(shipped(name)).report
    (one,) = report.diagnostics
    assert (one.rule, one.severity, one.span.text) == ("FC506", "warning", "tail3")
    # a variant that changes the stage need not accept again what its base accepts
    assert "fishnet99.yaml" in one.span.source.name
    assert "# fishcompile: ignore[FC506] the authors' bridge" in line_of(one.span)


def line_of(span: Span) -> str:
    return span.source.line(span.line)


def test_no_shipped_spec_accepts_what_is_not_there() -> None:
    written = [
        (name, number)
        for name in SHIPPED
        for number, line in enumerate(shipped(name).read_text("utf-8").splitlines(), 1)
        if "fishcompile: ignore" in line
    ]
    places = [
        (Path(one.span.source.name).stem, one.span.line)
        for name in SHIPPED
        for one in analyse(shipped(name)).report.diagnostics
    ]
    assert sorted(set(places)) == sorted(written)


def test_warnings_are_no_errors(tmp_path: Path) -> None:
    path = tmp_path / "minnow.yaml"
    path.write_text(minnow_text(), "utf-8")
    report = fishcompile.check(path)
    assert [(d.rule, d.severity) for d in report.diagnostics] == [
        ("FC506", "warning"),
    ]
    assert report.ok
    assert "class Minnow(nn.Module)" in fishcompile.emit(path)


def test_findings_do_not_grow_without_end() -> None:
    """A hundred are reported, then that there are more, and that is no error either."""
    stages = "".join(
        f"  t{i}: {{out: 8, blocks: 1, down: {{kind: avg_pool, kernel: 1, stride: 1}}}}\n"
        for i in range(102)
    )
    report = check("tail:\n" + stages)
    assert [d.rule for d in report.diagnostics] == ["FC505"] * 99 + ["FC104", "FC505"]
    assert report.diagnostics[99].message == "more findings of FC505 are left out"
    assert report.ok
