"""`fishcompile weights`: checkpoints of a spec's network, renamed and rewritten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fishcompile.cli.light import LightCommand, LightGroup
from fishcompile.errors import UsageError
from fishcompile.files import refuse_existing
from fishcompile.formats._snippets import visible
from fishcompile.pipeline import compiled

if TYPE_CHECKING:
    from fishcompile.weights.files import Checkpoint

_SAFETENSORS = ".safetensors"
_TORCH = (".pt", ".pth")
_EXAMPLE = (
    "Example: fishcompile weights convert fishnet99_ckpt.tar --spec specs/fishnet99.yaml"
    " -o fishnet99.safetensors"
)


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(
        cls=LightGroup,
        help="Checkpoints: read, rename and rewrite them.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )

    @group.callback()
    def only_groups() -> None:
        """Keeps `convert` a word of its own while it is the only command."""

    group.command("convert", cls=LightCommand, epilog=_EXAMPLE)(convert)
    app.add_typer(group, name="weights")


def convert(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="A torch.save'd or .safetensors file.")
    ],
    spec: Annotated[Path, typer.Option("--spec", help="The spec that the weights are of.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The file to write: .safetensors, .pt or .pth.")
    ],
    to: Annotated[
        Literal["fishcompile", "authors"],
        typer.Option("--to", help="The keys to write: the compiled model's or the authors'."),
    ] = "fishcompile",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
) -> None:
    """Rename a checkpoint's keys between the authors' layout and the compiled model's.

    The checkpoint's own layout is recognised, every key and shape is checked against the spec, and
    no value changes. With --to authors a torch file is laid out as the released ones are, and may
    be called .tar as they are.
    """
    _require_torch()
    from fishcompile.weights.convert import Layout, recognise
    from fishcompile.weights.convert import convert as rename
    from fishcompile.weights.files import read_checkpoint, write_safetensors, write_torch

    _check_output(output, checkpoint, to, force=force)
    analysis = compiled(spec)
    graph, stages = analysis.inference.graph, analysis.stages
    read = read_checkpoint(checkpoint)
    layout = recognise(read.tensors, graph)
    print(visible(f"read {checkpoint}: {len(read.tensors)} tensors, {_described(read, layout)}"))
    result = rename(read, graph, stages, layout, Layout(to))
    if result.filled:
        print(f"filled {len(result.filled)} missing num_batches_tracked with 0")
    if output.suffix == _SAFETENSORS:
        write_safetensors(output, result.tensors, force=force)
    else:
        write_torch(output, result.tensors, wrapped=to == "authors", force=force)
    size = output.stat().st_size
    print(visible(f"wrote {output}: {len(result.tensors)} tensors, {to} layout, {size:,} bytes"))


def _require_torch() -> None:
    try:
        import safetensors  # noqa: F401
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        way_out = "pip install 'fishcompile[torch]'"
        raise UsageError(f"this command needs {error.name}", way_out) from None


def _check_output(output: Path, checkpoint: Path, to: str, *, force: bool) -> None:
    """What can be known before the work."""
    endings = (_SAFETENSORS, *_TORCH, *((".tar",) if to == "authors" else ()))
    if output.suffix not in endings:
        way_out = f"let its name end in {', '.join(endings[:-1])} or {endings[-1]}"
        raise UsageError(f"{output} does not say which format to write", way_out)
    if output.exists() and checkpoint.exists() and output.samefile(checkpoint):
        raise UsageError(f"{output} is the checkpoint itself", "name another file with -o")
    if not force:
        refuse_existing(output, "")


def _described(read: Checkpoint, layout: str) -> str:
    marks = [f"{layout} layout", read.kind]
    marks += ["under state_dict"] if read.enveloped else []
    marks += ["keys with module."] if read.prefixed else []
    return ", ".join(marks)
