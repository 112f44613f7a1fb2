"""The authors' layout, read off a spec's structure, is that of the authors' own models."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import UsageError
from fishcompile.package import data_file
from fishcompile.pipeline import Analysis, compiled
from fishcompile.weights.authors import authors_keys, block_prefixes
from tests import reference

FISHNET99 = data_file("specs", "fishnet99.yaml")


def variant(folder: Path, text: str) -> Analysis:
    path = folder / "variant.yaml"
    # a base must lie in the variant's own folder
    shutil.copy(FISHNET99, folder)
    path.write_text(f"fishspec: 2\nname: variant\nextends: {FISHNET99.name}\n{text}\n")
    return compiled(path)


def keys(analysis: Analysis) -> dict[str, str]:
    return authors_keys(analysis.inference.graph, analysis.stages)


@pytest.mark.parametrize("model", reference.MODELS)
def test_keys_order_and_shapes_are_those_of_the_authors_models(model: str) -> None:
    analysis = compiled(data_file("specs", f"{model}.yaml"))
    state = analysis.inference.graph.state()
    layout = keys(analysis)
    assert set(layout) == set(state)
    theirs = [(key, state[ours][0]) for ours, key in layout.items()]
    assert theirs == list(reference.state_dict(model).items())


def test_repeated_blocks_are_found_by_their_prefix() -> None:
    analysis = compiled(FISHNET99)
    prefixes = block_prefixes(analysis.inference.graph, analysis.stages)
    assert prefixes["tail2.refine"] == "fish.fish.1.0"
    assert prefixes["bridge.refine"] == "fish.fish.3.2"
    assert prefixes["head3.transfer"] == "fish.fish.9.1"


def test_stem_layers_and_stages_may_have_other_names(tmp_path: Path) -> None:
    text = FISHNET99.read_text()
    for old, new in (
        ("conv1", "first"),
        ("tail3", "deep"),
        ("head1", "jaw"),
        ("fishnet99", "fishnet_x"),
    ):
        text = text.replace(old, new)
    path = tmp_path / "renamed.yaml"
    path.write_text(text)
    assert list(keys(compiled(path)).values()) == list(reference.state_dict("fishnet99"))


def test_a_gate_of_none_leaves_its_keys_out(tmp_path: Path) -> None:
    layout = keys(variant(tmp_path, "bridge: {gate: none}"))
    gone = set(reference.state_dict("fishnet99")) - set(layout.values())
    assert {key.split(".")[3] for key in gone} == {"3"}
    assert all(key.startswith("fish.fish.3.3.0.") for key in gone)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("body: {body3: {merge: concat, up: deconv}}", "body3.up"),
        ("tail: {tail2: {down: strided_conv}}", "tail2.down.bn, tail2.down.conv"),
        ("stem: {conv4: {kind: conv, out: 64, after: conv3}}", "stem.conv4.conv, stem.conv4.bn"),
        ("bridge: null\nhead: {head3: {transfer: {from: tail3}}}", "has a bridge"),
        ("head: null\nclassifier: null\ntaps: {c3: null, c4: null, c5: null}", "has a head"),
        ("defaults: {block: {kind: basic}}", "tail1.refine.0.shortcut.bn"),
        ("defaults: {block: {kind: resnet_bottleneck}}", "tail1.refine.0.shortcut.conv"),
        ("defaults: {norm: group}", "stem.conv1.gn, stem.conv2.gn, stem.conv3.gn"),
        ("head: {head2: {block: {norm: none}}}", "head2.refine.0.conv1.conv"),
        ("body: {body1: {block: {se: 16}}}", "body1.refine.0.se.conv1, body1.refine.0.se.conv2"),
        ("stem: {conv2: {bias: true}}", "stem.conv2.conv"),
        (
            "classifier: {from: head2}\ntaps: {c5: head3}",
            "classifier.score.bn, classifier.score.conv, classifier.bn, classifier.fc",
        ),
    ],
)
def test_what_has_no_place_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UsageError) as caught:
        keys(variant(tmp_path, text))
    assert named in str(caught.value)
    assert "fishcompile layout" in caught.value.help
