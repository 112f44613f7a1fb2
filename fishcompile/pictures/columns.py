"""Columns: each mark's own place along the axis, and what is written of it below the picture.

The words stand in a table whose columns are those of the marks, so none covers another or a line.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from fishcompile.pictures.drawing import Text
from fishcompile.pictures.lettering import shortened, width_of
from fishcompile.pictures.scale import Scale
from fishcompile.pictures.scene import Mark
from fishcompile.pictures.words import label_of, side_of
from fishcompile.record import record

NAME, SMALL = 12.5, 11.5  # sizes of text
LINE = 16.0
GAP = 18.0  # between neighbours' bars at least
_BETWEEN = 7.0  # words of neighbours at least
_LONG = 13  # characters of a word; of a longer one the middle is left out

_SIZE = "size"

# the rows: what each is called, and what it says of a mark
_ROWS: tuple[tuple[str, Callable[[Mark], str]], ...] = (
    ("", lambda mark: label_of(mark.names)),
    ("channels", lambda mark: str(mark.type.channels) if mark.type else "?"),
    (_SIZE, lambda mark: side_of(mark.type)),
    ("unit", lambda mark: mark.kind),
    ("blocks", lambda mark: _blocks(mark)),
    ("k of r(x)", lambda mark: mark.reduction),
)


@record
class Table:
    """The middle of each column, how far right they reach, and the rows that say something."""

    stages: tuple[str, ...]
    middles: tuple[float, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    right: float

    @property
    def height(self) -> float:
        """In pixels."""
        return LINE * len(self.rows)

    def texts(self, top: float, margin: float) -> list[Text]:
        """The words, the rows' names from a margin on."""
        found = []
        for number, (name, words) in enumerate(self.rows):
            y = top + LINE * number + NAME
            size, style = (NAME, "ink") if not name else (SMALL, "muted")
            if name:
                found.append(Text(margin, y, name, SMALL, "muted", "start"))
            found += [
                Text(x, y, word, size, style, sides=stage if name == _SIZE else "")
                for stage, x, word in zip(self.stages, self.middles, words, strict=True)
                if word
            ]
        return found


def table_of(marks: tuple[Mark, ...], scale: Scale, margin: float) -> Table:
    """The table of the marks, each in its column."""
    rows = [(name, tuple(map(say, marks))) for name, say in _ROWS]
    rows += [
        ("" if at else "gives", tuple(_nth(mark.taps, at) for mark in marks))
        for at in range(max((len(mark.taps) for mark in marks), default=0))
    ]
    kept = [(name, tuple(shortened(w, _LONG) for w in words)) for name, words in rows if any(words)]
    kept = [(" " if not name and at else name, words) for at, (name, words) in enumerate(kept)]
    names = max((width_of(name, SMALL) for name, _ in kept), default=0.0)
    widths = [
        max(width_of(words[at], NAME if not name else SMALL) for name, words in kept)
        for at in range(len(marks))
    ]
    thick = [scale.thickness(mark) for mark in marks]
    x = margin + names + 14 + max(widths[:1], default=0.0) / 2
    middles = [x]
    for (a, b), (wide_a, wide_b) in zip(pairwise(thick), pairwise(widths), strict=True):
        x += max((a + b) / 2 + GAP, (wide_a + wide_b) / 2 + _BETWEEN)
        middles.append(x)
    right = x + max(widths[-1], thick[-1]) / 2
    stages = tuple(mark.names[-1] for mark in marks)
    return Table(stages, tuple(middles), tuple(kept), right)


def _blocks(mark: Mark) -> str:
    trunk, transfer = mark.blocks
    return f"{trunk}+{transfer}" if transfer else str(trunk) if trunk > bool(mark.kind) else ""


def _nth(words: tuple[str, ...], at: int) -> str:
    return words[at] if at < len(words) else ""
