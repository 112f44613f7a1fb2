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
class StageBudget:
    """Upper bounds on one stage, of what `BudgetSpec` bounds in the whole network."""

    parameters: int | None = None
    macs: int | None = None
    activations: int | None = None
    traffic: int | None = None
    saved: int | None = None
    memory: int | None = None


@record
class BatchBudget:
    """Upper bounds on what a batch of so many images takes."""

    images: int = 1
    macs: int | None = None
    activations: int | None = None
    traffic: int | None = None
    saved: int | None = None
    memory: int | None = None
    training_memory: int | None = None
    stages: tuple[tuple[str, StageBudget], ...] = ()


@record
class BudgetSpec:
    """Upper bounds on the whole network, for one image at input.size: see docs/costs.md.

    `traffic`, `saved` and both memories are bytes, with numbers of `dtype`.
    """

    parameters: int | None = None
    macs: int | None = None
    activations: int | None = None
    traffic: int | None = None
    saved: int | None = None
    memory: int | None = None
    training_memory: int | None = None
    stages: tuple[tuple[str, StageBudget], ...] = ()
    batch: BatchBudget | None = None
    dtype: str = "float32"
    optimizer: str = "sgd"


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
    recompute: str | tuple[str, ...] = ()
