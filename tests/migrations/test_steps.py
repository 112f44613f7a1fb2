"""The chain of steps, and the trees that come out of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fishcompile.loading.migrations import STEPS, migrate
from fishcompile.loading.migrations.change import ANY
from fishcompile.reader.read import read_text
from fishcompile.schema.file import merged_schema, schema_file
from fishcompile.schema.version import VERSION
from fishcompile.schema.wording import mapping_of, node_at
from tests.migrations.files import NAMES, UP3, both


def test_the_steps_lead_from_version_1_to_the_current_one_without_a_hole() -> None:
    assert [step.since for step in STEPS] == list(range(1, VERSION))


def test_the_schema_is_that_of_the_current_version() -> None:
    schema = schema_file()
    assert schema["properties"]["fishspec"]["const"] == VERSION
    assert schema["$id"] == f"urn:fishcompile:fishspec:{VERSION}"


@pytest.mark.parametrize("rename", STEPS[-1].renames, ids=str)
def test_the_last_step_renames_to_keys_that_the_schema_has(rename: Any) -> None:
    at = tuple("any" if part is ANY else part[0] for part in rename.at)
    keys = mapping_of(node_at(merged_schema(), at))
    assert rename.new in keys
    assert rename.old not in keys


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_of_version_1_becomes_that_of_version_2(name: str) -> None:
    old, new = (read_text(text.decode(), "net.yaml") for text in both(name))
    migrated = migrate(old)
    assert json.dumps(migrated.value) == json.dumps(new.value)
    assert list(migrated.places) == list(new.places)
    assert [place.value.line for place in migrated.places.values()] == [
        place.value.line for place in old.places.values()
    ]
    assert migrate(new) is new


def test_the_key_keeps_its_place() -> None:
    tree = migrate(read_text(UP3, "net.yaml"))
    assert tree.key_span(("body", "b1", "up", "factor")).text == "stride"
    assert str(tree.value_span(("body", "b1", "up", "factor"))) == "net.yaml:7:60"
