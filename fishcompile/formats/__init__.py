"""Formats: what a run is printed as, one file per format; `--format` offers what lies here.

A format is a file with a function `write(checked, page)` that gives the whole text, without a
final line break. A file whose name begins with `_` is no format but what formats share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic, Report


@record
class Checked:
    """One spec of a run: its path as the user gave it, and what was found.

    `unreadable` where there was nothing to check: no file, no text, no match of a pattern.
    """

    path: str
    report: Report
    unreadable: bool = False


@record
class RuleFacts:
    """What a format says of a rule: a line, a paragraph, and the long form in Markdown."""

    name: str
    severity: str
    summary: str
    description: str
    markdown: str


def _no_rules() -> Mapping[str, RuleFacts]:
    return {}


@record
class Page:
    """What the text is written for.

    `root` is the folder of the repository, which paths in sarif and github are relative to;
    `rules` gives the rules by id, asked only by a format that lists them. `held_back` is how many
    findings a baseline holds back.
    """

    color: bool = False
    width: int = 100
    quiet: bool = False
    root: Path = field(default_factory=Path.cwd)
    rules: Callable[[], Mapping[str, RuleFacts]] = _no_rules
    held_back: int = 0


Format = Callable[[Sequence[Checked], Page], str]


def format_names() -> list[str]:
    """The names of all formats, sorted."""
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


def find_format(name: str) -> Format:
    """The function of the format `name`, one of `format_names()`."""
    write: Format = import_module(f"fishcompile.formats.{name}").write
    return write


def findings(checked: Sequence[Checked]) -> list[Diagnostic]:
    """Every finding of a run once, in order: that of a shared base is each variant's too."""
    return list(dict.fromkeys(found for item in checked for found in item.report.diagnostics))


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" + ("s" if number != 1 else "")
