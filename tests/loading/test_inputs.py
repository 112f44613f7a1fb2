"""Which specs the words of a command line mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import fishcompile
from fishcompile.loading.inputs import Input, collect, looks_like_a_spec

SPEC = "fishspec: 2\nname: x\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with specs, other YAML, hidden entries and links, to stand in."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "b.yaml": SPEC,
        "a.yml": SPEC,
        "sub/deep/c.yaml": SPEC,
        "sub/d.yaml": SPEC,
        "sub/e.txt": SPEC,
        "workflow.yaml": "name: x\non: push\n",
        ".hidden/h.yaml": SPEC,
        ".h.yaml": SPEC,
        "empty/readme.md": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "sub/loop").symlink_to("..", target_is_directory=True)
    (tmp_path / "link.yaml").symlink_to("b.yaml")
    return tmp_path


def paths(*words: str) -> list[str]:
    found = collect(words)
    assert [item.problem for item in found] == [None] * len(found)
    return [str(item.path) for item in found]


def problem(item: Input) -> tuple[str, str, str]:
    """The rule, the file and the message of what is wrong with a word."""
    assert item.problem is not None
    return item.problem.rule, item.problem.span.source.name, item.problem.message


def test_a_folder_is_searched_for_what_looks_like_a_spec(folder: Path) -> None:
    expected = ["a.yml", "b.yaml", "sub/d.yaml", "sub/deep/c.yaml"]
    assert paths(".") == expected
    assert paths(str(folder)) == [str(folder / name) for name in expected]
    assert paths("sub") == ["sub/d.yaml", "sub/deep/c.yaml"]
    assert paths("sub/../sub/deep") == ["sub/../sub/deep/c.yaml"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.yaml", ["b.yaml", "workflow.yaml"]),
        ("*.y*ml", ["a.yml", "b.yaml", "workflow.yaml"]),
        ("[ab].*", ["a.yml", "b.yaml"]),
        ("sub/?.yaml", ["sub/d.yaml"]),
        ("**/*.yaml", ["b.yaml", "sub/d.yaml", "sub/deep/c.yaml", "workflow.yaml"]),
        ("**/**/c.yaml", ["sub/deep/c.yaml"]),
        ("**/deep/*", ["sub/deep/c.yaml"]),
        ("sub/**", ["sub/d.yaml", "sub/deep/c.yaml"]),
        ("sub/*", ["sub/d.yaml", "sub/deep/c.yaml", "sub/e.txt"]),
        ("sub/../*.yml", ["sub/../a.yml"]),
        ("su*/deep", ["sub/deep/c.yaml"]),
        (".h*/*.yaml", [".hidden/h.yaml"]),
        (".*.yaml", [".h.yaml"]),
    ],
)
def test_a_pattern(pattern: str, found: list[str]) -> None:
    """A file that matches is meant whatever it holds; only in folders is it looked into."""
    assert paths(pattern) == found


def test_a_pattern_of_a_whole_path(folder: Path) -> None:
    assert paths(f"{folder}/sub/*.yaml") == [f"{folder}/sub/d.yaml"]


def test_a_folder_comes_before_what_is_called_a_little_longer(tmp_path: Path) -> None:
    """Folder by folder, as people sort them, although - comes before / in ASCII."""
    for name in ("a-b.yaml", "a/c.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SPEC, "utf-8")
    expected = [str(tmp_path / "a" / "c.yaml"), str(tmp_path / "a-b.yaml")]
    assert paths(str(tmp_path)) == expected


@pytest.mark.usefixtures("folder")
def test_words_keep_their_order_and_a_file_comes_once() -> None:
    assert paths("sub/e.txt", "b.yaml", "./b.yaml", "link.yaml", ".") == [
        "sub/e.txt",
        "b.yaml",
        "a.yml",
        "sub/d.yaml",
        "sub/deep/c.yaml",
    ]
    assert paths("link.yaml", "b.yaml") == ["link.yaml"]


@pytest.mark.usefixtures("folder")
def test_a_file_of_a_pattern_s_name_is_that_file() -> None:
    Path("x[1].yaml").write_text(SPEC, "utf-8")
    assert paths("x[1].yaml") == ["x[1].yaml"]


@pytest.mark.usefixtures("folder")
def test_standard_input_is_the_file_it_is_called() -> None:
    assert paths("-") == ["<stdin>"]
    found = collect(["b.yaml", "-", "-", "a.yml"], "sub/../b.yaml")
    assert [str(item.path) for item in found] == ["b.yaml", "a.yml"]


@pytest.mark.usefixtures("folder")
def test_a_word_that_means_nothing_is_named_and_the_others_stay() -> None:
    found = collect(["empty", "no/*.yaml", "", "b.yaml", "none.yaml"])
    assert [problem(item) for item in found[:3]] == [
        ("FC100", "empty", "no spec was found in this folder"),
        ("FC100", "no/*.yaml", "nothing matches this pattern"),
        ("FC100", ".", "the name of a spec is empty"),
    ]
    # A file is looked for when it is read.
    assert [(str(item.path), item.problem) for item in found[3:]] == [
        ("b.yaml", None),
        ("none.yaml", None),
    ]


def test_a_folder_that_may_not_be_searched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may search every folder, so the refusal is made."""
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if path.name == "sub":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("fishcompile.loading.walking.os.scandir", refusing)
    assert folder.is_dir()
    found = collect(["."])
    assert [str(item.path) for item in found] == ["a.yml", "b.yaml", "sub"]
    assert problem(found[2]) == (
        "FC100",
        "sub",
        "this folder cannot be searched: Permission denied",
    )


def test_a_link_leads_neither_out_nor_around(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside"
    outside.mkdir()
    (outside / "o.yaml").write_text(SPEC, "utf-8")
    (folder / "out").symlink_to(outside, target_is_directory=True)
    for word in (".", "**/*.yaml", "*", "**"):
        assert not [path for path in paths(word) if "o.yaml" in path or "loop" in path]
    assert paths("out") == ["out/o.yaml"]  # named, it is searched


@pytest.mark.parametrize(
    ("text", "is_spec"),
    [
        (b"fishspec: 2\n", True),
        (b"# comment\n---\nfishspec : 1\n", True),
        (b'name: x\r"fishspec": 1\r', True),
        (b"{fishspec: 2, name: x}", True),
        (b"\xef\xbb\xbffishspec: 2\n", True),
        ("fishspec: 2\n".encode("utf-16"), True),
        (b"a: [\nfishspec: 2\n", True),
        (b"fishspec: \xff\n", True),
        (b"# yaml-language-server: $schema=../schemas/fishspec-2.schema.json\nname: x\n", True),
        (b"name: x\nextends: base.yaml\n", True),
        (b"extends: 'a/b.yml' # base\nname: x\n", True),
        (b"extends: base.yaml\n", False),
        (b"name: x\nextends:\n  template: base.yaml\n", False),
        (b"about:\n  fishspec: 2\n", False),
        (b"# fishspec: 2\n", False),
        (b"fishspecs: 1\n", False),
        (b"# yaml-language-server: $schema=other.schema.json\n", False),
        (b"", False),
    ],
)
def test_what_looks_like_a_spec(text: bytes, is_spec: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(text)
    assert looks_like_a_spec(path) is is_spec


def test_what_cannot_be_opened_is_kept_to_be_reported(folder: Path) -> None:
    (folder / "sub/dangling.yaml").symlink_to("nothing")
    assert "sub/dangling.yaml" in paths("sub")


def test_a_name_that_is_longer_than_any_files_is_a_finding(tmp_path: Path) -> None:
    """Found by fuzzing: the system refuses even to look for it."""
    path = tmp_path / "net.yaml"
    for word in (f"extends: {'x' * 300}.yaml", f"use: [{'x' * 300}.yaml]"):
        path.write_text(f"fishspec: 2\nname: net\n{word}\n", encoding="utf-8")
        (found,) = fishcompile.check(path).diagnostics[:1]
        assert found.rule == "FC120"
        assert "too long" in found.message
