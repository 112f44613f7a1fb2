"""A failed expansion in the author's terms: the key it leads back to, and its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, repeat

from fishcompile.analysis.shapes import Failure
from fishcompile.analysis.stage_facts import StageFacts
from fishcompile.blame.composites import chain, inside, places_of
from fishcompile.blame.resolutions import mend_of, unused_skip
from fishcompile.blame.widths import width_of
from fishcompile.diagnostics.finding import Diagnostic, Fix, Related
from fishcompile.expand.fish import WRITTEN
from fishcompile.ir.fault import ExpansionError
from fishcompile.language.graph_spec import NodeSpec, StageNode
from fishcompile.language.spec import BlocksSpec, ClassifierSpec, StageSpec
from fishcompile.language.stage_graph import INPUT
from fishcompile.ops.tensor import TensorType
from fishcompile.reader.respell import added, rewritten
from fishcompile.reader.tree import Path, Tree

_JOINS = ("add", "mul", "concat")
_DIVISORS = ("reduction", "squeeze", "se")
_ENDS = "let a block that holds itself end, for example with `when: depth - 1`"

Facts = Mapping[str, StageFacts]


def explain(failure: Failure, facts: Facts, tree: Tree) -> Diagnostic:
    """The diagnostic for a stage whose block does not fit its inputs."""
    error, node, inputs = failure.error, failure.node, failure.inputs
    roles = ("trunk   ", "transfer") if isinstance(node.config, StageSpec) else repeat("input")
    edges = [
        f"{role} {edge.source} -> {node.name}: {value.type}"
        for role, edge, value in zip(roles, node.inputs, inputs, strict=False)
    ]
    related = [
        Related(tree.key_span(facts[edge.source].node.path), f"{edge.source} gives {value.type}")
        for edge, value in zip(node.inputs, inputs, strict=True)
        if edge.source != INPUT
    ]
    path = _place(error, node, tree)
    # a stage or layer as a whole is pointed at by its name, a key by what is written for it
    whole = path not in tree.places or isinstance(tree.get(path), dict)
    span = tree.key_span(path) if whole else tree.value_span(path)
    related += chain(error, node, path, tree)
    mend = mend_of(failure, facts, tree)
    help_, fixes = (mend.help, mend.fixes) if mend else _ways_out(failure, facts, tree)
    if mend and mend.place is not None:
        related.insert(0, Related(span, f"{node.name} does not hold with it"))
        written = isinstance(tree.get(mend.place), dict)
        span = tree.key_span(mend.place) if written else tree.value_span(mend.place)
        related = [other for other in related if other.span != span]
    return Diagnostic(
        error.cause.rule,
        f"{node.name}: {_message(error, node)}",
        span,
        mend.label if mend else "",
        related=tuple(related),
        notes=("\n".join(edges), f"found at {error.node}", *(mend.notes if mend else ())),
        help=help_,
        fixes=fixes,
    )


def _merges(error: ExpansionError, node: StageNode) -> bool:
    """Whether it is the merge of trunk and skip that does not fit."""
    if not isinstance(node.config, StageSpec):
        return False
    return error.cause.operand == 1 and len(error.operands) == 2 and len(node.inputs) == 2


def _message(error: ExpansionError, node: StageNode) -> str:
    if not _merges(error, node):
        return error.cause.message
    trunk, skip = error.operands
    source = node.inputs[1].source
    if error.cause.rule == "FC301":
        return f"cannot add {skip.channels} channels from {source} to {trunk.channels}"
    have, want = ("x".join(map(str, side)) for side in (skip.sides, trunk.sides))
    if isinstance(node.config, StageSpec) and node.config.up.kind != "none":
        return f"cannot bring a {want} map up to {have}, the size of {source}"
    return f"cannot merge the {have} of {source} with a {want} trunk"


def _place(error: ExpansionError, node: StageNode, tree: Tree) -> Path:
    """The written key that the fault leads back to, or the stage (or stem layer) itself."""
    if error.trail:
        path = inside(error, node, tree)
        return _written(path, tree) or path if path[-1] == "norm" else path
    operand = error.cause.operand
    if operand is not None and error.node == node.name and operand < len(node.inputs):
        return node.inputs[operand].path or node.path
    if isinstance(node.config, tuple):
        (layer,) = (each.path for each in node.config if each.name == error.node.split(".")[1])
        # a layer's keys are its operation's own fields, but for the kernel
        field = "kernel" if error.cause.field == "kernel_size" else error.cause.field
        return _written((*layer, field or ""), tree) or layer
    # where a width was divided to nothing, the divisor is at fault before the width
    fields = sorted(error.fields, key=lambda field: field not in _DIVISORS)
    paths = [path for field in fields for path in places_of(node.path, field)]
    if _merges(error, node):
        keys = [("merge",)] if error.cause.rule == "FC301" else []
        paths = [(*node.path, *key) for key in (*keys, ("transfer", "from"))]
    found = (_written(path, tree) for path in paths)
    return next((path for path in found if path), node.path)


def _written(path: Path, tree: Tree) -> Path | None:
    """The key if it is there, and of a norm's mapping the channels of a group."""
    within = (*path, "channels")
    return within if within in tree.places else path if path in tree.places else None


def _key(field: str, node: StageNode) -> Path:
    """Where a block's parameter is written, below the stage's own path."""
    written = WRITTEN.get(field, (field,))
    # a classifier has no block, and the same keys itself
    return written[-1:] if isinstance(node.config, ClassifierSpec) else written


def _ways_out(
    failure: Failure, facts: Facts, tree: Tree
) -> tuple[tuple[str, ...], tuple[Fix, ...]]:
    """What would mend the failure, and the edit for it where a skip that fits is left over."""
    error, node = failure.error, failure.node
    if error.cause.rule == "FC303" and _merges(error, node):
        fitting = _fitting(failure, facts)
        free, path = unused_skip(node, fitting, tree), node.inputs[1].path
        if free and path:
            fixes = rewritten(tree.value_span(path), free, safe=False)
            return (f"write `from: {free}` here", _skips(failure, facts)), fixes
    advice = _advice(failure, facts)
    if width := width_of(failure, facts, tree):
        return (width[0], *advice), width[1]
    instead = error.cause.instead
    path = _place(error, node, tree)[:-1]
    mends = instead and error.cause.rule == "FC306" and (*path, "out") in tree.places
    return advice, added(tree, path, str(instead)) if mends else ()


def _advice(failure: Failure, facts: Facts) -> tuple[str, ...]:
    error, node = failure.error, failure.node
    number = error.cause.divide
    if number is not None:
        divisors = [str(k) for k in range(1, min(number, 4096) + 1) if number % k == 0]
        more = ", ..." if len(divisors) > 8 else ""
        return (f"{number} can be split into {', '.join(divisors[:8])}{more}",)
    match error.cause.rule:
        case "FC302" if error.place:
            ends = (_ENDS,) if _returns(error) else ()
            return ("change the formula, or the numbers that go into it", *ends)
        case "FC302" if not isinstance(node.config, NodeSpec):
            divisor = next((field for field in error.fields if field in _DIVISORS), "reduction")
            *within, key = _key(divisor, node)
            written = f"{within[0]}: {{{key}: ...}}" if within else f"{key}: ..."
            return (f"make the stage wider, or `{written}` smaller",)
        case "FC301" if _merges(error, node):
            return ("`merge: concat` joins any widths", _skips(failure, facts))
        case "FC303" if _merges(error, node):
            return (_skips(failure, facts),)
        case "FC301" | "FC303" if getattr(node.config, "kind", "") in _JOINS:
            return _joined(error, str(getattr(node.config, "kind", "")))
        case _:
            return _within_limits(failure)


def _within_limits(failure: Failure) -> tuple[str, ...]:
    error = failure.error
    match error.cause.rule:
        case "FC305":
            return (_ENDS if _returns(error) else "use fewer or smaller blocks",)
        case "FC306":
            return (_lopsided(failure),)
        case "FC304" if error.cause.field in ("groups", "norm"):
            return ("use wider groups, or none: `norm: none`, or raise `input.size`",)
        case "FC304" if error.cause.field == "padding":
            return ("pad by at most half of the kernel",)
        case "FC304":
            return ("raise `input.size`, or sample down less often",)
        case _:
            return ()


def _joined(error: ExpansionError, kind: str) -> tuple[str, ...]:
    """What brings an operand of a sum, product or concatenation to the first of them."""
    first = error.operands[0]
    if any(len(operand.sides) != 2 for operand in error.operands):
        return ()
    if error.cause.rule == "FC301":
        width = f"bring it to {first.channels} channels with a 1x1 convolution"
        return (f"{width}, or join them with `concat`" if kind == "add" else width,)
    sides = "x".join(map(str, first.sides))
    return (f"bring it to {sides} with `upsample` and its `to`, or pool the larger of them",)


def _lopsided(failure: Failure) -> str:
    """What to write where a padding is left out that no number can stand for."""
    if isinstance(failure.node.config, StageSpec | BlocksSpec):
        return "write an odd kernel"
    kernel = "leave `kernel` out" if isinstance(failure.node.config, NodeSpec) else "an odd kernel"
    return f"write `{failure.error.cause.instead}`, or {kernel}"


def _returns(error: ExpansionError) -> bool:
    """Whether the way to the fault comes by one node twice: a block holds itself."""
    return len(set(error.trail)) < len(error.trail)


def _skips(failure: Failure, facts: Facts) -> str:
    """The stages before this one whose output would fit in the place of the skip."""
    fitting = _fitting(failure, facts)
    names = ", ".join(f"`{name}` ({facts[name].output})" for name in fitting)
    return f"skips that fit here: {names}" if names else "no stage before it fits as its skip"


def _fitting(failure: Failure, facts: Facts) -> list[str]:
    error, node = failure.error, failure.node
    trunk, before = error.operands[0], islice(facts.items(), failure.known)
    return [name for name, fact in before if _fits(error, node, trunk, fact.output)]


def _fits(error: ExpansionError, node: StageNode, trunk: TensorType, skip: TensorType) -> bool:
    if len(skip.sides) != 2:
        return False
    if error.node.endswith(".up") and isinstance(node.config, StageSpec):
        up = node.config.up
        return all(
            to >= side if up.kind != "deconv" else to // up.factor == side
            for side, to in zip(trunk.sides, skip.sides, strict=True)
        )
    same_width = error.cause.rule != "FC301" or skip.channels == trunk.channels
    return skip.sides == trunk.sides and same_width
