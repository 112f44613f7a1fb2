"""Loaded: what the files of a spec come to, before it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fishcompile.reader.tree import Tree
from fishcompile.record import record

if TYPE_CHECKING:
    # not at import: a spec that scales nothing is not to pay for it
    from fishcompile.loading.adjustment import Adjustment


@record
class Loaded:
    """A merged tree, and the numbers in it that a `scale` went over.

    Of a variant also what it was merged from: its base as variants see it, not scaled, and what
    the variant writes.
    """

    tree: Tree
    adjustments: tuple[Adjustment, ...] = ()
    base: Loaded | None = None
    variant: Tree | None = None
