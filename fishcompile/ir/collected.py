"""Collected: the nodes and scopes that a builder has made so far, in their order, within limits."""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Node, Scope, Skipped, Value
from fishcompile.ir.limits import flood
from fishcompile.ir.memo import Expansion, placed

Mark = tuple[int, int, int]


class Collected:
    """Nodes, scopes and what instances leave out; a mark is a moment, to ask what came since."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.nodes: dict[str, Node] = {}
        self.scopes: dict[str, Scope] = {}
        self.skipped: list[tuple[Skipped, int]] = []  # each with how many nodes were before it
        self.order: list[Node] = []  # of the nodes, which an expansion takes its own from
        self._opened: list[str] = []  # and of the scopes

    def add(self, node: Node) -> None:
        """One more node."""
        self.nodes[node.name] = node
        self.order.append(node)

    def open(self, scope: Scope) -> None:
        """One more scope, whose output is not known yet."""
        assert scope.name not in self.scopes, f"two scopes at {scope.name}"
        self.refuse_flood(0, scope.name, 1)
        self.scopes[scope.name] = scope
        self._opened.append(scope.name)

    def close(self, scope: Scope, output: str) -> None:
        """The output of a scope that is open."""
        self.scopes[scope.name] = scope._replace(output=output)

    def skip(self, skipped: Skipped) -> None:
        """What an instance leaves out here."""
        self.skipped.append((skipped, len(self.order)))

    def place(self, known: Expansion, path: str, inputs: Sequence[Value]) -> str:
        """What is known of the block at `path`. The name of its output."""
        self.refuse_flood(len(known.nodes), path, len(known.scopes))
        (nodes, scopes, skipped), output = placed(known, path, inputs)
        self.nodes.update([(node.name, node) for node in nodes])
        self.order += nodes
        self.skipped += [(skip, len(self.order)) for skip in skipped]
        self.scopes.update([(scope.name, scope) for scope in scopes])
        self._opened += [scope.name for scope in scopes]
        return output

    def repeat(self, known: Expansion, scope: Scope, paths: Sequence[str]) -> str:
        """What is known of the block of `scope` at each of the paths, each reading the one before.

        The name of the last one's output.
        """
        more = len(paths)
        self.refuse_flood(more * len(known.nodes), scope.name, more * (1 + len(known.scopes)))
        output = scope.output
        for path in paths:
            inner = scope._replace(name=path, inputs=(output,))
            self.open(inner)
            output = self.place(known, path, (Value(output, known.output_type),))
            self.close(inner, output)
        return output

    def mark(self) -> Mark:
        """This moment."""
        return len(self.order), len(self._opened), len(self.skipped)

    def since(self, mark: Mark) -> tuple[list[Node], list[Scope], list[Skipped]]:
        """What has been collected since."""
        nodes, scopes, skipped = mark
        return (
            self.order[nodes:],
            [self.scopes[name] for name in self._opened[scopes:]],
            [skip for skip, _ in self.skipped[skipped:]],
        )

    def refuse_flood(self, nodes: int, path: str, scopes: int = 0) -> None:
        """Raises ExpansionError where so much more would be too much."""
        if fault := flood(len(self.nodes) + nodes, len(self.scopes) + scopes):
            raise ExpansionError(fault, path, ())
