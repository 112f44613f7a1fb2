"""Formulas in composite blocks: their texts read, and worked out where a block is used.

A formula is an integer expression of + - * // and names: the block's parameters, and the widths
that enter it (`in_channels`, or `NAME_channels` where the block names its inputs). A division has
to be exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fishcompile.ir.fault import ExpansionError
from fishcompile.ops.base import ShapeError
from fishcompile.ops.formula import Formula, InexactError, evaluate, parse, variables
from fishcompile.reader.tree import Path
from fishcompile.schema.kinds import formula_bounds

_FORMULA = re.compile(r"[a-z0-9_+\-*/() ]{1,200}")


@lru_cache(10_000)
def formula(text: str) -> Formula | None:
    """The formula that a text is, None where it is none."""
    try:
        return parse(text.strip()) if _FORMULA.fullmatch(text) else None
    except (ValueError, RecursionError, MemoryError):
        return None


def evaluated(
    entry: dict[str, Any], path: Path, environment: Mapping[str, int], name: str
) -> dict[str, Any]:
    """The entry with its formulas as numbers, each within what its key allows.

    Raises ExpansionError, which calls the node `name`, with the place of a formula that does not
    divide or leaves its key's range, and the names in it that decide that.
    """
    kind = entry.get("kind", "")

    def value_of(value: Any, at: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {key: value_of(item, (*at, key)) for key, item in value.items()}
        bounds = formula_bounds(kind, at) if isinstance(value, str) else None
        return value if bounds is None else _number(value, bounds, (*path, *at), environment, name)

    return {key: value_of(value, (key,)) for key, value in entry.items()}


def _number(
    text: str, bounds: tuple[int, int], place: Path, environment: Mapping[str, int], name: str
) -> int:
    expression = formula(text)
    assert expression is not None, "check_definitions has read every formula"
    names = variables(expression)
    try:
        number = evaluate(expression, environment, exactly=True)
    except InexactError as error:
        fault = ShapeError("FC302", f"`{place[-1]}: {text}` does not divide: {error}")
        raise ExpansionError(fault, name, variables(error.divisor), place=place) from None
    low, high = bounds
    if not low <= number <= high:
        known = ", ".join(f"{each} = {environment[each]}" for each in names)
        message = f"`{place[-1]}: {text}` is {number}" + (f" for {known}" if known else "")
        message += f", and it must be from {low:,} to {high:,}"
        raise ExpansionError(ShapeError("FC302", message), name, names, place=place)
    return number
