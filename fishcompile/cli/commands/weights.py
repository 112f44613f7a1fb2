"""`fishcompile weights`: checkpoints of a spec's network, renamed and rewritten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.light import LightCommand, LightGroup
from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import refuse_existing
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.weights.files import Checkpoint

# as in language/key_layouts.py, which the help of all commands is not to wait for
_FISHCOMPILE, _AUTHORS = "fishcompile", "authors"
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
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            "--to",
            metavar="NAME",
            help="The keys to write: fishcompile, authors, or a layout of the spec.",
        ),
    ] = _FISHCOMPILE,
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
    from fishcompile.weights.convert import convert as rename
    from fishcompile.weights.convert import keys_of, recognise
    from fishcompile.weights.files import read_checkpoint, write_safetensors, write_torch

    _check_output(output, checkpoint, layout, force=force)
    analysis = compiled(spec)
    graph, stages = analysis.inference.graph, analysis.stages
    keys_of(layout, graph, stages)  # a layout that cannot be written is said before the work
    read = read_checkpoint(checkpoint)
    source = recognise(read.tensors, graph, stages)
    print(visible(f"read {checkpoint}: {len(read.tensors)} tensors, {described(read, source)}"))
    result = rename(read, graph, stages, source, layout)
    if result.filled:
        print(f"filled {len(result.filled)} missing num_batches_tracked with 0")
    if output.suffix == _SAFETENSORS:
        write_safetensors(output, result.tensors, force=force)
    else:
        write_torch(output, result.tensors, wrapped=layout == _AUTHORS, force=force)
    size = output.stat().st_size
    print(
        visible(f"wrote {output}: {len(result.tensors)} tensors, {layout} layout, {size:,} bytes")
    )


def require_torch() -> None:
    """Raises UsageError where what checkpoints are read with is not installed."""
    try:
        import safetensors  # noqa: F401
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        way_out = "pip install 'fishcompile[torch]'"
        raise UsageError(f"this command needs {error.name}", way_out) from None


def _check_output(output: Path, checkpoint: Path, layout: str, *, force: bool) -> None:
    """What can be known before the work."""
    endings = (_SAFETENSORS, *_TORCH, *((".tar",) if layout == _AUTHORS else ()))
    if output.suffix not in endings:
        way_out = f"let its name end in {', '.join(endings[:-1])} or {endings[-1]}"
        raise UsageError(f"{output} does not say which format to write", way_out)
    if output.exists() and checkpoint.exists() and output.samefile(checkpoint):
        raise UsageError(f"{output} is the checkpoint itself", "name another file with -o")
    if not force:
        refuse_existing(output, "")


def described(read: Checkpoint, layout: str) -> str:
    """How a checkpoint lay in its file."""
    marks = [f"{layout} layout", read.kind]
    marks += ["under state_dict"] if read.enveloped else []
    marks += ["keys with module."] if read.prefixed else []
    return ", ".join(marks)
