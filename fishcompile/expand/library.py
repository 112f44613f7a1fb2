"""Library: what every node of a spec is, by its kind, the spec's own blocks included."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fishcompile.blocks import registry
from fishcompile.blocks.residual_parts import Branch
from fishcompile.diagnostics.names import camel
from fishcompile.expand import fish
from fishcompile.ir.builder import Block, Part, Sequential
from fishcompile.ir.graph import SEQUENTIAL
from fishcompile.language.graph_spec import Config, Definition, NodeSpec
from fishcompile.language.spec import BlockSpec
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.node_kind import node_kind
from fishcompile.ops.tensor import TensorType
from fishcompile.schema.kinds import built_in
from fishcompile.schema.plugin_kinds import plugin_keys
from fishcompile.schema.plugins import PluginError, is_plugin, plugin, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fishcompile.expand.composite import Composite


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
            return fish.bind(config, inputs, self._branch)
        if config.kind in built_in():
            op: Op = node_kind(config.kind).made(inputs, dict(config.values))
            return op
        first: Op | Block = self._block(config, *inputs)
        if config.repeat == 1:
            return first
        if isinstance(first, Op):
            message = f"`{config.kind}` is one operation, which cannot be repeated"
            raise ShapeError("FC206", message, "repeat")
        return Sequential(first, partial(self._block, config), config.repeat)

    def _branch(self, block: BlockSpec) -> Branch:
        return Branch(block.kind, block.own, self._refining)

    def _refining(self, branch: Branch, x: TensorType, given: dict[str, int]) -> Part:
        """M(x): the block with its parameters, and those of the stage's numbers that it has.

        Raises ShapeError where that is too little or too much.
        """
        kind = branch.kind
        inputs, required, known = self._call(kind)
        if inputs > 1:
            message = f"`{kind}` reads {inputs} maps, and the blocks of a stage read one"
            raise ShapeError("FC112", message, "kind")
        values = {key: n for key, n in given.items() if key in known} | dict(branch.values)
        for key in ("stride", "dilation"):
            if given[key] != 1 and key not in known:
                message = f"`{key}` has no meaning for `{kind}`, which has no such parameter"
                raise ShapeError("FC206", message, key)
        absent = [key for key in required if key not in values]
        if absent:
            message = f"`{kind}` needs `{absent[0]}`, and no block says it"
            raise ShapeError("FC111", message, "kind")
        part: Op | Block = self._block(NodeSpec((), kind, tuple(values.items())), x)
        return part

    def _call(self, kind: str) -> tuple[int, list[str], list[str]]:
        """How many maps a block reads, what it needs to be given, and all that it takes."""
        if is_plugin(kind):
            keys = plugin_keys(kind) or {"required": [], "properties": {}}
            return plugin(kind).reads, keys["required"], list(keys["properties"])
        definition = self._definitions[kind]
        needed = [name for name, default in definition.parameters if default is None]
        return len(definition.inputs), needed, [name for name, _ in definition.parameters]

    def _block(self, config: NodeSpec, *inputs: TensorType) -> Any:
        """A block, or of a plug-in perhaps an op."""
        if is_plugin(config.kind):
            return plugged(config.kind, inputs, dict(config.values))
        from fishcompile.expand.composite import composite, instance

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


def plugged(kind: str, inputs: tuple[TensorType, ...], values: Mapping[str, Any]) -> Op | Block:
    """What a plug-in makes of a node that writes `values`. Raises ShapeError, also for a breach."""
    try:
        part = plugin(kind).made(inputs, values)
    except (PluginError, ShapeError) as error:
        raise error if isinstance(error, ShapeError) else _breach(kind, str(error)) from None
    except Exception as error:
        raise _breach(kind, f"`make` raised {said(error)}") from None
    if not isinstance(part, Op | Block):
        raise _breach(kind, f"`make` gave {type(part).__name__}, not an Op or a Block")
    return part


def _breach(kind: str, what: str) -> ShapeError:
    return ShapeError("FC207", f"the plug-in `{kind}` breaks its contract: {what}", "kind")
