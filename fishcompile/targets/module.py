"""The module target: the emitted text executed, so that what runs is what was printed.

The text becomes a real module: registered in sys.modules and linecache, so that tracebacks and
`inspect.getsource` show its lines. Pickles carry the text, so that they open in a process that
has not compiled the spec; it passes the guard again before it runs.
"""

from __future__ import annotations

import copyreg
import hashlib
import linecache
import sys
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fishcompile.targets.base import Target

if TYPE_CHECKING:
    from torch import nn

    from fishcompile.pipeline import Analysis
    from fishcompile.targets.network import Network


def network(analysis: Analysis) -> Network:
    """A new network of a spec without errors."""
    from fishcompile.targets.python_source.emit import calls_of
    from fishcompile.targets.source import emit_source

    name, calls = analysis.stages.name, calls_of(analysis.inference.graph)
    return instantiate(emit_source(analysis), name, calls)


def instantiate(text: str, name: str, calls: tuple[str, ...] = ()) -> Network:
    """A new network of the emitted text whose spec is called `name`; see `load_text`."""
    module = load_text(text, calls, name)
    *_, kind = (value for value in vars(module).values() if _is_of(module, value))
    model: Network = kind()
    return model


def load_text(text: str, calls: tuple[str, ...] = (), name: str = "") -> ModuleType:
    """The module that the emitted text is, executed once per process.

    `calls` are what ops of plug-ins in it call of torch. Tracebacks and profiles show `name`, which
    is that of the spec. Raises UnsafeOutputError where the text
    holds what fishcompile would not emit.
    """
    from fishcompile.targets.python_source.guard import verify

    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = f"fishcompile_generated_{digest}"
    if path in sys.modules:
        return sys.modules[path]
    verify(text, calls)
    file = f"<fishcompile {name} {digest}>" if name else f"<fishcompile {digest}>"
    module = ModuleType(path)
    module.__file__ = file
    # no modification time: the entry is not checked against a file and stays
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    sys.modules[path] = module
    exec(compile(text, file, "exec"), module.__dict__)  # noqa: S102
    for value in list(vars(module).values()):
        if _is_of(module, value):
            copyreg.pickle(value, _reducer(text, calls, name))
    return module


def _is_of(module: ModuleType, value: Any) -> bool:
    """Whether a value is a class of the module; the network's is the last."""
    return isinstance(value, type) and value.__module__ == module.__name__


def _reducer(text: str, calls: tuple[str, ...], name: str) -> Any:
    def reduce(instance: nn.Module) -> tuple[Any, ...]:
        return _new, (text, type(instance).__name__, calls, name), instance.__dict__

    return reduce


def _new(text: str, kind_name: str, calls: tuple[str, ...] = (), name: str = "") -> nn.Module:
    """An instance without its state, which the unpickler sets next."""
    kind = getattr(load_text(text, calls, name), kind_name)
    instance: nn.Module = kind.__new__(kind)
    return instance


def _saved(analysis: Analysis) -> bytes:
    import torch

    buffer = BytesIO()
    torch.save(network(analysis), buffer)
    return buffer.getvalue()


TARGET = Target(
    "torch.save of it",
    "a module",
    _saved,
    text=False,
    suffix=".pt",
    needs=("torch",),
    extra="torch",
)
