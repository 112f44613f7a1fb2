"""What a stage is coloured after: its section of the fish, or how often the data turned round.

Without sections the network's way down to a coarser resolution, its way up again, and so on have a
colour each, as tail, body and head have.
"""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.language.spec import BridgeSpec, ClassifierSpec, DenseSpec, StageSpec
from fishcompile.language.stage_graph import INPUT, StageGraph
from fishcompile.ops.tensor import TensorType

LABELS = {"end": "outputs", "graph": "graph", "input": "input"}
_TURNS = (
    ("tail", "down"),
    ("body", "up"),
    ("head", "down again"),
    ("graph", "up again"),
    ("bridge", "down once more"),
    ("stem", "up once more"),
)


def colours_of(
    stages: StageGraph, types: Mapping[str, TensorType]
) -> tuple[dict[str, str], dict[str, str]]:
    """The colour of each stage, and what each colour is called. `types` are those known."""
    if any(isinstance(node.config, StageSpec) for node in stages.nodes):
        found = {node.name: _section(node.config) for node in stages.nodes}
        return found, {colour: LABELS.get(colour, colour) for colour in found.values()}
    turns = _turns(stages, types)
    found = {name: _TURNS[turn % len(_TURNS)][0] for name, turn in turns.items()}
    vectors = {name for name, type_ in types.items() if not type_.sides}
    found.update(dict.fromkeys(vectors & found.keys(), "end"))
    return found, {**dict(_TURNS), **LABELS}


def _section(config: object) -> str:
    match config:
        case StageSpec():
            return config.section
        case BridgeSpec():
            return "bridge"
        case ClassifierSpec() | DenseSpec():
            return "end"
        case tuple():
            return "stem"
        case _:
            return "graph"


def _turns(stages: StageGraph, types: Mapping[str, TensorType]) -> dict[str, int]:
    """How often the resolution changed its direction before each stage's output."""
    turns = {INPUT: 0}
    for node in stages.nodes:
        sources = [edge.source for edge in node.inputs]
        turn = max(turns[source] for source in sources)
        first, own = types.get(sources[0]), types.get(node.name)
        if first and own and first.sides and own.sides and first.sides != own.sides:
            falls = own.sides[0] < first.sides[0]
            turn += falls == bool(turn % 2)
        turns[node.name] = turn
    return {name: turn for name, turn in turns.items() if name != INPUT}
