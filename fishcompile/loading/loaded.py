"""Loaded: what the files of a spec come to, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fishcompile.reader.tree import Tree

if TYPE_CHECKING:
    # not at import: a spec that scales nothing is not to pay for it
    from fishcompile.loading.adjustment import Adjustment


@dataclass(frozen=True)
class Loaded:
    """A merged tree, and the numbers in it that a `scale` went over."""

    tree: Tree
    adjustments: tuple[Adjustment, ...] = ()
