"""The name that was probably meant by a misspelt word, and whether that is sure.

`nearest` is for advice: a person reads "did you mean" and decides. `surely` is for fixes that are
applied without asking: one name is an edit or two away, and no other is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

_NEAR = 0.6  # of the letters of both words, those that stand in the same order in both
_MOST = 200  # comparing costs time, and a spec may hold thousands of names
_LIKELY = 8  # of them those that are compared in full
_SHORT = 3  # shorter names are an edit away from everything
_WORDS = re.compile(r"[a-z]+|[0-9]+")
_LONG = 6  # from this length on a word may hold two mistakes


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The closest of the names to a misspelt word, None where none is close."""
    from difflib import SequenceMatcher  # only now: most specs hold no misspelt word

    # no more letters can be shared than the shorter one has
    alike = (
        name
        for name in names
        if name != word and 2 * min(len(name), len(word)) >= _NEAR * (len(name) + len(word))
    )
    matcher = SequenceMatcher(b=word)
    bounds: list[tuple[float, int, str]] = []
    for name in islice(alike, _MOST):
        matcher.set_seq1(name)
        bound = matcher.quick_ratio()  # the letters that both have, in whatever order
        if bound >= _NEAR:
            bounds.append((bound, _shared(word, name), name))
    best = (_NEAR, "")
    # the most likely first, and no more of them: names that share their letters cost the most
    for bound, _, name in sorted(bounds, reverse=True)[:_LIKELY]:
        if bound < best[0]:
            break
        matcher.set_seq1(name)
        best = max(best, (matcher.ratio(), name))
    return best[1] or None


def _shared(word: str, name: str) -> int:
    """How many letters both begin and end with."""
    return _start(word, name) + _start(word[::-1], name[::-1])


def surely(word: str, names: Iterable[str]) -> str | None:
    """The one name that `word` can be a mistyped form of; None where there are several, or none.

    It is one edit away, or two from a long word, and no digit differs: digits tell stages apart.
    """
    farthest = 2 if len(word) >= _LONG else 1
    distances = {
        name: edit_distance(word, name, farthest)
        for name in islice(dict.fromkeys(names), _MOST)
        if len(name) >= _SHORT and abs(len(name) - len(word)) < min(_SHORT, len(word))
    }
    for most in (1, 2) if len(word) >= _LONG else (1,):
        close = [name for name, distance in distances.items() if distance <= most]
        if close:
            return close[0] if len(close) == 1 and _digits(close[0]) == _digits(word) else None
    return None


def slip(word: str, names: Iterable[str]) -> str | None:
    """The one name that `word` differs from by a slip within a word of it; None where none is.

    `tial2` is one of `tail2`; `tail4`, `tail2b` and `conv_b1` beside `conv_a1` are names of a row.
    """
    close = [name for name in islice(dict.fromkeys(names), _MOST) if _slips(word, name)]
    return close[0] if len(close) == 1 else None


def _slips(word: str, name: str) -> bool:
    mine, other = _WORDS.findall(word.lower()), _WORDS.findall(name.lower())
    if len(mine) != len(other) or word == name:
        return False
    pairs = [(one, two) for one, two in zip(mine, other, strict=True) if one != two]
    if not pairs:
        return True
    (one, two), *more = pairs
    apart = one.startswith(two) or two.startswith(one)  # `up` and `ups`, as people make up names
    short = min(len(one), len(two)) < _SHORT
    return not (more or apart or short or one.isdigit()) and edit_distance(one, two) == 1


def edit_distance(word: str, name: str, most: int | None = None) -> int:
    """Letters added, dropped, changed or swapped with the next to make one word of the other.

    Case counts for nothing. Where it is more than `most`, it is any number above that. Optimal
    string alignment, after Damerau (1964), within a band of diagonals after Ukkonen (1985).
    """
    a, b = _differing(word.lower(), name.lower())
    farthest = max(len(a), len(b)) if most is None else most
    if abs(len(a) - len(b)) > farthest:
        return farthest + 1
    far = farthest + 1
    before: list[int] = []
    row = [min(j, far) for j in range(len(b) + 1)]
    for i, letter in enumerate(a, 1):
        first, last = max(1, i - farthest), min(len(b), i + farthest)
        above, row = row, [far] * (len(b) + 1)
        row[0] = min(i, far)
        for j in range(first, last + 1):
            other = b[j - 1]
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row[j] = least
        if min(row[first - 1 : last + 1], default=far) >= far:
            return far
        before = above
    return row[-1]


def _differing(a: str, b: str) -> tuple[str, str]:
    """Two words without what they begin and end with alike, which no edit touches."""
    start = _start(a, b)
    a, b = a[start:], b[start:]
    end = _start(a[::-1], b[::-1])
    return a[: len(a) - end], b[: len(b) - end]


def _start(a: str, b: str) -> int:
    """How many letters two words begin with alike."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(a), len(b)))


def _digits(word: str) -> str:
    return "".join(character for character in word if character.isdigit())
