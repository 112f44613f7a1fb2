"""Traits: how an instance of a block is unlike the usual one, word by word, for a class's name."""

from __future__ import annotations

from fishcompile.blocks.norm_act import NORM_ACT
from fishcompile.ir.graph import Graph, Node, Scope
from fishcompile.ops.group_norm import GroupNorm

_NORMS = {"batch_norm": "", "group_norm": "GroupNorm"}
_ACTS = {"relu": "", "silu": "SiLU", "gelu": "GELU"}
_SAMPLES = {
    "max_pool": "MaxPool",
    "avg_pool": "AvgPool",
    "conv": "StridedConv",
    "upsample": "Upsample",
    "conv_transpose": "Deconv",
}
_MERGES = {"add": "Add", "concat": "Concat"}


def traits(graph: Graph, scope: Scope) -> tuple[str, ...]:
    """The traits of an instance, empty for what is usual; the same number for every block."""
    below = [node for node in graph.nodes if node.name.startswith(f"{scope.name}.")]
    kinds = [node.op.kind for node in below]
    norm = next((kind for kind in kinds if kind in _NORMS), None)
    act = next((kind for kind in kinds if kind in _ACTS), None)
    act_first = norm and act and kinds.index(act) < kinds.index(norm)
    convs = [node.op for node in below if node.local == "conv"]
    biased = any(getattr(op, "bias", False) for op in convs)
    unlike = ("Biased" if norm else "Unbiased") if convs and biased == bool(norm) else ""
    grouped = any(getattr(op, "groups", 1) > 1 for op in convs)
    sample = _end(below, scope, "down") or _end(below, scope, "up")
    merge = _end(below, scope, "merged")
    return (
        "SE" if any(".se." in f"{node.name}." for node in below) else "",
        "NormFree" if norm is None else _NORMS[norm],
        "Linear" if act is None else _ACTS[act],
        "ActFirst" if act_first else "",
        unlike,
        "Grouped" if grouped else "",
        _group_size(below),
        _refining(graph, scope),
        _SAMPLES[sample.op.kind] + _mode(sample) if sample else "",
        _MERGES[merge.op.kind] if merge else "",
    )


def _group_size(below: list[Node]) -> str:
    """How many channels the groups of a group norm have, but for the usual number."""
    for node in below:
        if isinstance(node.op, GroupNorm):
            size = node.op.channels // node.op.groups
            return "" if size == NORM_ACT.channels else f"GroupsOf{size}"
    return ""


def _refining(graph: Graph, scope: Scope) -> str:
    """The kind of the first block of a stage, but for the usual bottleneck."""
    first = graph.children.get(f"{scope.name}.refine")
    kind = first[0].kind if first and isinstance(first[0], Scope) else ""
    return kind.removesuffix("Bottleneck") if not kind.endswith("ResNetBottleneck") else kind


def _end(below: list[Node], scope: Scope, local: str) -> Node | None:
    """The last node of the step of a stage that is called so."""
    path = f"{scope.name}.{local}"
    return next((n for n in below[::-1] if f"{n.name}.".startswith(f"{path}.")), None)


def _mode(node: Node) -> str:
    return "Bilinear" if getattr(node.op, "mode", "") == "bilinear" else ""
