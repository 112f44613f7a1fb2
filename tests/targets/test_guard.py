"""The guard: what an emitted file holds passes, and any way out of it is refused by line."""

from __future__ import annotations

import pytest

import fishcompile
from fishcompile.targets.module import load_text
from fishcompile.targets.python_source.guard import UnsafeOutputError, verify
from tests.nets import SHIPPED, shipped

HEAD = """\
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv(x))

"""
LINES = HEAD.count("\n")

ATTACKS = {
    "import": "import os",
    "import of a part": "import torch.utils.cpp_extension",
    "import under a trusted name": "import os as torch",
    "import of more": "import torch, os",
    "from import": "from os import system",
    "from torch": "from torch import load",
    "from torch under a trusted name": "from torch import load as print",
    "relative import": "from . import nn",
    "star import": "from torch import *",
    "exec": "exec('1')",
    "eval": "x = eval('1')",
    "open": "open('x', 'w')",
    "__import__": "__import__('os')",
    "getattr": "getattr(torch, 'load')('x')",
    "a builtin under a trusted name": "print = exec",
    "a builtin as the model": "model = exec",
    "a builtin as a loop variable": "for model in [exec]:\n    model('1')",
    "builtins": "x = __builtins__",
    "builtins by index": "x = __builtins__['exec']",
    "globals": "x = globals()",
    "torch.load": "torch.load('x')",
    "torch.load unread": "x = torch.load",
    "torch.hub": "torch.hub.load('a/b', 'c')",
    "torch as a value": "x = torch",
    "a part of torch as a value": "x = torch.cuda",
    "torch passed on": "Net(torch)",
    "torch as self": "self = torch\nself.load('x')",
    "another self": "self = Net()\nself.run('x')",
    "a new relu": "F.relu = print",
    "a new torch": "torch = 1",
    "__class__": "x = Net.__class__",
    "__subclasses__": "x = Net.__subclasses__()",
    "a private attribute": "x = Net._modules",
    "an attribute of a string": "x = ''.format",
    "a method of a string": "x = '{0.__class__}'.format(1)",
    "tofile": "x = torch.randn(1)\nx.tofile('y')",
    "lambda": "f = lambda: 1",
    "walrus": "print(x := 1)",
    "decorator": "@print\ndef f() -> None:\n    return None",
    "class decorator": "@print\nclass A(nn.Module):\n    x = 1",
    "metaclass": "class A(nn.Module, metaclass=print):\n    x = 1",
    "special method": "def __getattr__(x: int) -> int:\n    return x",
    "special name": "__all__ = 1",
    "global": "def f() -> None:\n    global x",
    "delete": "x = 1\ndel x",
    "while": "while 1 == 1:\n    x = 1",
    "try": "try:\n    x = 1\nexcept:\n    x = 2",
    "raise": "raise x",
    "assert": "assert 1 == 1",
    "list comprehension": "x = [y for y in 'abc']",
    "set": "x = {1, 2}",
    "async": "async def f() -> None:\n    return None",
    "yield": "def f() -> int:\n    yield 1",
    "match": "match 1:\n    case 1:\n        x = 1",
    "power": "x = 9 ** 9",
    "call of a call": "print(1)(2)",
    "call of an index": "x = [print]\nx[0]('1')",
    "call of a constant": "'x'()",
}  # fmt: skip
TEXTS = {
    "not ASCII": "x = 'é'\n",
    "an invisible character": "x = 'a\u202eb'\n",
    "a carriage return": "x = 1\r\n",
    "a line end in a comment": "# fish\rimport os\n",
    "a form feed": "x = 1\n\fimport os\n",
    "a tab": "if 1 == 1:\n\tx = 1\n",
    "a zero byte": "x = 1\0\n",
    "no Python": "def (\n",
    "an unclosed string": "x = 'a\n",
}


def test_what_is_needed_passes() -> None:
    verify(HEAD)
    for name in SHIPPED:
        verify(fishcompile.emit(shipped(name)))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused(attack: str) -> None:
    with pytest.raises(UnsafeOutputError, match=r"^line \d+: ") as caught:
        verify(HEAD + attack + "\n")
    assert int(str(caught.value).split()[1].rstrip(":")) > LINES


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_inside_a_class_is_refused(attack: str) -> None:
    indented = "".join(f"    {line}\n" for line in attack.split("\n"))
    with pytest.raises(UnsafeOutputError):
        verify(HEAD + "class Other(nn.Module):\n" + indented)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_that_hides_something_is_refused(text: str) -> None:
    with pytest.raises(UnsafeOutputError):
        verify(text)


def test_nothing_runs_before_it_is_verified() -> None:
    with pytest.raises(UnsafeOutputError):
        load_text(HEAD + "open('x', 'w')\n")
