"""Completion through the server: `|` marks the cursor, in texts that may not read at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lsp.client import Client, applied
from tests.lsp.specs import BASE, VARIANT, find


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("completion")
    (root / "pyproject.toml").touch()
    (root / "base.yaml").write_text(BASE)
    with Client(root) as client:
        client.open(root / "spec.yaml", "fishspec: 2\n")
        yield client


def offered(client: Client, marked: str) -> dict[str, dict[str, Any]]:
    """What is offered at the `|` of a text, by label, in the order that the client shows."""
    text = marked.replace("|", "", 1)
    path = client.root / "spec.yaml"
    client.type(path, text)
    items = client.ask("textDocument/completion", client.at(path, *find(marked, "|")))
    return {item["label"]: item for item in sorted(items, key=lambda item: item["sortText"])}


def accepted(client: Client, marked: str, label: str) -> str:
    """The text once an offer is taken."""
    edit = offered(client, marked)[label]["textEdit"]
    return applied(marked.replace("|", "", 1), [edit])


def test_keys_of_a_stage_less_those_written(client: Client) -> None:
    found = offered(client, BASE.replace("blocks: 1, k: 2,", "blocks: 1, k: 2, |,"))
    assert "dilation" in found
    assert not {"blocks", "k", "transfer", "after"} & set(found)
    assert found["dilation"]["documentation"]["value"].startswith("Dilation of the 3x3 convolution")
    assert found["dilation"]["detail"] == "default 1"
    assert found["merge"]["detail"] == "default ur"  # of the body


def test_keys_of_the_top_and_of_nested_mappings(client: Client) -> None:
    assert list(offered(client, BASE + "|")) == [
        "title",
        "extends",
        "use",
        "defaults",
        "bridge",
        "classifier",
        "classifiers",
        "dense",
        "graph",
        "outputs",
        "blocks",
        "recompute",
        "layouts",
        "budget",
    ]
    found = offered(client, BASE.replace("transfer: {from: tail1}", "transfer: {from: tail1, |}"))
    assert list(found) == ["blocks"]


def test_keys_that_mean_nothing_to_a_kind_are_left_out(client: Client) -> None:
    pool = BASE.replace("{kind: conv, out: 8}", "{kind: max_pool, |}")
    assert list(offered(client, pool)) == ["kernel", "stride", "padding", "expect"]
    conv = BASE.replace("{kind: conv, out: 8}", "{kind: conv, |}")
    assert {"out", "dilation", "groups"} <= set(offered(client, conv))


def test_words_of_a_key(client: Client) -> None:
    found = offered(client, BASE.replace("k: 2,", "shortcut: |,"))
    assert list(found) == ["project", "reduce", "identity", "duplicate"]
    assert found["reduce"]["detail"] == "the default"
    assert list(offered(client, BASE.replace("kind: conv", "kind: m|"))) == [
        "conv",
        "max_pool",
        "avg_pool",
    ]
    windowed = offered(client, BASE.replace("out: 16, blocks: 1", "out: 16, down: {kind: |}"))
    assert list(windowed) == ["max_pool", "avg_pool", "strided_conv", "none"]


def test_names_of_stages_that_exist(client: Client) -> None:
    found = offered(client, BASE.replace("from: tail1", "from: |"))
    assert set(found) == {"stem", "tail1", "tail2", "head1"}  # and not body1 itself
    assert found["tail1"]["detail"] == "stage of the tail"
    trunk = offered(client, BASE.replace("k: 2,", "from: |,"))
    assert set(trunk) == {"input", "stem", "tail1", "tail2", "head1"}
    taps = offered(client, BASE.replace("c1: body1", "c1: bo|"))
    assert set(taps) == {"stem", "tail1", "tail2", "body1", "head1"}


def test_names_come_from_the_base_too(client: Client) -> None:
    variant = "fishspec: 2\nname: v\nextends: base.yaml\ntail: {tail2: null, deep: {out: 9}}\n"
    found = offered(client, variant + "taps: {c1: |")
    assert set(found) == {"stem", "tail1", "body1", "head1", "deep"}  # tail2 is removed
    assert set(offered(client, variant + "body:\n  |")) == {"body1"}
    assert set(offered(client, VARIANT.replace("{blocks: 2}", "{after: |}"))) == {"tail2"}


@pytest.mark.parametrize(
    ("marked", "label", "expected"),
    [
        ("fishspec: 2\ntail:\n  a: {out: 8, bl|\n", "blocks", "  a: {out: 8, blocks: \n"),
        ("fishspec: 2\ntail:\n  a: {bl|ock: 1\n", "blocks", "  a: {blocks: 1\n"),
        ("fishspec: 2\ntail:\n  a:\n    out: 8\n    bl|\n", "blocks", "    blocks: \n"),
        ("fishspec: 2\nta|\n", "tail", "tail: \n"),
        ("fishspec: 2\ntail:\n  a: {shortcut:|}\n", "project", "  a: {shortcut: project}\n"),
        ('fishspec: 2\ntaps: {c: "|"}\ntail: {a: {}}\n', "a", 'taps: {c: "a"}\ntail: {a: {}}\n'),
    ],
)
def test_an_offer_taken_in_a_text_that_does_not_read(
    client: Client, marked: str, label: str, expected: str
) -> None:
    assert accepted(client, marked, label).endswith(expected)


def test_nothing_is_offered_in_comments_and_behind_values(client: Client) -> None:
    assert offered(client, BASE + "# ta|") == {}
    assert offered(client, BASE.replace("{kind: conv, out: 8}", "{kind: conv, out: 8}|")) == {}
    assert offered(client, BASE.replace("size: 32", "size: [3|, 4]")) == {}
    assert offered(client, BASE.replace("name: small", "name: |")) == {}


def test_every_place_of_a_spec_answers(client: Client) -> None:
    """No place in a text, cut off there or not, is an error."""
    lines = VARIANT.splitlines()
    path = client.root / "spec.yaml"
    client.type(path, VARIANT)
    for number, line in enumerate(lines):
        for character in range(len(line) + 1):
            client.ask("textDocument/completion", client.at(path, number, character))
    for end in range(len("fishspec: 2\n"), len(VARIANT)):
        client.type(path, VARIANT[:end])
        number, character = find(VARIANT[:end] + "|", "|")
        client.ask("textDocument/completion", client.at(path, number, character))
