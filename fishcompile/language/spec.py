"""The spec as typed values: what an author may write, with its defaults.

These dataclasses own the defaults; schemas/fishspec-2.schema.json describes the same keys to
editors, and a test holds the two together. `path` is where an entry stands in the tree, so that
every later finding can point at the text. The key `from` is the field `source`.
"""

from __future__ import annotations

from typing import Any, Literal

from fishcompile.reader.tree import Path
from fishcompile.record import record
from fishcompile.schema.file import residual_kinds

Section = Literal["tail", "body", "head"]
SECTIONS: tuple[Section, ...] = ("tail", "body", "head")

Shortcut = Literal["project", "reduce", "identity", "duplicate"]
Down = Literal["max_pool", "avg_pool", "strided_conv", "none"]
Up = Literal["nearest", "bilinear", "deconv", "none"]
Merge = Literal["ur", "dr", "concat", "add", "none"]
Gate = Literal["scale", "scale_add", "none"]
DenseUp = Literal["nearest", "bilinear", "none"]
LayerKind = Literal["conv", "max_pool", "avg_pool"]
Norm = Literal["batch", "group", "none"]
Act = Literal["relu", "silu", "gelu"]
LayerAct = Literal["relu", "silu", "gelu", "none"]


@record
class SizesSpec:
    """A promise: every height and width that is a multiple, from the first on."""

    multiple: int = 1
    from_: int | None = None

    @property
    def first(self) -> int:
        """The smallest side that is promised."""
        least = self.multiple if self.from_ is None else self.from_
        return -(-least // self.multiple) * self.multiple


@record
class InputSpec:
    """The network's input: its channels, and the size in pixels that figures are given for.

    `sizes` are those that the network is to take besides.
    """

    channels: int = 3
    size: int | tuple[int, int] = 224
    sizes: SizesSpec | None = None

    @property
    def sides(self) -> tuple[int, int]:
        """(height, width)."""
        return (self.size, self.size) if isinstance(self.size, int) else self.size


IMAGE = InputSpec()


@record
class ExpectSpec:
    """Assertions: channels that enter and leave, and the side after sampling."""

    in_: int | None = None
    out: int | None = None
    size: int | tuple[int, int] | None = None


UNASSERTED = ExpectSpec()


@record
class NormSpec:
    """A normalisation, written as a word or as a mapping; `channels` are those of a group."""

    kind: Norm = "group"
    channels: int = 16


BATCH = NormSpec("batch")


@record
class BlockSpec:
    """What a stage's blocks are: their convolutions, and what stands between them.

    `group_width` None leaves the groups to `groups`; `se` None is no squeeze-and-excitation. A kind
    that not every spec has is a block of the spec or a plug-in, and `own` are its parameters.
    """

    kind: str = "bottleneck"
    reduction: int = 4
    reduction_of: Literal["out", "in"] = "out"
    groups: int = 1
    group_width: int | None = None
    se: int | None = None
    norm: NormSpec = BATCH
    act: Act = "relu"
    order: Literal["norm_first", "act_first"] = "norm_first"
    own: tuple[tuple[str, Any], ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether its kind is not one that every spec has."""
        return self.kind not in residual_kinds()


@record
class TransferSpec:
    """The skip that a stage merges: where it comes from, and the blocks it passes through."""

    source: str
    blocks: int = 1


@record
class DownSpec:
    """How a stage lowers the resolution, written as a word or as a mapping.

    Without `kernel` a convolution has 3 and a pooling 2.
    """

    kind: Down
    kernel: int | None = None
    stride: int = 2


@record
class UpSpec:
    """How a stage raises the resolution, written as a word or as a mapping.

    `factor` is for a stage without a skip, whose size it would otherwise take.
    """

    kind: Up
    factor: int = 2


@record
class LayerSpec:
    """One layer of the stem. `out` is required for a convolution.

    Without `kernel` a convolution has 3 and a pooling 2. Without `padding` a convolution keeps
    its sides at stride 1, and a pooling has none; without `stride` a convolution has 1, and a
    pooling its kernel. Without `bias` a convolution has one exactly where it has no norm.
    """

    name: str
    path: Path
    kind: LayerKind
    out: int | None = None
    kernel: int | None = None
    stride: int | None = None
    padding: int | None = None
    dilation: int = 1
    groups: int = 1
    norm: NormSpec = BATCH
    act: LayerAct = "relu"
    bias: bool | None = None
    expect: ExpectSpec = ExpectSpec()


@record
class StageSpec:
    """A stage of the tail, body or head: refine, sample, merge.

    `source` None is the stage before; `out` None is derived. The defaults of `shortcut`, `down`,
    `up` and `merge` depend on the section: see SECTION_DEFAULTS.
    """

    name: str
    section: Section
    path: Path
    shortcut: Shortcut
    down: DownSpec
    up: UpSpec
    merge: Merge
    blocks: int
    source: str | None = None
    out: int | None = None
    k: int = 1
    dilation: int = 1
    transfer: TransferSpec | None = None
    block: BlockSpec = BlockSpec()
    expect: ExpectSpec = ExpectSpec()


SECTION_DEFAULTS: dict[Section, dict[str, str]] = {
    "tail": {"shortcut": "project", "down": "max_pool", "up": "none", "merge": "none"},
    "body": {"shortcut": "reduce", "down": "none", "up": "nearest", "merge": "ur"},
    "head": {"shortcut": "identity", "down": "max_pool", "up": "none", "merge": "dr"},
}


@record
class BridgeSpec:
    """The squeeze-and-excitation stage between tail and body."""

    path: Path
    out: int
    blocks: int
    source: str | None = None
    widen: int = 2
    squeeze: int = 16
    gate: Gate = "scale_add"
    block: BlockSpec = BlockSpec()
    expect: ExpectSpec = ExpectSpec()


@record
class ClassifierSpec:
    """The layers after the last stage that give the logits."""

    path: Path
    classes: int
    source: str | None = None
    reduction: int = 2
    norm: NormSpec = BATCH
    act: Act = "relu"
    expect: ExpectSpec = ExpectSpec()


@record
class DenseSpec:
    """The layers that score every pixel: a map of `classes` channels, of the input's size."""

    path: Path
    classes: int
    source: str | None = None
    reduction: int = 2
    up: DenseUp = "bilinear"
    norm: NormSpec = BATCH
    act: Act = "relu"
    expect: ExpectSpec = ExpectSpec()


@record
class BlocksSpec:
    """A node of residual blocks: the first takes the width and the stride, the rest keep them."""

    path: Path
    blocks: int
    out: int | None = None
    stride: int = 1
    dilation: int = 1
    block: BlockSpec = BlockSpec()
    expect: ExpectSpec = ExpectSpec()
