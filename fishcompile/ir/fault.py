"""ExpansionError: an op inside a block that does not fit, and the way from it to the spec."""

from __future__ import annotations

from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType
from fishcompile.reader.tree import Path


class ExpansionError(Exception):
    """An op inside a block does not fit.

    `fields` are the parameters of the outermost block that the fault leads back to, `operands`
    the types that the op was given. `place` is where a formula at fault is written; then `fields`
    are the names in it that decide it.

    `trail` is the way out through blocks that a spec defines: where the failing node of each is
    written, innermost first; `inner` are the fields of the innermost such node at fault, and
    `operand` the position of its input at fault, if it is an input of its own. `levels` are the
    fields of each enclosing block at fault, from the op outwards.
    """

    def __init__(
        self,
        cause: ShapeError,
        node: str,
        fields: tuple[str, ...],
        operands: tuple[TensorType, ...] = (),
        levels: tuple[tuple[str, ...], ...] = (),
        place: Path | None = None,
    ) -> None:
        super().__init__(f"{node}: {cause.message}")
        self.cause = cause
        self.node = node
        self.fields = fields
        self.operands = operands
        self.place = place
        self.trail: list[Path] = []
        self.inner = fields
        self.operand: int | None = None
        self._levels = levels

    def pass_through(self, path: Path, depth: int) -> None:
        """Notes that the fault comes out of a node written at `path`, inside `depth` blocks."""
        if not self.trail and len(self._levels) > depth:
            self.inner = self._levels[-1 - depth]
        if not self.trail and len(self._levels) <= depth + 1:
            self.operand = self.cause.operand
        self.trail.append(path)
