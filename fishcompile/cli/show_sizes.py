"""The tables of `show --sizes`: which images networks take, and what stops the next ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fishcompile.analysis.size_words import Pattern, pattern
from fishcompile.analysis.sizes import Sizes, sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fishcompile.ir.graph import Graph


def sizes_text(networks: Mapping[str, Graph]) -> list[str]:
    """The rule of each network's sizes, then why it is no wider."""
    lines: list[str] = []
    for name, graph in networks.items():
        heading = f"{name} takes" if len(networks) > 1 else "sizes:"
        found = sizes(graph)
        if found is None:
            lines.append(f"{heading} none, up to sides of 65,536")
            continue
        rule = pattern(found)
        unproven = "" if found.proven else f"; beyond {found.until - 1} nothing is proven"
        lines.append(f"{heading} {rule}{unproven}")
        lines += [f"  {line}" for line in _reasons(found, rule)]
    return lines


def sizes_json(networks: Mapping[str, Graph]) -> str:
    """The same as a mapping of networks; null for one that takes no size."""
    return json.dumps({name: _plain(sizes(graph)) for name, graph in networks.items()}, indent=2)


def _plain(found: Sizes | None) -> Any:
    if found is None:
        return None
    rule = pattern(found)
    return {
        "rule": str(rule),
        "from": rule.start,
        "modulus": rule.modulus,
        "remainders": list(rule.remainders),
        "besides": list(rule.besides),
        "proven": found.proven,
        "pixels": dict(found.fixed),
        "one_image_trains_from": found.trains_from()[0],
    }


def _reasons(found: Sizes, rule: Pattern) -> list[str]:
    lines = [f"{name} has to have {pixels} pixels" for name, pixels in found.fixed]
    lines += [f"{name} may not be one pixel, for group norm" for name in found.pixels[:1]]
    below = [side for side in (rule.start - 1,) if side and not found.holds(side)]
    above = [s for s in range(rule.start + 1, rule.start + found.period) if not found.holds(s)]
    lines += [_refused(found, side) for side in (*below, *above[:1])]
    return [*lines, _training(found)] if found.norms else lines


def _refused(found: Sizes, side: int) -> str:
    refusal = found.flow.refusal(side)
    assert refusal is not None
    node, error = refusal
    return f"{side} is refused at {node.name}: {error.message}"


def _training(found: Sizes) -> str:
    side, name = found.trains_from()
    if side is None:
        return f"one image never trains: {name} is one pixel, for batch norm"
    if not name:
        return "one image trains at each of them"
    return f"one image trains from {side}: below, {name} is one pixel, for batch norm"
