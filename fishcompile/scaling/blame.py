"""Blame: what a finding about a scaled number adds, so that its author knows which line to change.

The finding points at the base, where the number stands as it was before it was scaled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fishcompile.diagnostics.finding import Diagnostic, Related, Report
from fishcompile.diagnostics.source import Span
from fishcompile.loading.adjustment import Adjustment
from fishcompile.loading.loaded import Loaded
from fishcompile.reader.tree import Path, Plain, Tree

MOST = 4  # products that one finding tells


def with_products(report: Report, loaded: Loaded) -> Report:
    """The report with the product beside each finding that points at a number that was scaled.

    An error that points at any part of a stage has the stage's width beside it.
    """
    numbers: dict[Span, list[Adjustment]] = {}
    for one in loaded.adjustments:
        numbers.setdefault(one.at, []).append(one)
    entries = _widths(loaded)
    parts = {key: widths for key, widths in _parts(loaded.tree, entries) if widths}
    told = tuple(
        _explained(found, numbers, parts if found.severity == "error" else {})
        for found in report.diagnostics
    )
    return replace(report, diagnostics=told)


def _entry(path: Path) -> Path:
    """The stage that a path is in; the stem is one, whatever its layers."""
    return path[:1] if path[0] in ("stem", "bridge") else path[:2]


def _widths(loaded: Loaded) -> dict[Path, list[Adjustment]]:
    """What became of the width that each entry gives; of its layers, that is the last one's."""
    found: dict[Path, list[Adjustment]] = {}
    for one in loaded.adjustments:
        entry = _entry(one.path)
        inside = "block" in one.path[2:] or entry[0] in ("blocks", "defaults")
        if one.key == "width" and not inside:
            layers = one.path[:-2]
            written = loaded.tree.get(layers) if len(layers) >= len(entry) else None
            last = _last(written) if isinstance(written, dict) else None
            if last in (None, one.path[-2]):
                found.setdefault(entry, []).append(one)
    return found


def _last(layers: dict[str, Plain]) -> str | None:
    """The last of some layers that chooses a width."""
    chosen = [name for name, layer in layers.items() if isinstance(layer, dict) and "out" in layer]
    return chosen[-1] if chosen else None


def _parts(
    tree: Tree, entries: dict[Path, list[Adjustment]]
) -> Iterator[tuple[Span, list[Adjustment]]]:
    """The keys and values of all entries, each with what became of its entry's width."""
    for path, place in tree.places.items():
        widths = entries.get(_entry(path), []) if path else []
        yield place.value, widths
        if place.key:
            yield place.key, widths


def _explained(
    found: Diagnostic, numbers: dict[Span, list[Adjustment]], parts: dict[Span, list[Adjustment]]
) -> Diagnostic:
    spans = (found.span, *(there.span for there in found.related))
    products = (one for span in spans for one in (*numbers.get(span, ()), *parts.get(span, ())))
    told = [Related(one.by, f"{one.name}: {one}") for one in dict.fromkeys(products)]
    return replace(found, related=(*found.related, *told[:MOST])) if told else found
