"""A picture as PNG or PDF, by Typst, whose wheel needs nothing of the system: extra `pictures`."""

from __future__ import annotations

from typing import Literal

from fishcompile.diagnostics.errors import UsageError
from fishcompile.pictures.drawing import Drawing, number
from fishcompile.pictures.svg import svg

_POINTS = 0.75  # of a pixel of CSS
_PIXELS = 2 * 72 / _POINTS  # to the inch: a PNG has two for each of the picture


def rendered(drawing: Drawing, kind: Literal["png", "pdf"], theme: str) -> bytes:
    """The PNG, or the PDF of vectors and text, of a drawing in a theme, light or dark.

    Raises UsageError where Typst is not installed.
    """
    try:
        import typst
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[pictures]', or draw an SVG"
        raise UsageError("PNG and PDF need typst", way_out) from None
    width, height = (number(side * _POINTS) for side in (drawing.width, drawing.height))
    page = f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n"
    sources = {
        "main.typ": f'{page}#image("picture.svg", width: 100%)'.encode(),
        "picture.svg": svg(drawing, theme).encode(),
    }
    # files by name, which its annotations leave out
    made = typst.compile(sources, format=kind, ppi=_PIXELS)  # type: ignore[call-overload]
    if not isinstance(made, bytes):
        raise TypeError("a picture is one page")
    return made
