"""The parts of a FishNet that a checkpoint's keys and shapes name, in the authors' layout.

Source of the layout: see authors.py. No tensor is looked at, only keys and shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from fishcompile.diagnostics.errors import FindingError
from fishcompile.diagnostics.names import shown
from fishcompile.record import record

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]

_ROOT = "fish.fish"
_STEM = ("conv1", "conv2", "conv3")
_STAGE = re.compile(r"fish\.fish\.(0|[1-9][0-9]{0,8})\.(.+)", re.DOTALL)
# What only a bridge has: the squeeze (its BN, convolution and second BN), and the widening.
_NARROW = re.compile(r"0\.[03]\.(?:weight|bias|running_mean)|0\.2\.weight|1\.(?:weight|bias)")
_CLASSIFIER = re.compile(r"(?:3\.[023]|4\.1)\.[a-z_]+")
_OURS = re.compile(r"[a-z][a-z0-9_]*\.(?:refine\.[0-9]+|transfer\.[0-9]+)\.")


@record
class Layer:
    """A convolution of the stem: `per_group` are the channels that each of its groups takes."""

    key: str
    out: int
    per_group: int
    kernel: int


@record
class Chain:
    """Residual blocks one after the other: how many, and the widths of the first.

    `mid` channels are in its middle, of which a group takes `per_group`; `projects`: its shortcut
    has a convolution.
    """

    prefix: str
    blocks: int
    in_channels: int
    mid: int
    out: int
    per_group: int
    projects: bool

    @property
    def enters(self) -> str:
        """The key whose shape says how many channels enter."""
        return f"{self.prefix}.0.conv1.weight"


@record
class Part:
    """A stage of tail, body or head."""

    refine: Chain
    transfer: Chain | None


@record
class BridgePart:
    """The bridge; `gate` is the width of the gate's middle, None without one."""

    prefix: str
    in_channels: int
    wide: int
    refine: Chain
    gate: int | None


@record
class ClassifierPart:
    """The classifier: the channels that enter, those of the score convolution, the classes."""

    enters: str
    in_channels: int
    mid: int
    classes: int


@record
class Parts:
    """A whole fish; `rest` are the stages of body and head, not yet told apart."""

    stem: tuple[Layer, ...]
    tail: tuple[Part, ...]
    bridge: BridgePart
    rest: tuple[Part, ...]
    classifier: ClassifierPart | None


def read_parts(shapes: Shapes) -> Parts:
    """The parts of the fish that `shapes`, by key, are of.

    Raises FindingError where the keys are of no FishNet, or some that every FishNet has are not
    there; keys too many are not its business.
    """
    stages = _stages(shapes)
    at = _bridge_at(stages)
    parts = [
        None if index == at else _stage(shapes, f"{_ROOT}.{index}") for index in range(len(stages))
    ]
    rest = tuple(part for part in parts[at + 1 :] if part)
    last = len(stages) - 1
    has_classifier = any(_CLASSIFIER.fullmatch(key) for key in stages[last]) and last != at
    return Parts(
        _stem(shapes),
        tuple(part for part in parts[:at] if part),
        _bridge(shapes, f"{_ROOT}.{at}"),
        rest,
        _classifier(shapes, f"{_ROOT}.{last}") if has_classifier else None,
    )


def _stages(shapes: Shapes) -> dict[int, list[str]]:
    """What follows the number of each stage in its keys."""
    found: dict[int, list[str]] = {}
    for key in shapes:
        match = _STAGE.fullmatch(key)
        if match:
            found.setdefault(int(match[1]), []).append(match[2])
    if not found:
        raise _no_fish(shapes)
    _refuse_holes(found, _ROOT, "stages")
    return found


def _no_fish(shapes: Shapes) -> FindingError:
    ours = next((key for key in shapes if _OURS.match(key)), None)
    if ours:
        return FindingError(
            f"the checkpoint is in fishcompile's own layout: {shown(ours, 120)}",
            "it is of a model that was compiled from a spec, and names that spec's stages; with "
            "the spec, `fishcompile weights convert --spec SPEC --to authors` writes what import "
            "reads",
        )
    some = ", ".join(shown(key, 120) for key in list(shapes)[:5])
    return FindingError(
        f"the checkpoint is of no FishNet: no key begins with {_ROOT}.; the first are {some}",
        "import reads checkpoints in the layout of FishNet's authors",
    )


def _bridge_at(stages: Mapping[int, list[str]]) -> int:
    found = [index for index, keys in stages.items() if any(_NARROW.fullmatch(key) for key in keys)]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(f"{_ROOT}.{index}" for index in sorted(found))
        raise FindingError(f"a fish has one bridge; {names} have the keys of one")
    key = f"{_ROOT}.{len(stages) // 3}.1.weight"
    raise FindingError(f"the checkpoint has no bridge: no stage has a key such as {key}")


def _stem(shapes: Shapes) -> tuple[Layer, ...]:
    count = max((n for n, name in enumerate(_STEM, 1) if f"{name}.0.weight" in shapes), default=1)
    layers = []
    for name in _STEM[:count]:
        key = f"{name}.0.weight"
        out, per_group, kernel, width = _weight(shapes, key)
        if kernel != width:
            raise FindingError(f"{key} is {kernel}x{width}, and a kernel in the stem is square")
        layers.append(Layer(key, out, per_group, kernel))
    return tuple(layers)


def _stage(shapes: Shapes, prefix: str) -> Part:
    transfer = f"{prefix}.1"
    has_transfer = any(key.startswith(f"{transfer}.") for key in shapes)
    return Part(_chain(shapes, f"{prefix}.0"), _chain(shapes, transfer) if has_transfer else None)


def _bridge(shapes: Shapes, prefix: str) -> BridgePart:
    gated = any(key.startswith(f"{prefix}.3.") for key in shapes)
    return BridgePart(
        prefix,
        _weight(shapes, f"{prefix}.0.2.weight")[1],
        _weight(shapes, f"{prefix}.1.weight")[0],
        _chain(shapes, f"{prefix}.2"),
        _weight(shapes, f"{prefix}.3.0.3.weight")[0] if gated else None,
    )


def _classifier(shapes: Shapes, prefix: str) -> ClassifierPart:
    enters = f"{prefix}.3.2.weight"
    mid, in_channels, *_ = _weight(shapes, enters)
    return ClassifierPart(enters, in_channels, mid, _weight(shapes, f"{prefix}.4.1.weight")[0])


def _chain(shapes: Shapes, prefix: str) -> Chain:
    numbered = re.compile(re.escape(prefix) + r"\.(0|[1-9][0-9]{0,8})\.")
    found = {int(match[1]) for key in shapes if (match := numbered.match(key))}
    if not found:
        raise FindingError(f"no key begins with {prefix}.0., where a stage's blocks are")
    _refuse_holes(found, prefix, "blocks")
    first = f"{prefix}.0"
    mid, in_channels, *_ = _weight(shapes, f"{first}.conv1.weight")
    return Chain(
        prefix,
        len(found),
        in_channels,
        mid,
        _weight(shapes, f"{first}.conv3.weight")[0],
        _weight(shapes, f"{first}.conv2.weight")[1],
        any(key.startswith(f"{first}.shortcut.") for key in shapes),
    )


def _refuse_holes(found: Iterable[int], prefix: str, what: str) -> None:
    numbers = set(found)
    missing = next(index for index in range(len(numbers) + 1) if index not in numbers)
    if missing < len(numbers):
        raise FindingError(
            f"the {what} of {prefix} are numbered up to {max(numbers)}, and no key begins with "
            f"{prefix}.{missing}.",
            "the checkpoint is not whole",
        )


def _weight(shapes: Shapes, key: str) -> Shape:
    """The shape of a convolution's weight: out, in by group, height, width."""
    if key not in shapes:
        raise FindingError(f"{key} is missing from the checkpoint", "the checkpoint is not whole")
    shape = shapes[key]
    if len(shape) != 4 or 0 in shape:
        sides = "x".join(map(str, shape)) or "a scalar"
        raise FindingError(f"{key} is {sides}, not the four sides of a convolution's weight")
    return shape
