"""Factors: what a variant writes under `scale`, judged before anything is scaled by it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fishcompile.diagnostics.finding import Diagnostic, Related, SpecError, fail, report
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.record import record
from fishcompile.schema.file import merged_schema
from fishcompile.schema.messages import Problem, word
from fishcompile.schema.wording import mapping_of, node_at
from fishcompile.schema.wrong_values import wrong_value

SCALE: Path = ("scale",)
_SCALED = {
    "width": ("chooses no width", "`out`, and parameters of blocks that are widths"),
    "depth": (
        "counts no blocks",
        "`blocks` and `repeat`, and parameters of blocks that count them",
    ),
}


@record
class Factor:
    """A factor as the decimal number that was written, and where."""

    value: Fraction
    at: Span


def factors(variant: Tree) -> dict[str, Factor]:
    """The factors that a variant writes, by key. Raises SpecError where they are none."""
    schema, written = merged_schema(), variant.get(SCALE)
    known = mapping_of(node_at(schema, SCALE))
    if not isinstance(written, dict):
        raise fail(wrong_value(variant, schema, SCALE))
    wrong = [
        Problem("wrong" if key in known else "unknown", (*SCALE, key))
        for key, value in written.items()
        if key not in known or not _fits(value, known[key])
    ]
    if wrong:
        raise fail(*word(variant, schema, wrong))
    # the text of a float is the decimal that was written; its value is not quite that
    return {
        key: Factor(Fraction(str(value)), variant.value_span((*SCALE, key)))
        for key, value in written.items()
    }


def scales_none(key: str, factor: Factor) -> Diagnostic:
    """FC206, for a factor without a number that it would scale."""
    what, which = _SCALED[key]
    message = f"`{key}` scales nothing: the base {what}"
    return Diagnostic("FC206", message, factor.at, help=(f"remove it; `{key}` scales {which}",))


def with_cause(error: SpecError, variant: Tree) -> SpecError:
    """The findings of a base that cannot be scaled, each with the place that asks for it."""
    here = Related(variant.key_span(SCALE), "scaled here, so the base has to hold by itself")
    found = error.report.diagnostics
    return SpecError(report(replace(one, related=(*one.related, here)) for one in found))


def _fits(value: Plain, node: dict[str, float]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return node["minimum"] <= value <= node["maximum"]
