"""Library: what every node of a spec is, by its kind, the spec's own blocks included."""

from __future__ import annotations

from functools import partial
from typing import Any

from fishcompile.blocks import registry
from fishcompile.expand import fish
from fishcompile.expand.composite import Composite, composite, instance
from fishcompile.expand.nodes import KINDS
from fishcompile.expand.plugged import plugged
from fishcompile.ir.builder import Block, Part, Row
from fishcompile.ir.graph import SEQUENTIAL
from fishcompile.language.graph_spec import Config, Definition, NodeSpec
from fishcompile.names import camel
from fishcompile.ops.base import Op, ShapeError
from fishcompile.plugins import is_plugin
from fishcompile.tensor import TensorType


class Library:
    """The kinds of one spec. A block's class is made once, when it is first used."""

    def __init__(self, definitions: tuple[Definition, ...]) -> None:
        """Of the blocks that a spec defines, beside those that are built in."""
        self._definitions = {definition.name: definition for definition in definitions}
        self._classes: dict[str, type[Composite]] = {}
        self._names = class_names(definitions)

    def bind(self, config: Config, inputs: tuple[TensorType, ...]) -> Part:
        """What a node is whose inputs are known.

        Raises ShapeError where the inputs' channels cannot be what the node says.
        """
        if not isinstance(config, NodeSpec):
            return fish.bind(config, inputs)
        if config.kind in KINDS:
            return KINDS[config.kind](*inputs, **dict(config.values))
        first: Op | Block = self._block(config, *inputs)
        if config.repeat == 1:
            return first
        if isinstance(first, Op):
            message = f"`{config.kind}` is one operation, which cannot be repeated"
            raise ShapeError("FC206", message, "repeat")
        return Row(first, partial(self._block, config), config.repeat)

    def _block(self, config: NodeSpec, *inputs: TensorType) -> Any:
        """A block, or of a plug-in perhaps an op."""
        if is_plugin(config.kind):
            return plugged(config.kind, inputs, dict(config.values))
        kind = self._classes.get(config.kind)
        if kind is None:
            definition = self._definitions[config.kind]
            kind = self._classes[config.kind] = composite(
                definition, self._names[config.kind], self.bind
            )
        return instance(kind, (type_.channels for type_ in inputs), dict(config.values))


def class_names(definitions: tuple[Definition, ...]) -> dict[str, str]:
    """What the classes of a spec's blocks are called: each otherwise, and none as one built in."""
    taken = {SEQUENTIAL, *registry()} if definitions else set()
    names: dict[str, str] = {}
    for definition in definitions:
        name = camel(definition.name)
        while name in taken:
            name += "Block"
        taken.add(name)
        names[definition.name] = name
    return names
