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
from fishcompile.reader.tree import Path

MOST = 4  # products that one finding tells


def with_products(report: Report, loaded: Loaded) -> Report:
    """The report with the product beside each finding that points at a number that was scaled.

    An error that points at any part of a stage has the stage's width beside it.
    """
    numbers: dict[Span | None, list[Adjustment]] = {}
    for one in loaded.adjustments:
        numbers.setdefault(one.at, []).append(one)
    entries = _widths(loaded)
    parts: dict[Span | None, list[Adjustment]] = {}
    for path, place in loaded.tree.places.items():
        if path and _entry(path) in entries:
            parts[place.key] = parts[place.value] = entries[_entry(path)]

    def told(found: Diagnostic) -> Iterator[Adjustment]:
        for span in (found.span, *(there.span for there in found.related)):
            yield from numbers.get(span, ())
            if found.severity == "error":
                yield from parts.get(span, ())

    return replace(
        report,
        diagnostics=tuple(
            replace(found, related=(*found.related, *products[:MOST])) if products else found
            for found in report.diagnostics
            for products in [[Related(n.by, f"{n.name}: {n}") for n in dict.fromkeys(told(found))]]
        ),
    )


def _entry(path: Path) -> Path:
    """The stage that a path is in; the stem is one, whatever its layers."""
    return path[:1] if path[0] in ("stem", "bridge") else path[:2]


def _widths(loaded: Loaded) -> dict[Path, list[Adjustment]]:
    """What became of the width that each entry gives; of its layers, that is the last one's."""
    found: dict[Path, list[Adjustment]] = {}
    for one in loaded.adjustments:
        entry, layers = _entry(one.path), one.path[:-2]
        inside = "block" in one.path[2:] or entry[0] in ("blocks", "defaults")
        if one.key == "width" and not inside:
            written = loaded.tree.get(layers) if len(layers) >= len(entry) else None
            of_layers = written.items() if isinstance(written, dict) else ()
            chosen = [name for name, item in of_layers if isinstance(item, dict) and "out" in item]
            if not chosen or chosen[-1] == one.path[-2]:
                found.setdefault(entry, []).append(one)
    return found
