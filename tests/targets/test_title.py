"""`title`: the published name, for the class and its docstring; of one spec, and of no variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import fishcompile
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.pipeline import compiled
from fishcompile.targets.python_source.class_names import class_name
from tests.nets import minnow_text

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = {
    "FishNet-99": "FishNet99",
    "ResNet-50 FPN": "ResNet50FPN",
    "U-Net": "UNet",
    "SE-ResNet-50": "SEResNet50",
    "Stacked hourglass": "StackedHourglass",
    "ResNeXt-50 32x4d": "ResNeXt50_32x4d",
    "Tensor": "TensorNet",
    "Bottleneck": "BottleneckNet",
}


@pytest.mark.parametrize(("title", "name"), CLASSES.items())
def test_a_title_keeps_its_capitals(title: str, name: str) -> None:
    assert class_name("anything", title) == name


def titled(folder: Path, title: str) -> Path:
    path = folder / "minnow.yaml"
    text = minnow_text().replace("name: minnow\n", f"name: minnow\ntitle: {title}\n")
    assert "title" in text
    path.write_text(text, encoding="utf-8")
    return path


def test_the_class_and_the_docstring_have_it(tmp_path: Path) -> None:
    path = titled(tmp_path, "Minnow-1 b")
    text = fishcompile.emit(path)
    assert '\nclass Minnow1B(nn.Module):\n    """Minnow-1 b (minnow): ' in text
    assert type(fishcompile.compile(path)).__name__ == "Minnow1B"
    graph = compiled(path).inference.graph
    assert parse_graph(print_graph(graph)) == graph


def test_it_is_no_part_of_the_network_and_not_inherited(tmp_path: Path) -> None:
    path = titled(tmp_path, "Minnow-1")
    digest = compiled(path).digest
    titled(tmp_path, "Other")
    assert compiled(path).digest == digest
    variant = tmp_path / "variant.yaml"
    variant.write_text("fishspec: 2\nname: variant\nextends: minnow.yaml\n", encoding="utf-8")
    assert "class Variant(nn.Module):" in fishcompile.emit(variant)


@pytest.mark.parametrize(
    "title", ["'a\"b'", "'x; import os'", "'1'", "''", "'a  b'", "é", "'a\\n'"]
)
def test_nothing_but_words_is_a_title(tmp_path: Path, title: str) -> None:
    found = fishcompile.check(titled(tmp_path, title))
    assert not found.ok
