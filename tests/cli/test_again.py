"""A check of what has not changed: the same to the byte, by next to no import, and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fishcompile.cli.again import _read as read_entry
from fishcompile.files import store
from fishcompile.files.questions import answer, digest

SPEC = """fishspec: 2
name: net
extends: base.yaml
use: blocks.yaml
"""
BASE = """fishspec: 2
name: base
input: {size: 32}
stem: {conv1: {kind: conv, out: 16, stride: 2}}
tail:
  tail1: {out: 32, blocks: 1}
  tail2: {out: 64, blocks: 1}
body:
  body2: {blocks: 1, transfer: {from: tail1}}
  body1: {blocks: 1, k: 2, transfer: {from: stem}}
"""
BLOCKS = """fishspec: 2
blocks:
  tiny:
    parameters: {out: required}
    graph:
      a: {kind: conv, out: out}
"""
BROKEN = BASE.replace("k: 2", "k: 7").replace("name: base", "name: brok\u00e9n  # \u4e2d")
TAIL = "import sys; print(len(sys.modules), 'yaml' in sys.modules, file=sys.stderr)"
COUNTED = f"""
import os, sys
exit_ = os._exit
def end(code):
    {TAIL}
    sys.stderr.flush()
    exit_(code)
os._exit = end
from fishcompile.cli.entry import main
main()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "specs"
    folder.mkdir(parents=True)
    (folder.parent / ".git").mkdir()
    texts = {"net": SPEC, "base": BASE, "blocks": BLOCKS, "broken": BROKEN, "bad": "a: [1\n"}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder.parent


def check(
    folder: Path, *words: str, python: str = COUNTED, **environment: str
) -> tuple[int, bytes, bytes, bool]:
    """Exit code, both streams, and whether the answer came from the cache."""
    inherited = {name: value for name, value in os.environ.items() if "FISHCOMPILE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", python, "check", *words],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        check=False,
    )
    *said, last = done.stderr.splitlines(keepends=True)
    return done.returncode, done.stdout, b"".join(said), b"False" in last


def cached(folder: Path, *words: str, **environment: str) -> bool:
    return check(folder, *words, **environment)[3]


def entries(project: Path) -> list[Path]:
    return sorted((project / ".fishcompile_cache").glob("*.json"))


@pytest.mark.parametrize(
    "words",
    [
        ["specs/net.yaml"],
        pytest.param(["specs/broken.yaml", "--color", "always"], marks=pytest.mark.slow),
        pytest.param(["specs", "--format", "json"], marks=pytest.mark.slow),
        ["specs", "--format", "sarif"],
        pytest.param(["specs", "--format", "junit"], marks=pytest.mark.slow),
        pytest.param(["specs", "--format", "github"], marks=pytest.mark.slow),
        pytest.param(["specs/*.yaml", "--format", "concise", "-q"], marks=pytest.mark.slow),
        pytest.param(["specs/none.yaml"], marks=pytest.mark.slow),
        pytest.param(
            ["specs/base.yaml", "--set", "tail.tail1.out=33", "--warn-as-error", "all"],
            marks=pytest.mark.slow,
        ),
        ["specs/broken.yaml", "specs/base.yaml", "--baseline", "accepted.json"],
    ],
    ids=lambda words: " ".join(words),
)
def test_what_is_answered_again_is_what_a_check_answers(project: Path, words: list[str]) -> None:
    check(project, "specs/broken.yaml", "--write-baseline", "accepted.json")
    anew = check(project, *words, "--no-cache")
    assert entries(project) == []
    assert check(project, *words) == anew
    code, out, said, again = check(project, *words)
    assert (code, out, said) == anew[:3]
    assert again
    assert not anew[3]


def test_an_answer_from_the_cache_takes_few_imports(project: Path) -> None:
    check(project, "specs/net.yaml")
    report = COUNTED.replace("len(sys.modules)", "*sorted(sys.modules)")
    command = [sys.executable, "-c", report, "check", "specs/net.yaml"]
    environment = {name: value for name, value in os.environ.items() if "FISHCOMPILE" not in name}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True)
    names = set(done.stderr.decode().split())
    assert len(names) <= 100
    assert not {"yaml", "typer", "networkx", "jsonschema", "dataclasses", "shutil"} & names


@pytest.mark.slow
@pytest.mark.parametrize(
    "word", ["-o report.txt", "--write-baseline b.json", "--no-cache", "--fix"]
)
def test_what_writes_is_not_answered_from_the_cache(project: Path, word: str) -> None:
    for _ in range(2):
        assert not cached(project, "specs/base.yaml", *word.split())
    assert entries(project) == []


@pytest.mark.slow
def test_standard_input_is_read_each_time(project: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "FISHCOMPILE" not in name}
    command = [sys.executable, "-m", "fishcompile", "check", "-"]
    for text, code in ((BASE, 0), (BROKEN, 1), (BASE, 0)):
        done = subprocess.run(
            command, input=text.encode(), cwd=project, env=environment, capture_output=True
        )
        assert done.returncode == code


def _edit(name: str) -> Callable[[Path], object]:
    def change(project: Path) -> None:
        path = project / "specs" / name
        path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")

    return change


def _relink(project: Path) -> None:
    """The same bytes by way of another folder, whose base is another."""
    other = project / "other"
    other.mkdir()
    (other / "net.yaml").write_text(SPEC, encoding="utf-8")
    (project / "specs" / "net.yaml").unlink()
    (project / "specs" / "net.yaml").symlink_to(other / "net.yaml")


CHANGES: dict[str, Callable[[Path], object]] = {
    "spec": _edit("net.yaml"),
    "base": _edit("base.yaml"),
    "used": _edit("blocks.yaml"),
    "base gone": lambda project: (project / "specs" / "base.yaml").unlink(),
    "link": _relink,
    "configuration": lambda project: (project / "pyproject.toml").write_text(
        '[tool.fishcompile]\nwarn-as-error = ["FC5"]\n'
    ),
    "nearer configuration": lambda project: (project / "specs" / "pyproject.toml").write_text(""),
    "root": lambda project: (project / "specs" / ".git").mkdir(),
}


QUICK = ("base", "link", "nearer configuration")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, change in CHANGES.items()
    ],
)
def test_what_changed_is_checked_anew(project: Path, change: Callable[[Path], object]) -> None:
    check(project, "specs/net.yaml")
    change(project)
    found = check(project, "specs/net.yaml")
    assert not found[3]
    assert found[:3] == check(project, "specs/net.yaml", "--no-cache")[:3]


@pytest.mark.slow
def test_a_file_that_comes_is_seen(project: Path) -> None:
    for words in (["specs"], ["specs/*.yaml"], ["new.yaml"]):
        check(project, *words)
        assert cached(project, *words)
    (project / "specs" / "notes.txt").write_text("of no concern")
    assert cached(project, "specs")
    (project / "specs" / "new.yaml").write_text(BASE)
    (project / "new.yaml").write_text(BASE)
    for words in (["specs"], ["specs/*.yaml"], ["new.yaml"]):
        assert not cached(project, *words)


def test_another_folder_and_another_page_are_another_question(project: Path) -> None:
    check(project, "base.yaml")
    check(project / "specs", "base.yaml")
    assert len(entries(project)) == 2
    assert cached(project / "specs", "base.yaml")
    assert not cached(project / "specs", "base.yaml", FORCE_COLOR="1")
    assert not cached(project / "specs", "base.yaml", COLUMNS="50")


@pytest.mark.slow
def test_another_version_is_another_question(project: Path) -> None:
    check(project, "specs/base.yaml")
    newer = "import fishcompile.package\nfishcompile.package.VERSION = '9.9'\n" + COUNTED
    assert not check(project, "specs/base.yaml", python=newer)[3]
    assert check(project, "specs/base.yaml", python=newer)[3]


def test_a_plug_in_that_changes_is_seen(project: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    info = site / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fishcompile.blocks]\nacme.ghost = acme:GHOST\n")
    (site / "acme.py").write_text("GHOST = 1\n")
    spec = "fishspec: 2\nname: p\ninput: {size: 32}\ngraph:\n  a: {kind: acme.ghost}\n"
    (project / "p.yaml").write_text(spec)
    first = check(project, "p.yaml", PYTHONPATH=str(site))
    assert b"FC207" in first[1]
    assert cached(project, "p.yaml", PYTHONPATH=str(site))
    (site / "acme.py").write_text("GHOST = 'another'\n")
    found = check(project, "p.yaml", PYTHONPATH=str(site))
    assert not found[3]
    assert found[1] != first[1]
    info.rename(site / "acme-1.1.dist-info")
    assert not cached(project, "p.yaml", PYTHONPATH=str(site))


def forged(entry: Path, **changes: object) -> None:
    """Writes an entry as someone would who knows how: with a mark that fits."""
    kept = json.loads(entry.read_text().partition("\n")[2])
    text = json.dumps({**kept, **changes})
    entry.write_text(f"{digest([text.encode()])}\n{text}")


FORGED: dict[str, dict[str, object]] = {
    "escapes": {"out": "\x1b]0;title\x07 fine"},
    "a carriage return": {"out": "broken\rfine"},
    "a direction": {"out": "fine \u202e"},
    "an invisible letter": {"out": "fine \u3164"},
    "a command": {"out": "::set-env name=PATH::here"},
    "an old command": {"said": "##[add-path]here"},
    "no text": {"out": ["fine"]},
    "no code": {"code": True},
    "another code": {"code": 300},
    "no questions": {"asked": None},
    "a strange question": {"asked": [[["run", "", "rm"], ""]]},
    "half a question": {"asked": [["bytes"]]},
    "a limit that is none": {"asked": [[["bytes", "x", "specs/base.yaml"], "1"]]},
    "a path that is none": {"asked": [[["bytes", "1", "\0"], "1"]]},
}


@pytest.fixture(scope="module")
def entry_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An entry as it is kept, which holds wherever the tests run."""
    spec = tmp_path_factory.mktemp("kept") / "base.yaml"
    spec.write_text(BASE)
    asked = [[list(question), answer(question)] for question in [("kind", "", str(spec))]]
    return json.dumps({"asked": asked, "out": "fine", "said": "", "code": 0})


def test_an_entry_that_holds_is_believed(entry_text: str) -> None:
    assert read_entry(entry_text) == ("fine", "", 0)


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_forged_entry_is_a_miss(entry_text: str, changes: dict[str, object]) -> None:
    assert read_entry(json.dumps({**json.loads(entry_text), **changes})) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "[" * 100_000, "9" * 10_000, '{"out": 1}', "nul"])
def test_what_is_no_entry_is_a_miss(text: str) -> None:
    assert read_entry(text) is None


def test_what_was_written_otherwise_is_not_there(tmp_path: Path) -> None:
    folder, name = str(tmp_path / "cache"), "a" * 64
    store.write(folder, name, "text")
    assert store.read(folder, name) == "text"
    path = tmp_path / "cache" / f"{name}.json"
    whole = path.read_bytes()
    for data in (b"", b"\xff\n", whole[:-1], whole + b"x", whole.replace(b"text", b"test")):
        path.write_bytes(data)
        assert store.read(folder, name) is None
    path.write_bytes(b"x" * (store.MAX_TEXT + 200))
    assert store.read(folder, name) is None
    path.unlink()
    os.mkfifo(path)
    assert store.read(folder, name) is None


@pytest.mark.slow
def test_a_forged_entry_is_written_over(project: Path) -> None:
    anew = check(project, "specs/base.yaml")
    (entry,) = entries(project)
    forged(entry, out="\x1b]0;title\x07 fine")
    assert check(project, "specs/base.yaml") == anew
    assert cached(project, "specs/base.yaml")


def test_links_lead_nowhere(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = project / ".fishcompile_cache"
    folder.symlink_to(elsewhere)
    for _ in range(2):
        assert check(project, "specs/base.yaml")[0::3] == (0, False)
    assert list(elsewhere.iterdir()) == []
    folder.unlink()
    check(project, "specs/base.yaml")
    (entry,) = entries(project)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    entry.unlink()
    entry.symlink_to(mine)
    assert not cached(project, "specs/base.yaml")
    assert mine.read_text() == "mine"
    assert not entry.is_symlink()


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a file", "no/such/folder"])
def test_where_nothing_can_be_kept_a_check_is_a_check(project: Path, place: str) -> None:
    (project / "a file").write_text("mine")
    for _ in range(2):
        found = check(project, "specs/base.yaml", FISHCOMPILE_CACHE_DIR=place)
        assert found[0] == 0
        assert found[2] == b""
    assert (project / "a file").read_text() == "mine"


@pytest.mark.slow
def test_a_folder_that_was_there_gets_entries_alone(project: Path) -> None:
    check(project, "specs/base.yaml", FISHCOMPILE_CACHE_DIR="specs")
    assert not (project / "specs" / ".gitignore").exists()
    check(project, "specs/base.yaml")
    made = {path.name for path in (project / ".fishcompile_cache").iterdir()}
    assert {".gitignore", "CACHEDIR.TAG"} < made


@pytest.mark.slow
def test_several_at_once(project: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "FISHCOMPILE" not in name}
    command = [sys.executable, "-m", "fishcompile", "check", "specs/base.yaml"]
    running = [
        subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    outputs = {process.communicate()[0] for process in running}
    assert outputs == {b"1 spec checked, no errors\n"}
    assert len(entries(project)) == 1
    assert not list((project / ".fishcompile_cache").glob("*.tmp"))


def test_old_texts_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_TEXTS", 3)
    folder = tmp_path / "cache"
    names = [f"{number:064x}" for number in range(6)]
    for at, name in enumerate(names):
        store.write(str(folder), name, f"text {at}")
        os.utime(folder / f"{name}.json", (at, at))
    (folder / "mine.json").write_text("mine")
    store.write(str(folder), "f" * 64, "newest")
    left = sorted(path.name for path in folder.glob("*.json"))
    assert left == [*(f"{name}.json" for name in names[4:]), f"{'f' * 64}.json", "mine.json"]
    assert store.read(str(folder), names[5]) == "text 5"
    assert store.read(str(folder), names[0]) is None
