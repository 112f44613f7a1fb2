"""Facts: all that is known of a spec once it is expanded; what rules judge, and nothing else."""

from __future__ import annotations

from functools import cached_property

from fishcompile.analysis.costs import Cost
from fishcompile.analysis.shapes import Inference
from fishcompile.ir.graph import Node
from fishcompile.language.graph_spec import StageNode
from fishcompile.language.spec import BridgeSpec, StageSpec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.ops.base import Op
from fishcompile.reader.tree import Tree
from fishcompile.record import record


@record
class Facts:
    """The spec's tree, its stages, and the graph as far as it goes, with the cost of each node."""

    tree: Tree
    stages: StageGraph
    inference: Inference

    @property
    def costs(self) -> dict[str, Cost]:
        """The cost of each node."""
        return self.inference.costs

    def stage(self, node: Node) -> StageNode:
        """The stage that a node of the graph belongs to."""
        return self.stages.by_name[node.name.partition(".")[0]]

    def inside(self, kind: type[Op]) -> tuple[Node, ...]:
        """The nodes of one kind inside the fish: in tail, bridge, body and head."""
        return self._inside.get(kind, ())

    @cached_property
    def _inside(self) -> dict[type[Op], tuple[Node, ...]]:
        fish = {
            stage.name
            for stage in self.stages.nodes
            if isinstance(stage.config, StageSpec | BridgeSpec)
        }
        found: dict[type[Op], list[Node]] = {}
        for node in self.inference.graph.nodes:
            if node.name.partition(".")[0] in fish:
                found.setdefault(type(node.op), []).append(node)
        return {kind: tuple(nodes) for kind, nodes in found.items()}
