"""Guard: the emitted text may hold only what the emitter writes.

The last wall behind the name checks: whatever a spec did to get here, a name, an attribute or a
call that no emission needs is refused before a file is written or code is run. A name may be
read only if the text itself binds it or it is listed here, so nothing listed can be smuggled
under another name. What ops call of torch they say themselves; what those of a plug-in call is
allowed where they are used.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Set
from functools import cache

from fishcompile.ops import registry
from fishcompile.targets.python_source import recompute

_NODES = {
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef,
    ast.arguments, ast.arg, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.If, ast.IfExp,
    ast.For, ast.With, ast.withitem, ast.Call, ast.keyword, ast.Name, ast.Attribute,
    ast.Constant, ast.Subscript, ast.Slice, ast.Dict, ast.List, ast.Tuple, ast.Starred,
    ast.GeneratorExp, ast.DictComp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.USub, ast.Add,
    ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Compare, ast.Eq, ast.Gt, ast.Lt, ast.NotEq,
    ast.Mod, ast.Raise, ast.IsNot, ast.BoolOp, ast.Or,
    ast.JoinedStr, ast.FormattedValue, ast.Load, ast.Store,
}  # fmt: skip
# those of which more is asked than that they are what the emitter writes
_LOOKED_INTO = {
    ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.arg, ast.Name, ast.Attribute,
    ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Raise,
}  # fmt: skip
_INNOCENT = _NODES - _LOOKED_INTO
_IMPORTS = {
    "import torch",
    "import torch.nn.functional as F",
    "from torch import Tensor, nn",
    recompute.CALLABLE,
    *recompute.IMPORTS,
}  # fmt: skip
_BUILTINS = {"super", "range", "isinstance", "print", "sum", "ValueError"}
_NAMES = {*_BUILTINS, "Tensor", "int", "str", "bool", "dict", "__name__"}
_ROOTS = {"torch", "F", "nn"}
_CALLS = {
    "torch.randn", "torch.inference_mode", "torch.cuda.is_available",
    "nn.Sequential", "nn.Identity",
}  # fmt: skip
_METHODS = {
    "__init__", "sum", "to", "eval", "parameters", "modules",
    "numel", "items",
}  # fmt: skip
_ATTRIBUTES = {*_METHODS, "shape", "weight"}


class UnsafeOutputError(Exception):
    """The emitter wrote something that it never should: a bug, not the user's fault."""


@cache
def built_in_calls() -> frozenset[str]:
    """The functions and modules of torch that the emitter writes, and those that its ops call."""
    ours = (op for op in registry().values() if op.__module__.startswith("fishcompile.ops."))
    return frozenset(_CALLS.union(*(op.called() for op in ours)))


def verify(text: str, calls: Iterable[str] = ()) -> None:
    """Raises UnsafeOutputError where the text holds a node or a call that no emission needs.

    `calls` are the functions and modules of torch that ops of plug-ins call besides.
    """
    allowed = built_in_calls() | {call for call in calls if call.partition(".")[0] in _ROOTS}
    if not text.isascii() or not text.replace("\n", "").isprintable():
        raise UnsafeOutputError("the emitted text is not plain ASCII")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise UnsafeOutputError(f"line {error.lineno}: {error.msg}") from None
    helpers = [node for node in tree.body if _is_helper(node)]
    nodes = [node for top in tree.body if top not in helpers for node in (*ast.walk(top), tree)]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    given = {recompute.NAME} if helpers else set()
    names, made = classes | bound | given | _NAMES, classes | given | allowed
    for node in nodes:
        if type(node) in _INNOCENT:
            continue
        fault = _fault(node, made, names, id(node) in inner, allowed)
        if fault:
            raise UnsafeOutputError(f"line {getattr(node, 'lineno', 1)}: {fault}")


@cache
def _helpers() -> tuple[str, ...]:
    return tuple(ast.unparse(ast.parse(text)) for text in recompute.FUNCTIONS)


def _is_helper(node: ast.stmt) -> bool:
    """Whether it is, word for word, the one function that an emitted file may have."""
    return isinstance(node, ast.FunctionDef) and ast.unparse(node) in _helpers()


def _fault(node: ast.AST, made: set[str], names: set[str], inner: bool, calls: Set[str]) -> str:
    """What is wrong with a node, empty where nothing is; `inner` ones stand before a dot.

    `made` may be called: `calls`, which are of torch, and the classes of the text itself.
    """
    match node:
        case _ if type(node) not in _NODES:
            return type(node).__name__
        # operators know no line, so they are named where they stand
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.Compare(ops=[op, *_]):
            return "" if type(op) in _NODES else type(op).__name__
        case ast.Import() | ast.ImportFrom() | ast.Raise():
            text = ast.unparse(node)
            return "" if text in _IMPORTS or text.startswith("raise ValueError(") else text
        case ast.ClassDef() | ast.FunctionDef():
            return _definition(node)
        case ast.arg(arg=name):
            return f"a new meaning of {name}" if name in _ROOTS else ""
        case ast.Name(id=name, ctx=ast.Store()):
            taken = name in _ROOTS or name == "self" or _is_special(name)
            return f"a new meaning of {name}" if taken else ""
        case ast.Name(id=name):
            known = name in names or (inner and name in _ROOTS)
            return "" if known else f"the name {name}"
        case ast.Attribute():
            return "" if _may_read(node, inner, calls) else f"the attribute {ast.unparse(node)}"
        case ast.Call(func=function):
            return "" if _may_call(function, made) else f"call of {ast.unparse(function)}"
        case _:
            return ""


def _definition(node: ast.ClassDef | ast.FunctionDef) -> str:
    if node.decorator_list or (isinstance(node, ast.ClassDef) and node.keywords):
        return f"decorators or keywords of {node.name}"
    return f"the name {node.name}" if _is_special(node.name) else ""


def _is_special(name: str) -> bool:
    return name.startswith("__") and name != "__init__"


def _may_read(node: ast.Attribute, inner: bool, calls: Set[str]) -> bool:
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    own = isinstance(node.value, ast.Name) and node.value.id == "self"
    if isinstance(node.ctx, ast.Store) and not own:
        return False
    if isinstance(root, ast.Name) and root.id in _ROOTS:
        name = ast.unparse(node)
        of_torch = calls | {"nn.Module"}
        return name in of_torch or (inner and any(n.startswith(f"{name}.") for n in of_torch))
    return not node.attr.startswith("_") if own else node.attr in _ATTRIBUTES


def _may_call(function: ast.expr, named: set[str]) -> bool:
    name = ast.unparse(function)
    if name in _BUILTINS or name in named or name == "model":
        return True
    if not isinstance(function, ast.Attribute):
        return False
    own = isinstance(function.value, ast.Name) and function.value.id == "self"
    return own or function.attr in _METHODS
