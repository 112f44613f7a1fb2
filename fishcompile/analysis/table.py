"""The stage table: one row a stage, as the article *Understanding FishNet* has it.

The classifier is two rows, the score convolution and the layers behind it, as there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fishcompile.analysis.costs import Cost, below
from fishcompile.analysis.shapes import Inference
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.language.spec import BridgeSpec, ClassifierSpec, StageSpec
from fishcompile.record import record


@record
class Row:
    """A stage: what enters, what its trunk gives before the merge, its blocks and its cost."""

    name: str
    input: str
    output: str
    blocks: int
    transfers: int
    cost: Cost


def stage_table(inference: Inference, costs: dict[str, Cost]) -> tuple[Row, ...]:
    """The rows of a spec whose shapes are all known, in the order in which data flows."""
    stages = inference.stages
    return tuple(row for facts in stages.values() for row in _rows(facts, inference, costs))


def _rows(facts: StageFacts, inference: Inference, costs: dict[str, Cost]) -> Iterator[Row]:
    node, cost = facts.node, below(costs, facts.node.name)
    entering = _entering(facts, inference.stages)
    match node.config:
        case ClassifierSpec():
            score = f"{node.name}.score"
            scopes = {scope.name: scope for scope in inference.graph.scopes}
            between = str(inference.graph.types[scopes[score].output])
            first = below(costs, score)
            yield Row(score, entering, between, 0, 0, first)
            yield Row(f"{node.name}.fc", between, str(facts.output), 0, 0, cost - first)
        case config:
            blocks = config.blocks if isinstance(config, StageSpec | BridgeSpec) else 0
            skip = config.transfer if isinstance(config, StageSpec) else None
            transfers = skip.blocks if skip else 0
            yield Row(node.name, entering, str(facts.trunk), blocks, transfers, cost)


def _entering(facts: StageFacts, stages: Mapping[str, StageFacts]) -> str:
    """The type of the trunk's input, a concatenation as the sum it is: 512+256x14x14."""
    entering = facts.inputs[0]
    if facts.entering != entering.channels:
        widths = "+".join(str(x.channels) for x in facts.inputs)
        return "x".join([widths, *map(str, entering.sides)])
    source = stages.get(facts.node.inputs[0].source)
    if source is not None and source.trunk.channels != source.output.channels:
        parts = f"{source.trunk.channels}+{source.output.channels - source.trunk.channels}"
        return "x".join([parts, *map(str, entering.sides)])
    return str(entering)
