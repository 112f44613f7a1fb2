"""Findings about scaling: of the factors, of a base that does not hold, of scaled numbers."""

from __future__ import annotations

import pytest

from fishcompile.diagnostics.finding import Diagnostic, SpecError
from fishcompile.pipeline import check_texts
from tests.scaling.variants import FISHNET99, HEAD, vary

TAIL = "tail: {t1: {out: 48, blocks: 1}, t2: {out: 96, blocks: 1}}\n"


def refused(base: str, *variants: str) -> list[Diagnostic]:
    with pytest.raises(SpecError) as raised:
        vary(base, *variants)
    return list(raised.value.report.diagnostics)


@pytest.mark.parametrize(
    ("scale", "column", "message", "help_"),
    [
        (
            "{width: 0}",
            16,
            "`width` of `scale` must be a number from 0.01 to 16, got 0",
            "for exam",
        ),
        ("{width: 0.0001}", 16, "must be a number from 0.01 to 16, got 0.0001", "for example"),
        ("{depth: 17}", 16, "`depth` of `scale` must be", "for example `depth: 0.5`"),
        ("{width: -1}", 16, "got -1", "for example"),
        ("{width: big}", 16, "got the text `big`", "for example `width: 0.5`"),
        ('{width: "0.5"}', 16, "got the text `0.5`", "write 0.5 without quotes"),
        ("{width: true}", 16, "got true", "for example"),
        ("{width: null}", 16, "got null", "leave it out"),
        ("null", 8, "`scale` must be a mapping with `width` and `depth`, got null", "leave it out"),
        ("0.5", 8, "got 0.5", "for example `scale: {width: 0.5, depth: 0.5}`"),
        ("{widht: 0.5}", 9, "unknown key `widht` in `scale`", "did you mean `width`?"),
        ("{width: [1]}", 16, "got a list of 1", "for example"),
    ],
)
def test_factors_that_are_none(scale: str, column: int, message: str, help_: str) -> None:
    (found,) = refused(FISHNET99, f"scale: {scale}")
    assert (found.span.source.name, found.span.line, found.span.column) == (
        "variant0.yaml",
        4,
        column,
    )
    assert message in found.message
    assert found.help[0].startswith(help_)


def test_every_wrong_factor_is_found() -> None:
    assert len(refused(FISHNET99, "scale: {width: 0, depth: big, out: 3}")) == 3


def test_scale_without_a_base() -> None:
    alone = check_texts({"a.yaml": HEAD + "scale: {width: 0.5}\n" + TAIL}, "a.yaml")
    assert [(d.rule, d.span.line) for d in alone.diagnostics] == [("FC206", 3)]
    (found,) = refused(HEAD + "scale: {width: 0.5}\n" + TAIL, "")
    assert (found.rule, found.span.source.name) == ("FC206", "base.yaml")
    assert found.help == (
        "name the base with `extends: base.yaml`, or write the numbers themselves",
    )


GROWING = ", ".join(
    f"b{i}: {{blocks: 1, shortcut: duplicate, k: 64, merge: none, up: none}}" for i in range(9)
)
MANY = ", ".join(f"t{i}: {{out: 8, blocks: 1, down: none}}" for i in range(201))
ADDS = (
    "t1: {out: 48, blocks: 1, down: none}, "
    "t2: {out: 40, blocks: 1, down: none, merge: add, transfer: {from: t1}}"
)
STEM = "stem: {c: {kind: conv, out: 9, groups: 3}, d: {kind: conv, out: 8, groups: 2}}\n"


@pytest.mark.parametrize(
    ("base", "rule", "place"),
    [
        ("tail: {t1: {out: 48}}", "FC111", "3:8"),
        ("tail: {t1: {out: 48.5, blocks: 1}}", "FC112", "3:18"),
        ("tail: {t1: {blocks: 1}}", "FC111", "3:8"),
        ("tail: {t1: {out: 48, blocks: 1, from: t9}}", "FC203", "3:39"),
        ("tail: {t1: {out: 48, blocks: 1, from: t1}}", "FC204", "3:39"),
        ("", "FC111", "1:1"),
        ("head: {h1: {blocks: 1, transfer: {from: input}, k: 2}}", "FC206", "3:49"),
        (TAIL + "body: {b: {blocks: 1, k: 5, transfer: {from: t1}}}", "FC302", "4:26"),
        (TAIL + "bridge: {out: 8, blocks: 1}", "FC302", "4:15"),
        ("tail: {t1: {out: 12, blocks: 1, block: {groups: 2}}}", "FC302", "3:49"),
        ("tail: {t1: {out: 3, blocks: 1}}", "FC302", "3:18"),
        (f"tail: {{{ADDS}}}", "FC301", "3:90"),
        (STEM + TAIL, "FC302", "3:76"),
        (f"tail: {{t1: {{out: 8, blocks: 1}}}}\nbody: {{{GROWING}}}", "FC305", "4:348"),
        (f"tail: {{{MANY}}}", "FC305", "2:1"),
    ],
)
def test_a_base_that_does_not_hold_by_itself(base: str, rule: str, place: str) -> None:
    """Also where the variant would mend it: the base is scaled before the variant is laid over."""
    found = refused(HEAD + base + "\n", "scale: {width: 0.5}\ntail: {t1: {blocks: 2}}")[0]
    assert (found.rule, str(found.span)) == (rule, f"base.yaml:{place}")
    assert found.related[-1].message == "scaled here, so the base has to hold by itself"
    assert str(found.related[-1].span) == "variant0.yaml:4:1"


def test_a_resolution_that_does_not_fit_is_found_as_ever() -> None:
    base = HEAD + "input: {size: 2}\n" + TAIL
    (found,) = vary(base, "scale: {width: 0.5}").report.diagnostics
    assert (found.rule, found.span.source.name) == ("FC304", "base.yaml")


def test_a_finding_about_a_scaled_number_tells_the_product() -> None:
    analysis = vary(FISHNET99, "scale: {width: 0.3}\nbody: {body1: {k: 7}}")
    (found,) = [d for d in analysis.report.diagnostics if d.severity == "error"]
    assert found.message == "body1: r(x) cannot sum 160 channels in groups of 7"
    told = {f"{there.span}": there.message for there in found.related}
    assert told["variant0.yaml:4:16"] == (
        "stem.conv3.out: 64 x 0.3 = 19.2, made 16: multiple of 8: as in the base"
    )


def test_a_scaled_number_beyond_its_limit_points_at_the_factor() -> None:
    base = HEAD + "tail:\n  t1: {out: 65536, blocks: 1}\n"
    found = refused(base, "scale: {width: 2, depth: 2}")
    assert [(d.rule, str(d.span)) for d in found] == [("FC112", "variant0.yaml:4:16")]
    assert found[0].message.endswith("got 131072")
    assert [(str(r.span), r.message) for r in found[0].related] == [
        ("base.yaml:4:13", "found here"),
        ("variant0.yaml:4:16", "tail.t1.out: 65536 x 2 = 131072"),
    ]


def test_an_expectation_of_the_variant_is_held_against_the_scaled_width() -> None:
    analysis = vary(FISHNET99, "scale: {width: 0.5}\ntail: {tail1: {expect: {out: 128}}}")
    (found,) = [d for d in analysis.report.diagnostics if d.severity == "error"]
    assert (found.rule, str(found.span)) == ("FC401", "variant0.yaml:5:30")
    assert "tail.tail1.out: 128 x 0.5 = 64" in [there.message for there in found.related]


@pytest.mark.parametrize(
    ("scale", "place", "message"),
    [
        ("depth: 2", "4:16", "`depth` scales nothing: the base counts no blocks"),
        ("width: 0.5", "4:16", "`width` scales nothing: the base chooses no width"),
    ],
)
def test_a_factor_that_scales_nothing(scale: str, place: str, message: str) -> None:
    base = HEAD + "graph: {low: {kind: max_pool, from: input}}\noutputs: {map: low}\n"
    (found,) = refused(base, f"scale: {{{scale}}}")
    assert (found.rule, found.message) == ("FC206", message)
    assert str(found.span) == f"variant0.yaml:{place}"
    assert found.help[0].startswith("remove it; ")
    assert len(refused(base, "scale: {depth: 2, width: 2}")) == 2
    assert vary(base, "scale: {depth: 1}").report.ok


def test_a_stem_that_the_variant_makes_wider_itself_is_no_product() -> None:
    """conv3 decides what the stem gives; where the variant writes it, conv2 explains nothing."""

    def told(stem: str) -> list[str]:
        analysis = vary(FISHNET99, f"scale: {{width: 0.5}}\nstem: {{conv3: {{{stem}}}}}")
        (found,) = [d for d in analysis.report.diagnostics if d.severity == "error"]
        assert found.message.startswith("stem: groups of 7 do not divide")
        return [there.message for there in found.related]

    assert "stem.conv3.out: 64 x 0.5 = 32" in told("norm: {channels: 7}")
    assert not any("stem" in message for message in told("out: 30, norm: {channels: 7}"))


def test_a_chain_whose_base_fails_tells_the_products_before() -> None:
    found = refused(
        HEAD + "tail: {t1: {out: 64, blocks: 1}, t2: {out: 128, blocks: 1}}\n",
        "scale: {width: 0.5}\nbody: {b: {blocks: 1, k: 5, transfer: {from: t1}}}",
        "scale: {width: 0.5}",
    )
    assert [one.rule for one in found] == ["FC302"]
    told = {str(there.span): there.message for there in found[0].related}
    assert told["variant1.yaml:4:1"] == "scaled here, so the base has to hold by itself"
    beyond = refused(
        HEAD + "tail: {t1: {out: 64000, blocks: 1}}\n",
        "scale: {width: 2}",
        "scale: {width: 0.5}",
    )
    told = {str(there.span): there.message for there in beyond[0].related}
    assert told["variant0.yaml:4:16"] == "tail.t1.out: 64000 x 2 = 128000"
