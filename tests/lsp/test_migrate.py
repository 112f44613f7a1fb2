"""A spec of version 1 in an editor: one finding, and a fix that does what `migrate` does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lsp.client import Client, applied
from tests.lsp.specs import extent, find

OLD = """\
fishspec: 1 # an old one
name: net
input: {size: 16}
tail:
  t1: {out: 8, blocks: 1}
body:
  b1: {blocks: 1, merge: none, up: {kind: nearest, "stride": 3}} # 魚
"""
NEW = OLD.replace("fishspec: 1", "fishspec: 2").replace("stride", "factor")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("older")
    (root / "pyproject.toml").touch()
    with Client(root) as client:
        client.open(root / "net.yaml", OLD)
        yield client


def fixes(client: Client, finding: dict[str, Any]) -> list[dict[str, Any]]:
    params = {
        "textDocument": {"uri": (client.root / "net.yaml").as_uri()},
        "range": finding["range"],
        "context": {"diagnostics": [finding]},
    }
    found: list[dict[str, Any]] = client.ask("textDocument/codeAction", params)
    return found


def test_the_fix_brings_the_document_to_the_current_version(client: Client) -> None:
    path = client.root / "net.yaml"
    (found,) = client.edit(path, OLD)
    assert found["code"] == "FC113"
    assert found["range"] == extent(OLD, "1")
    assert f"fishcompile migrate {path}" in found["message"]
    (fix,) = fixes(client, found)
    assert fix["title"] == "bring the spec to version 2"
    mended = applied(OLD, fix["edit"]["changes"][path.as_uri()])
    assert mended == NEW
    assert client.edit(path, mended) == []


def test_what_cannot_be_brought_there_has_no_fix(client: Client) -> None:
    text = OLD.replace('"stride": 3', "stride: 3, factor: 3")
    (found,) = client.edit(client.root / "net.yaml", text)
    assert fixes(client, found) == []
    (newer,) = client.edit(client.root / "net.yaml", OLD.replace("fishspec: 1", "fishspec: 3"))
    assert fixes(client, newer) == []


def test_keys_offered_are_those_of_the_current_version(client: Client) -> None:
    path = client.root / "net.yaml"
    marked = OLD.replace(', "stride": 3', ", |")
    client.type(path, marked.replace("|", "", 1))
    items = client.ask("textDocument/completion", client.at(path, *find(marked, "|")))
    assert [item["label"] for item in items] == ["factor"]
