"""`fishcompile weights fit`: a checkpoint's tensors carried into a changed spec."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.checkpoints import FISHCOMPILE, check_output, described, require_torch, write
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fishcompile.weights.carry import Plan


class PlanFormat(StrEnum):
    """How the plan is printed."""

    TEXT = "text"
    JSON = "json"


def fit(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="A torch.save'd or .safetensors file.")
    ],
    spec: Annotated[Path, typer.Option("--spec", help="The spec to carry the weights into.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The file to write; without it the plan alone."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="SPEC", help="The checkpoint's own spec, if its keys are not ours."
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", metavar="NODE", help="Leave out a node's tensors; repeatable."),
    ] = None,
    resize: Annotated[
        bool, typer.Option("--resize", help="Copy the part that fits of tensors of another shape.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the values of what is new.")] = 0,
    as_: Annotated[
        PlanFormat, typer.Option("--format", help="How to print the plan.")
    ] = PlanFormat.TEXT,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Carry a checkpoint's weights into a changed spec, by the names of its nodes.

    What both have is copied bit for bit, what the spec has more is new, as a new model's. What it
    has no place for is left out only where --drop names it, and what has another shape is copied
    in part only with --resize.
    """
    require_torch()
    import torch

    from fishcompile.pipeline import compiled
    from fishcompile.targets.module import network
    from fishcompile.weights.carry import carried, fresh_values, plan
    from fishcompile.weights.checkpoint_files import read_checkpoint
    from fishcompile.weights.convert import keys_of, known_keys, recognise
    from fishcompile.weights.wrappers import unwrapped

    if output is not None:
        check_output(output, checkpoint, FISHCOMPILE, force=force)
    analysis = compiled(spec)
    own = compiled(source) if source else analysis
    graph, stages = own.inference.graph, own.stages
    read = unwrapped(read_checkpoint(checkpoint), known_keys(graph, stages))
    layout = recognise(read.tensors, graph, stages)
    ours = {theirs: key for key, theirs in keys_of(layout, graph, stages).items()}
    tensors = {ours.get(key, key): value for key, value in read.tensors.items()}
    shapes = {key: tuple(value.shape) for key, value in tensors.items()}
    wanted = {key: shape for key, (shape, _) in analysis.inference.graph.state().items()}
    made = plan(shapes, wanted, drop or (), resize=resize)
    if as_ is PlanFormat.JSON:
        print(json.dumps(_as_json(made), indent=2))
    else:
        print(visible(f"read {checkpoint}: {len(tensors)} tensors, {described(read, layout)}"))
        for line in _as_text(made):
            print(visible(line))
    if output is not None:
        torch.manual_seed(seed)
        result = carried(made, tensors, lambda: fresh_values(network(analysis)))
        said = write(output, result, force=force)
        if as_ is PlanFormat.TEXT:
            print(said)


def _as_text(made: Plan) -> Iterator[str]:
    from fishcompile.weights.fit import listed, sides

    yield f"  copied: {len(made.copied)}"
    lists: dict[str, Sequence[str]] = {
        "new": made.new,
        "dropped": made.dropped,
        "dropped, and new in the spec": made.replaced,
        "resized": [
            f"{key}, {sides(old)} to {sides(new)}" for key, (old, new) in made.resized.items()
        ],
    }
    for title, entries in lists.items():
        yield from listed(title, entries)


def _as_json(made: Plan) -> dict[str, object]:
    return {
        "copied": made.copied,
        "new": made.new,
        "dropped": (*made.dropped, *made.replaced),
        "resized": {key: {"from": old, "to": new} for key, (old, new) in made.resized.items()},
    }
