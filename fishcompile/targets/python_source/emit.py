"""The emitted file: header, one class per block structure, the network, and a way to run it.

What is printed depends on the graph and the spec's digest alone, so it is the same bytes on every
run and machine. Nothing of a spec reaches the text but checked names and numbers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from fishcompile.analysis.costs import Cost
from fishcompile.analysis.features import features
from fishcompile.analysis.frames import WIDTH
from fishcompile.analysis.strides import strides
from fishcompile.ir.graph import Graph
from fishcompile.targets.python_source.class_names import class_name
from fishcompile.targets.python_source.classes import Class, group_classes
from fishcompile.targets.python_source.constructors import members
from fishcompile.targets.python_source.forms import Item
from fishcompile.targets.python_source.forward import Forward
from fishcompile.targets.python_source.guard import built_in_calls, verify
from fishcompile.targets.python_source.initialisation import initialisation
from fishcompile.targets.python_source.line_breaking import STEP, entry, signature
from fishcompile.targets.python_source.methods import methods
from fishcompile.targets.python_source.recompute import (
    CALLABLE,
    IMPORTS,
    helper,
    recomputed_at_the_top,
    recomputed_in,
)
from fishcompile.targets.python_source.size_rule import size_rule
from fishcompile.targets.python_source.stamp import stamped

_BODY = STEP * 2


def emit(graph: Graph, digest: str, total: Cost, passes: Sequence[str] = ()) -> str:
    """The text of a Python file whose network class is named after the graph.

    `digest` is the spec's; `passes` made the graph of the one that the spec stands for.
    """
    classes, top = group_classes(graph)
    written = [_class(graph, made, classes) for made in classes.values()]
    written.append(_network(graph, top, classes, total))
    called = helper(graph, (line for lines in written for line in lines))
    sections = [_head(written, *called), *([text] for text in called), *written, _main(graph)]
    body = "\n\n\n".join("\n".join(lines) for lines in sections).split("\n")
    text = stamped(body, graph.name, digest, passes)
    verify(text, calls_of(graph))
    return text


def calls_of(graph: Graph) -> tuple[str, ...]:
    """What the ops of plug-ins in a graph call of torch, beside what fishcompile's own do."""
    called = {call for op in {type(node.op) for node in graph.nodes} for call in op.called()}
    return tuple(sorted(called - built_in_calls()))


def _head(below: Sequence[Sequence[str]], called: str = "") -> list[str]:
    """The imports: that of F only where something reads it, others where `called` does."""
    code = (line for lines in below for line in lines if '"""' not in line)
    functional = ["import torch.nn.functional as F"] if any("F." in line for line in code) else []
    own = [CALLABLE, ""] if "Callable" in called else []
    return [
        *own,
        "import torch",
        *functional,
        "from torch import Tensor, nn",
        *(IMPORTS if called else ()),
    ]


def _class(graph: Graph, made: Class, classes: dict[int, Class]) -> list[str]:
    parameters = [
        f"{p.name}: {p.annotation}" + ("" if p.default is None else f" = {p.default}")
        for p in made.parameters
    ]
    arguments = {f"#{index}": name for index, name in enumerate(made.arguments)}
    items = made.form.items
    called = recomputed_in(graph, items, [made.form.output])
    forward = Forward(arguments, called, [made.form.output], _BODY)
    for item in called:
        forward.add(item)
    forward.finish(made.form.output)
    return [
        f"class {made.name}(nn.Module):",
        _docstring(made.doc),
        "",
        *signature("__init__", ["self", *parameters], "None", STEP),
        f"{_BODY}super().__init__()",
        *members(items, classes, [p.name for p in made.parameters]),
        "",
        *signature("forward", ["self", *(f"{a}: Tensor" for a in made.arguments)], "Tensor", STEP),
        *forward.lines,
    ]


def _docstring(*paragraphs: str) -> str:
    """A class's docstring, each paragraph begun on a line of its own and kept within the columns.

    One text, so that whoever looks through the lines of code sees that it is none.
    """
    text = '"""' + "\n".join(paragraphs) + '"""'
    lines = [
        f"{STEP}{line}"
        for paragraph in text.split("\n")
        for line in textwrap.wrap(paragraph, WIDTH - len(STEP), break_on_hyphens=False)
    ]
    return "\n".join(lines)


def _network(
    graph: Graph, top: tuple[Item, ...], classes: dict[int, Class], total: Cost
) -> list[str]:
    size = "x".join(map(str, graph.inputs[0].type.sides))
    called = f"{graph.title} ({graph.name})" if graph.title else graph.name
    rule = size_rule(graph)
    figures = f"{total.parameters:,} parameters, {total.macs:,} MACs at {size}"
    return [
        f"class {class_name(graph.name, graph.title)}(nn.Module):",
        _docstring(f"{called}: {figures}.", rule.sentence),
        "",
        f"{STEP}def __init__(self) -> None:",
        f"{_BODY}super().__init__()",
        *_taps(graph),
        *members(top, classes, ()),
        *initialisation(graph),
        *methods(graph, recomputed_at_the_top(graph, top), rule.lines),
    ]


def _taps(graph: Graph) -> list[str]:
    """What is known of the features, each network with its own."""
    stride = strides(graph)
    entries = [
        line
        for name, value in features(graph)
        for line in entry(
            f'"{name}": ',
            "{",
            [f'"channels": {graph.types[value].channels}', f'"stride": {stride[value]}'],
            "}",
            _BODY + STEP,
        )
    ]
    if len(entries) == 1:
        return [f"{_BODY}self.taps = {{{entries[0].strip(' ,')}}}"]
    return [f"{_BODY}self.taps = {{", *entries, f"{_BODY}}}"] if entries else []


def _main(graph: Graph) -> list[str]:
    shape = ", ".join(map(str, graph.inputs[0].type.shape))
    result = "y.shape" if len(graph.outputs) == 1 else "{k: v.shape for k, v in y.items()}"
    return [
        'if __name__ == "__main__":',
        f'{STEP}device = "cuda" if torch.cuda.is_available() else "cpu"',
        f"{STEP}model = {class_name(graph.name, graph.title)}().to(device).eval()",
        f"{STEP}with torch.inference_mode():",
        f"{_BODY}y = model(torch.randn(2, {shape}, device=device))",
        f"{STEP}parameters = sum(p.numel() for p in model.parameters())",
        f'{STEP}print({result}, f"{{parameters:,}} parameters on {{device}}")',
    ]
