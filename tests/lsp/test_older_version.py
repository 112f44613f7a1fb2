"""A spec of version 1 in an editor: findings, hover and completion in the words of its version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lsp.client import Client
from tests.lsp.specs import extent, find

OLD = """\
fishspec: 1 # an old one
name: net
input: {size: 16}
tail:
  t1: {out: 8, blocks: 1}
body:
  b1: {blocks: 1, merge: none, up: {kind: nearest, stride: 3}}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("older")
    (root / "pyproject.toml").touch()
    with Client(root) as client:
        client.open(root / "net.yaml", OLD)
        yield client


def completed(client: Client, marked: str) -> list[str]:
    path = client.root / "net.yaml"
    client.type(path, marked.replace("|", "", 1))
    items = client.ask("textDocument/completion", client.at(path, *find(marked, "|")))
    return [item["label"] for item in items]


def test_keys_are_those_of_the_version_that_the_text_says(client: Client) -> None:
    up = OLD.replace(", stride: 3", ", |")
    assert completed(client, up) == ["stride"]
    assert completed(client, up.replace("fishspec: 1", "fishspec: 2")) == ["factor"]


def test_hover_on_a_key_of_the_older_version(client: Client) -> None:
    path = client.root / "net.yaml"
    client.type(path, OLD)
    line, character = find(OLD, "stride")
    found = client.ask("textDocument/hover", client.at(path, line, character + 1))
    assert found["range"] == extent(OLD, "stride")
    assert found["contents"]["value"].startswith("`stride`\n\nFactor by which the sides grow")


def test_findings_are_in_its_words(client: Client) -> None:
    path = client.root / "net.yaml"
    text = OLD.replace("stride", "strdie")
    (found,) = client.edit(path, text)
    assert found["range"] == extent(text, "strdie")
    assert "did you mean `stride`?" in found["message"]
    assert client.edit(path, OLD) == []
