"""Theme: the colours of a picture, light and dark, as CSS.

The hues are those of Okabe and Ito (2008), which people who see colours differently tell apart,
some of them darker or lighter for the ground that they lie on.
"""

from __future__ import annotations

from collections.abc import Iterable

# what names a picture's colours, in the order of the data: light, dark
COLOURS = {
    "stem": ("#7d8597", "#9aa3b5"),
    "tail": ("#d9822b", "#e69a4c"),
    "bridge": ("#a83279", "#d069a8"),
    "body": ("#2b7bba", "#5aa5e0"),
    "head": ("#2a9d6c", "#45bd8b"),
    "graph": ("#7a58b5", "#a587dd"),
    "end": ("#4b5563", "#a3adbd"),
    "unknown": ("#b8bec8", "#4a515d"),
}

_GROUND = ("#ffffff", "#0f1318")
INK = ("#1d2129", "#e8ebf0")
_MUTED = ("#5b6472", "#9aa4b2")
_FAINT = ("#c9ced6", "#3a414c")
_FREE = ("#111827", "#0f1318")
_CORE = ("#ffd84a", "#ffd23d")
_CHANGED = ("#0b5cad", "#7db7ff")
RED = ("#c81e1e", "#ff6b6b")

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def _rules() -> dict[str, dict[str, tuple[str, str]]]:
    """The properties that have a colour, by class, each light and dark."""
    rules = {
        "ground": {"fill": _GROUND},
        "ink": {"fill": INK},
        "muted": {"fill": _MUTED},
        "red": {"fill": RED},
        "edge": {"stroke": INK},
        "changed": {"stroke": _CHANGED},
        "rule": {"stroke": _FAINT},
        "way": {"stroke": _FREE},
        "core": {"stroke": _CORE},
        "shut": {"stroke": _MUTED},
        "iconv": {"stroke": RED},
        "conv": {"fill": _MUTED, "stroke": _GROUND},
        "broken": {"stroke": RED},
        "number": {"fill": _GROUND},
        "f-red": {"fill": RED},
    }
    for name, colour in COLOURS.items():
        rules[f"f-{name}"] = {"fill": colour}
        rules[f"s-{name}"] = {"stroke": colour}
        rules[f"h-{name}"] = {"fill": colour}
    return rules


# what has no colour of its own, and is the same in light and dark
_PLAIN = {
    "wedge": "fill-opacity:.17",
    "edge": "fill:none;stroke-width:1.1",
    "changed": "fill:none;stroke-width:3.5",
    "rule": "fill:none;stroke-width:1;stroke-dasharray:1 3",
    "rib": "fill:none;stroke-width:1;stroke-opacity:.55",
    "unsure": "fill:none;stroke-dasharray:3 3",
    "arc": "fill:none;stroke-width:7;stroke-linejoin:round",
    "way": "pointer-events:none;fill:none;stroke-width:3.6;stroke-linecap:round",
    "core": "pointer-events:none;fill:none;stroke-width:1.8;stroke-linecap:round",
    "shut": "fill:none;stroke-width:1.6;stroke-dasharray:1.5 3.5;stroke-linecap:round",
    "cut": "fill:none;stroke-width:1.8;stroke-dasharray:5 4",
    "iconv": "fill:none;stroke-width:2.6;stroke-linecap:round",
    "conv": "stroke-width:1",
    "broken": "fill:none;stroke-width:2.4;stroke-dasharray:7 4",
    "name": "font-weight:600",
    "title": "font-weight:700",
}


def css(theme: str, used: Iterable[str]) -> str:
    """The style sheet of a picture for the classes that it uses; `auto` follows the reader."""
    kept = set(used)
    plain = [f".{name}{{{text}}}" for name, text in _PLAIN.items() if name in kept]
    light = _coloured(kept, 0)
    if theme == "light":
        return "\n".join([*plain, *light])
    dark = _coloured(kept, 1)
    if theme == "dark":
        return "\n".join([*plain, *dark])
    return "\n".join([*plain, *light, "@media (prefers-color-scheme: dark) {", *dark, "}"])


def _coloured(used: set[str], at: int) -> list[str]:
    return [
        f".{name}{{{';'.join(f'{key}:{pair[at]}' for key, pair in values.items())}}}"
        for name, values in _rules().items()
        if name in used
    ]
