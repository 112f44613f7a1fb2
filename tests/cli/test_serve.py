"""The live page without a browser: what it knows of a text, how it saves, whom it answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fishcompile.cli.serve_desk import Desk
from fishcompile.cli.serve_guard import Guard
from fishcompile.diagnostics.errors import UsageError
from tests.cli.conftest import Run
from tests.nets import shipped
from tests.pictures.test_files import BROKEN


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "net.yaml"
    path.write_bytes(shipped("fishnet_nano").read_bytes())
    return Desk(path)


def test_a_text_is_known_as_check_knows_it(desk: Desk) -> None:
    look = desk.look(desk.open())
    assert look.errors == 0
    assert "<svg" in look.picture
    assert "stages" in look.costs


def test_what_is_wrong_is_underlined(desk: Desk) -> None:
    look = desk.look(BROKEN)
    (found,) = (each for each in look.found if each.diagnostic.severity == "error")
    assert BROKEN[found.start : found.end] == "up"
    assert "45x80 and 46x80" in found.words
    assert "broken" in look.picture


@pytest.mark.parametrize(
    "text", ["", "\n", "a: [", "name: x\n\ttab: 1\n", "fishspec: 2", "\ufeff", "a\u2028b: 1"]
)
def test_no_text_is_too_wrong(desk: Desk, text: str) -> None:
    look = desk.look(text)
    assert look.errors
    for found in look.found:
        assert 0 <= found.start <= found.end <= len(text) or found.end == 0


def test_line_breaks_and_mark_stay_what_they_were(desk: Desk) -> None:
    desk.path.write_bytes(b"\xef\xbb\xbfname: a\r\nfishspec: 2\r\n")
    text = desk.open()
    assert text == "name: a\nfishspec: 2\n"
    desk.save(text + "# more\n")
    assert desk.path.read_bytes() == b"\xef\xbb\xbfname: a\r\nfishspec: 2\r\n# more\r\n"


def test_a_change_on_disk_is_kept(desk: Desk) -> None:
    text = desk.open()
    desk.path.write_text("name: theirs\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changed on disk"):
        desk.save(text)
    assert desk.path.read_text(encoding="utf-8") == "name: theirs\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.yaml"], "no.yaml cannot be read"),
        (["latin.yaml"], "UTF-8"),
        (["net.yaml", "--port", "99999"], "99999 is no port"),
        (["net.yaml", "--port", "x"], "x is no port"),
    ],
)
def test_what_cannot_be_served_is_refused(
    run: Run, here: Path, arguments: list[str], said: str
) -> None:
    Path(here, "latin.yaml").write_bytes(b"name: \xff\n")
    Path(here, "net.yaml").write_bytes(shipped("fishnet_nano").read_bytes())
    result = run("serve", *arguments)
    assert result.code == 2
    assert said in result.out + result.err


def answer(**headers: str) -> int:
    """The status that the guard of port 5 and token t gives; 200 is that of what it guards."""
    sent: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    path = headers.pop("path", "/")
    scope = {
        "type": headers.pop("type", "http"),
        "path": path.partition("?")[0],
        "query_string": path.partition("?")[2].encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Guard(inner, 5, "t")(scope, None, send))  # type: ignore[arg-type]
    return int(sent[0].get("status", 0))


def test_the_guard_answers_its_own_page_alone() -> None:
    own = {"host": "127.0.0.1:5", "cookie": "fishcompile_5=t"}
    assert answer(**own) == 200
    assert answer(**own | {"host": "localhost:5"}) == 200
    assert answer(**own, origin="http://127.0.0.1:5") == 200
    assert answer(host="127.0.0.1:5", path="/?token=t") == 303
    for wrong in (
        {"host": "127.0.0.1:5"},
        {"host": "evil.example"},
        {"cookie": "fishcompile_5=t"},
        {"host": "127.0.0.1:5", "path": "/?token=u"},
        {"host": "127.0.0.1:5", "path": "/other?token=t"},
        own | {"host": "evil.example:5"},
        own | {"origin": "http://evil.example"},
        own | {"origin": "null"},
        own | {"cookie": "fishcompile_5=u"},
        own | {"cookie": "fishcompile_6=t"},
    ):
        assert answer(**wrong) == 403, wrong
    assert answer(**own | {"type": "websocket", "origin": "http://evil.example"}) == 0  # closed
