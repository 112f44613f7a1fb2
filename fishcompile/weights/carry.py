"""Carrying weights into a changed spec: what is copied, new, dropped or resized, by name.

A key of a state dict names its node of the spec, so what two specs have under one name
is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.record import record
from fishcompile.weights.fit import drops, listed, sides

Shape = tuple[int, ...]


@record
class Plan:
    """What becomes of each tensor: the keys of the checkpoint, and those of the spec.

    `replaced` are keys of both whose tensors are dropped, so that they are new in the spec;
    `resized` maps a key to the shape in the checkpoint and that in the spec.
    """

    copied: tuple[str, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    replaced: tuple[str, ...]
    resized: Mapping[str, tuple[Shape, Shape]]


def plan(
    found: Mapping[str, Shape],
    wanted: Mapping[str, Shape],
    drop: Iterable[str],
    *,
    resize: bool,
) -> Plan:
    """The plan for a checkpoint's shapes and a spec's; `drop` are nodes, or parts of their keys.

    Raises:
        FindingError: a tensor is left over, or of another shape, and nothing says to drop or
            resize it.
        UsageError: what is to be dropped is not in the checkpoint.
    """
    names = tuple(drop)
    for name in names:
        if not any(_is_in(key, name) for key in found):
            parts = {key[:at] for key in found for at, c in enumerate(key) if c == "."}
            near = nearest(name, sorted(parts))
            help_ = f"did you mean `{near}`?" if near else "name a node, such as `classifier`"
            raise UsageError(f"the checkpoint has no {shown(name)} to drop", help_)
    dropped = [key for key in found if any(_is_in(key, name) for name in names)]
    out = frozenset(dropped)
    kept = {key: shape for key, shape in found.items() if key not in out}
    left = [key for key in kept if key not in wanted]
    shared = (key for key in kept if key in wanted)
    other = {key: (kept[key], wanted[key]) for key in shared if kept[key] != wanted[key]}
    unfit = {key: pair for key, pair in other.items() if not resize or len(pair[0]) != len(pair[1])}
    if left or unfit:
        raise _unasked(left, unfit, kept)
    copied = tuple(key for key in wanted if key in kept and key not in other)
    new = tuple(key for key in wanted if key not in kept)
    replaced = tuple(key for key in dropped if key in wanted)
    return Plan(copied, new, tuple(k for k in dropped if k not in wanted), replaced, other)


def carried(
    plan: Plan, tensors: Mapping[str, Tensor], fresh: Callable[[], Mapping[str, Tensor]]
) -> dict[str, Tensor]:
    """The spec's tensors in its order; `fresh` gives those of a new model.

    Of a resized tensor the part that both shapes have is copied, what is beyond it is new.
    """
    found = {key: value.clone() for key, value in fresh().items()}
    for key in plan.copied:
        found[key] = tensors[key]
    for key, (old, new) in plan.resized.items():
        part = tuple(slice(min(a, b)) for a, b in zip(old, new, strict=True))
        found[key][part] = tensors[key][part].to(found[key].dtype)
    return found


def _is_in(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _unasked(
    left: list[str], other: Mapping[str, tuple[Shape, Shape]], kept: Mapping[str, Shape]
) -> FindingError:
    lines = ["the checkpoint has more than the spec takes"]
    lines += listed("left over", [f"{shown(key, 120)} {sides(kept[key])}" for key in left])
    shapes = [f"{key} is {sides(a)}, the spec's {sides(b)}" for key, (a, b) in other.items()]
    lines += listed("of another shape", shapes)
    asked = drops(left, other)
    ways = [f"leave them out with {asked}"] if asked else []
    ranks = all(len(a) == len(b) for a, b in other.values())
    ways += ["or copy the part that fits with --resize"] if other and ranks else []
    return FindingError("\n".join(lines), ", ".join(ways))


def fresh_values(model: torch.nn.Module) -> Mapping[str, Tensor]:
    """The values of a new model, as it is initialised."""
    return {key: value.detach() for key, value in model.state_dict().items()}
