"""The real server over stdio: findings as one types, across files, fixes, and a clean end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import TIMEOUT, Client, applied
from tests.lsp.specs import BASE, VARIANT, extent, find


def said(diagnostics: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The rules and the first lines of what is said."""
    return [(d["code"], d["message"].splitlines()[0]) for d in diagnostics]


def fixes(client: Client, path: Path, diagnostic: dict[str, Any]) -> list[dict[str, Any]]:
    params = {
        "textDocument": {"uri": path.as_uri()},
        "range": diagnostic["range"],
        "context": {"diagnostics": [diagnostic]},
    }
    found: list[dict[str, Any]] = client.ask("textDocument/codeAction", params)
    return found


def test_a_session_from_open_to_exit(root: Path) -> None:
    path = root / "base.yaml"
    with Client(root) as client:
        assert client.open(path) == []
        broken = BASE.replace("blocks: 1, k: 2", "blokcs: 1, k: 2")
        (found,) = client.edit(path, broken)
        assert found["code"] == "FC110"
        assert found["range"] == extent(broken, "blokcs")
        assert found["severity"] == 1
        assert found["source"] == "fishcompile"
        assert found["message"].startswith("unknown key `blokcs` in stage `body1`\n")
        assert "help: did you mean `blocks`?" in found["message"].splitlines()
        (fix,) = fixes(client, path, found)
        assert fix["kind"] == "quickfix"
        assert fix["isPreferred"] is True
        assert fix["diagnostics"][0]["code"] == "FC110"
        mended = applied(broken, fix["edit"]["changes"][path.as_uri()])
        assert mended == BASE
        assert client.edit(path, mended) == []
        assert client.stop() == 0


def test_a_finding_shows_its_second_place(root: Path) -> None:
    path = root / "base.yaml"
    twice = BASE.replace("  head1:", "  body1:").replace(", c2: head1", "")
    with Client(root) as client:
        (found,) = client.open(path, twice)
    assert found["code"] == "FC202"
    assert found["message"].splitlines()[0] == "two stages are named `body1`"
    assert found["range"] == extent(twice, "body1", 2)
    (related,) = found["relatedInformation"]
    assert related["message"] == "the name is taken here"
    assert related["location"] == {"uri": path.as_uri(), "range": extent(twice, "body1", 1)}


PROJECTS = BASE.replace("{blocks: 1, k: 2,", "{blocks: 1, out: 16, shortcut: project,")
I_CONV = ("FC501", "isolated convolution on the shortcut of body1")


def test_warnings_are_warnings_and_comments_silence_them(root: Path) -> None:
    path = root / "base.yaml"
    with Client(root) as client:
        (found,) = client.open(path, PROJECTS)
        assert said([found]) == [I_CONV]
        assert found["severity"] == 2
        line = next(line for line in PROJECTS.splitlines() if "body1:" in line)
        accepted = f"{line} # fishcompile: ignore[FC501] on purpose"
        assert client.edit(path, PROJECTS.replace(line, accepted)) == []


def test_a_project_s_configuration_holds_and_is_read_again_on_save(root: Path) -> None:
    path = root / "base.yaml"
    (root / "pyproject.toml").write_text('[tool.fishcompile]\nignore = ["FC501"]\n')
    with Client(root) as client:
        assert client.open(path, PROJECTS) == []
        (root / "pyproject.toml").write_text("")
        client.tell("textDocument/didSave", {"textDocument": {"uri": path.as_uri()}})
        assert said(client.diagnostics(path)) == [I_CONV]


def test_a_variant_is_checked_again_when_its_base_changes(root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    with Client(root) as client:
        assert client.open(base) == []
        assert client.open(variant) == []
        renamed = BASE.replace("tail1", "first")
        assert client.edit(base, renamed) == []
        (found,) = client.diagnostics(variant)
        assert said([found]) == [("FC111", "`tail1` projects to a width that it does not say")]
        assert found["range"] == extent(VARIANT, "tail1")
        assert client.edit(base, BASE) == []
        assert client.diagnostics(variant) == []


def test_what_a_variant_breaks_in_an_open_base_is_shown_in_the_variant(root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    with Client(root) as client:
        client.open(base)
        client.open(variant)
        # the base alone holds; without what the variant takes away, head1 of the base does not
        odd = VARIANT.replace("body:", "  tail2: null\nbody:")
        (found,) = client.edit(variant, odd)
    assert found["code"] == "FC203"
    assert found["message"].startswith("no stage is named `tail2`")
    assert found["range"] == extent(odd, "tail2")
    assert {
        "location": {"uri": base.as_uri(), "range": extent(BASE, "tail2", 2)},
        "message": "found here",
    } in found["relatedInformation"]


def test_a_width_that_a_base_cannot_take_is_shown_where_the_variant_writes_it(root: Path) -> None:
    with Client(root) as client:
        client.open(root / "base.yaml")
        client.open(root / "variant.yaml")
        odd = VARIANT.replace("body:", "  tail2: {out: 33}\nbody:")
        (found,) = client.edit(root / "variant.yaml", odd)
    assert found["code"] == "FC302"
    assert found["range"] == extent(odd, "33")


def test_what_breaks_in_a_closed_base_is_shown_at_extends(root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    base.write_text(BASE.replace("k: 2", "k: 0"))
    with Client(root) as client:
        (found,) = client.open(variant)
        assert found["code"] == "FC112"
        assert found["range"] == extent(VARIANT, "base.yaml")
        line, character = find(base.read_text(), "k: 0")
        place = f"base.yaml:{line + 1}:{character + 4}: "
        assert found["message"].startswith(place + "`k` of stage `body1` must be a whole number")
        first = found["relatedInformation"][0]
        assert first["location"]["uri"] == base.as_uri()
        assert first["location"]["range"]["start"] == {"line": line, "character": character + 3}


def test_closing_clears_and_gives_the_word_back_to_the_file(root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    base.write_text(BASE + "oops: 1\n")
    with Client(root) as client:
        assert said(client.open(base)) == [("FC110", "unknown key `oops` in the spec")]
        assert client.edit(base, BASE) == []  # and not saved
        assert client.open(variant) == []
        client.tell("textDocument/didClose", {"textDocument": {"uri": base.as_uri()}})
        assert client.published(base.as_uri())["diagnostics"] == []
        (found,) = client.diagnostics(variant)
        assert found["message"].startswith("base.yaml:14:1: unknown key `oops` in the spec\n")


def test_a_yaml_file_that_is_no_spec_is_left_alone(root: Path) -> None:
    other = root / "compose.yaml"
    text = "services:\n  web: {image: nginx, image: twice}\n"
    with Client(root) as client:
        client.tell(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": other.as_uri(),
                    "languageId": "yaml",
                    "version": 1,
                    "text": text,
                }
            },
        )
        assert client.ask("textDocument/hover", client.at(other, 0, 1)) is None
        assert client.ask("textDocument/completion", client.at(other, 2, 0)) == []
        assert client.open(root / "base.yaml") == []
        told = [m for m in client._notices if m["params"].get("uri") == other.as_uri()]
        assert told == []


@pytest.mark.parametrize(
    ("encoding", "before"), [(None, 2), ("utf-16", 2), ("utf-8", 4), ("utf-32", 1)]
)
def test_positions_behind_an_astral_character(
    root: Path, encoding: str | None, before: int
) -> None:
    path = root / "base.yaml"
    # quoted, so that it stands on the line itself, in front of the finding
    text = BASE.replace("taps: {c0: stem", 'taps: {"\U0001f41f": stem')
    line, _ = find(text, "taps")
    with Client(root, [encoding] if encoding else None) as client:
        assert client.capabilities["positionEncoding"] == (encoding or "utf-16")
        (found,) = client.open(path, text)
        assert found["code"] == "FC201"
        start = len("taps: {")
        assert found["range"] == {
            "start": {"line": line, "character": start},
            "end": {"line": line, "character": start + before + 2},
        }
        # the same units on the way in: the cursor is on `body1`, which stands behind it
        behind = start + before + len('"": stem, c1: b')
        assert "body1" in text
        where = client.ask("textDocument/definition", client.at(path, line, behind))
        assert where["range"]["start"] == dict(
            zip(("line", "character"), find(text, "body1"), strict=True)
        )


def test_crlf_and_percent_encoding(root: Path) -> None:
    folder = root / "my specs #1"
    folder.mkdir()
    path = folder / "a b.yaml"
    path.write_text("")
    text = BASE.replace("blocks: 1, k", "blokcs: 1, k")
    uri = path.as_uri().replace("a%20b", "a%20%62")  # as some clients do: more than needed
    assert uri != path.as_uri()
    with Client(root) as client:
        (found,) = client.open(path, text.replace("\n", "\r\n"), uri)
        assert found["range"] == extent(text, "blokcs")
        where = client.ask(
            "textDocument/definition",
            {
                "textDocument": {"uri": uri},
                "position": {"line": find(text, "c1: body1")[0], "character": 22},
            },
        )
        assert where["uri"] == uri  # in the client's own spelling


def test_nothing_that_a_client_sends_ends_the_server(root: Path) -> None:
    path = root / "base.yaml"
    with Client(root) as client:
        client.open(path)
        client.forgiving = True
        assert client.answer("textDocument/hover", {"no": "position"})["error"]["code"] == -32602
        assert client.answer("no/such", {})["error"]["code"] == -32601
        client.send_bytes(b"{nonsense")
        client.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": 3})
        far = client.at(path, 10**6, 10**6)
        assert client.ask("textDocument/hover", far) is None
        unopened = client.at(root / "nowhere.yaml", 0, 0)
        assert client.ask("textDocument/completion", unopened) == []
        deep = client.edit(path, "fishspec: " + "[" * 10_000)
        assert [d["code"] for d in deep] == ["FC104"]
        assert client.edit(path, "fishspec: 2\nname: \ud800\n")[0]["code"] == "FC101"
        assert client.edit(path, BASE) == []
        assert client.stop() == 0


def test_a_client_that_goes_away_without_a_word_leaves_no_server(root: Path) -> None:
    with Client(root) as client:
        assert client.server.stdin is not None
        client.server.stdin.close()
        assert client.server.wait(TIMEOUT) == 1


def test_without_pygls_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ModuleNotFoundError('No module named pygls')\n")
    code = (
        "import sys; sys.argv = ['fishcompile', 'lsp']\n"
        "from fishcompile.cli.app import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: the language server needs pygls\n  = help: pip install 'fishcompile[lsp]'\n"
    )


def test_the_command_is_listed_and_its_imports_are_not_paid_for_by_check(root: Path) -> None:
    code = (
        "import sys; sys.argv = ['fishcompile', 'check', 'base.yaml']\n"
        "from fishcompile.cli.app import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "print([name for name in ('pygls', 'lsprotocol', 'asyncio') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
