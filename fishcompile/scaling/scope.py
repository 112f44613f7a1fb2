"""Scope: where a node stands that is read, in the graph of a spec or inside a use of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fishcompile.diagnostics.finding import Diagnostic, fail
from fishcompile.language.graph_spec import Definition, StageNode
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.network import UnfollowedError, Widths
from fishcompile.scaling.roles import Roles
from fishcompile.scaling.width import Width

MAX_NODES = 20_000  # inside blocks; a few lines may ask for any number
MAX_DEPTH = 24


@dataclass
class Network:
    """What all scopes of a spec share; `read` gives the width of a node in one.

    `repeats` are the places of those that have been looked at.
    """

    base: Tree
    definitions: Mapping[str, Definition]
    roles: Roles
    read: Callable[[StageNode, list[Width], Scope], Width]
    left: int = MAX_NODES
    repeats: set[Path] = field(default_factory=set)

    def written(self, path: Path) -> Path:
        """Where the number stands that an entry has at `path`: there, or in `defaults`."""
        section, *inside = path
        places: list[Path] = [path]
        if len(path) > 2:
            places += [("defaults", section, *inside[1:]), ("defaults", *inside[1:])]
        places += [("defaults", *inside)]
        return next((place for place in places if place in self.base.places), path)


@dataclass(frozen=True)
class Scope:
    """`top` is the node of the graph that is read or that the node stands in, `depth` blocks down.

    Numbers at the paths in `formulas` are formulas, and these are what they give here.
    """

    found: Widths
    network: Network
    top: Path = ()
    depth: int = 0
    formulas: Mapping[Path, Width] = field(default_factory=dict)

    def choose(self, path: Path, number: int) -> Width:
        """The width that is written at `path`."""
        if path in self.formulas:
            return self.formulas[path]
        return self.found.choose(self.network.written(path), number)

    def keep(self, name: str, width: Width) -> None:
        """Wishes that what leaves a node stays even; inside blocks, if it is chosen itself.

        What else is in a block is as a middle in residual blocks: nobody's but its own.
        """
        if not self.depth or (set(width.parts.values()) == {1} and len(width.parts) == 1):
            self.found.kept.append((name, width))

    def unfollowed(self, reason: str) -> UnfollowedError:
        """An error that says why the widths of the node cannot be followed."""
        return UnfollowedError(self.top, reason)

    def count(self) -> None:
        """Counts one more node inside blocks. Raises UnfollowedError where they are too many."""
        self.network.left -= 1
        if self.network.left < 0:
            raise self.unfollowed(f"the blocks have more than {MAX_NODES:,} nodes")
        if self.depth > MAX_DEPTH:
            raise self.unfollowed(f"blocks are nested deeper than {MAX_DEPTH} levels")

    def misfit(self, rule: str, message: str, path: Path) -> Exception:
        """An error of the base itself."""
        return fail(Diagnostic(rule, message, self.network.base.value_span(path)))
