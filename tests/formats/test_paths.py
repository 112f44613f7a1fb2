"""Paths of reports: below the repository as it is written there, and links followed only to it."""

from __future__ import annotations

from pathlib import Path

from fishcompile.formats._paths import relative_to_root, repository_root, uri


def test_a_link_in_the_repository_is_the_file_that_is_shown(tmp_path: Path) -> None:
    root, outside = tmp_path / "repository", tmp_path / "outside"
    (root / "specs").mkdir(parents=True)
    outside.mkdir()
    (root / "specs" / "net.yaml").touch()
    (root / "link.yaml").symlink_to(root / "specs" / "net.yaml")
    (outside / "link.yaml").symlink_to(root / "specs" / "net.yaml")
    (root / "out.yaml").symlink_to(outside / "none.yaml")
    assert relative_to_root(str(root / "link.yaml"), root) == "link.yaml"
    assert relative_to_root(str(root / "out.yaml"), root) == "out.yaml"
    assert relative_to_root(str(outside / "link.yaml"), root) == "specs/net.yaml"
    assert relative_to_root(str(outside / "none.yaml"), root) is None
    assert relative_to_root("a\0b", root) is None


def test_the_repository_begins_at_the_nearest_git(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "specs").mkdir(parents=True)
    (tmp_path / "outer" / ".git").mkdir()
    assert repository_root(inner / "specs") == tmp_path / "outer"
    (inner / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    assert repository_root(inner / "specs") == inner


def test_a_path_in_a_uri_is_percent_encoded() -> None:
    assert uri("a b/c#d%.yaml") == "a%20b/c%23d%25.yaml"
    assert uri("é") == "%C3%A9"
