"""Characters that look like a spec's punctuation and letters and are not: their names, and ASCII.

They come from keyboards of other scripts and from web pages and word processors. An author sees
nothing wrong with them, so a message has to call them by number and name.
"""

from __future__ import annotations

import unicodedata

# What Unicode's compatibility forms (NFKC) do not give back as ASCII.
_ASCII = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u00ab": '"', "\u00bb": '"', "\u2010": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u3001": ",", "\u3010": "[", "\u3011": "]", "\u200b": "", "\u200c": "",
    "\u200d": "", "\u2060": "", "\u00ad": "", "\u00d7": "x", "\ufeff": "",
}  # fmt: skip
_NAMES = {
    "\u2018": "curly quote", "\u2019": "curly quote", "\u201a": "curly quote",
    "\u201c": "curly quote", "\u201d": "curly quote", "\u201e": "curly quote",
    "\u2212": "minus sign of mathematics", "\ufeff": "byte-order mark",
}  # fmt: skip


def ascii_of(character: str) -> str | None:
    """The ASCII that a character stands for; None where it stands for none, or is ASCII itself."""
    if character.isascii():
        return None
    if character in _ASCII:
        return _ASCII[character]
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and len(plain) == 1 else None


def plain(text: str) -> str:
    """`text` with ASCII for each character that looks like it and is not."""
    return "".join(c if (found := ascii_of(c)) is None else found for c in text)


def lookalike(text: str) -> str | None:
    """The first character of `text` that stands for ASCII, if one does."""
    return next((c for c in text if ascii_of(c) is not None), None)


def named(character: str) -> str:
    """A character by its number and name: "U+FF1A is a full-width colon"."""
    name = _NAMES.get(character) or unicodedata.name(character, "character without a name").lower()
    name = name.replace("fullwidth", "full-width")
    return f"U+{ord(character):04X} is {'an' if name[0] in 'aeio' else 'a'} {name}"


def advice(character: str) -> str:
    """What to write for a character that stands for ASCII."""
    written = ascii_of(character)
    if not written:
        return "delete it"
    return "write a plain space" if written == " " else f"write `{written}`"
