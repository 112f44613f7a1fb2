"""What is known of one stage once its inputs are."""

from __future__ import annotations

from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record


@record
class StageFacts:
    """The types that enter a stage, the trunk's after sampling, and what leaves it."""

    node: StageNode
    inputs: tuple[TensorType, ...]
    trunk: TensorType
    output: TensorType

    @property
    def entering(self) -> int:
        """The channels that enter: those of all operands of a concatenation, else of the first."""
        config = self.node.config
        joins = isinstance(config, NodeSpec) and config.kind == "concat"
        return sum(x.channels for x in self.inputs) if joins else self.inputs[0].channels
