"""The size rule: what an emitted file says of heights and widths, and the error that it raises.

The error is raised by comparisons of the sides alone, which torch.export and torch.onnx turn into
bounds of their dimensions.
"""

from __future__ import annotations

from fishcompile.analysis.frames import WIDTH
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
    tests = _tests(found, rule)
    if not tests:
        return SizeRule(f"Takes {_wholly(found, rule)}.", ())
    return SizeRule(f"Takes {rule}.", tuple(_refusing(str(rule), tests)))


def _refusing(rule: str, tests: list[str]) -> list[str]:
    """The lines that raise where one of the tests of a side is true, for height or for width."""
    both = " or ".join(test.format(side) for test in tests for side in _SIDES)
    head, indent = [f"if {both}:"], STEP
    if len(_BODY + head[0]) > WIDTH:
        either = " or ".join(test.format("side") for test in tests)
        head, indent = ["for side in x.shape[-2:]:", f"{STEP}if {either}:"], STEP * 2
    error = statement("raise ", f'ValueError("the network takes {rule}")', _BODY + indent)
    return [*head, *(line.removeprefix(_BODY) for line in error)]


def _wholly(found: Sizes, rule: Pattern) -> str:
    """The rule with the maps whose pixels count, as far as they are known by a name of the spec."""
    kept = [f"{name.partition('.')[0]} has {pixels} pixels" for name, pixels in found.fixed]
    return f"{rule}, if {' and '.join(kept)}" if kept else str(rule)


def _tests(found: Sizes, rule: Pattern) -> list[str]:
    """What is true of a side that is refused; empty where none is, or where no single rule is."""
    if not found.proven or found.fixed or rule.besides or len(rule.runs) != 1:
        return []
    (first, last), modulus = rule.runs[0], rule.modulus
    tests: list[str] = []
    if rule.start > max(modulus, 1) or rule.start == first:
        tests.append(f"{{}} < {rule.start}")
    if modulus > 1 and first == last == 0:
        tests.append(f"{{}} % {modulus} != 0")
    elif modulus > 1:
        shifted = f"({{}} {'-+'[first < 0]} {abs(first)})" if first else "{}"
        tests.append(f"{shifted} % {modulus} > {last - first}")
    return tests
