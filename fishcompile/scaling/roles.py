"""Roles: which parameters of composite blocks are widths or count blocks, so that they scale.

A parameter is a width where all that it does is to make one: it stands in an `out`, or is handed on
to a parameter that is a width; it may be a count of groups and decide a `when` besides. One that is
a kernel, a factor or a divisor anywhere is none. Likewise it counts blocks where it stands in
`repeat`, or in the `blocks` of a node of residual blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fishcompile.language.formulas import formula
from fishcompile.language.graph_spec import Definition, InnerNode
from fishcompile.ops.formula import Binary, Formula, Var, variables

_WIDTH, _COUNT, _NUMBER = "width", "count", "number"
_EITHER = ("when", "groups")
_WORDS = ("kind", "expect", "norm", "act")

Parameter = tuple[object, str]


class Roles:
    """What the parameters of some blocks are, each by its block and its own name.

    `unclear` are those that stand in a product of which either factor may be the width, with it.
    """

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._found: dict[Parameter, set[str]] = {
            (name, parameter): set()
            for name, definition in definitions.items()
            for parameter, _ in definition.parameters
        }
        self.unclear: dict[Parameter, str] = {}
        known = -1
        while known != self._known():  # blocks use each other: of one may follow what another's are
            known = self._known()
            self._read()

    def is_width(self, kind: object, key: str) -> bool:
        """Whether a key is a width: `out` of what is built in, of a block a parameter."""
        return self._found.get((kind, key)) == {_WIDTH} if self._is_own(kind) else key == "out"

    def is_count(self, kind: object, key: str) -> bool:
        """Whether a key counts blocks: `blocks` of a stage or transfer, and `repeat` of any node.

        Of a block it is a parameter; another that is called `blocks` may be anything.
        """
        if self._is_own(kind) and key != "repeat":
            return self._found.get((kind, key)) == {_COUNT}
        return key in ("blocks", "repeat")

    def _is_own(self, kind: object) -> bool:
        return isinstance(kind, str) and kind in self._definitions

    def _known(self) -> int:
        return sum(map(len, self._found.values()))

    def _read(self) -> None:
        unclear: dict[Parameter, str] = {}
        for name, definition in self._definitions.items():
            for node in definition.nodes:
                for roles, text in self._formulas(node):
                    read = formula(text)
                    for role in roles if read else ():
                        assert read is not None
                        unsure = self._note(name, read, role)
                        unclear |= dict.fromkeys(((name, each) for each in unsure), text)
        known = self._found
        self.unclear = {each: text for each, text in unclear.items() if not known.get(each, True)}

    def _formulas(self, node: InnerNode) -> Iterator[tuple[set[str], str]]:
        """The formulas of a node, each with what the number that it gives is."""
        keys = dict(node.keys)
        block = keys.get("block")
        inner = block if isinstance(block, dict) else {}
        for key, value in keys.items():
            if isinstance(value, str) and key not in _WORDS:
                yield self._roles(str(keys["kind"]), key), value
        for key, value in inner.items():
            if isinstance(value, str) and key not in _WORDS:
                yield self._found.get((str(inner.get("kind")), key), {_NUMBER}), value

    def _roles(self, kind: str, key: str) -> set[str]:
        if (kind, key) in self._found:
            return set(self._found[kind, key])
        if key in _EITHER:
            return set()
        if key == "repeat" or (kind, key) == ("blocks", "blocks"):
            return {_COUNT}
        return {_WIDTH if key == "out" else _NUMBER}

    def _note(self, block: str, read: Formula, role: str) -> Iterator[str]:
        """Notes what the parameters in a formula are; gives those that could be either."""
        match read:
            case Var(name) if (block, name) in self._found:
                self._found[block, name].add(role)
            case Binary("*", left, right) if role == _WIDTH:
                surer = self._width_in(block, left) - self._width_in(block, right)
                if surer:
                    wide, number = (left, right) if surer > 0 else (right, left)
                    yield from self._note(block, wide, _WIDTH)
                    yield from self._note(block, number, _NUMBER)
                else:
                    yield from (*variables(left), *variables(right))
            case Binary("//", left, right):
                yield from self._note(block, left, role)
                yield from self._note(block, right, _NUMBER)
            case Binary(_, left, right):
                yield from self._note(block, left, role)
                yield from self._note(block, right, role)

    def _width_in(self, block: str, read: Formula) -> int:
        """How sure it is that a formula is a width: -1 that it is none, 0 that it may be."""
        sure = -1
        for name in variables(read):
            roles = self._found.get((block, name))
            if roles is None:
                return 2  # what is no parameter is a width that enters
            sure = max(sure, 1 if roles == {_WIDTH} else -1 if _NUMBER in roles else 0)
        return sure
