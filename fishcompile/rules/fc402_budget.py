"""FC402: The network, and each stage, takes no more than the spec's `budget` allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fishcompile.analysis.facts import Facts
    from fishcompile.analysis.figures import Figures, Row
    from fishcompile.language.fish_spec import BatchBudget, BudgetSpec
    from fishcompile.reader.tree import Path

_SAID = {
    "parameters": "has {} parameters",
    "macs": "has {} macs",
    "activations": "has {} activations",
    "traffic": "moves {} bytes",
    "saved": "saves {} bytes for the backward",
    "memory": "takes {} bytes in inference",
    "training_memory": "takes {} bytes in training",
}
_HEAVIEST = 3


def _check(facts: Facts) -> Iterator[Diagnostic]:
    budget = facts.stages.budget
    yield from _held(facts, budget, ("budget",), 1)
    if budget.batch:
        yield from _held(facts, budget.batch, ("budget", "batch"), budget.batch.images)


def _held(
    facts: Facts, bounds: BudgetSpec | BatchBudget, path: Path, batch: int
) -> Iterator[Diagnostic]:
    """What is over the bounds on one image, or on a batch."""
    stages = dict(bounds.stages)
    keys = [key for key in _SAID if getattr(bounds, key, None) is not None]
    if not stages and _plainly_held(facts, bounds, keys, batch):
        return
    from fishcompile.analysis.figures import figures

    budget = facts.stages.budget
    found = figures(facts.inference.graph, None, batch, budget.dtype)
    for key in keys:
        have, limit = _whole(found, key, budget.optimizer), getattr(bounds, key)
        if have > limit:
            heaviest = _weighed(found.rows("stage"), key, batch)
            if key.endswith("memory"):
                held = found.memory.weights + found.memory.buffers
                heaviest = f"weights and buffers {held:,}, {heaviest}"
            yield _finding(facts, (*path, key), "the network", have, limit, batch, heaviest)
    rows = {row.name: row for row in found.rows("stage")} if stages else {}
    for name, own in stages.items():
        for key in _SAID:
            limit = getattr(own, key, None)
            if limit is not None and (have := _of(rows[name], key, batch)) > limit:
                blocks = [row for row in found.rows("block") if row.name.startswith(f"{name}.")]
                heaviest = _weighed(blocks, key, batch)
                at = (*path, "stages", name, key)
                yield _finding(facts, at, name, have, limit, batch, heaviest)


def _plainly_held(
    facts: Facts, bounds: BudgetSpec | BatchBudget, keys: list[str], batch: int
) -> bool:
    """Whether the bounds are of costs alone, which every check knows, and hold."""
    from fishcompile.analysis.costs import below

    total = below(facts.costs, "")
    known = {"parameters": total.parameters, "macs": total.macs * batch}
    return all(key in known and known[key] <= getattr(bounds, key) for key in keys)


def _whole(found: Figures, key: str, optimizer: str) -> int:
    """A figure of the network for the batch."""
    match key:
        case "parameters" | "macs":
            return int(getattr(found.cost, key)) * (found.batch if key == "macs" else 1)
        case "activations":
            return sum(found.activations.values()) * found.batch
        case "traffic":
            return sum(found.traffic.values())
        case "saved":
            return sum(found.memory.saved.values())
        case "memory":
            return found.memory.inference_peak()
    return found.memory.training_peak(optimizer)


def _of(row: Row, key: str, batch: int) -> int:
    """A figure of a stage or a block for the batch; what training takes, by what it saves."""
    if key in ("parameters", "macs"):
        return int(getattr(row.cost, key)) * (batch if key == "macs" else 1)
    if key == "activations":
        return row.activations * batch
    return int(getattr(row, {"training_memory": "saved"}.get(key, key)))


def _weighed(rows: Iterable[Row], key: str, batch: int) -> str:
    """The stages that have most of a figure, and how much."""
    weights = sorted(((_of(row, key, batch), row.name) for row in rows), key=lambda w: -w[0])
    return ", ".join(f"{name} {weight:,}" for weight, name in weights[:_HEAVIEST] if weight)


def _finding(
    facts: Facts, path: Path, what: str, have: int, limit: int, batch: int, heaviest: str
) -> Diagnostic:
    key = str(path[-1])
    said = _SAID[key].format(f"{have:,}")
    images = f" for {batch:,} images" if path[1] == "batch" and batch > 1 else ""
    saved = " by what they save" if key == "training_memory" else ""
    return Diagnostic(
        "FC402",
        f"{what} {said}{images}, the budget is {limit:,}",
        facts.tree.value_span(path),
        f"{have - limit:,} too many",
        notes=(f"most of it{saved}: {heaviest}",) if heaviest else (),
        help=("raise the budget, or take blocks or width away",),
    )


RULE = Rule(
    why=(
        "A budget is a promise to whoever deploys the network, and one changed number can break "
        "it unseen: parameters grow with the square of the width. Parameters are those that are "
        "trained, MACs those of one image at `input.size`, both counted on the primitive "
        "operations. docs/costs.md says what the other figures count: activations, bytes moved "
        "and saved, and memory in inference and training, for one image or a batch, of the "
        "network or of one stage. The note names the three stages that weigh most, for a bound "
        "on a stage its blocks."
    ),
    bad="""\
fishspec: 2
name: small
input: {size: 32}
tail:
  tail1: {out: 64, blocks: 2}
budget: {parameters: 2k, macs: 1G}  # expect: FC402 @ 22-24 "parameters, the budget is 2,000"
""",
    good="""\
fishspec: 2
name: small
input: {size: 32}
tail:
  tail1: {out: 64, blocks: 2}
budget: {parameters: 20k, macs: 1G}
""",
    check=_check,
    whole=True,
)
