"""Typer commands whose texts, paths and flags are taken as they are.

Typer converts every value through pydantic, whose import costs more than a whole check. A text,
a path or a flag needs no conversion, so those parameters get one of ours; all others stay
Typer's. On a Typer whose parameters have no such slot nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup

from fishcompile.record import record

_PLAIN: dict[Any, Callable[[Any], Any]] = {
    bool: bool,
    str: str,
    Path: Path,
    list[str]: str,
    list[Path]: Path,
}


@record
class _Plain:
    convert: Callable[[Any], Any]

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002
        """The value or values of a parameter; None stays None."""
        if isinstance(value, tuple | list):
            return [self.convert(item) for item in value]
        return None if value is None else self.convert(value)


class LightCommand(TyperCommand):
    """Pass as `cls=` to `app.command`."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, those that need no conversion with none of Typer's."""
        return _lightened(super().get_params(ctx))


class LightGroup(TyperGroup):
    """Pass as `cls=` to `typer.Typer`."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, those that need no conversion with none of Typer's."""
        return _lightened(super().get_params(ctx))


def _lightened(params: list[Any]) -> list[Any]:
    for param in params:
        annotation = getattr(getattr(param, "type_descriptor", None), "annotation", None)
        if annotation in _PLAIN and getattr(param, "_runtime_param", ...) is None:
            param._runtime_param = _Plain(_PLAIN[annotation])
    return params
