"""docs/language.md: its key reference is current, and its examples are specs that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fishcompile.pipeline import analyse
from fishcompile.schema.file import schema_file
from fishcompile.schema.kinds import built_in
from tests.nets import docs_script

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (DOCS / "language.md").read_text("utf-8"), re.DOTALL)


def test_the_key_reference_is_current() -> None:
    assert docs_script("generate_language").main(["--check"]) is None


def test_every_key_and_every_kind_has_a_row() -> None:
    text = (DOCS / "language.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", text.partition("## Key reference")[2], re.MULTILINE)
    nodes = [node for node in schema_file()["$defs"].values() if "additionalProperties" in node]
    keys = {key for node in (*nodes, schema_file()) for key in node.get("properties", ())}
    assert set(rows) == keys | built_in().keys()


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples(text: str, tmp_path: Path) -> None:
    """Whole specs stand alone; fragments change the first example."""
    (tmp_path / "minnow.yaml").write_text(EXAMPLES[0], "utf-8")
    head = "" if "fishspec: 2" in text else "fishspec: 2\nname: part\nextends: minnow.yaml\n"
    path = tmp_path / "example.yaml"
    path.write_text(head + text, "utf-8")
    assert [d for d in analyse(path).report.diagnostics if d.severity == "error"] == []
