"""Which picture an output's name asks for, and whether it may be written there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from fishcompile.diagnostics.errors import UsageError
from fishcompile.files import STDIN, is_file, require_folder
from fishcompile.pictures.kinds import ENDINGS

if TYPE_CHECKING:
    from fishcompile.pictures.kinds import Kind


def kind_of(output: str, asked: str | None = None) -> Kind:
    """The kind that is asked for, else the one that the name ends in. Raises UsageError."""
    if asked is not None:
        from fishcompile.cli.show_options import word_of

        return cast("Kind", word_of("format", asked, tuple(ENDINGS)))
    ending = Path(output).suffix.lower()
    found = next((kind for kind, endings in ENDINGS.items() if ending in endings), None)
    if found is None and output != STDIN:
        known = ", ".join(each for some in ENDINGS.values() for each in some)
        way_out = f"end its name in one of {known}"
        raise UsageError(f"{output} does not say what picture it is to be", way_out)
    return found or "svg"


def refuse_other(path: Path, kind: Kind) -> None:
    """A picture goes onto no file but one that is called as a picture of its kind is."""
    require_folder(path)
    if is_file(path) and path.suffix.lower() not in ENDINGS[kind]:
        endings = " or ".join(ENDINGS[kind])
        message = f"{path} exists, and is not called as a picture is; it is not overwritten"
        raise UsageError(message, f"name a file that ends in {endings}")
