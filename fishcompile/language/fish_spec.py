"""A whole spec as one typed value."""

from __future__ import annotations

from fishcompile.language.graph_spec import Definition, StageNode
from fishcompile.language.key_layouts import LayoutSpec
from fishcompile.language.spec import (
    IMAGE,
    BridgeSpec,
    ClassifierSpec,
    DenseSpec,
    InputSpec,
    LayerSpec,
    StageSpec,
)
from fishcompile.record import record


@record
class BudgetSpec:
    """Upper bounds on the whole network: trained parameters, and MACs per image at input.size."""

    parameters: int | None = None
    macs: int | None = None


@record
class FishSpec:
    """A whole spec, its stages in the order in which data flows."""

    name: str
    input: InputSpec = IMAGE
    stem: tuple[LayerSpec, ...] = ()
    tail: tuple[StageSpec, ...] = ()
    bridge: BridgeSpec | None = None
    body: tuple[StageSpec, ...] = ()
    head: tuple[StageSpec, ...] = ()
    classifier: ClassifierSpec | None = None
    classifiers: tuple[tuple[str, ClassifierSpec], ...] = ()
    dense: tuple[tuple[str, DenseSpec], ...] = ()
    graph: tuple[StageNode, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    taps: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Definition, ...] = ()
    layouts: tuple[LayoutSpec, ...] = ()
    budget: BudgetSpec = BudgetSpec()
    title: str = ""
