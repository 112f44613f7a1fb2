"""Factors: what a variant writes under `scale`, judged before anything is scaled by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from fishcompile.diagnostics.finding import Diagnostic, Related, SpecError, report
from fishcompile.diagnostics.source import Span
from fishcompile.reader.tree import Path, Plain, Tree
from fishcompile.schema.file import merged_schema
from fishcompile.schema.messages import Problem, word
from fishcompile.schema.wording import mapping_of, node_at
from fishcompile.schema.wrong_values import wrong_value

SCALE: Path = ("scale",)


@dataclass(frozen=True)
class Factor:
    """A factor as the decimal number that was written, and where."""

    value: Fraction
    at: Span


def factors(variant: Tree) -> dict[str, Factor]:
    """The factors that a variant writes, by key. Raises SpecError where they are none."""
    problems = list(_problems(variant))
    if problems:
        raise SpecError(report(problems))
    written = variant.get(SCALE)
    assert isinstance(written, dict), "it has no problem"
    # the text of a float is the decimal that was written; its value is not quite that
    return {
        key: Factor(Fraction(str(value)), variant.value_span((*SCALE, key)))
        for key, value in written.items()
    }


def scales_none(key: str, factor: Factor) -> Diagnostic:
    """FC206, for a factor without a number that it would scale."""
    what, which = (
        ("chooses no width", "`width` scales `out`, and parameters of blocks that are widths")
        if key == "width"
        else (
            "counts no blocks",
            "`depth` scales `blocks` and `repeat`, and parameters of blocks that count them",
        )
    )
    message = f"`{key}` scales nothing: the base {what}"
    return Diagnostic("FC206", message, factor.at, help=(f"remove it; {which}",))


def with_cause(error: SpecError, variant: Tree) -> SpecError:
    """The findings of a base that cannot be scaled, each with the place that asks for it."""
    here = Related(variant.key_span(SCALE), "scaled here, so the base has to hold by itself")
    found = error.report.diagnostics
    return SpecError(report(replace(one, related=(*one.related, here)) for one in found))


def _problems(variant: Tree) -> Iterator[Diagnostic]:
    schema = merged_schema()
    written = variant.get(SCALE)
    if not isinstance(written, dict):
        yield wrong_value(variant, schema, SCALE)
        return
    known = mapping_of(node_at(schema, SCALE))
    unknown = [Problem("unknown", (*SCALE, key)) for key in written if key not in known]
    yield from word(variant, schema, unknown)
    for key, node in known.items():
        if key in written and not _fits(written[key], node):
            yield wrong_value(variant, schema, (*SCALE, key))


def _fits(value: Plain, node: dict[str, float]) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return node["minimum"] <= value <= node["maximum"]
