"""What is known of one stage once its inputs are."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.language.graph_spec import StageNode
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class StageFacts:
    """The types that enter a stage, the trunk's after sampling, and what leaves it."""

    node: StageNode
    inputs: tuple[TensorType, ...]
    trunk: TensorType
    output: TensorType
