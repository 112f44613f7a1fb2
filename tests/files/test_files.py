"""Files that are written whole or not at all, and what is never written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import refuse_existing, write_atomic


def test_a_link_to_nothing_is_there(tmp_path: Path) -> None:
    """What it leads to may be mounted later, and would be lost then."""
    link = tmp_path / "net.pt"
    link.symlink_to(tmp_path / "elsewhere" / "net.pt")
    with pytest.raises(UsageError, match=r"net\.pt exists and is a link; it is not overwritten"):
        refuse_existing(link, " and is a link")
    refuse_existing(tmp_path / "other.pt", "")


def test_what_is_written_is_all_that_is_left(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    for text in (b"before", b"after"):
        write_atomic(path, text)
        assert path.read_bytes() == text
    with pytest.raises(UsageError, match=r"the folder of .* does not exist"):
        write_atomic(tmp_path / "none" / "net.py", b"")
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "out.py"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, b"new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("out.py", "old")]
