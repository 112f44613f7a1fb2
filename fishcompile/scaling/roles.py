"""Roles: which parameters of composite blocks are widths or count blocks, so that they scale.

A parameter is a width where all that it does is to make one: it stands in an `out`, or is handed on
to a parameter that is a width; it may be a count of groups and decide a `when` besides. One that is
a kernel, a factor or a divisor anywhere is none. Likewise it counts blocks where it stands in
`repeat`, or in the `blocks` of a node of residual blocks.
"""

from __future__ import annotations

from collections.abc import Mapping

from fishcompile.language.formulas import formula
from fishcompile.language.graph_spec import Definition, InnerNode
from fishcompile.ops.formula import Binary, Formula, Var, variables

_WIDTH, _COUNT, _NUMBER = "width", "count", "number"
_EITHER = ("when", "groups")
_WORDS = ("kind", "expect", "norm", "act")

Parameter = tuple[object, str]


class Roles:
    """What the parameters of some blocks are, each by its block and its own name.

    In a product either factor may be the width, so that both are, and nobody can follow them.
    """

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._found: dict[Parameter, set[str]] = {
            (name, parameter): set()
            for name, definition in definitions.items()
            for parameter, _ in definition.parameters
        }
        known = -1
        while known != (known := sum(map(len, self._found.values()))):
            # blocks use each other: of one may follow what another's are
            self._unclear: set[Parameter] = set()
            for name, definition in definitions.items():
                for node in definition.nodes:
                    self._read(name, node)

    def is_width(self, kind: object, key: str) -> bool:
        """Whether a key is a width: `out` of what is built in, of a block a parameter."""
        if not self._is_own(kind):
            return key == "out"
        roles = self._found.get((kind, key))
        return roles == {_WIDTH} or (not roles and (kind, key) in self._unclear)

    def is_count(self, kind: object, key: str) -> bool:
        """Whether a key counts blocks: `blocks` of a stage or transfer, and `repeat` of any node.

        Of a block it is a parameter; another that is called `blocks` may be anything.
        """
        if self._is_own(kind) and key != "repeat":
            return self._found.get((kind, key)) == {_COUNT}
        return key in ("blocks", "repeat")

    def _is_own(self, kind: object) -> bool:
        return isinstance(kind, str) and kind in self._definitions

    def _read(self, block: str, node: InnerNode) -> None:
        """Notes what the numbers are that the formulas of a node and its residual block give."""
        keys = dict(node.keys)
        inner = keys.get("block")
        for entry in (keys, inner if isinstance(inner, dict) else {}):
            for key, value in entry.items():
                if isinstance(value, str) and key not in _WORDS and (read := formula(value)):
                    for role in self._roles(str(entry.get("kind")), key):
                        self._note(block, read, role)

    def _roles(self, kind: str, key: str) -> set[str]:
        if (kind, key) in self._found:
            return set(self._found[kind, key])
        if key in _EITHER:
            return set()
        if key == "repeat" or (kind, key) == ("blocks", "blocks"):
            return {_COUNT}
        return {_WIDTH if key == "out" else _NUMBER}

    def _note(self, block: str, read: Formula, role: str) -> None:
        """Notes what the parameters in a formula are."""
        match read:
            case Var(name) if (block, name) in self._found:
                self._found[block, name].add(role)
            case Binary("*", left, right) if role == _WIDTH:
                surer = self._width_in(block, left) - self._width_in(block, right)
                if surer:
                    self._note(block, left, _WIDTH if surer > 0 else _NUMBER)
                    self._note(block, right, _NUMBER if surer > 0 else _WIDTH)
                else:
                    self._unclear |= {(block, name) for name in variables(read)}
            case Binary(operator, left, right):
                self._note(block, left, role)
                self._note(block, right, _NUMBER if operator == "//" else role)

    def _width_in(self, block: str, read: Formula) -> int:
        """How sure it is that a formula is a width: -1 that it is none, 0 that it may be."""
        sure = -1
        for name in variables(read):
            roles = self._found.get((block, name))
            if roles is None:
                return 2  # what is no parameter is a width that enters
            sure = max(sure, 1 if roles == {_WIDTH} else -1 if _NUMBER in roles else 0)
        return sure
