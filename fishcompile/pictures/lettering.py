"""Lettering: how wide a text is at most, in whatever font of the stack it is set."""

from __future__ import annotations

import unicodedata

# widths in hundredths of an em, rounded up: the wider of DejaVu Sans and Helvetica
_WIDTHS = {
    30: "'Iijl",
    35: " ,./:;|",
    40: "()-[]ft",
    45: "!r",
    50: '"*`J',
    55: "csz",
    60: "?L_kvxy",
    65: "$0123456789FTabdeghnopqu{}",
    70: "ABEKPSVXYZ",
    80: "&CDGHNOQRU",
    85: "#+<=>^w~",
    90: "M",
    100: "%mW\\",
    105: "@",
}
_WIDTH = {c: width / 100 for width, characters in _WIDTHS.items() for c in characters}
_BOLD = 1.27  # how much wider a bold character is at most
_ELLIPSIS = "\u2026"

# of the size of a text: how far it stands out above and below its base line
ASCENT, DESCENT = 0.95, 0.25


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text of a size, in the size's unit; no font of the stack is wider."""
    return sum(map(_em, text)) * size * (_BOLD if bold else 1.0)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """The text in lines of at most a width; a word that is wider is broken."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(joined, size) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and width_of(lines[-1] + character, size) > width:
                lines.append("")
            lines[-1] += character
    return lines


def shortened(text: str, characters: int) -> str:
    """The text, with what is in the middle of a long one left out."""
    if len(text) <= characters:
        return text
    half = (characters - 1) // 2
    return text[: characters - 1 - half] + _ELLIPSIS + text[len(text) - half :]


def _em(character: str) -> float:
    known = _WIDTH.get(character)
    if known is not None:
        return known
    return 1.35 if unicodedata.east_asian_width(character) in "WF" else 1.05
