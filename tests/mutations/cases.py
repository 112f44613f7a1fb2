"""Mutated specs as data: `cases()` reads cases/*.txt, one family a file.

A family begins with its name and what it is, and each of its cases reads like a patch:

    == blocks-of-a-stage in plain.yaml     the spec that is checked; fish.yaml if not said
    @ fish.yaml                            another file to edit, from here on
    - t1: {out: 24, blocks: 1}             text that stands once in the file ...
    + «t1»: {out: 24}                      ... and what replaces it
    ! FC111 missing key `blocks`           the rule, and a piece of the message
    ? for example `blocks: 2`              a piece of the help, or `none`
    & FC111 missing key `out`              a second finding at the same place
    > deep.yaml:3:10 deep.yaml extends it here
                                           another place that the finding shows, and what is said
                                           there; all of them in order, or none

Control characters are written as their pictures: ␉ is a tab. « and » are taken out of the text:
they are where the finding must begin and end. The first `!` belongs to the first pair of them by
file and line, the second to the second, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
SPECS = HERE / "specs"
FOLDER = HERE / "cases"


_WRITTEN = str.maketrans({"«": "", "»": "", "␉": "\t", "␍": "\r", "␇": "\a", "␤": "\u2028"})


@dataclass(frozen=True)
class Place:
    """Where a finding must begin and end."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Expected:
    """One finding: rule, a piece of its message, a piece of its help (None: it has none).

    `again`: it stands at the place of the finding before. `elsewhere`: the other places that it
    shows, each as `FILE:LINE:COLUMN MESSAGE`, where they are given.
    """

    rule: str
    message: str
    help: str | None
    again: bool = False
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edit:
    """In `file`, `old` becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Case:
    """A mutation of the spec `checked`, and everything that is to be found in it."""

    family: str
    about: str
    name: str
    checked: str
    edits: tuple[Edit, ...] = ()
    expected: tuple[Expected, ...] = ()

    def files(self) -> dict[str, str]:
        """The texts of all specs after the edits, marks included."""
        texts = {path.name: path.read_text(encoding="utf-8") for path in SPECS.glob("*.yaml")}
        for edit in self.edits:
            found = texts.get(edit.file, "").count(edit.old)
            assert found == 1 or not edit.old, f"{self.name}: {edit.old!r} stands {found} times"
            text = texts.get(edit.file, "")
            texts[edit.file] = text.replace(edit.old, edit.new) if edit.old else edit.new
        return texts

    def places(self) -> list[Place]:
        """The place of each finding, by file and line."""
        marks = [
            place for file, text in sorted(self.files().items()) for place in _places(file, text)
        ]
        places: list[Place] = []
        for expected in self.expected:
            places.append(places[-1] if expected.again else marks.pop(0))
        assert not marks, f"{self.family}/{self.name}: a mark without a finding"
        return places


def cases() -> tuple[Case, ...]:
    """Every case of every family."""
    return tuple(case for path in sorted(FOLDER.glob("*.txt")) for case in _family(path))


def unmarked(text: str) -> str:
    """The text without its marks, pictures replaced by what they show."""
    return text.translate(_WRITTEN)


def _places(file: str, text: str) -> list[Place]:
    found: list[Place] = []
    line, column = 1, 1
    begin = (0, 0)
    for character in text:
        if character == "«":
            begin = (line, column)
        elif character == "»":
            found.append(Place(file, *begin, line, column))
        elif character == "\n":
            line, column = line + 1, 1
        else:
            column += 1
    return found


def _family(path: Path) -> list[Case]:
    found: list[Case] = []
    head, *blocks = path.read_text(encoding="utf-8").split("\n== ")
    about = head.removeprefix("# ").replace("\n# ", " ").strip()
    for block in blocks:
        title, *lines = block.rstrip("\n").split("\n")
        name, _, checked = title.partition(" in ")
        case = Case(path.stem, about, name, checked or "fish.yaml")
        found.append(_filled(case, [line for line in lines if line]))
    return found


def _filled(case: Case, lines: list[str]) -> Case:
    file, edits, expected = case.checked, list(case.edits), list(case.expected)
    previous = ""
    for line in lines:
        sign, text = line[0], line[2:]
        match sign:
            case "@":
                file = text
            case "-" if previous == "-":
                edits[-1] = replace(edits[-1], old=f"{edits[-1].old}\n{text}")
            case "-":
                edits.append(Edit(file, text, ""))
            case "+" if previous == "+":
                edits[-1] = replace(edits[-1], new=f"{edits[-1].new}\n{text}")
            case "+" if previous == "-":
                edits[-1] = replace(edits[-1], new=text)
            case "+":
                edits.append(Edit(file, "", text))  # the whole file
            case "!" | "&":
                rule, _, message = text.partition(" ")
                expected.append(Expected(rule, message, None, sign == "&"))
            case "?" | ">":
                expected[-1] = _said(expected[-1], sign, text)
            case _:
                raise ValueError(f"{case.family}/{case.name}: {line!r}")
        previous = sign
    return replace(case, edits=tuple(edits), expected=tuple(expected))


def _said(expected: Expected, sign: str, text: str) -> Expected:
    """The finding with its help, or with one more of its other places."""
    if sign == ">":
        return replace(expected, elsewhere=(*expected.elsewhere, text))
    return replace(expected, help=None if text == "none" else text)
