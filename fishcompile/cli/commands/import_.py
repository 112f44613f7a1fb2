"""`fishcompile import`: from a checkpoint alone to the spec of the fish that made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.checkpoints import described, require_torch
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import check_name, shown, suggest_name
from fishcompile.files import refuse_existing, write_atomic
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fishcompile.language.fish_spec import FishSpec
    from fishcompile.language.spec import StageSpec

_SUFFIXES = (".yaml", ".yml")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    epilog = "Example: fishcompile import fishnet99_ckpt.tar -o mine.yaml"
    app.command("import", cls=LightCommand, epilog=epilog)(import_)


def import_(
    checkpoint: Annotated[
        Path,
        typer.Argument(
            metavar="CHECKPOINT", help="A torch.save'd or .safetensors file, its keys the authors'."
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The spec to write; its name is the spec's.")
    ],
    base: Annotated[
        Path | None,
        typer.Option("--base", metavar="SPEC", help="Write a variant of this spec."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Write the spec of the fish that a checkpoint is of.

    Widths, blocks, shortcuts and merges are read off its keys and shapes. What they do not say,
    such as dilation, is named in the spec's comments; with --base it is assumed to be the base's.
    Without, a shipped spec is the base where it lies below the output's root and is shorter.
    """
    _check_output(output, force=force)
    require_torch()
    from fishcompile.recovery.specify import specify
    from fishcompile.recovery.unknown import UNKNOWN
    from fishcompile.weights.checkpoint_files import read_checkpoint
    from fishcompile.weights.wrappers import unwrapped

    read = unwrapped(read_checkpoint(checkpoint))
    shapes = {key: tuple(tensor.shape) for key, tensor in read.tensors.items()}
    found = specify(shapes, checkpoint, output, base)
    if not force:
        refuse_existing(output, "")
    write_atomic(output, found.text.encode())
    print(visible(f"read {checkpoint}: {len(shapes)} tensors, {described(read, 'authors')}"))
    for line in _recovered(found.fish):
        print(visible(line))
    print(f"parameters {found.analysis.total.parameters:,}, all keys and shapes accounted for")
    whose = "FishNet's (1 for dilation)" if found.extends is None else "the base's"
    print(f"not in a checkpoint, so {whose}: {UNKNOWN}")
    how = "" if found.extends is None else f", which extends {found.extends}"
    print(visible(f"wrote {output}{how} ({found.text.count(chr(10))} lines)"))


def _check_output(output: Path, *, force: bool) -> None:
    """What can be known before the work."""
    if output.suffix not in _SUFFIXES:
        raise UsageError(f"{output} is no name of a spec", "let it end in .yaml")
    wrong = check_name(output.stem)
    if wrong:
        near = suggest_name(output.stem)
        way_out = f"try -o {output.with_stem(near)}" if near else "name another file with -o"
        raise UsageError(
            f"the spec is named after its file, and {shown(output.stem)} {wrong}", way_out
        )
    if not force:
        refuse_existing(output, "")


def _recovered(fish: FishSpec) -> Iterator[str]:
    """The fish in a few lines: widths where they are chosen, blocks, and what is unusual."""
    convolutions = [layer for layer in fish.stem if layer.kind == "conv"]
    widths = ", ".join(f"{layer.out} ({layer.kernel}x{layer.kernel})" for layer in convolutions)
    yield f"  stem {widths} of {fish.input.channels} channels"
    for section in (fish.tail, fish.body, fish.head):
        if section is fish.body and fish.bridge:
            bridge = fish.bridge
            yield (
                f"  bridge {bridge.out}, {_blocks(bridge.blocks)}, widen {bridge.widen}, "
                + ("no gate" if bridge.gate == "none" else f"squeeze {bridge.squeeze}")
            )
        for stage in section:
            yield f"  {stage.name} {_stage(stage)}"
    if fish.classifier:
        yield f"  classifier of {fish.classifier.classes} classes"
    else:
        yield "  no classifier"


def _stage(stage: StageSpec) -> str:
    width = f"{stage.out}, " if stage.out is not None else ""
    words = [f"{width}{_blocks(stage.blocks)}"]
    if stage.shortcut in ("reduce", "duplicate"):
        words.append(f"k {stage.k}" if stage.shortcut == "reduce" else f"each repeated {stage.k}x")
    if stage.transfer:
        after = f" after {_blocks(stage.transfer.blocks)}" if stage.transfer.blocks else ""
        words.append(f"merges {stage.transfer.source}{after}")
    if stage.block.groups != 1:
        words.append(f"{stage.block.groups} groups")
    return ", ".join(words)


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"
