"""A spec as it shows itself in a notebook: its picture, and its table below."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from fishcompile.pictures.draw import draw
from fishcompile.pictures.svg import svg
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Report
    from fishcompile.pipeline import Analysis


@record
class Shown:
    """A spec that reads and resolves. `table` is what `fishcompile show` prints of it.

    `report` says what is wrong with it, if anything.
    """

    analysis: Analysis
    table: str

    @property
    def report(self) -> Report:
        """What is to be said about the spec."""
        return self.analysis.report

    def _repr_svg_(self) -> str:
        return svg(draw(self.analysis))

    def _repr_html_(self) -> str:
        return f"{self._repr_svg_()}<pre>{escape(self.table)}</pre>"

    def __str__(self) -> str:
        return self.table
