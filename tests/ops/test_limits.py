"""Each op at its limits: what it infers, torch gives; what torch cannot do, it refuses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from fishcompile.ops import registry
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.ops.upsample import Upsample
from tests.ops.test_ops import Shape, built, infer, texts

NUMBERS = (-1, 0, 1, 2, 3, 4, 6)
WORDS = {"mode": ("nearest", "bilinear")}
OF_THE_INPUT = ("channels", "in_channels", "in_features")
BELOW = {"kernel_size": 1, "stride": 1, "dilation": 1, "factor": 1, "size": 1, "k": 1, "groups": 1}


@st.composite
def ops(draw: st.DrawFn, kind: type[Op]) -> tuple[Op, tuple[Shape, ...]]:
    """An op and its inputs; its numbers reach below what a spec may write, as implied ones may."""
    sides = draw(st.sampled_from((3, 3, 1)))
    x = tuple(draw(st.sampled_from((1, 2, 3, 4, 6))) for _ in range(sides))
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in WORDS:
            values[field.name] = draw(st.sampled_from(WORDS[field.name]))
        elif field.type == "bool":
            values[field.name] = draw(st.booleans())
        elif field.name in OF_THE_INPUT:
            values[field.name] = x[0]
        elif field.name in ("percent", "p"):
            values[field.name] = draw(st.sampled_from((0, 1, 50, 99)))
        else:
            least = BELOW.get(field.name, -1)
            values[field.name] = draw(st.sampled_from([n for n in NUMBERS if n >= least]))
    count = draw(st.sampled_from((1, 2))) if kind in (ConvTranspose, Upsample) else 1
    if kind.__name__ in ("Add", "Mul", "Concat"):
        count = 2
    others = st.one_of(st.just(x), st.tuples(*[st.integers(1, 14)] * 3))
    return kind(**values), (x, *(draw(others) for _ in range(count - 1)))


def runs(op: Op, inputs: tuple[Shape, ...], *, training: bool) -> Shape:
    """The shape that torch gives for one image; raises what torch raises."""
    images = 2 if training else 1  # one image has no statistics to train by
    tensors = [torch.rand(images, *shape) for shape in inputs]
    names = [f"t{index}" for index in range(len(tensors))]
    text = op.expression(texts(op), len(tensors)).format(*names, self="module")
    module = built(op, len(inputs))
    owner = nn.Module().train(training)  # `self` of the module whose forward it is
    scope = {"torch": torch, "F": F, "self": owner, **dict(zip(names, tensors, strict=True))}
    if module is not None:
        scope["module"] = module.train(training)
    with torch.no_grad():
        result: torch.Tensor = eval(text, scope)
    return tuple(result.shape[1:])


@pytest.mark.parametrize("kind", [kind for _, kind in sorted(registry().items())])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_an_op_accepts_torch_does(kind: type[Op], data: st.DataObject) -> None:
    op, inputs = data.draw(ops(kind))
    try:
        inferred = infer(op, inputs).shape
    except ShapeError:
        return
    assert runs(op, inputs, training=False) == inferred
    assert runs(op, inputs, training=True) == inferred


def test_the_border_cases_that_torch_refuses_are_refused() -> None:
    from fishcompile.ops.conv import Conv
    from fishcompile.ops.group_norm import GroupNorm

    refused = [
        (ConvTranspose(3, 4, 1, 3, -1), (3, 8, 8), "negative padding"),
        (Conv(3, 4, 2, padding=-1), (3, 8, 8), "negative padding"),
        (GroupNorm(3, 3), (3, 1, 1), "more than 1 value per channel"),
    ]
    for op, x, message in refused:
        with pytest.raises(ShapeError):
            infer(op, (x,))
        with pytest.raises((RuntimeError, ValueError), match=message):
            runs(op, (x,), training=False)
