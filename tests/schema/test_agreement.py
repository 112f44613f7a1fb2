"""Schema and dataclasses say the same of every key, and editors see the same language."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from fishcompile.language import spec
from fishcompile.language.fish_spec import BatchBudget, BudgetSpec, FishSpec, StageBudget
from fishcompile.language.spec import SECTION_DEFAULTS, SECTIONS, LayerKind
from fishcompile.package import data_file
from fishcompile.reader.read import read_text
from fishcompile.schema.file import merged_schema, residual_kinds, schema_file
from fishcompile.schema.kinds import built_in
from fishcompile.schema.validate import validate
from tests.nets import docs_script

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFS = schema_file()["$defs"]
KEYS = {"source": "from", "from_": "from", "in_": "in"}
NO_KEYS = {"name", "path", "section"}
STAGES = {f"{section}_stage": spec.StageSpec for section in SECTIONS}
STAGE_DEFAULTS = {f"{section}_defaults": spec.StageSpec for section in SECTIONS}
OWNERS: dict[str, Any] = {
    "input": spec.InputSpec,
    "sizes": spec.SizesSpec,
    "layer": spec.LayerSpec,
    **STAGES,
    "bridge": spec.BridgeSpec,
    "classifier": spec.ClassifierSpec,
    "transfer": spec.TransferSpec,
    "block": spec.BlockSpec,
    "norm_groups": spec.NormSpec,
    "down_window": spec.DownSpec,
    "up_window": spec.UpSpec,
    "expect": spec.ExpectSpec,
    "budget": BudgetSpec,
    "batch_budget": BatchBudget,
    "stage_budget": StageBudget,
}
# `after` is gone before a tree becomes values, and stages choose these each for themselves.
ONLY_IN_TEXT = {"after"}
NO_DEFAULTS = {"out", "from", "expect"}


def fields_of(owner: Any) -> dict[str, dataclasses.Field[Any]]:
    return {KEYS.get(f.name, f.name): f for f in dataclasses.fields(owner) if f.name not in NO_KEYS}


def said(name: str, key: str) -> dict[str, Any]:
    """What the schema says of a key, with what it refers to."""
    node = dict(DEFS[name]["properties"][key])
    while "$ref" in node:
        node = {**DEFS[node.pop("$ref").removeprefix("#/$defs/")], **node}
    return node


def words(node: dict[str, Any]) -> set[str]:
    return set(node.get("enum") or node["else"]["enum"]) - {None}


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    if isinstance(node, dict | list):
        for below in node.values() if isinstance(node, dict) else node:
            yield from subschemas(below)


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(schema_file())
    Draft202012Validator.check_schema(merged_schema())


def test_keys_at_the_top() -> None:
    # The tree's own keys, and what a spec and its bases use up before values are made.
    used_up = {"fishspec", "name", "extends", "scale", "use", "defaults"}
    assert set(schema_file()["properties"]) == set(fields_of(FishSpec)) | used_up


@pytest.mark.parametrize("name", OWNERS)
def test_keys(name: str) -> None:
    # a block that the spec defines brings keys of its own
    unread = {"up_window": {"kernel"}, "block": {"own"}}.get(name, set())
    assert set(DEFS[name]["properties"]) - ONLY_IN_TEXT == set(fields_of(OWNERS[name])) - unread


@pytest.mark.parametrize("name", STAGE_DEFAULTS)
def test_keys_of_defaults(name: str) -> None:
    assert set(DEFS[name]["properties"]) == set(fields_of(spec.StageSpec)) - NO_DEFAULTS
    assert set(DEFS["transfer_defaults"]["properties"]) == {"blocks"}
    assert set(DEFS["defaults"]["properties"]) == {"block", "norm", "act", *SECTIONS}


@pytest.mark.parametrize("name", [*OWNERS, *STAGE_DEFAULTS])
def test_defaults_of_values(name: str) -> None:
    owner = OWNERS.get(name, spec.StageSpec)
    for key in set(DEFS[name]["properties"]) - ONLY_IN_TEXT:
        default = fields_of(owner)[key].default
        by_section = SECTION_DEFAULTS.get(name.partition("_")[0], {})  # type: ignore[call-overload]
        if isinstance(default, spec.NormSpec):
            # a norm left out is the word; the rest of its mapping has defaults of its own
            assert said(name, key)["default"] == default.kind
            assert default == spec.NormSpec(default.kind)
        elif isinstance(default, int | str):
            assert said(name, key)["default"] == default
        else:
            assert said(name, key).get("default") == by_section.get(key)


@pytest.mark.parametrize("name", [*OWNERS, *STAGE_DEFAULTS])
def test_words(name: str) -> None:
    hints = get_type_hints(OWNERS.get(name, spec.StageSpec))
    expected = {
        key: set(get_args(hint)) for key, hint in hints.items() if get_origin(hint) is Literal
    }
    expected.pop("section", None)
    if name.endswith(("_stage", "_defaults")):
        expected |= {"down": set(get_args(spec.Down)), "up": set(get_args(spec.Up))}
    if name.endswith("_window"):
        kinds = spec.Down if name.startswith("down") else spec.Up
        expected = {"kind": set(get_args(kinds))}
    if name == "block":
        expected["kind"] = set(residual_kinds())
    if spec.NormSpec in hints.values():
        expected["norm"] = set(get_args(spec.Norm))
    for key, choices in expected.items():
        assert words(said(name, key)) == choices


def test_the_norm_and_the_activation_of_the_whole_network_are_those_of_a_block() -> None:
    for key in ("norm", "act"):
        whole, block = said("defaults", key), said("block", key)
        assert words(whole) == words(block)
        assert whole["default"] == block["default"]


def schema_text() -> str:
    return data_file("schemas", "fishspec-2.schema.json").read_text(encoding="utf-8")


def missing(body: str) -> set[str]:
    found = validate(read_text(f"fishspec: 2\nname: net\n{body}\n", "net.yaml"))
    assert {f.rule for f in found} <= {"FC111"}
    return {f.message.split("`")[1] for f in found}


@pytest.mark.parametrize(
    ("name", "body", "elsewhere"),
    [
        ("input", "input: {}", set()),
        ("layer", "stem: {c: {}}", set()),
        # Their defaults are those of the section.
        ("tail_stage", "tail: {t: {}}", {"shortcut", "down", "up", "merge"}),
        ("body_stage", "body: {b: {}}", {"shortcut", "down", "up", "merge"}),
        ("head_stage", "head: {h: {}}", {"shortcut", "down", "up", "merge"}),
        ("bridge", "bridge: {}", set()),
        ("classifier", "classifier: {}", set()),
        ("transfer", "tail: {t: {blocks: 1, transfer: {}}}", set()),
        ("block", "defaults: {block: {}}", set()),
        ("norm_groups", "defaults: {norm: {}}", set()),
        ("down_window", "defaults: {tail: {down: {}}}", set()),
        ("up_window", "body: {b: {blocks: 1, up: {}}}", set()),
        ("expect", "bridge: {out: 1, blocks: 1, expect: {}}", set()),
        ("budget", "budget: {}", set()),
    ],
)
def test_required_keys_are_the_fields_without_a_default(
    name: str, body: str, elsewhere: set[str]
) -> None:
    fields = fields_of(OWNERS[name])
    without = {key for key, field in fields.items() if field.default is dataclasses.MISSING}
    assert missing(body) == without - elsewhere


def test_a_convolution_needs_its_width_too() -> None:
    for kind in get_args(LayerKind):
        assert missing(f"stem: {{c: {{kind: {kind}}}}}") == ({"out"} if kind == "conv" else set())


def test_blocks_may_come_from_the_defaults_of_the_section() -> None:
    stages = "tail: {t: {}}\nbody: {b: {}}\nhead: {h: {}}\n"
    for section in SECTIONS:
        found = validate(
            read_text(
                f"fishspec: 2\nname: net\ndefaults: {{{section}: {{blocks: 2}}}}\n{stages}",
                "net.yaml",
            )
        )
        assert len(found) == len(SECTIONS) - 1
        assert not [f for f in found if f"stage `{section[0]}`" in f.message]


def test_every_key_is_described() -> None:
    nodes = list(subschemas(merged_schema()))
    objects = [node for node in nodes if "object" in node.get("type", ()) and "properties" in node]
    assert len(objects) > len(OWNERS)
    short = {
        key
        for node in (*objects, schema_file())
        for key, below in node["properties"].items()
        if key != "after" and "$ref" not in below and len(below.get("description", "")) < 15
    }
    assert short == set()


def test_every_mapping_is_closed_but_a_node_which_its_kind_closes() -> None:
    nodes = [n for n in subschemas(schema_file()) if "object" in n.get("type", ())]
    mappings = [node for node in nodes if "properties" in node]
    (open_,) = (node for node in mappings if node.get("additionalProperties") is not False)
    assert open_ is DEFS["node"]
    by_kind = {
        branch["if"]["properties"]["kind"]["const"]: branch["then"]["$ref"]
        for branch in open_["allOf"]
    }
    assert by_kind == {kind: f"#/$defs/kind_{kind}" for kind in built_in()}


def test_what_ops_declare_is_in_the_schema() -> None:
    assert docs_script("generate_schema").main(["--check"]) is None


def test_a_definition_that_is_stale_is_written_anew() -> None:
    generate, text = docs_script("generate_schema").schema, schema_text()
    stale = text.replace('"maximum": 64, "examples": [4]', '"maximum": 63, "examples": [4]')
    stale = re.sub(r'    "kind_dropout": .*?\n    \},\n', "", stale, flags=re.DOTALL)
    stale = re.sub(r".*kind_dropout.*\n", "", stale).replace("kind_relu", "kind_gone")
    assert json.loads(generate(stale))["$defs"].keys() == DEFS.keys()
    assert json.loads(generate(stale))["$defs"]["kind_deconv"] == DEFS["kind_deconv"]
    assert generate(generate(stale)) == generate(stale)


def test_references_are_local_and_have_annotations_alone_beside_them() -> None:
    for node in subschemas(schema_file()):
        if "$ref" in node:
            assert node["$ref"].removeprefix("#/$defs/") in DEFS
            assert set(node) <= {"$ref", "description", "default", "examples"}


def test_examples_and_defaults_fit_what_they_stand_for() -> None:
    for node in subschemas(merged_schema()):
        if {"type", "enum", "if"} & set(node):
            for example in (
                *node.get("examples", ()),
                *([node["default"]] if "default" in node else ()),
            ):
                Draft202012Validator(node).validate(example)


VARIANT = "fishspec: 2\nname: v\nextends: base.yaml\n"


def editor_accepts(text: str) -> bool:
    return bool(Draft202012Validator(schema_file()).is_valid(read_text(text, "net.yaml").value))


@pytest.mark.parametrize("name", ["fishnet99", "fishnet150", "fishnet201"])
def test_editors_accept_the_shipped_specs(name: str) -> None:
    assert editor_accepts(data_file("specs", f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "body",
    [
        "tail: {t1: {out: 3}, t2: null, t3: {blocks: null, down: null, after: t1}}\n",
        "stem: {c: {out: 32}, p: null}\n",
        "bridge: {blocks: 4}\nclassifier: null\ntaps: {c2: null}\n",
        "body: {b1: {transfer: {blocks: 2}, up: {factor: 4}}}\n",
        "budget: {macs: null}\ninput: {size: null}\n",
    ],
)
def test_editors_accept_partial_entries_and_null_in_a_variant_alone(body: str) -> None:
    assert editor_accepts(VARIANT + body)
    assert not editor_accepts("fishspec: 2\nname: v\n" + body)


@pytest.mark.parametrize(
    "body",
    [
        "heda: {}\n",
        "tail: {t1: {blocks: 0}}\n",
        "tail: {T1: {blocks: 1}}\n",
        "tail: {t1: {blokcs: 1}}\n",
        "body: {b1: {up: max_pool}}\n",
        "body: {b1: {up: {kind: nearest, size: 3}}}\n",
        "stem: {p: {kind: max_pool, out: 3}}\n",
        "budget: {macs: 4X}\n",
        "budget: {macs: 0M}\n",
        "input: {size: [3]}\n",
    ],
)
def test_editors_refuse_mistakes_in_a_variant_too(body: str) -> None:
    assert not editor_accepts(VARIANT + body)
