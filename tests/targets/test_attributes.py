"""Functions that read their numbers from the module: no two of a class are called the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import fishcompile
from fishcompile.pipeline import compiled
from tests.targets.reference import run_graph

# The class is used twice, with other numbers, so that it has to hold them.
SPEC = """\
fishspec: 2
name: net
input: {size: 32}
blocks:
  part:
    parameters: {p: required, q: required}
    graph: {GRAPH}
graph:
  stem: {kind: conv, out: 8, from: input}
  one: {kind: part, p: 2, q: 4}
  two: {kind: part, p: 5, q: 3}
outputs: {y: two}
"""


@pytest.mark.parametrize(
    ("items", "attributes"),
    [
        ({"a": "max_pool, kernel: p", "b": "conv, out: 8, dilation: q"}, {"kernel_size"}),
        ({"a": "max_pool, kernel: p", "b": "max_pool, kernel: q"},
         {"a_kernel_size", "b_kernel_size"}),
        ({"a": "max_pool, kernel: p", "kernel_size": "conv, out: 8, dilation: q"},
         {"a_kernel_size"}),
        ({"kernel_size": "max_pool, kernel: p", "b": "conv, out: 8, dilation: q"},
         {"kernel_size_kernel_size"}),
        ({"a": "max_pool, kernel: p", "b": "max_pool, kernel: q",
          "a_kernel_size": "conv, out: 8, dilation: q"},
         {"a_kernel_size_", "b_kernel_size"}),
        ({"a_kernel": "adaptive_avg_pool, size: p + 9", "b": "adaptive_avg_pool, size: q + 9",
          "a": "max_pool, kernel: p", "c": "max_pool, kernel: q"},
         {"a_kernel_size", "b_size", "a_kernel_size_", "c_kernel_size"}),
    ],
    ids=["alone", "twice", "an item's name", "its own name", "a name that was made", "two made"],
)  # fmt: skip
def test_no_number_is_taken_for_another(
    tmp_path: Path, items: dict[str, str], attributes: set[str]
) -> None:
    graph = ", ".join(
        f"{name}: {{kind: {words}{', stride: 1' * ('max_pool' in words)}}}"
        for name, words in items.items()
    )
    path = tmp_path / "net.yaml"
    path.write_text(SPEC.replace("{GRAPH}", f"{{{graph}}}"), encoding="utf-8")
    torch.manual_seed(0)
    model = fishcompile.compile(path).double().eval()
    image = torch.randn(1, 3, 32, 32, dtype=torch.float64)
    with torch.inference_mode():
        expected = run_graph(compiled(path).inference.graph, model.state_dict(), image)
        assert torch.equal(model(image), expected["y"])
    own = {name for name, value in vars(model.one).items() if isinstance(value, int)}
    assert own - {"training"} == attributes
