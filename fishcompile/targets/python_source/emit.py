"""The emitted file: header, one class per block structure, the network, and a way to run it.

What is printed depends on the graph and the spec's digest alone, so it is the same bytes on every
run and machine. Nothing of a spec reaches the text but checked names and numbers.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from fishcompile.analysis.costs import Cost
from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import Graph
from fishcompile.ops.base import Call
from fishcompile.ops.formula import Const, binary
from fishcompile.ops.keys import quoted
from fishcompile.targets.python_source.class_names import class_name
from fishcompile.targets.python_source.classes import Class, group_classes
from fishcompile.targets.python_source.forms import CallItem, Item, OpItem, SeqItem, attributes
from fishcompile.targets.python_source.forward import Forward
from fishcompile.targets.python_source.guard import built_in_calls, verify
from fishcompile.targets.python_source.line_breaking import STEP, entry, signature, statement
from fishcompile.targets.python_source.methods import methods
from fishcompile.targets.python_source.stamp import stamped

_POSITIONAL = ("channels", "classes", "kernel")
_BODY = STEP * 2


def emit(graph: Graph, digest: str, total: Cost, passes: Sequence[str] = ()) -> str:
    """The text of a Python file whose network class is named after the graph.

    `digest` is the spec's; `passes` made the graph of the one that the spec stands for.
    """
    classes, top = group_classes(graph)
    written = [_class(made, classes) for made in classes.values()]
    written.append(_network(graph, top, classes, total))
    sections = [_head(graph, written), *written, _main(graph)]
    body = "\n\n\n".join("\n".join(lines) for lines in sections).split("\n")
    text = stamped(body, graph.name, digest, passes)
    verify(text, calls_of(graph))
    return text


def calls_of(graph: Graph) -> tuple[str, ...]:
    """What the ops of plug-ins in a graph call of torch, beside what fishcompile's own do."""
    called = {call for op in {type(node.op) for node in graph.nodes} for call in op.called()}
    return tuple(sorted(called - built_in_calls()))


def _head(graph: Graph, below: Sequence[Sequence[str]]) -> list[str]:
    """The imports, that of F only where something reads it, and the taps."""
    code = (line for lines in below for line in lines if '"""' not in line)
    functional = ["import torch.nn.functional as F"] if any("F." in line for line in code) else []
    return [
        "import torch",
        *functional,
        "from torch import Tensor, nn",
        "",
        *_taps(graph),
    ]


def _class(made: Class, classes: dict[int, Class]) -> list[str]:
    parameters = [
        f"{p.name}: {p.annotation}" + ("" if p.default is None else f" = {p.default}")
        for p in made.parameters
    ]
    arguments = {f"#{index}": name for index, name in enumerate(made.arguments)}
    items, known = made.form.items, {p.name for p in made.parameters}
    forward = Forward(arguments, items, [made.form.output], _BODY)
    for item in items:
        forward.add(item)
    forward.finish(made.form.output)
    return [
        f"class {made.name}(nn.Module):",
        f'{STEP}"""{made.doc}"""',
        "",
        *signature("__init__", ["self", *parameters], "None", STEP),
        f"{_BODY}super().__init__()",
        *(line for item in items for line in _member(item, items, classes, known)),
        "",
        *signature("forward", ["self", *(f"{a}: Tensor" for a in made.arguments)], "Tensor", STEP),
        *forward.lines,
    ]


def _member(
    item: Item, items: Sequence[Item], classes: dict[int, Class], parameters: Container[str]
) -> list[str]:
    """The line of a constructor that makes an item's module; none for a function.

    A formula gets a line of its own under the name that torch has for it, if none of the
    constructor's parameters, which may be read again, has that name.
    """
    match item:
        case OpItem():
            call = item.op.module()
            fields = {name: str(formula) for name, formula in item.params}
            if call is None:
                read = attributes(item, items)
                return [f"{_BODY}self.{name} = {fields[field]}" for field, name in read.items()]
            formulas = [(name, default) for name, default in call.positional if name in fields]
            named = [name for name, default in formulas if default and " " in fields[name]]
            names = [name for name in named if name not in parameters]
            lines = [f"{_BODY}{name} = {fields[name]}" for name in names]
            words = {name: quoted(word) for name, word in item.words}
            text = _torch_call(call, fields | words | {name: name for name in names})
            return [*lines, *statement(f"self.{item.local} = ", text, _BODY)]
        case CallItem():
            text = _construct(item, classes)
        case SeqItem():
            text = f"nn.Sequential({_elements(item, classes)})"
    return statement(f"self.{item.local} = ", text, _BODY)


def _elements(item: SeqItem, classes: dict[int, Class]) -> str:
    first = _construct(item.first, classes)
    if item.rest is None:
        return first
    rest = _construct(item.rest, classes)
    if rest == first:
        return f"*({rest} for _ in range({item.count}))"
    return f"{first}, *({rest} for _ in range({binary('-', item.count, Const(1))}))"


def _construct(item: CallItem, classes: dict[int, Class]) -> str:
    made = classes[item.class_]
    given = dict(item.params)
    texts: list[str] = []
    by_keyword = False
    for parameter in made.parameters:
        name, value = parameter.name, given[parameter.name]
        if parameter.default is not None and value == Const(parameter.default):
            by_keyword = True
            continue
        # positional while its name says nothing new: a width, or a variable of that name
        by_keyword = by_keyword or not (name.endswith(_POSITIONAL) or name == str(value))
        texts.append(f"{name}={value}" if by_keyword else str(value))
    return f"{made.name}({', '.join(texts)})"


def _torch_call(call: Call, fields: dict[str, str]) -> str:
    positional = list(call.positional)
    while positional and fields[positional[-1][0]] == positional[-1][1]:
        positional.pop()
    texts = [fields[name] for name, _ in positional]
    texts += [f"{k}={fields[k]}" for k, default in call.keywords if fields[k] != default]
    return f"{call.function}({', '.join(texts)})"


def _network(
    graph: Graph, top: tuple[Item, ...], classes: dict[int, Class], total: Cost
) -> list[str]:
    size = "x".join(map(str, graph.inputs[0].type.sides))
    figures = f"{total.parameters:,} parameters, {total.macs:,} MACs at {size}"
    return [
        f"class {class_name(graph.name)}(nn.Module):",
        f'{STEP}"""{graph.name}: {figures}."""',
        "",
        f"{STEP}def __init__(self) -> None:",
        f"{_BODY}super().__init__()",
        f"{_BODY}self.taps = TAPS",
        *(line for item in top for line in _member(item, top, classes, ())),
        *_first_values(graph),
        *methods(graph, top),
    ]


def _first_values(graph: Graph) -> list[str]:
    """What gives new modules the values that their ops say, where torch gives others."""
    ops = {type(node.op) for node in graph.nodes if node.op.first_values}
    found = sorted((call.function, op.first_values) for op in ops if (call := op.module()))
    lines = [f"{_BODY}for module in self.modules():"] if found else []
    for kind, text in found:
        lines.append(f"{_BODY}{STEP}if isinstance(module, {kind}):")
        lines.append(f"{_BODY}{STEP * 2}{text.format('module')}")
    return lines


def _taps(graph: Graph) -> list[str]:
    stride = strides(graph)
    entries = [
        line
        for name, value in graph.taps
        for line in entry(
            f'"{name}": ',
            "{",
            [f'"channels": {graph.types[value].channels}', f'"stride": {stride[value]}'],
            "}",
            STEP,
        )
    ]
    return ["TAPS = {", *entries, "}"] if entries else ["TAPS: dict[str, dict[str, int]] = {}"]


def _main(graph: Graph) -> list[str]:
    shape = ", ".join(map(str, graph.inputs[0].type.shape))
    result = "y.shape" if len(graph.outputs) == 1 else "{k: v.shape for k, v in y.items()}"
    return [
        'if __name__ == "__main__":',
        f'{STEP}device = "cuda" if torch.cuda.is_available() else "cpu"',
        f"{STEP}model = {class_name(graph.name)}().to(device).eval()",
        f"{STEP}with torch.inference_mode():",
        f"{_BODY}y = model(torch.randn(2, {shape}, device=device))",
        f"{STEP}parameters = sum(p.numel() for p in model.parameters())",
        f'{STEP}print({result}, f"{{parameters:,}} parameters on {{device}}")',
    ]
