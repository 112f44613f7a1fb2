"""The size rule: what an emitted file says of heights and widths, and the error that it raises.

The error is raised by comparisons of the sides alone, which torch.export and torch.onnx turn into
bounds of their dimensions.
"""

from __future__ import annotations

from fishcompile.analysis.size_words import Pattern, pattern
from fishcompile.analysis.sizes import Sizes, sizes
from fishcompile.ir.graph import Graph
from fishcompile.record import record
from fishcompile.targets.python_source.line_breaking import STEP, statement

_BODY = STEP * 2
_SIDES = ("x.shape[-2]", "x.shape[-1]")


@record
class SizeRule:
    """A sentence for the docstring, and the lines that refuse other sizes, if any do."""

    sentence: str
    lines: tuple[str, ...]


def size_rule(graph: Graph) -> SizeRule:
    """What a network takes. Of sizes that no rule sums up the lines refuse none."""
    found = sizes(graph)
    if found is None:
        return SizeRule("Takes no size at all.", ())
    rule = pattern(found)
    condition = _condition(found, rule)
    if not condition:
        return SizeRule(f"Takes {_wholly(found, rule)}.", ())
    return SizeRule(
        f"Takes {rule}.",
        (
            f"if {condition}:",
            *(line.removeprefix(_BODY) for line in _raised(str(rule))),
        ),
    )


def _raised(rule: str) -> list[str]:
    return statement("raise ", f'ValueError("the network takes {rule}")', _BODY + STEP)


def _wholly(found: Sizes, rule: Pattern) -> str:
    """The rule with the maps whose pixels count, as far as they are known by a name of the spec."""
    kept = [f"{name.partition('.')[0]} has {pixels} pixels" for name, pixels in found.fixed]
    return f"{rule}, if {' and '.join(kept)}" if kept else str(rule)


def _condition(found: Sizes, rule: Pattern) -> str:
    """When a size is refused; empty where none is, or where the rule is not a single one."""
    if not found.proven or found.fixed or rule.besides or len(rule.runs) != 1:
        return ""
    (first, last), modulus = rule.runs[0], rule.modulus
    apart: list[str] = []
    if (first, last) == (0, 0) and modulus > 1:
        apart = [f"{side} % {modulus} != 0" for side in _SIDES]
    elif modulus > 1:
        shifted = [f"({side} {'-+'[first < 0]} {abs(first)})" if first else side for side in _SIDES]
        apart = [f"{side} % {modulus} > {last - first}" for side in shifted]
    small = [f"{side} < {rule.start}" for side in _SIDES] if rule.start > max(modulus, 1) else []
    if first > 0 and rule.start == first:
        small = [f"{side} < {first}" for side in _SIDES]
    return " or ".join([*small, *apart])
