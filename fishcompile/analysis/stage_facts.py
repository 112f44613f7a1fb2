"""What is known of one stage once its inputs are."""

from __future__ import annotations

from dataclasses import dataclass

from fishcompile.ir.builder import Block
from fishcompile.language.stage_graph import StageNode
from fishcompile.tensor import TensorType


@dataclass(frozen=True)
class StageFacts:
    """A stage's block, the types that enter, the trunk's after sampling, and what leaves it."""

    node: StageNode
    block: Block
    inputs: tuple[TensorType, ...]
    trunk: TensorType
    output: TensorType
