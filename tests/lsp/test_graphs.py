"""Graphs, composite blocks and used files in the language server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import Client, applied
from tests.lsp.specs import extent, find

NET = """\
fishspec: 2
name: net
use: shared.yaml
input: {channels: 3, size: 32}
blocks:
  neck:
    doc: Two convolutions.
    parameters: {out: required, kernel: 3}
    graph:
      narrow: {kind: point, out: out}
      wide: {kind: conv, from: narrow, out: in_channels, kernel: kernel}
      sum: {kind: add, from: [input, wide]}
graph:
  c1: {kind: conv, out: 8}
  c2: {kind: neck, out: 4}
  c3: {kind: joined, from: [c1, c2]}
  up: {kind: upsample, from: c2, to: c1}
  end: {kind: add, from: [c3, up]}
outputs: {map: end}
"""
SHARED = """\
fishspec: 2
blocks:
  point:
    doc: One pixel.
    parameters: {out: required}
    graph:
      conv: {kind: conv, out: out, kernel: 1}
  joined:
    inputs: [x, skip]
    graph:
      both: {kind: concat, from: [x, skip]}
      mixed: {kind: point, out: x_channels}
"""
VARIANT = """\
fishspec: 2
name: variant
extends: net.yaml
blocks:
  neck: {parameters: {kernel: 5}}
graph:
  c2: {out: 2}
  c4: {kind: neck, out: 8, after: c2}
  c3: {from: [c1, c4]}
outputs: {more: c4}
"""
TEXTS = {"net.yaml": NET, "shared.yaml": SHARED, "variant.yaml": VARIANT}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "pyproject.toml").touch()
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    with Client(tmp_path) as client:
        for name in TEXTS:
            assert client.open(tmp_path / name) == []
        yield client


def asked(client: Client, what: str, file: str, word: str, nth: int = 1) -> Any:
    line, character = find(TEXTS[file], word, nth)
    return client.ask(f"textDocument/{what}", client.at(client.root / file, line, character + 1))


def place(client: Client, file: str, word: str, nth: int = 1) -> dict[str, Any]:
    return {"uri": (client.root / file).as_uri(), "range": extent(TEXTS[file], word, nth)}


def test_hover_on_a_node_shows_shapes_and_cost(client: Client) -> None:
    for word, nth in (("c2", 1), ("c2", 2), ("c2", 3)):  # its key, and two that read it
        found = asked(client, "hover", "net.yaml", word, nth)
        assert found["range"] == extent(NET, word, nth)
        assert found["contents"]["value"] == (
            "**c2** of the graph\n\n"
            "- `8x32x32` to `8x32x32`\n"
            "- parameters: 344\n"
            "- MACs: 327,680\n"
            "- convolutions: 2, I-convs among them: 0\n\n"
            "at input 32x32"
        )
    output = asked(client, "hover", "net.yaml", "end", 2)["contents"]["value"]
    assert output.startswith("**end** of the graph\n\n- `8x32x32` to `8x32x32`\n")


def test_hover_on_a_block_shows_what_it_is(client: Client) -> None:
    said = "**neck** of the blocks\n\nTwo convolutions.\n\n- `out: required`\n- `kernel: 3`"
    for nth in (1, 2):  # its key, and the kind of a node
        assert asked(client, "hover", "net.yaml", "neck", nth)["contents"]["value"] == said
    varied = asked(client, "hover", "variant.yaml", "neck")["contents"]["value"]
    assert varied == said.replace("kernel: 3", "kernel: 5")
    used = asked(client, "hover", "net.yaml", "joined")["contents"]["value"]
    assert used == "**joined** of the blocks\n\n- reads `x`, `skip`"


def test_hover_on_the_keys_of_a_node(client: Client) -> None:
    parameter = asked(client, "hover", "net.yaml", "out: 4")["contents"]["value"]
    assert parameter == "`out`\n\nA parameter of the block `neck`.\n\nExample: `out: 64`"
    of_a_used_block = asked(client, "hover", "net.yaml", "out: out")["contents"]["value"]
    assert of_a_used_block.startswith("`out`\n\nA parameter of the block `point`.")
    to = asked(client, "hover", "net.yaml", "to: c1")["contents"]["value"]
    assert to.startswith("`to`\n\nName of a node whose sides the result takes.")


@pytest.mark.parametrize(
    ("file", "word", "nth", "home", "at"),
    [
        ("net.yaml", "c1", 2, "net.yaml", ("c1", 1)),  # in a list of `from`
        ("net.yaml", "c2", 3, "net.yaml", ("c2", 1)),  # `from`
        ("net.yaml", "c1", 3, "net.yaml", ("c1", 1)),  # `to`
        ("net.yaml", "end", 2, "net.yaml", ("end", 1)),  # an output
        ("variant.yaml", "c2", 1, "net.yaml", ("c2", 1)),
        ("variant.yaml", "c2", 2, "net.yaml", ("c2", 1)),  # `after`
        ("variant.yaml", "c4", 3, "variant.yaml", ("c4", 1)),
        ("net.yaml", "neck", 2, "net.yaml", ("neck", 1)),  # a kind
        ("variant.yaml", "neck", 2, "net.yaml", ("neck", 1)),
        ("net.yaml", "joined", 1, "shared.yaml", ("joined", 1)),
        ("net.yaml", "point", 1, "shared.yaml", ("point", 1)),  # a kind inside a block
        ("shared.yaml", "point", 2, "shared.yaml", ("point", 1)),
        ("net.yaml", "narrow", 2, "net.yaml", ("narrow", 1)),  # a node of a block
        ("net.yaml", "wide", 2, "net.yaml", ("wide", 1)),
        ("shared.yaml", "skip", 2, "shared.yaml", ("skip", 1)),  # an input
    ],
)
def test_definition(
    client: Client, file: str, word: str, nth: int, home: str, at: tuple[str, int]
) -> None:
    assert asked(client, "definition", file, word, nth) == place(client, home, *at)


def test_definition_of_a_used_file(client: Client) -> None:
    start = {"line": 0, "character": 0}
    whole = {"start": start, "end": start}
    shared = {"uri": (client.root / "shared.yaml").as_uri(), "range": whole}
    assert asked(client, "definition", "net.yaml", "shared.yaml") == shared
    net = {"uri": (client.root / "net.yaml").as_uri(), "range": whole}
    assert asked(client, "definition", "variant.yaml", "net.yaml") == net


def test_there_is_no_definition_of_a_kind_of_the_language(client: Client) -> None:
    assert asked(client, "definition", "net.yaml", "upsample") is None


def test_references_of_a_block_in_a_used_file(client: Client) -> None:
    line, character = find(SHARED, "point", 1)
    at = client.at(client.root / "shared.yaml", line, character)
    params = {**at, "context": {"includeDeclaration": True}}
    found = client.ask("textDocument/references", params)
    places = [place(client, "shared.yaml", "point", nth) for nth in (1, 2)]
    assert sorted(map(str, found)) == sorted(
        map(str, [*places, place(client, "net.yaml", "point")])
    )


def renamed(client: Client, file: str, word: str, nth: int, new: str) -> dict[str, str]:
    """The texts of the files that a rename changes, once it is made, by their names."""
    line, character = find(TEXTS[file], word, nth)
    params = {**client.at(client.root / file, line, character), "newName": new}
    answer = client.answer("textDocument/rename", params)
    assert "error" not in answer, answer
    changes = answer["result"]["changes"]
    names = {(client.root / name).as_uri(): name for name in TEXTS}
    return {names[uri]: applied(TEXTS[names[uri]], edits) for uri, edits in changes.items()}


def test_rename_of_a_block_changes_the_kinds(client: Client) -> None:
    assert renamed(client, "variant.yaml", "neck", 2, "unit") == {
        "net.yaml": NET.replace("neck", "unit"),
        "variant.yaml": VARIANT.replace("neck", "unit"),
    }


def test_rename_of_a_block_in_a_used_file(client: Client) -> None:
    made = renamed(client, "net.yaml", "point", 1, "pixel")
    assert made == {
        "shared.yaml": SHARED.replace("point", "pixel"),
        "net.yaml": NET.replace("point", "pixel"),
    }
    for name, text in made.items():
        (client.root / name).write_text(text)
        client.type(client.root / name, text)
    assert client.edit(client.root / "variant.yaml", VARIANT) == []


def test_rename_of_a_node(client: Client) -> None:
    assert renamed(client, "net.yaml", "c2", 3, "middle") == {
        "net.yaml": NET.replace("c2", "middle"),
        "variant.yaml": VARIANT.replace("c2", "middle"),
    }


def test_rename_inside_a_block_stays_there(client: Client) -> None:
    """The node `conv` of `point` is no node of the graph, and no kind."""
    assert renamed(client, "net.yaml", "wide", 2, "broad") == {
        "net.yaml": NET.replace("wide", "broad")
    }
    assert renamed(client, "shared.yaml", "conv:", 1, "layer") == {
        "shared.yaml": SHARED.replace("conv:", "layer:")
    }


@pytest.mark.parametrize(
    ("file", "word", "nth", "new", "message"),
    [
        ("net.yaml", "neck", 1, "conv", "`conv` is a kind that every spec has"),
        ("net.yaml", "neck", 1, "joined", "`joined` is taken in net.yaml"),
        ("shared.yaml", "point", 1, "neck", "`neck` is taken in net.yaml"),
        ("net.yaml", "wide", 1, "narrow", "`narrow` is taken in net.yaml"),
        ("net.yaml", "c1", 1, "c4", "`c4` is taken in variant.yaml"),
        ("shared.yaml", "both", 1, "skip", "`skip` is a name that emitted files use themselves"),
        (
            "shared.yaml",
            "skip",
            2,
            "other",
            "the width of an input is called after it; rename both by hand",
        ),
        (
            "net.yaml",
            "upsample",
            1,
            "other",
            "this is not the name of a stage, layer, block or node",
        ),
    ],
)
def test_rename_is_refused(
    client: Client, file: str, word: str, nth: int, new: str, message: str
) -> None:
    line, character = find(TEXTS[file], word, nth)
    params = {**client.at(client.root / file, line, character), "newName": new}
    answer = client.answer("textDocument/rename", params)
    assert answer["error"] == {"code": -32803, "message": message}


def offered(client: Client, marked: str, file: str = "net.yaml") -> dict[str, dict[str, Any]]:
    """What is offered at the `|` of a text, by label."""
    path = client.root / file
    client.type(path, marked.replace("|", "", 1))
    items = client.ask("textDocument/completion", client.at(path, *find(marked, "|")))
    return {item["label"]: item for item in sorted(items, key=lambda item: item["sortText"])}


NODES = {"input", "c1", "c2", "c3", "up", "end"}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("from: c2, to", "from: |, to", NODES - {"up"}),
        ("to: c1", "to: |", NODES - {"up", "input"}),
        ("[c1, c2]", "[c1, |", NODES - {"c3"}),
        ("[c1, c2]", "[|", NODES - {"c3"}),
        ("map: end", "map: |", NODES - {"input"}),
        ("from: narrow", "from: |", {"input", "narrow", "sum"}),
        ("[input, wide]", "[input, w|", {"input", "narrow", "wide"}),
    ],
)
def test_names_that_may_stand_there(client: Client, old: str, new: str, names: set[str]) -> None:
    assert set(offered(client, NET.replace(old, new))) == names


def test_names_inside_a_block_with_inputs(client: Client) -> None:
    found = offered(client, SHARED.replace("[x, skip]}", "[|"), "shared.yaml")
    assert set(found) == {"x", "skip", "mixed"}
    assert found["x"]["detail"] == "input of the block"
    assert found["mixed"]["detail"] == "node of the block"


def test_kinds(client: Client) -> None:
    found = list(offered(client, NET.replace("kind: joined", "kind: |")))
    assert {"neck", "point", "joined", "conv", "tail", "classifier"} <= set(found)
    inside = list(offered(client, NET.replace("kind: point", "kind: |")))
    assert {"neck", "point", "joined", "conv", "blocks"} <= set(inside)
    assert not {"tail", "classifier"} & set(inside)


def test_keys_of_a_node_are_those_of_its_kind(client: Client) -> None:
    conv = offered(client, NET.replace("{kind: conv, out: 8}", "{kind: conv, |}"))
    assert {"from", "out", "kernel", "groups", "norm"} <= set(conv)
    assert "factor" not in conv
    block = offered(client, NET.replace("{kind: neck, out: 4}", "{kind: neck, |}"))
    assert set(block) == {"out", "kernel", "from", "repeat", "expect"}
    said = "A parameter of the block `neck`.\n\nExample: `out: 64`"
    assert block["out"]["documentation"]["value"] == said
    used = offered(client, NET.replace("{kind: point, out: out}", "{kind: point, |}"))
    assert set(used) == {"out", "from", "repeat", "when"}
    two = offered(client, NET.replace("{kind: joined, from: [c1, c2]}", "{kind: joined, |}"))
    assert set(two) == {"from", "expect"}


def test_a_variant_is_offered_what_its_base_has(client: Client) -> None:
    variant = "fishspec: 2\nname: v\nextends: net.yaml\n"
    assert set(offered(client, variant + "graph:\n  |", "variant.yaml")) == {
        "c1",
        "c2",
        "c3",
        "up",
        "end",
    }
    blocks = offered(client, variant + "blocks:\n  |", "variant.yaml")
    assert set(blocks) == {"neck", "point", "joined"}
    assert blocks["neck"]["detail"] == "block of a base"
    keys = offered(client, variant + "graph:\n  new: {kind: point, |}\n", "variant.yaml")
    assert set(keys) == {"out", "from", "repeat", "expect", "after"}


def test_the_outline_holds_nodes_and_blocks(client: Client) -> None:
    params = {"textDocument": {"uri": (client.root / "net.yaml").as_uri()}}
    found = client.ask("textDocument/documentSymbol", params)
    tree = {item["name"]: [child["name"] for child in item["children"]] for item in found}
    assert tree["blocks"] == ["neck"]
    assert tree["graph"] == ["c1", "c2", "c3", "up", "end"]
    assert tree["outputs"] == ["map"]


def test_a_finding_in_a_used_file_is_shown_where_it_is_and_where_it_is_used(client: Client) -> None:
    broken = SHARED.replace("kernel: 1", "kernel: 0")
    found = client.edit(client.root / "shared.yaml", broken)
    message = "`kernel` of node `conv` of block `point` must be a whole number from 1 to 31"
    assert [item["message"].splitlines()[0] for item in found] == [
        f"{message}, or a formula, got 0"
    ]
    assert found[0]["range"] == extent(broken, "0")


def test_every_place_of_a_graph_answers(client: Client) -> None:
    """No place in a text, cut off there or not, is an error."""
    path = client.root / "net.yaml"
    for number, line in enumerate(NET.splitlines()):
        for character in range(0, len(line) + 1, 2):
            for what in ("completion", "hover", "definition"):
                client.ask(f"textDocument/{what}", client.at(path, number, character))
    for end in range(len("fishspec: 2\n"), len(NET), 3):
        client.type(path, NET[:end])
        number, character = find(NET[:end] + "|", "|")
        client.ask("textDocument/completion", client.at(path, number, character))
