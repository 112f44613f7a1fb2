"""Plug-ins that break their contract: each is an error that names it, at the node that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.pipeline import examine
from tests.plugins.conftest import Install

HEAD = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import ClassVar
from fishcompile.ir.builder import Block
from fishcompile.ops.base import Op, State
from fishcompile.ops.relu import Relu
from fishcompile import Plugin
from fishcompile.ops.keys import decimal, pair, whole, word
from fishcompile.ops.tensor import TensorType
KEY = whole("A number.", 1, 9, default=1)
def relu(x, **keys):
    return Relu()
"""
SPEC = """\
fishspec: 2
name: net
graph:
  c1: {kind: conv, from: input, out: 8}
  p1: {kind: acme.part}
outputs: {y: p1}
"""
BLOCK = """
@dataclass(frozen=True)
class Part(Block):
    '''A part.'''

    channels: int

    def expand(self, b, x):
        return b.op("relu", Relu(), x)

PART = Plugin(lambda x: Part(x.channels), "A part.")
"""
OP = """
@dataclass(frozen=True)
class Sine(Op):
    '''Sine.'''

    kind: ClassVar[str] = "acme_sine"
    calls: ClassVar[tuple[str, ...]] = ("torch.sin",)

    def infer(self, *inputs):
        return inputs[0]

    @classmethod
    def expression(cls, fields, operands):
        return "torch.sin({0})"

PART = Plugin(lambda x: Sine(), "Sine.")
"""


def checked(install: Install, folder: Path, code: str) -> tuple[Diagnostic, ...]:
    install("acme", HEAD + code, acme__part="acme:PART")
    path = folder / "net.yaml"
    path.write_text(SPEC, "utf-8")
    return examine(path)[0].diagnostics


@pytest.mark.parametrize("code", [BLOCK, OP])
def test_one_that_keeps_it(install: Install, tmp_path: Path, code: str) -> None:
    assert checked(install, tmp_path, code) == ()


LOADED = "the plug-in `acme.part` (acme:PART) "
BROKEN = f"{LOADED}breaks its contract: "


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", f"{LOADED}cannot be imported: ZeroDivisionError: division by zero"),
        ("import nowhere", f"{LOADED}cannot be imported: ModuleNotFoundError: No module named"),
        ("raise SystemExit(3)", f"{LOADED}cannot be imported: SystemExit: 3"),
        ("OTHER = 1", f"{LOADED}cannot be imported: AttributeError: "),
        ("PART = Block", f"{LOADED}is ABCMeta, not a `fishcompile.Plugin`"),
        ("PART = Plugin(3, 'A part.')", f"{BROKEN}`make` cannot be called"),
        ("PART = Plugin(relu, '')", f"{BROKEN}`description` is not one line of text"),
        ("PART = Plugin(relu, 'a\\nb')", f"{BROKEN}`description` is not one line of text"),
        ("PART = Plugin(relu, 'A.', inputs=0)", f"{BROKEN}`inputs` is not a number from 1 to 16"),
        ("PART = Plugin(relu, 'A.', inputs='all')", f"{BROKEN}`inputs` is not a number from 1 to"),
        ("PART = Plugin(relu, 'A.', [])", f"{BROKEN}`keys` is not a mapping"),
        ("PART = Plugin(relu, 'A.', {'from': KEY})", f"{BROKEN}`from` is a key of every node"),
        (
            "PART = Plugin(relu, 'A.', {'Key': KEY})",
            f"{BROKEN}the key `Key` is not a lower-case letter followed by",
        ),
        (
            "PART = Plugin(relu, 'A.', {'k': {'type': 'integer'}})",
            f"{BROKEN}the key `k` is dict, not one of `fishcompile.ops.keys`",
        ),
        ("PART = Plugin(relu, 'A.', {'k': word('A.', 3)})", f"{LOADED}cannot be imported: TypeE"),
        ("PART = Plugin(relu, 'A.', {'k': whole('A.', 1)})", f"{LOADED}cannot be imported: TypeE"),
        *(
            (f"PART = Plugin(relu, 'A.', {{'k': {key}}})", f"{BROKEN}the key `k`: its {what}")
            for key, what in {
                "whole('A.', 1, None, default=1)": "`default` is no value that it allows",
                "whole('A.', 1, 9, default=True)": "`default` is no value that it allows",
                "whole('A.', 1, 9)": "`example` is no value that it allows",
                "whole('A.', 9, 1, example=5)": "`example` is no value that it allows",
                "decimal('A.', 0, float('inf'), default=1.0)": "`default` is no value",
                "decimal('A.', 0, 1, default=float('nan'))": "`default` is no value",
                "decimal('A.', 0, 1, default='1')": "`default` is no value",
                "pair('A.', 1, 9, default=3)": "`default` is no value",
                "pair('A.', 1, 9, default=(1, 2, 3))": "`default` is no value",
                "pair('A.', 1, 9, default=None, example=(0, 2))": "`example` is no value",
                "word('A.', ('a b',), default='a b')": "`default` is no value",
                "word('A.', ('True', 'b'), default='b')": "`default` is no value",
            }.items()
        ),
        (
            "PART = Plugin(relu, 'A.', {'k': whole('', 1, 9, default=1)})",
            f"{BROKEN}the `description` of the key `k` is not one line of text",
        ),
    ],
)
def test_what_is_seen_when_it_is_named(
    install: Install, tmp_path: Path, code: str, message: str
) -> None:
    (found,) = checked(install, tmp_path, code)
    assert (found.rule, found.span.line, found.span.column) == ("FC207", 5, 14)
    assert found.message.startswith(message)


MADE = "p1: the plug-in `acme.part` breaks its contract: "
PART = "p1: `Part` of acme breaks the contract of a plug-in: "
SINE = "p1: `Sine` of acme breaks the contract of a plug-in: "


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("PART = Plugin(lambda x: 1 / 0, 'A.')", f"{MADE}`make` raised ZeroDivisionError: "),
        ("PART = Plugin(lambda: Relu(), 'A.')", f"{MADE}`make` raised TypeError: "),
        (
            "PART = Plugin(lambda x: None, 'A.')",
            f"{MADE}`make` gave NoneType, not an Op or a Block",
        ),
        (
            BLOCK.replace("class Part", "class part").replace("Part(x", "part(x"),
            f"{PART.replace('Part', 'part')}its name is not one of a class",
        ),
        (BLOCK.replace("A part.'''", "\\u00e9.'''"), f"{PART}its docstring does not begin"),
        (BLOCK.replace("'''A part.'''", "'''A \"\"\" part.'''"), f"{PART}its docstring does not"),
        (
            BLOCK.replace("channels: int", "forward: int"),
            f"{PART}its field `forward` is an attribute",
        ),
        (
            BLOCK.replace("channels: int", "rest: list").replace("x.channels", "[]"),
            f"{PART}its field",
        ),
        (
            BLOCK.replace("return b.op", "1 / 0; return b.op"),
            f"{PART}`expand` raised ZeroDivisionError",
        ),
        (BLOCK.replace("return b.op", "b.op"), f"{PART}`expand` gave NoneType, not what"),
        (
            BLOCK.replace('"relu", Relu', '"forward", Relu'),
            f"{PART}the name `forward` of a part of it",
        ),
        (
            BLOCK.replace('"relu", Relu', '"a b", Relu'),
            f"{PART}the name `a b` of a part of it is not",
        ),
        (
            BLOCK.replace('return b.op("relu", Relu(), x)', "return self.expand(b, x)"),
            f"{PART}`expand` raised RecursionError",
        ),
        (OP.replace('= "acme_sine"', '= "relu"'), f"{SINE}another op is called `relu` too"),
        (OP.replace('    kind: ClassVar[str] = "acme_sine"\n', ""), f"{SINE}it has no `kind`"),
        (OP.replace('("torch.sin",)', "None"), f"{SINE}it raised TypeError"),
        *(
            (
                OP.replace("    def infer", "    a: object = 0\n\n    def infer").replace(
                    "Sine()", f"Sine({value})"
                ),
                f"{SINE}its field `a` is no number, word or tuple of numbers",
            )
            for value in ("float('nan')", "float('inf')", "'a b'", "(1, 'b')", "(True,)", "None")
        ),
        (
            OP.replace("    calls", "    first_values = 'torch.load({0})'\n    calls"),
            f"{SINE}its text has `torch.load`, which its `calls` do not name",
        ),
        (OP.replace("return inputs[0]", "return 1 / 0"), f"{SINE}it raised ZeroDivisionError"),
        (OP.replace("return inputs[0]", "return (8, 1, 1)"), f"{SINE}`infer` gave no TensorType"),
        (
            OP.replace("    calls", "    saves = ('weights',)\n    calls"),
            f"{SINE}its `saves` or `views` are no words of an op",
        ),
        (
            OP.replace("    calls", "    def stored(self, i, o): return -1\n    calls"),
            f"{SINE}what it stores, writes or reads is no whole number from 0",
        ),
        (
            OP.replace('("torch.sin",)', "()"),
            f"{SINE}its text has `torch.sin`, which its `calls` do not name",
        ),
        (
            OP.replace('"torch.sin({0})"', '"{0}.sin()"'),
            f"{SINE}its text has `x0.sin`, which its `calls` do not name",
        ),
        (
            OP.replace('"torch.sin({0})"', '"(lambda x: x)({0})"'),
            f"{SINE}its text has `Lambda`, which its `calls` do not name",
        ),
        (OP.replace('"torch.sin({0})"', '"torch.sin({0}"'), f"{SINE}it raised SyntaxError"),
        (
            OP.replace('("torch.sin",)', '("os.system",)').replace(
                '"torch.sin({0})"', '"os.system({0})"'
            ),
            f"{SINE}its `calls` name `os.system`, which is not of torch, F or nn",
        ),
    ],
)
def test_what_is_seen_when_it_is_used(
    install: Install, tmp_path: Path, code: str, message: str
) -> None:
    (found,) = checked(install, tmp_path, code)
    assert (found.rule, found.span.line) == ("FC207", 5)
    assert found.message.startswith(message), found.message


def test_two_packages_that_bring_one_name(install: Install, tmp_path: Path) -> None:
    install("other", HEAD + BLOCK, acme__part="other:PART")
    (found,) = checked(install, tmp_path, BLOCK)
    assert found.message == "several packages bring a plug-in `acme.part`: acme:PART and other:PART"


def test_a_block_of_the_spec_and_one_of_a_plug_in_with_one_name(
    install: Install, tmp_path: Path
) -> None:
    install("acme", HEAD + BLOCK, acme__part="acme:PART")
    path = tmp_path / "net.yaml"
    path.write_text(
        "fishspec: 2\nname: net\n"
        "blocks:\n  part: {graph: {a: {kind: relu}}}\n"
        "graph:\n  p0: {kind: part, from: input}\n  p1: {kind: acme.part}\n"
        "outputs: {y: p1}\n"
    )
    (found,) = examine(path)[0].diagnostics
    assert found.message == f"{PART}another block has its name; give it one of its own"
