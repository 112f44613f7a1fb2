"""A picture as PNG or PDF, by CairoSVG: the extra `pictures`."""

from __future__ import annotations

from fishcompile.diagnostics.errors import UsageError

_SCALE = 2.0  # pixels of a PNG for one of the picture


def png(text: str) -> bytes:
    """The PNG of an SVG, two pixels for each of its own. Raises UsageError without CairoSVG."""
    return _made("svg2png", text, scale=_SCALE)


def pdf(text: str) -> bytes:
    """The PDF of an SVG, as vectors and text. Raises UsageError without CairoSVG."""
    return _made("svg2pdf", text)


def _made(function: str, text: str, **options: float) -> bytes:
    try:
        import cairosvg  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        way_out = "pip install 'fishcompile[pictures]', or draw an SVG"
        raise UsageError("PNG and PDF need CairoSVG", way_out) from None
    except OSError as error:  # the library that it calls
        way_out = "install cairo (apt install libcairo2, brew install cairo), or draw an SVG"
        raise UsageError(
            f"CairoSVG finds no cairo: {str(error).partition(chr(10))[0]}", way_out
        ) from None
    made: bytes = getattr(cairosvg, function)(bytestring=text.encode(), **options)
    return made
