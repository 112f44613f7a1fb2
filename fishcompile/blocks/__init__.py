"""Composite blocks, one file each: frozen dataclasses that expand into primitive ops.

A block's fields are its parameters, its first docstring line becomes the emitted class's, and
its `expand` is the only description of it that exists.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules

from fishcompile.ir.builder import Block


@cache
def registry() -> dict[str, type[Block]]:
    """The blocks by class name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    found: dict[str, type[Block]] = {}
    open_ = [Block]
    while open_:
        for block in open_.pop().__subclasses__():
            ours = block.__module__.startswith(f"{__name__}.")  # not what a spec defines itself
            if ours and not isabstract(block):
                found[block.__name__] = block
            open_.append(block)
    return dict(sorted(found.items()))
