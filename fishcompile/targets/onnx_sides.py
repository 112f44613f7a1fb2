"""Names of sides: a map's height and width as formulas over the image's, for files that have them.

Most are `height` divided by a stride and rounded, at all sizes that the network takes; a side that
no such formula gives is named after the node that makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fishcompile.analysis.sizes import Sizes, sizes
from fishcompile.ir.graph import Graph

_MOST = 1024  # sides that are looked at
HEIGHT, WIDTH = "height", "width"


def names_of_sides(graph: Graph) -> dict[str, tuple[str | int, ...]]:
    """(height, width) of each map of a graph that takes some size: numbers, or names."""
    found = sizes(graph)
    assert found is not None, "a graph that takes no size"
    forms = _forms(found)
    named: dict[str, tuple[str | int, ...]] = {}
    for value, step in found.flow.of.items():
        form = forms[step]
        named[value] = (
            (form, form)
            if isinstance(form, int)
            else tuple(form.format(axis) for axis in (HEIGHT, WIDTH))
        )
    return named


def _forms(found: Sizes) -> list[str | int]:
    """The side at each step over that of the image, `{}`, at all sides that hold."""
    images = sorted(found.holding)
    table = [found.flow.at(image) for image in images[: _MOST + 1]]
    known = found.proven and len(images) <= _MOST
    forms: list[str | int] = ["{}"]
    for step, each in enumerate(found.flow.steps, 1):
        sides = [row[step] for row in table]
        form = _form(images, sides, found.flow.rate(step)) if known else None
        forms.append(f"{{}} at {each.node.name}" if form is None else form)
    return forms


def _form(images: Sequence[int], sides: Sequence[int], rate: Fraction) -> str | int | None:
    """What all sides are: a number, or the image's times or through another, rounded."""
    if not rate:
        return sides[0] if len(set(sides)) == 1 else None
    if rate.denominator == 1:
        times, more = rate.numerator, sides[0] - images[0] * rate.numerator
        if any(side != times * image + more for image, side in zip(images, sides, strict=True)):
            return None
        product = "{}" if times == 1 else f"{times} * {{}}"
        return product + (f" {'-+'[more > 0]} {abs(more)}" if more else "")
    if rate.numerator > 1:
        return None
    stride = rate.denominator
    pairs = [*zip(images, sides, strict=True)]
    # what is added before the division: 0 rounds down, stride - 1 up, and others are rare
    low = max(stride * side - image for image, side in pairs)
    high = min(stride * (side + 1) - 1 - image for image, side in pairs)
    if low > high:
        return None
    more = min(range(low, high + 1), key=lambda n: (n not in (0, stride - 1), abs(n)))
    return f"{{}} // {stride}" if not more else f"({{}} {'-+'[more > 0]} {abs(more)}) // {stride}"
