"""What a target is: what it makes of an analysis, and how `build` is to treat that."""

from __future__ import annotations

from collections.abc import Callable

from fishcompile.record import record


@record
class Target:
    """Something that `build --emit` makes of the `Analysis` of a spec without errors.

    It is called as its file is.

    `what` says in the help what is made, and `noun` is what messages call it. `make` gives it
    whole: a text, which is printed, counted in lines and compared by `--check`, or bytes, which
    are only written. Without `-o` it goes to the spec's name with `suffix`, or is printed where
    that is None. What is `stamped` says itself whether someone has edited it, and is written over
    where nobody has. What it `needs` is looked for first, and is installed with the `extra`. `make`
    imports it; the file of a target imports nothing heavy, since the help asks all of them what
    they are. It `takes` of these options, by keyword: `state`, numpy arrays by the keys of the
    graph, and `taps`, whether the features are given out as well.
    """

    what: str
    noun: str
    make: Callable[..., str] | Callable[..., bytes]
    text: bool = True
    suffix: str | None = None
    stamped: bool = False
    needs: tuple[str, ...] = ()
    extra: str = ""
    takes: tuple[str, ...] = ()
