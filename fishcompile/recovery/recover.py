"""From a checkpoint's keys and shapes to the spec of the fish that made it.

What no shape says takes FishNet's values. What a part says of itself is read here; which stages
merge which is found in `skips.py`.
"""

from __future__ import annotations

from dataclasses import replace

from fishcompile.diagnostics.errors import FindingError
from fishcompile.language.fish_spec import FishSpec
from fishcompile.language.spec import (
    BlockSpec,
    BridgeSpec,
    ClassifierSpec,
    DownSpec,
    InputSpec,
    LayerSpec,
    Merge,
    Section,
    Shortcut,
    StageSpec,
    TransferSpec,
    UpSpec,
)
from fishcompile.recovery.parts import BridgePart, Chain, ClassifierPart, Layer, Shapes, read_parts
from fishcompile.recovery.skips import Merged, enters, find_merges

# FishNet's own numbers, where a rounded division leaves a choice.
_SQUEEZE, _REDUCTION = BridgeSpec.squeeze, ClassifierSpec.reduction
_MAX_DIVISOR = 1024  # of all that a spec may write
# FishNet's: what the stem divides the sides by, and the side that figures are given for.
_STEM_STRIDE, _SIZE = 4, 224


def recover(shapes: Shapes) -> FishSpec:
    """The fish whose checkpoint has `shapes`, by key, without a name.

    Raises FindingError where they are of none; that it has exactly these keys is not yet known.
    """
    parts = read_parts(shapes)
    channels, stem = _stem(parts.stem)
    x = parts.stem[-1].out
    for part in parts.tail:
        if part.transfer:
            raise FindingError(f"{part.transfer.prefix} is a transfer, before the bridge")
        if part.refine.in_channels != x:
            raise FindingError(enters(part.refine.enters, part.refine.in_channels, x))
        x = part.refine.out
    if parts.bridge.in_channels != x:
        key = f"{parts.bridge.prefix}.0.2.weight"
        raise FindingError(enters(key, parts.bridge.in_channels, x))
    sections = find_merges(parts)
    tail = (Merged(f"tail{n}", part, "none", None) for n, part in enumerate(parts.tail, 1))
    return FishSpec(
        name="",
        input=InputSpec(channels, _size(len(parts.tail))),
        stem=stem,
        tail=tuple(_stage("tail", stage) for stage in tail),
        bridge=_bridge(parts.bridge),
        body=tuple(_stage("body", stage) for stage in sections["body"]),
        head=tuple(_stage("head", stage) for stage in sections["head"]),
        classifier=_classifier(parts.classifier) if parts.classifier else None,
    )


def _size(stages: int) -> int:
    """A side for the image: FishNet's, or the next that so many halvings leave whole."""
    stride: int = _STEM_STRIDE * 2**stages
    return -(-_SIZE // stride) * stride


def _stem(layers: tuple[Layer, ...]) -> tuple[int, tuple[LayerSpec, ...]]:
    """The image's channels, and the layers with FishNet's strides and pooling."""
    channels = x = layers[0].per_group
    found = []
    for number, layer in enumerate(layers, 1):
        name = f"conv{number}"
        stride = 2 if number == 1 else None
        if x % layer.per_group:
            raise FindingError(enters(layer.key, layer.per_group, x))
        spec = LayerSpec(name, ("stem", name), "conv", layer.out, layer.kernel, stride)
        found.append(replace(spec, groups=x // layer.per_group))
        x = layer.out
    pool = LayerSpec("pool", ("stem", "pool"), "max_pool", kernel=3, stride=2, padding=1)
    return channels, (*found, pool)


def _stage(section: Section, merged: Merged) -> StageSpec:
    """A stage, sampled as FishNet's of that section are."""
    refine, transfer = merged.part.refine, merged.part.transfer
    shortcut, k = _shortcut(section, refine)
    skip = None
    if merged.source is not None:
        skip = TransferSpec(merged.source, transfer.blocks if transfer else 0)
    # a merge that is no concatenation is free to sample: the section's default stays
    concat: Merge = "ur" if section == "body" else "dr"
    return StageSpec(
        name=merged.name,
        section=section,
        path=(section, merged.name),
        shortcut=shortcut,
        down=DownSpec("none" if section == "body" else "max_pool"),
        up=UpSpec("nearest" if section == "body" else "none"),
        merge=concat if merged.merge == "concat" else merged.merge,
        blocks=refine.blocks,
        out=refine.out if shortcut == "project" else None,
        k=k,
        transfer=skip,
        block=_block(refine, *([transfer] if transfer else [])),
    )


def _shortcut(section: Section, chain: Chain) -> tuple[Shortcut, int]:
    """The shortcut of the first block that explains its widths, the section's own if it does."""
    narrow, wide = sorted((chain.in_channels, chain.out))
    if chain.projects or (section == "tail" and narrow == wide):
        return "project", 1
    if narrow == wide:
        return ("identity" if section == "head" else "reduce"), 1
    if wide % narrow:
        raise FindingError(
            f"{chain.prefix}.0 turns {chain.in_channels} channels into {chain.out}, and its "
            "shortcut has no weights: they are neither summed nor repeated evenly"
        )
    return ("reduce" if chain.in_channels == wide else "duplicate"), wide // narrow


def _bridge(part: BridgePart) -> BridgeSpec:
    x, out = part.in_channels, part.refine.out
    if part.refine.in_channels != part.wide:
        raise FindingError(enters(part.refine.enters, part.refine.in_channels, part.wide))
    if part.wide % x:
        raise FindingError(
            f"{part.prefix}.1.weight gives {part.wide} channels, no multiple of the {x} that enter"
        )
    squeeze = _SQUEEZE
    if part.gate is not None:
        squeeze = _divisor([(f"{part.prefix}.3.0.3.weight", out, part.gate)], _SQUEEZE)
    return BridgeSpec(
        path=("bridge",),
        out=out,
        blocks=part.refine.blocks,
        widen=part.wide // x,
        squeeze=squeeze,
        gate="none" if part.gate is None else "scale_add",
        block=_block(part.refine),
    )


def _classifier(part: ClassifierPart) -> ClassifierSpec:
    reduction = _divisor([(part.enters, part.in_channels, part.mid)], _REDUCTION)
    return ClassifierSpec(("classifier",), part.classes, reduction=reduction)


def _block(*chains: Chain) -> BlockSpec:
    """What the blocks of a stage, those of its transfer included, are made of."""
    for chain in chains:
        if chain.mid % chain.per_group:
            key = f"{chain.prefix}.0.conv2.weight"
            said = f"has groups of {chain.per_group} channels, and {chain.mid} enter"
            raise FindingError(f"{key} {said}")
    groups = {chain.mid // chain.per_group for chain in chains}
    if len(groups) > 1:
        names = " and ".join(f"{chain.prefix}.0.conv2.weight" for chain in chains)
        raise FindingError(f"{names} have not as many groups, and a stage has one number of them")
    middles = [(chain.enters, chain.out, chain.mid) for chain in chains]
    return BlockSpec(reduction=_divisor(middles, BlockSpec.reduction), groups=groups.pop())


def _divisor(divided: list[tuple[str, int, int]], usual: int) -> int:
    """The number that each width, divided by it and rounded down, gives its middle.

    `divided` are keys, widths and middles. Where several numbers do, it is the usual one if that
    is among them, else the one without a remainder, else the least.
    """
    low = max(width // (mid + 1) + 1 for _, width, mid in divided)
    high = min(_MAX_DIVISOR, *(width // mid for _, width, mid in divided))
    if low > high:
        pairs = ", ".join(f"{key} {mid} of {width}" for key, width, mid in divided)
        raise FindingError(f"no whole number divides these widths to their middles: {pairs}")
    if low <= usual <= high:
        return usual
    whole = (n for n in range(low, high + 1) if all(width % n == 0 for _, width, _ in divided))
    return next(whole, low)
