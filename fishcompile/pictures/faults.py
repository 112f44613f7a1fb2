"""Faults: what is wrong with a spec, at a stage and at the edge that breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.blame.stages import explain
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.analysis.shapes import Failure
    from fishcompile.pipeline import Analysis

MOST = 9  # findings that a picture shows


@record
class Faults:
    """The messages, the number of that of each stage, and of each edge: a stage and its input."""

    messages: tuple[str, ...]
    stages: dict[str, int]
    edges: dict[tuple[str, int], int]


def faults_of(analysis: Analysis) -> Faults:
    """The errors of the report: those of failing stages first, then what is claimed and not so."""
    inference, tree = analysis.inference, analysis.tree
    messages: list[str] = []
    stages: dict[str, int] = {}
    edges: dict[tuple[str, int], int] = {}
    for failure in inference.failures[:MOST]:
        message = explain(failure, inference.stages, tree).message
        messages.append(message)
        stages[failure.node.name] = len(messages)
        at = _edge(failure)
        if at is not None:
            edges[failure.node.name, at] = len(messages)
    errors = [d for d in analysis.report.diagnostics if d.severity == "error"]
    others = [d for d in errors if d.message not in messages]
    owners = {node.path: node.name for node in analysis.stages.nodes} if others else {}
    for diagnostic in others[: MOST - len(messages)]:
        messages.append(diagnostic.message)
        for path, place in tree.places.items():
            if diagnostic.span in (place.key, place.value):
                owner = next((owners[path[:n]] for n in (2, 1) if path[:n] in owners), None)
                if owner is not None:
                    stages.setdefault(owner, len(messages))
                break
    if len(errors) > len(messages):
        messages.append(f"and {len(errors) - len(messages)} more")
    return Faults(tuple(messages), stages, edges)


def _edge(failure: Failure) -> int | None:
    """The position of the input that does not fit, if it is one."""
    error = failure.error
    at = error.operand if error.operand is not None else error.cause.operand
    return at if at is not None and at < len(failure.node.inputs) else None
