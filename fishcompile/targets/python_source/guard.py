"""Guard: the emitted text may hold only what the emitter writes.

The last wall behind the name checks: whatever a spec did to get here, a call to anything but the
emitted classes and a short list of torch's is refused before a file is written or code is run.
"""

from __future__ import annotations

import ast

_NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.ClassDef, ast.FunctionDef,
    ast.arguments, ast.arg, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.If, ast.IfExp,
    ast.For, ast.With, ast.withitem, ast.Call, ast.keyword, ast.Name, ast.Attribute,
    ast.Constant, ast.Subscript, ast.Slice, ast.Dict, ast.List, ast.Tuple, ast.Starred,
    ast.GeneratorExp, ast.DictComp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.USub, ast.Add,
    ast.Sub, ast.Mult, ast.FloorDiv, ast.Compare, ast.Eq, ast.JoinedStr, ast.FormattedValue,
    ast.Load, ast.Store,
)  # fmt: skip
_IMPORTS = {"torch", "torch.nn.functional"}
_FUNCTIONS = {
    "super", "range", "isinstance", "print", "sum",
    "torch.cat", "torch.flatten", "torch.sigmoid", "torch.unflatten", "torch.repeat_interleave",
    "torch.randn", "torch.inference_mode",
    "torch.cuda.is_available",
    "F.relu", "F.max_pool2d", "F.avg_pool2d", "F.adaptive_avg_pool2d", "F.interpolate",
    "nn.Conv2d", "nn.ConvTranspose2d", "nn.BatchNorm2d", "nn.Sequential",
    "nn.init.kaiming_normal_",
}  # fmt: skip
_METHODS = {
    "__init__", "sum", "to", "eval", "parameters", "modules",
    "numel", "items",
}  # fmt: skip


class UnsafeOutputError(Exception):
    """The emitter wrote something that it never should: a bug, not the user's fault."""


def verify(text: str) -> None:
    """Raises UnsafeOutputError where the text holds a node or a call that no emission needs."""
    if not text.isascii() or any(c != "\n" and not c.isprintable() for c in text):
        raise UnsafeOutputError("the emitted text is not plain ASCII")
    tree = ast.parse(text)
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            raise UnsafeOutputError(f"line {_line(node)}: {type(node).__name__}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
            if not _IMPORTS.issuperset(names):
                raise UnsafeOutputError(f"line {_line(node)}: import of {names}")
        if isinstance(node, ast.Call) and not _allowed(node.func, classes):
            raise UnsafeOutputError(f"line {_line(node)}: call of {ast.unparse(node.func)}")
        if (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("_")
            and node.attr != "__init__"
        ):
            raise UnsafeOutputError(f"line {_line(node)}: attribute {node.attr}")


def _allowed(function: ast.expr, classes: set[str]) -> bool:
    name = ast.unparse(function)
    if name in _FUNCTIONS or name in classes or name == "model":
        return True
    if not isinstance(function, ast.Attribute):
        return False
    own = isinstance(function.value, ast.Name) and function.value.id == "self"
    return own or function.attr in _METHODS


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))
