"""Nodes that are plug-ins: the op or block that another package makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fishcompile.ir.builder import Block
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.tensor import TensorType
from fishcompile.schema.plugins import PluginError, plugin, said


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
