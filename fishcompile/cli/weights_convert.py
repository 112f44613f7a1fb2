"""`fishcompile weights convert`: a checkpoint's keys from one layout to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fishcompile.cli.checkpoints import FISHCOMPILE, check_output, described, require_torch, write
from fishcompile.formats._snippets import visible


def convert(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="A torch.save'd or .safetensors file.")
    ],
    spec: Annotated[Path, typer.Option("--spec", help="The spec that the weights are of.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The file to write: .safetensors, .pt or .pth.")
    ],
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            "--to",
            metavar="NAME",
            help="The keys to write: fishcompile, authors, or a layout of the spec.",
        ),
    ] = FISHCOMPILE,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Rename a checkpoint's keys from one layout to another.

    Layouts are that of the compiled model, that of FishNet's authors, and those that the spec names
    in `layouts`. The checkpoint's own is recognised, every key and shape is checked against the
    spec, and no value changes. With --layout authors a torch file is laid out as the released ones
    are, and may be called .tar as they are.
    """
    require_torch()
    from fishcompile.pipeline import compiled
    from fishcompile.weights.checkpoint_files import read_checkpoint
    from fishcompile.weights.convert import convert as rename
    from fishcompile.weights.convert import keys_of, known_keys, recognise
    from fishcompile.weights.wrappers import unwrapped

    check_output(output, checkpoint, layout, force=force)
    analysis = compiled(spec)
    graph, stages = analysis.inference.graph, analysis.stages
    keys_of(layout, graph, stages)  # a layout that cannot be written is said before the work
    read = unwrapped(read_checkpoint(checkpoint), known_keys(graph, stages))
    source = recognise(read.tensors, graph, stages)
    print(visible(f"read {checkpoint}: {len(read.tensors)} tensors, {described(read, source)}"))
    result = rename(read, graph, stages, source, layout)
    if result.filled:
        print(f"filled {len(result.filled)} missing num_batches_tracked with 0")
    print(write(output, result.tensors, layout, force=force))
