"""Any valid spec, written in version 1, is rewritten as the network it was."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fishcompile.fixing.versions import migrated
from fishcompile.ir.text import print_graph
from fishcompile.loading.migrations import migrate
from fishcompile.pipeline import analyse
from fishcompile.reader.read import read_bytes
from tests.strategies import Fish, fishes

CHECKS = (HealthCheck.too_slow, HealthCheck.data_too_large)


def in_version_1(fish: Fish) -> dict[str, Any]:
    tree = {**fish.tree, "fishspec": 1}
    for section in ("tail", "body", "head"):
        tree[section] = {
            name: {**stage, "up": called_stride(stage["up"])} if "up" in stage else stage
            for name, stage in fish.tree.get(section, {}).items()
        }
    return tree


def called_stride(up: Any) -> Any:
    """An up-sampling as version 1 says it."""
    if not isinstance(up, dict):
        return up
    return {"stride" if key == "factor" else key: value for key, value in up.items()}


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(fishes(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_rewritten_it_is_the_same_network(fish: Fish, line_break: str, mark: str) -> None:
    written = Fish(in_version_1(fish)).text.replace("\n", line_break)
    old = (mark + written).encode()
    found = migrated(Path("net.yaml"), old)
    assert found is not None
    new = found.spec.after
    read = read_bytes(new, "net.yaml")
    assert read.value == migrate(read_bytes(old, "net.yaml")).value
    assert {**read.value, **{s: read.value.get(s, {}) for s in ("tail", "body", "head")}} == {
        **{s: {} for s in ("tail", "body", "head")},
        **fish.tree,
    }
    assert new.count(b"\n") == old.count(b"\n")
    assert new.count(b"\r") == old.count(b"\r")
    with tempfile.TemporaryDirectory() as folder:
        graphs = []
        for name, data in (("new", new), ("made", fish.text.encode())):
            path = Path(folder) / f"{name}.yaml"
            path.write_bytes(data)
            analysis = analyse(path)
            assert analysis.report.ok
            graphs.append(print_graph(analysis.inference.graph))
    assert graphs[0] == graphs[1]
