"""Hover, definition, references and rename of stages across a variant and its base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Client, applied
from tests.lsp.specs import BASE, VARIANT, extent, find


@pytest.fixture
def client(root: Path) -> Iterator[Client]:
    with Client(root) as client:
        client.open(root / "base.yaml")
        client.open(root / "variant.yaml")
        yield client


def hover(client: Client, path: Path, text: str, word: str, nth: int = 1) -> Any:
    line, character = find(text, word, nth)
    return client.ask("textDocument/hover", client.at(path, line, character + 1))


@pytest.mark.parametrize(
    ("word", "nth"), [("body1", 1), ("body1", 2)], ids=["at its key", "where it is tapped"]
)
def test_hover_on_a_stage_shows_shapes_and_cost(
    client: Client, root: Path, word: str, nth: int
) -> None:
    found = hover(client, root / "base.yaml", BASE, word, nth)
    assert found["range"] == extent(BASE, word, nth)
    assert found["contents"] == {
        "kind": "markdown",
        "value": "**body1** of the body\n\n"
        "- `32x8x8` to `16x16x16`\n"
        "- blocks: 1 + 1\n"
        "- parameters: 736\n"
        "- MACs: 91,136\n"
        "- convolutions: 6, I-convs among them: 0\n\n"
        "merged with its skip: `32x16x16`\n\n"
        "at input 32x32",
    }


def test_hover_counts_what_the_open_buffer_says(client: Client, root: Path) -> None:
    client.edit(root / "base.yaml", BASE.replace("size: 32", "size: 64"))
    text = hover(client, root / "base.yaml", BASE, "tail2")["contents"]["value"]
    assert "`16x32x32` to `32x16x16`" in text
    in_variant = hover(client, root / "variant.yaml", VARIANT, "tail1", 2)["contents"]["value"]
    assert "`8x64x64` to `16x32x32`" in in_variant
    assert "- blocks: 2\n" in in_variant  # the variant's own


def test_hover_on_a_layer_and_on_keys(client: Client, root: Path) -> None:
    path = root / "base.yaml"
    layer = hover(client, path, BASE, "conv1")["contents"]["value"]
    assert layer.startswith("**conv1** of the stem\n\n- gives `8x32x32`\n- parameters: 232\n")
    key = hover(client, path, BASE, "blocks", 1)
    assert key["range"] == extent(BASE, "blocks")
    assert key["contents"]["value"] == (
        "`blocks`\n\nHow many residual blocks refine the input, one after the other.\n\n"
        "Example: `blocks: 2`"
    )
    assert "Default: `1`" in hover(client, path, BASE, "k: 2")["contents"]["value"]
    assert hover(client, path, BASE, "small") is None


def test_hover_in_a_spec_that_does_not_hold(client: Client, root: Path) -> None:
    path = root / "base.yaml"
    client.edit(path, BASE.replace("c1: body1", "c1: nothing"))
    assert hover(client, path, BASE, "body1") is None
    assert hover(client, path, BASE, "blocks")["contents"]["value"].startswith("`blocks`")
    client.edit(path, BASE + "  : {")
    assert hover(client, path, BASE, "blocks") is None


def definition(client: Client, path: Path, text: str, word: str, nth: int) -> Any:
    return client.ask("textDocument/definition", client.at(path, *find(text, word, nth)))


def test_definition_within_and_across_files(client: Client, root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    written = {"uri": base.as_uri(), "range": extent(BASE, "tail1", 1)}
    assert definition(client, base, BASE, "tail1", 2) == written
    assert definition(client, variant, VARIANT, "tail1", 1) == written  # the key that varies it
    assert definition(client, variant, VARIANT, "tail1", 2) == written
    assert definition(client, variant, VARIANT, "tail1", 3) == written
    start = {"line": 0, "character": 0}
    to_file = definition(client, variant, VARIANT, "base.yaml", 1)
    assert to_file == {"uri": base.as_uri(), "range": {"start": start, "end": start}}
    assert definition(client, base, BASE, "stem", 2) == {
        "uri": base.as_uri(),
        "range": extent(BASE, "stem"),
    }
    assert definition(client, base, BASE, "small", 1) is None


def test_references(client: Client, root: Path) -> None:
    base, variant = root / "base.yaml", root / "variant.yaml"
    at = client.at(variant, *find(VARIANT, "tail1", 3))
    everywhere = [(base, BASE, n) for n in (1, 2)] + [(variant, VARIANT, n) for n in (1, 2, 3)]
    expected = [{"uri": p.as_uri(), "range": extent(text, "tail1", n)} for p, text, n in everywhere]
    found = client.ask("textDocument/references", {**at, "context": {"includeDeclaration": True}})
    assert found == expected
    found = client.ask("textDocument/references", {**at, "context": {"includeDeclaration": False}})
    assert found == expected[1:]


def rename(client: Client, path: Path, text: str, word: str, nth: int, new: str) -> dict[str, Any]:
    params = {**client.at(path, *find(text, word, nth)), "newName": new}
    return client.answer("textDocument/rename", params)


def test_rename_across_a_variant_its_base_and_a_file_that_is_not_open(
    client: Client, root: Path
) -> None:
    below = root / "more"
    below.mkdir()
    third = "fishspec: 2\nname: third\nextends: ../variant.yaml\ntaps: {c4: 'tail1'}\n"
    (below / "third.yaml").write_text(third)
    unrelated = BASE.replace("small", "other")
    (root / "other.yaml").write_text(unrelated)
    (root / "broken.yaml").write_text("extends: base.yaml\ntail: {tail1\n")
    texts = {"base.yaml": BASE, "variant.yaml": VARIANT, "more/third.yaml": third}
    answer = rename(client, root / "variant.yaml", VARIANT, "tail1", 1, "entry")
    changes = answer["result"]["changes"]
    assert set(changes) == {(root / name).as_uri() for name in texts}
    for name, text in texts.items():
        renamed = applied(text, changes[(root / name).as_uri()])
        assert renamed == text.replace("tail1", "entry")
        (root / name).write_text(renamed)
    assert client.edit(root / "base.yaml", BASE.replace("tail1", "entry")) == []
    assert client.edit(root / "variant.yaml", VARIANT.replace("tail1", "entry")) == []


def test_rename_of_what_a_variant_adds_stays_in_it(client: Client, root: Path) -> None:
    variant = root / "variant.yaml"
    text = VARIANT.replace("body:", "  extra: {out: 64, blocks: 1, after: tail2}\nbody:")
    client.edit(variant, text)
    changes = rename(client, variant, text, "extra", 1, "deepest")["result"]["changes"]
    assert changes == {variant.as_uri(): [{"range": extent(text, "extra"), "newText": "deepest"}]}


def test_rename_leaves_an_alias_to_follow_its_anchor(client: Client, root: Path) -> None:
    variant = root / "variant.yaml"
    text = VARIANT.replace("taps: {c3: tail1}", "taps: {c3: &entry tail1, c4: *entry}")
    client.edit(variant, text)
    changes = rename(client, variant, text, "tail1", 1, "first")["result"]["changes"]
    renamed = applied(text, changes[variant.as_uri()])
    assert renamed == text.replace("tail1", "first")


def test_rename_of_a_layer(client: Client, root: Path) -> None:
    base = root / "base.yaml"
    changes = rename(client, base, BASE, "conv1", 1, "first")["result"]["changes"]
    assert changes == {base.as_uri(): [{"range": extent(BASE, "conv1"), "newText": "first"}]}


@pytest.mark.parametrize(
    ("word", "new", "message"),
    [
        ("tail1", "class", "`class` is a keyword of Python"),
        (
            "tail1",
            "Tail",
            "`Tail` is not a lower-case letter followed by lower-case letters, digits and `_`",
        ),
        ("tail1", "forward", "`forward` is an attribute of every torch module"),
        ("tail1", "tail2", "`tail2` is taken in base.yaml"),
        ("tail1", "bridge", "`bridge` is taken in base.yaml"),
        ("tail1", "own", "`own` is taken in variant.yaml"),
        ("stem", "trunk", "`stem` is a word of the language"),
        ("small", "large", "this is not the name of a stage, layer, block or node"),
    ],
)
def test_rename_is_refused(client: Client, root: Path, word: str, new: str, message: str) -> None:
    client.edit(
        root / "variant.yaml", VARIANT.replace("body:", "  own: {out: 9, blocks: 1}\nbody:")
    )
    answer = rename(client, root / "base.yaml", BASE, word, 1, new)
    assert answer["error"] == {"code": -32803, "message": message}


def test_the_outline_holds_sections_and_stages(client: Client, root: Path) -> None:
    params = {"textDocument": {"uri": (root / "base.yaml").as_uri()}}
    found = client.ask("textDocument/documentSymbol", params)
    tree = {item["name"]: [child["name"] for child in item["children"]] for item in found}
    assert tree == {
        "fishspec": [],
        "name": [],
        "input": [],
        "stem": ["conv1"],
        "tail": ["tail1", "tail2"],
        "body": ["body1"],
        "head": ["head1"],
        "taps": ["c0", "c1", "c2"],
    }
    name = found[1]
    assert (name["detail"], name["selectionRange"]) == ("small", extent(BASE, "name"))
    tail2 = found[4]["children"][1]
    assert tail2["range"] == extent(BASE, "tail2: {out: 32, blocks: 1}")


def test_the_stages_of_a_budget_are_renamed_along(client: Client, root: Path) -> None:
    """A bound names a stage that stands elsewhere, with the network's and with a batch's."""
    text = (
        "fishspec: 2\nname: bound\ninput: {size: 32}\ntail: {t1: {out: 64, blocks: 1}}\n"
        "budget: {stages: {t1: {macs: 9G}}, batch: {images: 2, stages: {t1: {memory: 9G}}}}\n"
    )
    path = root / "bound.yaml"
    path.write_text(text, encoding="utf-8")
    assert client.open(path) == []
    at = client.at(path, 3, 8)
    edit = client.ask("textDocument/rename", {**at, "newName": "first"})
    assert applied(text, edit["changes"][path.as_uri()]) == text.replace("t1", "first")
