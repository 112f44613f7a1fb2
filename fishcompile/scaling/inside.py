"""Formulas inside composite blocks, worked out over widths instead of numbers, for one node.

What a formula gives is then a sum of chosen widths as anything else. A product or quotient of two
widths is none, so a block with one is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fishcompile.language.formulas import formula
from fishcompile.language.graph_spec import InnerNode
from fishcompile.ops.formula import Binary, Const, Formula, InexactError, Var, compute
from fishcompile.reader.tree import Path, walk
from fishcompile.scaling.network import Demand, Tie, UnfollowedError
from fishcompile.scaling.scope import Scope
from fishcompile.scaling.width import Width, constant
from fishcompile.schema.kinds import formula_bounds

Numbers = Mapping[str, Width]


@dataclass(frozen=True)
class Formulas:
    """The formulas of the node `name`; `numbers` are the widths and parameters that they read."""

    name: str
    node: InnerNode
    numbers: Numbers
    scope: Scope

    def is_there(self) -> bool:
        """Whether `when` leaves the node in; it has to stay so."""
        when = 1 if self.node.when is None else self.node.when
        if not isinstance(when, str):
            return when > 0
        read = formula(when)
        assert read is not None, "check_definitions has read every formula"
        path = (*self.node.path, "when")
        self._keep(read, when, path)
        try:
            return (
                compute(read, {name: int(width.base) for name, width in self.numbers.items()}) > 0
            )
        except InexactError as error:
            raise self.scope.misfit(
                "FC302", f"`when: {when}` does not divide: {error}", path
            ) from None

    def _keep(self, read: Formula, text: str, path: Path) -> None:
        """That what a `when` reads stays more than nothing, or less, or nothing.

        Where widths are multiplied, each factor stays so.
        """
        try:
            width = self._of(read, text, path)
        except UnfollowedError:
            assert isinstance(read, Binary), "a name or a number alone is followed"
            self._keep(read.left, text, path)
            self._keep(read.right, text, path)
            return
        if width.parts and width.base:
            stays = width if width.base > 0 else width.times(Fraction(-1))
            self.scope.found.demands.append(Demand(stays, self.name, path))
        elif width.parts:
            why = f"{self.name} depends on it"
            self.scope.found.ties.append(Tie(width, constant(0), path, why))

    def widths(self, inputs: list[Width], entry: dict[str, Any]) -> dict[Path, Width]:
        """What all others give, by their paths; `entry` are the keys with the base's numbers.

        Groups that follow from widths are taken out of the entry, and asked for otherwise.
        """
        found = {path: self._width(text, path) for path, text in self._texts()}
        self._ask_groups(inputs, entry, found)
        for path, width in found.items():
            if width.parts and not self._may_be_wide(path[len(self.node.path) :]):
                what = f"`{path[-1]}` of `{path[1]}.{self.node.name}`"
                raise self.scope.unfollowed(f"{what} is a number that follows from a width")
        return found

    def _texts(self) -> Iterator[tuple[Path, str]]:
        keys = dict(self.node.keys)
        for at, value in walk(keys):
            words = tuple(map(str, at))
            if at and isinstance(value, str) and formula_bounds(str(keys["kind"]), words):
                yield (*self.node.path, *at), value

    def _may_be_wide(self, at: Path) -> bool:
        """Whether a key is one that takes widths."""
        keys, known = dict(self.node.keys), self.scope.network.definitions
        if at[0] == "block" and len(at) == 2:
            block = keys["block"]
            return isinstance(block, dict) and block.get("kind") in known
        return at == ("out",) or (keys["kind"] in known and at != ("repeat",))

    def _ask_groups(
        self, inputs: list[Width], entry: dict[str, Any], found: dict[Path, Width]
    ) -> None:
        """As many groups as follow from a width divide what enters and leaves as they did."""
        at, out = (*self.node.path, "groups"), (*self.node.path, "out")
        if at not in found or not found[at].parts or entry["kind"] != "conv":
            return
        groups = found.pop(at)
        entry["groups"] = 1
        for width in (inputs[0], found.get(out) or self.scope.choose(out, entry["out"])):
            times = width.base / groups.base
            if times.denominator > 1:
                message = f"{self.name}: {groups.base} groups do not divide {width.base} channels"
                raise self.scope.misfit("FC302", message, at)
            if width != groups.times(times):
                why = f"{self.name} has groups of it"
                self.scope.found.ties.append(Tie(width, groups.times(times), at, why))

    def _width(self, text: str, path: Path) -> Width:
        """What a formula gives. Raises UnfollowedError where that is no sum of widths."""
        read = formula(text)
        assert read is not None, "check_definitions has read every formula"
        return self._of(read, text, path)

    def _of(self, read: Formula, text: str, path: Path) -> Width:
        match read:
            case Const(value):
                return constant(value)
            case Var(name):
                return self.numbers[name]
            case Binary(operator, left, right):
                one, other = self._of(left, text, path), self._of(right, text, path)
                return self._combined(operator, one, other, text, path)

    def _combined(self, operator: str, one: Width, other: Width, text: str, path: Path) -> Width:
        if operator == "+":
            return one + other
        if operator == "-":
            return one - other
        if operator == "*" and not one.parts:
            one, other = other, one
        if other.parts:
            verb = "multiplies two widths" if operator == "*" else "divides by a width"
            raise self.scope.unfollowed(f"`{text}` of `{path[1]}.{self.node.name}` {verb}")
        if operator == "*":
            return one.times(other.fixed)
        if not other.fixed:
            raise self.scope.misfit("FC302", f"`{text}` divides by 0", path)
        whole = one.times(1 / other.fixed)
        exact = Demand(whole, self.name, path)
        if whole.parts and exact.holds(whole.base):
            self.scope.found.demands.append(exact)
        return whole
