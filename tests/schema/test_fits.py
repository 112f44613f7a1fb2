"""Whether a value fits a schema: what jsonschema says, by which everything is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fishcompile.diagnostics.source import Source
from fishcompile.reader.read import read_text
from fishcompile.reader.tree import Tree, walk
from fishcompile.rules import registry
from fishcompile.rules.example import split
from fishcompile.schema.file import merged_schema
from fishcompile.schema.fits import fits
from fishcompile.schema.kinds import specialised
from fishcompile.schema.problems import problems_of

ROOT = Path(__file__).parent.parent.parent
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    1.0,
    2,
    -1,
    64.0,
    10**9,
    0.5,
    "",
    "conv",
    "up\n",
    [],
    [1],
    {},
]


def texts() -> Iterator[str]:
    for file in sorted(ROOT.glob("specs/*.yaml")):
        yield file.read_text(encoding="utf-8")
    for rule in registry().values():
        for example in (rule.bad, rule.good):
            yield from split(example)[0].values()


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one entry changed, taken away or given a neighbour."""
    path, _ = chance.choice(list(walk(value))[1:])
    root: Any = _copied(value)
    holder = root
    for step in path[:-1]:
        holder = holder[step]
    what = chance.randrange(3)
    if what == 0:
        holder[path[-1]] = chance.choice(VALUES)
    elif what == 1:
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[chance.choice(["out", "kind", "nothing", "from"])] = chance.choice(VALUES)
    else:
        holder.append(chance.choice(VALUES))
    return root


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def agree(value: dict[str, Any]) -> bool:
    schema = specialised(merged_schema(), value)
    tree = Tree(value, {}, Source("x.yaml", ""))
    found = fits(schema, value)
    assert found == (not problems_of(tree, schema)), value
    return found


def test_it_says_what_jsonschema_says_of_specs_and_their_mutants() -> None:
    chance = random.Random(0)
    fitting = misfits = 0
    for text in texts():
        try:
            value = read_text(text, "x.yaml").value
        except Exception:
            continue
        for one in (value, *(mutated(value, chance) for _ in range(30))):
            if agree(one):
                fitting += 1
            else:
                misfits += 1
    assert fitting > 200
    assert misfits > 500


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"const": 1}, True, False),
        ({"const": 1}, 1.0, True),
        ({"enum": [0]}, False, False),
        ({"type": "integer"}, 64.0, False),
        ({"type": "integer"}, True, False),
        ({"type": ["number", "null"]}, 1, True),
        ({"pattern": "^a$"}, "a\n", False),
        ({"minimum": 2}, True, True),
        ({"not": {}}, 1, False),
        ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1}, True),
        ({"additionalProperties": False}, {"a": 1}, False),
        ({"if": {"type": "string"}, "then": {"const": "a"}}, 1, True),
        ({"if": {"type": "string"}, "then": {"const": "a"}}, "b", False),
    ],
)
def test_the_corners(schema: dict[str, Any], value: object, *, expected: bool) -> None:
    assert fits(schema, value) is expected


def test_a_keyword_that_it_does_not_know_is_no_silence() -> None:
    with pytest.raises(KeyError):
        fits({"multipleOf": 2}, 3)
