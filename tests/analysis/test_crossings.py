"""Crossings stage by stage say of the whole network what its gradient paths do."""

from __future__ import annotations

import pytest

from fishcompile.analysis.crossings import crossings
from fishcompile.analysis.free_paths import ends_of, gradient_paths
from fishcompile.ir.graph import Graph, Node
from fishcompile.pipeline import analyse
from tests.nets import SPECS, shipped


def freely_reached(graph: Graph) -> set[str]:
    """The values to which a chain of free crossings leads."""
    made = {
        item.name if isinstance(item, Node) else item.output: item for item in graph.children[""]
    }
    found = crossings(graph)
    reached: set[str] = set()
    todo = list(ends_of(graph))
    while todo:
        value = todo.pop()
        if value in made and value not in reached:
            reached.add(value)
            stage = made[value].name
            todo += [read for (name, read), way in found.items() if name == stage and way.free]
    return reached


@pytest.mark.parametrize("name", sorted(path.stem for path in SPECS.glob("*.yaml")))
def test_free_crossings_lead_to_the_stages_with_a_free_path(name: str) -> None:
    graph = analyse(shipped(name)).inference.graph
    reached = freely_reached(graph)
    paths = {path.stage: path for path in gradient_paths(graph)}
    for item in graph.children[""]:
        value = item.name if isinstance(item, Node) else item.output
        if item.name in paths:
            assert paths[item.name].free == (value in reached), item.name


def test_the_fish_is_crossed_by_its_transfers_and_not_by_its_tail() -> None:
    """By hand from the paper's figure: transfers and the body's trunk are free, the tail is not."""
    graph = analyse(shipped("fishnet99")).inference.graph
    found = {
        (stage, value.partition(".")[0]): way for (stage, value), way in crossings(graph).items()
    }
    assert found["body2", "tail1"].free
    assert found["body2", "body3"].free
    assert found["head3", "bridge"].free
    assert not found["tail2", "tail1"].free
    assert len(found["tail2", "tail1"].isolated) == 1
    assert len(found["bridge", "tail3"].convolutions) > 1
    assert ("body1", "tail1") not in found
