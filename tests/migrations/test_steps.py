"""The chain of steps, and the schemas of the versions that it goes through."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from fishcompile.data import data_file
from fishcompile.loading.migrations import STEPS, as_of, migrate
from fishcompile.reader.read import read_text
from fishcompile.schema.file import schema_file
from fishcompile.schema.version import VERSION
from fishcompile.schema.wording import mapping_of
from tests.migrations.files import NAMES, UP3, both

# Files of a version that is over keep their meaning, and so does its schema.
FROZEN = {1: "4d36cce0ad21d8360e375e50a66ea9f76815347e58460fcafde8de6ed697acf6"}


def test_the_steps_lead_from_version_1_to_the_current_one_without_a_hole() -> None:
    assert [step.since for step in STEPS] == list(range(1, VERSION))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_every_version_has_its_schema(version: int) -> None:
    schema = schema_file(version)
    assert schema["properties"]["fishspec"]["const"] == version
    assert schema["$id"] == f"urn:fishcompile:fishspec:{version}"


@pytest.mark.parametrize("version", range(1, VERSION))
def test_the_schema_of_an_older_version_is_frozen(version: int) -> None:
    data = data_file("schemas", f"fishspec-{version}.schema.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == FROZEN[version]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"v{step.since}")
def test_a_step_renames_keys_of_its_version_to_keys_of_the_next(step: Any) -> None:
    defs = {n: schema_file(n)["$defs"] for n in (step.since, step.since + 1)}
    for rename in step.renames:
        old = {name for name, d in defs[step.since].items() if rename.old in mapping_of(d)}
        new = {name for name, d in defs[step.since + 1].items() if rename.new in mapping_of(d)}
        assert old & new, rename
    assert not step.added & set(schema_file(step.since)["properties"])


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_of_version_1_becomes_that_of_version_2_and_back(name: str) -> None:
    old, new = (read_text(text.decode(), "net.yaml") for text in both(name))
    migrated = migrate(old)
    assert json.dumps(migrated.value) == json.dumps(new.value)
    assert list(migrated.places) == list(new.places)
    assert [place.value.line for place in migrated.places.values()] == [
        place.value.line for place in old.places.values()
    ]
    assert json.dumps(as_of(migrated, 1).value) == json.dumps(old.value)
    assert migrated.older == {"net.yaml": 1}
    assert migrate(new) is new


def test_the_key_keeps_its_place() -> None:
    tree = migrate(read_text(UP3, "net.yaml"))
    assert tree.key_span(("body", "b1", "up", "factor")).text == "stride"
    assert str(tree.value_span(("body", "b1", "up", "factor"))) == "net.yaml:7:60"
