"""The ONNX model of a graph: its nodes as the ops say them, under the names of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import onnx
from onnx import helper

from fishcompile.diagnostics.errors import UsageError
from fishcompile.ir.graph import Graph, Node
from fishcompile.ops.onnx_nodes import OnnxNode, OnnxNodes
from fishcompile.ops.tensor import TensorType
from fishcompile.package import VERSION
from fishcompile.targets.first_values import Array, first_value
from fishcompile.targets.onnx_sides import names_of_sides

OPSET = 18
_IR_VERSION = 8  # that of opset 18
LIMIT = (1 << 31) - (1 << 24)  # bytes of weights: a protobuf file ends at 2 GiB
BATCH = "batch"


def onnx_model(
    graph: Graph,
    outputs: Sequence[tuple[str, str]],
    state: Mapping[str, Array] | None,
    notes: Mapping[str, str],
) -> onnx.ModelProto:
    """The model, whose outputs are these names with those of values. See `targets.onnx`."""
    names = _Names(graph, outputs)
    said = [_said(node, graph, names) for node in graph.nodes]
    written = [_proto(each, to.path) for to in said for each in to.nodes]
    written += [helper.make_node("Identity", [x], [name], name=name) for name, x in names.again]
    sides = names_of_sides(graph)
    made = helper.make_graph(
        written,
        graph.name,
        [_value(each.name, each.name, each.type, sides) for each in graph.inputs],
        [_value(name, value, graph.types[value], sides) for name, value in outputs],
    )
    model = helper.make_model(
        made,
        producer_name="fishcompile",
        producer_version=VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(model, dict(notes))
    initial = model.graph.initializer  # filled in place: a copy of the weights takes as long again
    for numbers in {
        name: to.whole_numbers[name] for to in said for name in to.whole_numbers
    }.items():
        _add(initial, numbers[0], np.array(numbers[1], np.int64))
    for decimals in {name: to.decimals[name] for to in said for name in to.decimals}.items():
        _add(initial, decimals[0], np.array(decimals[1], np.float32))
    for key, value in _weights(graph, said, state):
        _add(initial, key, value)
    return model


def _weights(
    graph: Graph, said: Sequence[OnnxNodes], state: Mapping[str, Array] | None
) -> Iterator[tuple[str, Array]]:
    """What the nodes read of the state, in their order. Raises UsageError where it is too much."""
    read = {key for to in said for key in to.weights}
    entries = {
        key: (node, entry)
        for node in graph.nodes
        for entry in node.op.state()
        if (key := f"{node.name}.{entry.name}") in read
    }
    size = sum(prod(map(int, entry.shape)) for _, entry in entries.values()) * 4
    if size > LIMIT:
        message = f"the weights of {graph.name} take {size / 1e9:,.1f} GB, and an ONNX file holds 2"
        raise UsageError(message, "make the network smaller, or build another target")
    for key, (node, entry) in entries.items():
        value = first_value(node, entry) if state is None else state[key]
        yield key, np.asarray(value, np.float32)


def _add(initial: Any, name: str, array: Array) -> None:
    """Adds a tensor to a model's."""
    kind = onnx.TensorProto.INT64 if array.dtype == np.int64 else onnx.TensorProto.FLOAT
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    initial.add(name=name, data_type=kind, dims=array.shape, raw_data=little.tobytes())


class _Names:
    """What the values of a graph are called in ONNX: an output by its name, else as the node.

    `again` are the outputs whose value has another name already, with that.
    """

    def __init__(self, graph: Graph, outputs: Sequence[tuple[str, str]]) -> None:
        self.known = {value.name: value.name for value in graph.inputs}
        self.again: list[tuple[str, str]] = []
        self._outputs = outputs
        self._taken = {*self.known, *(name for name, _ in outputs)}

    def settle(self, node: str, made: str | None) -> str:
        """The name of what a node gives; `made` is that of an operand which it hands on."""
        given = [name for name, value in self._outputs if value == node]
        if made is None:
            made = given.pop(0) if given else f"{node}/" if node in self._taken else node
        self.known[node] = made
        self.again += [(name, made) for name in given]
        return made


def _said(node: Node, graph: Graph, names: _Names) -> OnnxNodes:
    """What the op of a node writes, its result under the name that it has in ONNX."""
    to = OnnxNodes(node.name, [graph.types[name].channels for name in node.inputs])
    operands = [names.known[name] for name in node.inputs]
    try:
        result = node.op.onnx(to, *operands)
    except NotImplementedError:
        message = f"the op {node.op.kind} at {node.name} says nothing of ONNX"
        raise UsageError(message, "write its `onnx`, as docs/exports.md shows") from None
    if result in operands:
        names.settle(node.name, result)
        return to
    name = names.settle(node.name, None)
    renamed = {result: name}
    to.nodes[:] = (
        each._replace(
            inputs=tuple(renamed.get(x, x) for x in each.inputs),
            output=renamed.get(each.output, each.output),
        )
        for each in to.nodes
    )
    return to


def _proto(node: OnnxNode, path: str) -> onnx.NodeProto:
    """A node called after its output, the one that gives the op's result as the op."""
    name = node.output if node.output.startswith(f"{path}/") else path
    said: dict[str, Any] = node.attributes
    return helper.make_node(node.op_type, node.inputs, [node.output], name=name, **said)


def _value(
    name: str, value: str, kind: TensorType, sides: Mapping[str, tuple[str | int, ...]]
) -> onnx.ValueInfoProto:
    dims: Iterator[str | int] = iter(sides.get(value, ()))
    shape = [BATCH, int(kind.channels), *dims]
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
