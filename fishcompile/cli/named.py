"""What the networks of several specs are called in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


def names_of(words: Sequence[object], analyses: Sequence[Analysis]) -> list[str]:
    """The names of the networks where those tell them apart, else the words that named them."""
    names = [analysis.stages.name for analysis in analyses]
    return names if len(set(names)) == len(names) else [visible(str(word)) for word in words]
