"""The specs of version 1 beside this file, and the same as a person wrote them in version 2."""

from __future__ import annotations

from pathlib import Path

from fishcompile.diagnostics.finding import Report
from fishcompile.pipeline import check_texts

SPECS = Path(__file__).parent / "specs"
NAMES = ("block", "flow", "anchors", "variant")

# A fish whose map of 16x16 is 8x8 after the tail, and 24x24 after the body.
UP3 = """\
fishspec: 1
name: net
input: {size: 16}
tail:
  t1: {out: 8, blocks: 1}
body:
  b1: {blocks: 1, merge: none, up: {kind: nearest, stride: 3}}
"""


def both(name: str) -> tuple[bytes, bytes]:
    """A spec's bytes in version 1 and in version 2."""
    old, new = ((SPECS / version / f"{name}.yaml").read_bytes() for version in ("v1", "v2"))
    return old, new


def check(text: str, **others: str) -> Report:
    """The report on a spec; `others` are the texts beside it, by name without `.yaml`."""
    files = {f"{name}.yaml": other for name, other in others.items()}
    return check_texts({"net.yaml": text, **files}, "net.yaml")


def said(report: Report) -> list[tuple[str, int, int, str]]:
    """Rule, line, column and message of each finding."""
    return [(d.rule, d.span.line, d.span.column, d.message) for d in report.diagnostics]
