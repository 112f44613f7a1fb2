"""Small specs that the tests of the language server open, and where things stand in them."""

from __future__ import annotations

from pathlib import Path

import pytest

BASE = """\
fishspec: 2
name: small
input: {channels: 3, size: 32}
stem:
  conv1: {kind: conv, out: 8}
tail:
  tail1: {out: 16, blocks: 1}
  tail2: {out: 32, blocks: 1}
body:
  body1: {blocks: 1, k: 2, transfer: {from: tail1}}
head:
  head1: {blocks: 1, transfer: {from: tail2}}
taps: {c0: stem, c1: body1, c2: head1}
"""

VARIANT = """\
fishspec: 2
name: deeper
extends: base.yaml
tail:
  tail1: {blocks: 2}
body:
  body1: {transfer: {from: tail1, blocks: 2}}
taps: {c3: tail1}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a base and a variant, the root of what they may extend."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "variant.yaml").write_text(VARIANT)
    return tmp_path


def find(text: str, word: str, nth: int = 1) -> tuple[int, int]:
    """The line and character, 0-based, where a word stands for the nth time."""
    at = -1
    for _ in range(nth):
        at = text.index(word, at + 1)
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


def extent(text: str, word: str, nth: int = 1) -> dict[str, dict[str, int]]:
    """The protocol's range of the nth time that a word stands in a text of plain characters."""
    line, start = find(text, word, nth)
    end = {"line": line, "character": start + len(word)}
    return {"start": {"line": line, "character": start}, "end": end}
