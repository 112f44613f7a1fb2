"""What a target is: what it makes of an analysis, and how `build` is to treat that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis


@record
class Target:
    """Something that `build --emit` makes of a spec without errors; it is called as its file is.

    `what` says in the help what is made, and `noun` is what messages call it. `make` gives it
    whole: a text, which is printed, counted in lines and compared by `--check`, or bytes, which
    are only written. Without `-o` it goes to the spec's name with `suffix`, or is printed where
    that is None. What is `stamped` says itself whether someone has edited it, and is written over
    where nobody has. Where `needs_torch`, torch is looked for first. `make` imports what it needs;
    the file of a target imports nothing heavy, since the help asks all of them what they are.
    """

    what: str
    noun: str
    make: Callable[[Analysis], str] | Callable[[Analysis], bytes]
    text: bool = True
    suffix: str | None = None
    stamped: bool = False
    needs_torch: bool = False
