"""A picture as a file of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.pictures.draw import draw
from fishcompile.pictures.mermaid import mermaid
from fishcompile.pictures.svg import svg

if TYPE_CHECKING:
    from fishcompile.pictures.drawing import Drawing
    from fishcompile.pictures.kinds import Kind
    from fishcompile.pipeline import Analysis


def picture(analysis: Analysis, kind: Kind, theme: str) -> bytes:
    """A spec's picture of a kind of kinds.ENDINGS, in a theme; Mermaid takes that of its page.

    What cannot follow its reader's system, a PNG or PDF, is light where the theme is `auto`.
    Raises UsageError where the kind needs a library that is not there.
    """
    if kind == "mermaid":
        return mermaid(analysis).encode()
    return drawn(draw(analysis), kind, theme)


def drawn(drawing: Drawing, kind: Kind, theme: str) -> bytes:
    """A drawing as a file of a kind, which is not Mermaid."""
    assert kind != "mermaid", "a chart is made of an analysis"
    if kind == "svg":
        return svg(drawing, theme).encode()
    from fishcompile.pictures.raster import rendered

    return rendered(drawing, kind, "light" if theme == "auto" else theme)
