"""What the commands that read and write checkpoints share: what they ask for, read and say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import refuse_existing
from fishcompile.formats._snippets import visible

# as in language/key_layouts.py, for which the help of all commands is not to wait
FISHCOMPILE, AUTHORS = "fishcompile", "authors"

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from fishcompile.weights.checkpoint import Checkpoint

_SAFETENSORS = ".safetensors"
_TORCH = (".pt", ".pth")


def require_torch() -> None:
    """Raises UsageError where what checkpoints are read with is not installed."""
    try:
        import safetensors  # noqa: F401
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        way_out = "pip install 'fishcompile[torch]'"
        raise UsageError(f"this command needs {error.name}", way_out) from None


def check_output(output: Path, checkpoint: Path, layout: str, *, force: bool) -> None:
    """Raises UsageError for an output that cannot be written, as far as it is known already."""
    endings = (_SAFETENSORS, *_TORCH, *((".tar",) if layout == AUTHORS else ()))
    if output.suffix not in endings:
        way_out = f"let its name end in {', '.join(endings[:-1])} or {endings[-1]}"
        raise UsageError(f"{output} does not say which format to write", way_out)
    if output.exists() and checkpoint.exists() and output.samefile(checkpoint):
        raise UsageError(f"{output} is the checkpoint itself", "name another file with -o")
    if not force:
        refuse_existing(output, "")


def write(
    output: Path, tensors: Mapping[str, Tensor], layout: str = FISHCOMPILE, *, force: bool
) -> str:
    """Writes tensors in the format that the output's name says; what is to be said of it."""
    from fishcompile.weights.checkpoint_files import write_safetensors, write_torch

    if output.suffix == _SAFETENSORS:
        write_safetensors(output, tensors, force=force)
    else:
        write_torch(output, tensors, wrapped=layout == AUTHORS, force=force)
    size = output.stat().st_size
    return visible(f"wrote {output}: {len(tensors)} tensors, {layout} layout, {size:,} bytes")


def described(read: Checkpoint, layout: str) -> str:
    """How a checkpoint lay in its file."""
    marks = [f"{layout} layout", read.kind]
    marks += [f"under {read.envelope}"] if read.envelope else []
    marks += [f"keys with {read.prefix}"] if read.prefix else []
    marks += [f"left unread: {', '.join(read.beside)}"] if read.beside else []
    return ", ".join(marks)
