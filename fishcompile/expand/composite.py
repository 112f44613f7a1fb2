"""Composite blocks that a spec defines itself: each becomes a Block, as if written in Python.

The numbers in a definition are formulas over its parameters and the widths that enter. While it is
expanded they are `Sym`s, so that the emitted class has the same formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields, make_dataclass
from typing import ClassVar

from fishcompile.ir.builder import Block, Builder, Part
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Kind, Parameter, Value
from fishcompile.ir.symbols import widened
from fishcompile.language.formulas import evaluated
from fishcompile.language.graph_spec import Config, Definition, InnerNode
from fishcompile.language.nodes import node_config
from fishcompile.ops.base import ShapeError
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record
from fishcompile.schema.block_names import argument_name, width_name

MAX_DEPTH = 24
MAX_DIFFERENT = 2_000
MAX_OPERATIONS = 50_000  # of the different blocks

Bind = Callable[[Config, tuple[TensorType, ...]], Part]


@record
class Composite(Block):
    """A block whose nodes are those of its definition; `bind` says what each node is."""

    _definition: ClassVar[Definition]
    _bind: ClassVar[Bind]

    def expand(self, b: Builder, *inputs: Value) -> Value:
        """The nodes in order; the shapes are whatever they give."""
        environment: dict[str, int] = dict(vars(self))
        definition, depth = type(self)._definition, b.depth
        values = {
            name: Value(value.name, widened(value.type, environment[width_name(name)]))
            for name, value in zip(definition.inputs, inputs, strict=True)
        }
        for node in definition.nodes:
            operands = [values[edge.source] for edge in node.inputs]
            try:
                values[node.name] = _add(b, type(self)._bind, node, operands, environment)
            except ExpansionError as error:
                error.pass_through(node.path, depth)
                raise
        return values[definition.output]

    def lasts(self) -> bool:
        """No other spec has this class."""
        return False

    @classmethod
    def arguments(cls) -> tuple[str, ...]:
        """The names of the inputs; a single one is `x`."""
        return tuple(argument_name(name) for name in cls._definition.inputs)

    @classmethod
    def kind(cls) -> Kind:
        """As of any block; the defaults are those of the definition."""
        defaults = dict(cls._definition.parameters)
        parameters = (Parameter(f.name, "int", defaults.get(f.name)) for f in fields(cls))
        doc = cls._definition.doc or f"The block {cls._definition.name} of the spec."
        return Kind(cls.__name__, doc, cls.arguments(), tuple(parameters))


def composite(definition: Definition, name: str, bind: Bind) -> type[Composite]:
    """The Block class `name` of a definition: the widths that enter, then its parameters.

    Those without a default come first. The class has none: a default would stand in the place of
    an attribute of that name.
    """
    widths = [width_name(name) for name in definition.inputs]
    parameters = sorted(definition.parameters, key=lambda pair: pair[1] is not None)
    names = [*widths, *(name for name, _ in parameters)]
    members = {"_definition": definition, "_bind": staticmethod(bind), "__module__": __name__}
    return make_dataclass(
        name,
        [(name, "int", field()) for name in names],
        bases=(Composite,),
        namespace=members,
        frozen=True,
    )


def instance(kind: type[Composite], widths: Iterable[int], values: Mapping[str, int]) -> Composite:
    """The block with what is given, and its own defaults for the rest."""
    definition = kind._definition
    entering = dict(zip(map(width_name, definition.inputs), widths, strict=True))
    defaults = {name: value for name, value in definition.parameters if value is not None}
    return kind(**{**entering, **defaults, **values})


def _add(
    b: Builder, bind: Bind, node: InnerNode, operands: list[Value], environment: dict[str, int]
) -> Value:
    path = b.path(node.name)
    if node.when is not None:
        when = evaluated({"when": node.when}, node.path, environment, path)["when"]
        if when < 1:
            return b.skip(node.name, when, operands[0])
    entry = evaluated(dict(node.keys), node.path, environment, path)
    config = node_config(node.name, entry, node.path)
    if too_much := _too_much(b):
        raise ExpansionError(ShapeError("FC305", too_much), path, ())
    try:
        part = bind(config, tuple(value.type for value in operands))
    except ShapeError as error:
        raise ExpansionError(error, path, (error.field or "",)) from None
    return b.add(node.name, part, *operands)


def _too_much(b: Builder) -> str | None:
    """What a few lines ask too much of: a block that is used often is expanded once."""
    if b.depth > MAX_DEPTH:
        return f"blocks are nested deeper than {MAX_DEPTH} levels here"
    if b.expansions > MAX_DIFFERENT:
        return f"the network has more than {MAX_DIFFERENT:,} different blocks"
    if b.operations > MAX_OPERATIONS:
        return f"the different blocks of the network have more than {MAX_OPERATIONS:,} operations"
    return None
