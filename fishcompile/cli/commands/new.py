"""`fishcompile new`: a variant of a spec, narrower or wider, shallower or deeper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.console import aligned
from fishcompile.cli.light import LightCommand
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import check_name, shown, suggest_name
from fishcompile.files import is_file, refuse_existing, require_folder, write_atomic
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis

_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}", re.ASCII)
_LEAST, _MOST = 0.01, 16


def register(app: typer.Typer) -> None:
    """Adds the command."""
    epilog = "Example: fishcompile new slim --from specs/fishnet99.yaml --width 0.5"
    app.command("new", cls=LightCommand, epilog=epilog)(new)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the new network.")],
    base: Annotated[Path, typer.Option("--from", metavar="SPEC", help="The spec to vary.")],
    width: Annotated[
        str | None, typer.Option("--width", metavar="FACTOR", help="How much wider: 0.5, say.")
    ] = None,
    depth: Annotated[
        str | None, typer.Option("--depth", metavar="FACTOR", help="How much deeper: 2, say.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write, else NAME.yaml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write a variant of a spec, scaled where a factor says so, and show what was scaled.

    Every width stays legal for all that reads it. A network that does not check is not written.
    """
    from fishcompile.cli.new_check import checked, without_outgrown
    from fishcompile.cli.new_text import draft, variant
    from fishcompile.pipeline import compiled

    _require_name(name)
    factors = {"width": _factor("--width", width), "depth": _factor("--depth", depth)}
    scale = {key: factor for key, factor in factors.items() if factor is not None}
    target = output or Path(f"{name}.yaml")
    _require_target(target, base, force=force)
    before = compiled(base)
    text = draft(name, base, target, scale, before)
    if scale:
        text, after, outgrown = without_outgrown(target, text, before)
    else:
        (text, after), outgrown = checked(target, text), ""
    own = [one for one in after.adjustments if one.by.source is after.tree.source]
    text = variant(text, own)
    write_atomic(target, text.encode())
    print(visible(f"wrote {target}, a variant of {base}"))
    if outgrown:
        print(visible(f"without the base's budget, which it outgrows: {outgrown}"))
    if own:
        from fishcompile.cli.adjustments import adjustment_lines

        print("\n".join(["", *adjustment_lines(own)]))
    print("\n".join(["", *_figures(before, after)]))


def _require_name(name: str) -> None:
    reason = check_name(name)
    if reason:
        near = suggest_name(name)
        help_ = f"for example `{near}`" if near else ""
        raise UsageError(f"the name {shown(name)} {reason}", help_)


def _factor(option: str, text: str | None) -> str | None:
    """The factor as the spec will say it."""
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not _LEAST <= float(text) <= _MOST:
        message = f"{option} takes a number from {_LEAST} to {_MOST}, got {shown(text)}"
        raise UsageError(message, f"for example `{option} 0.5`")
    return f"0{text}" if text.startswith(".") else text


def _require_target(target: Path, base: Path, *, force: bool) -> None:
    ends = (target, "let its name end in .yaml"), (base, "a base's name ends in .yaml")
    for path, help_ in ends:
        if path.suffix not in (".yaml", ".yml"):
            raise UsageError(f"{path} is not called as a spec", help_)
    if is_file(target) and is_file(base) and target.samefile(base):
        raise UsageError(f"{target} is the base itself", "name another file with -o")
    require_folder(target)
    if not force:
        refuse_existing(target, "")


def _figures(before: Analysis, after: Analysis) -> list[str]:
    """Parameters and MACs of both networks."""
    networks = [(each.stages.name, each.total) for each in (before, after)]
    rows = [
        ("", "parameters", "MACs"),
        *((name, f"{total.parameters:,}", f"{total.macs:,}") for name, total in networks),
    ]
    ratios = (
        after.total.parameters / max(before.total.parameters, 1),
        after.total.macs / max(before.total.macs, 1),
    )
    rows.append(("ratio", f"{ratios[0]:.3f}", f"{ratios[1]:.3f}"))
    return aligned(rows, left=(0,))
