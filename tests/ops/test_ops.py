"""Every op against torch: the text it emits is run, and torch says what is right.

`CASES` holds at least one case for each op of the registry; a new op without one fails.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from fishcompile.ir.foreign import calls_in
from fishcompile.ops import registry
from fishcompile.ops.adaptive_avg_pool import AdaptiveAvgPool
from fishcompile.ops.add import Add
from fishcompile.ops.avg_pool import AvgPool
from fishcompile.ops.base import Op, ShapeError
from fishcompile.ops.batch_norm import BatchNorm
from fishcompile.ops.channel_repeat import ChannelRepeat
from fishcompile.ops.channel_shuffle import ChannelShuffle
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.ops.concat import Concat
from fishcompile.ops.conv import Conv
from fishcompile.ops.deconv import ConvTranspose
from fishcompile.ops.dropout import Dropout
from fishcompile.ops.flatten import Flatten
from fishcompile.ops.formula import Const
from fishcompile.ops.gelu import Gelu
from fishcompile.ops.global_avg_pool import GlobalAvgPool
from fishcompile.ops.group_norm import GroupNorm
from fishcompile.ops.linear import Linear
from fishcompile.ops.max_pool import MaxPool
from fishcompile.ops.mul import Mul
from fishcompile.ops.relu import Relu
from fishcompile.ops.sigmoid import Sigmoid
from fishcompile.ops.silu import Silu
from fishcompile.ops.tensor import TensorType
from fishcompile.ops.upsample import Upsample
from fishcompile.targets.python_source.constructors import torch_call

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """An op and its inputs; `strides` are those of the inputs and then of the output."""

    op: Op
    inputs: tuple[Shape, ...]
    strides: tuple[int, ...]


MAP = (6, 9, 12)
CASES = [
    Case(Add(), (MAP, MAP), (4, 4, 4)),
    Case(Add(), (MAP, (6, 1, 1)), (4, 32, 4)),
    Case(Add(), ((6, 1, 1), MAP), (4, 4, 4)),
    Case(Add(), ((5,), (5,)), (1, 1, 1)),
    Case(Add(), (MAP, (6, 1, 1), MAP), (4, 32, 4, 4)),
    Case(AdaptiveAvgPool(7), (MAP,), (4, 4)),
    Case(Dropout(20), (MAP,), (4, 4)),
    Case(Linear(12, 5), ((12,),), (32, 32)),
    Case(Linear(12, 5, bias=False), ((12,),), (32, 32)),
    Case(AvgPool(2, 2), (MAP,), (4, 8)),
    Case(AvgPool(3, 2, 1), (MAP,), (4, 8)),
    Case(AvgPool(3, 3), (MAP,), (1, 3)),
    Case(AvgPool(4, 1, 2), (MAP,), (2, 2)),
    Case(BatchNorm(6), (MAP,), (8, 8)),
    Case(ChannelRepeat(1), (MAP,), (8, 8)),
    Case(ChannelRepeat(3), (MAP,), (8, 8)),
    Case(ChannelShuffle(3), (MAP,), (4, 4)),
    Case(ChannelSum(1), (MAP,), (8, 8)),
    Case(ChannelSum(3), (MAP,), (8, 8)),
    Case(ChannelSum(6), (MAP,), (8, 8)),
    Case(Concat(), (MAP, MAP), (2, 2, 2)),
    Case(Concat(), (MAP, (1, 9, 12), (4, 9, 12)), (2, 2, 2, 2)),
    Case(Conv(6, 8, 1), (MAP,), (4, 4)),
    Case(Conv(6, 8, 3, 2, 1), (MAP,), (4, 8)),
    Case(Conv(6, 8, 3, padding=4, dilation=4), (MAP,), (4, 4)),
    Case(Conv(6, 9, 5, 3, 2, 1, groups=3), (MAP,), (1, 3)),
    Case(Conv(6, 10, 1, bias=True), (MAP,), (2, 2)),
    Case(Conv(6, 6, 2, 2, groups=6, bias=True), (MAP,), (2, 4)),
    Case(ConvTranspose(6, 4), ((6, 5, 7),), (8, 4)),
    Case(ConvTranspose(6, 4, 3, 3, bias=True), ((6, 5, 7),), (9, 3)),
    Case(ConvTranspose(6, 4), ((6, 5, 7), (3, 10, 15)), (8, 4, 4)),
    Case(ConvTranspose(6, 6, 4, 4), ((6, 5, 7), (3, 23, 28)), (16, 4, 4)),
    Case(ConvTranspose(6, 4, 4, 2, 1), ((6, 5, 7),), (8, 4)),
    Case(ConvTranspose(6, 4, 16, 8, 4), ((6, 5, 7), (3, 47, 56)), (32, 4, 4)),
    Case(ConvTranspose(6, 4, 3, 1, 1), ((6, 5, 7),), (4, 4)),
    Case(Flatten(), (MAP,), (32, 32)),
    Case(Flatten(), ((6, 1, 1),), (32, 32)),
    Case(Gelu(), (MAP,), (4, 4)),
    Case(GlobalAvgPool(), (MAP,), (32, 32)),
    Case(GroupNorm(1, 6), (MAP,), (8, 8)),
    Case(GroupNorm(3, 6), (MAP,), (8, 8)),
    Case(GroupNorm(6, 6), ((6, 1, 2),), (8, 8)),
    Case(MaxPool(2, 2), (MAP,), (4, 8)),
    Case(MaxPool(3, 2, 1), (MAP,), (4, 8)),
    Case(MaxPool(3, 3), (MAP,), (1, 3)),
    Case(MaxPool(2, 1, 1), (MAP,), (2, 2)),
    Case(Mul(), (MAP, MAP), (4, 4, 4)),
    Case(Mul(), (MAP, (6, 1, 1)), (4, 32, 4)),
    Case(Mul(), (MAP, (6, 1, 1), MAP), (4, 32, 4, 4)),
    Case(Relu(), (MAP,), (4, 4)),
    Case(Relu(), ((5,),), (4, 4)),
    Case(Sigmoid(), ((6, 1, 1),), (4, 4)),
    Case(Silu(), (MAP,), (4, 4)),
    Case(Upsample(), (MAP,), (8, 4)),
    Case(Upsample("bilinear", 3), (MAP,), (9, 3)),
    Case(Upsample(), (MAP, (2, 18, 23)), (8, 4, 4)),
    Case(Upsample("bilinear"), (MAP, (2, 17, 24)), (8, 4, 4)),
    Case(Upsample(), (MAP, MAP), (8, 8, 8)),
]


def texts(op: Op) -> dict[str, str]:
    values = ((f.name, getattr(op, f.name)) for f in fields(op))
    return {name: v if isinstance(v, str) else str(Const(v)) for name, v in values}


def built(op: Op, operands: int = 1) -> nn.Module | None:
    """The module that the op's emitted constructor makes."""
    call = op.module()
    if call is None:
        return None
    module: nn.Module = eval(torch_call(op, texts(op), operands), {"nn": nn})
    return module


def run(op: Op, inputs: tuple[Shape, ...], module: nn.Module | None) -> Tensor:
    """What the op's emitted expression gives for a batch of two, on the meta device."""
    tensors = [torch.empty(2, *shape, device="meta") for shape in inputs]
    names = [f"t{index}" for index in range(len(tensors))]
    text = op.expression(texts(op), len(tensors)).format(*names, self="module")
    owner = nn.Module()  # `self` of the module whose forward it is, in training
    scope = {"torch": torch, "F": F, "self": owner, **dict(zip(names, tensors, strict=True))}
    if module is not None:
        scope["module"] = module.to("meta")
    result: Tensor = eval(text, scope)
    return result


def case_id(case: Case) -> str:
    return f"{case.op}-{'-'.join(map(str, case.inputs))}".replace(" ", "")


def infer(op: Op, inputs: tuple[Shape, ...]) -> TensorType:
    return op.infer(*(TensorType(shape) for shape in inputs))


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_torch_agrees(case: Case) -> None:
    inferred = infer(case.op, case.inputs)
    with FlopCounterMode(display=False) as counter:
        result = run(case.op, case.inputs, built(case.op, len(case.inputs)))
    assert inferred.shape == tuple(result.shape[1:])
    # FlopCounterMode counts a multiply-accumulate as two, over a batch of two
    types = tuple(TensorType(shape) for shape in case.inputs)
    assert case.op.macs(types, inferred) * 4 == counter.get_total_flops()


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_state_is_that_of_the_torch_module(case: Case) -> None:
    module = built(case.op)
    trained = set() if module is None else {name for name, _ in module.named_parameters()}
    state = {} if module is None else module.state_dict()
    # as lists, for the order counts
    assert [(e.name, e.shape, e.trained) for e in case.op.state()] == [
        (name, tuple(tensor.shape), name in trained) for name, tensor in state.items()
    ]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_the_stride_of_the_output(case: Case) -> None:
    *inputs, output = case.strides
    assert case.op.output_stride(*inputs) == output


OURS = [op for op in registry().values() if op.__module__.startswith("fishcompile.")]


def test_every_op_has_a_case() -> None:
    assert {type(case.op) for case in CASES} == set(OURS)


@pytest.mark.parametrize("op", OURS)
def test_the_text_of_an_op_calls_what_it_says(op: type[Op]) -> None:
    called = [calls_in(case.op, len(case.inputs)) for case in CASES if type(case.op) is op]
    assert {call for calls in called for call in calls if not call.endswith(".sum")} == set(
        op.calls
    )


def test_the_registry_is_by_kind_and_in_order() -> None:
    assert all(kind == op.kind for kind, op in registry().items())
    assert list(registry()) == sorted(registry())


sides = st.integers(1, 17)


@settings(deadline=None, max_examples=150)
@given(
    st.builds(
        Conv,
        st.just(4),
        st.integers(1, 3).map(lambda n: n * 2),
        kernel_size=st.integers(1, 5),
        stride=st.integers(1, 4),
        padding=st.integers(0, 4),
        dilation=st.integers(1, 4),
        groups=st.integers(1, 3),
        bias=st.booleans(),
    )
    | st.builds(MaxPool, st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
    | st.builds(AvgPool, st.integers(1, 5), st.integers(1, 4), st.integers(0, 3)),
    sides,
    sides,
)
def test_a_window_fits_exactly_where_torch_says_so(op: Op, height: int, width: int) -> None:
    shape = (4, height, width)
    try:
        expected = tuple(run(op, (shape,), built(op)).shape[1:])
    except (RuntimeError, ValueError):
        with pytest.raises(ShapeError):
            infer(op, (shape,))
    else:
        assert infer(op, (shape,)).shape == expected


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from([Add(), Mul(), Concat(), Upsample(), ConvTranspose(4, 4, 2)]),
    st.lists(st.tuples(st.sampled_from([4, 6]), sides, sides), min_size=2, max_size=2),
)
def test_what_is_accepted_of_two_maps_torch_accepts(op: Op, shapes: list[Shape]) -> None:
    """The other way round it need not hold: broadcasting over rows alone has no use here."""
    inputs = tuple(shapes)
    try:
        inferred = infer(op, inputs)
    except ShapeError:
        return
    assert inferred.shape == tuple(run(op, inputs, built(op, len(inputs))).shape[1:])


@pytest.mark.parametrize(
    ("op", "inputs", "rule", "field", "operand"),
    [
        (Conv(4, 8, 3), ((3, 8, 8),), "FC301", "in_channels", None),
        (Conv(4, 0, 1), ((4, 8, 8),), "FC302", "out_channels", None),
        (Conv(4, 6, 1, groups=4), ((4, 8, 8),), "FC302", "groups", None),
        (Conv(4, 8, 9), ((4, 8, 8),), "FC304", None, None),
        (Conv(4, 8, 1), ((4,),), "FC303", None, None),
        (ConvTranspose(4, 8), ((3, 8, 8),), "FC301", "in_channels", None),
        (ConvTranspose(4, 8), ((4, 8, 8), (4, 15, 16)), "FC303", None, 1),
        (ConvTranspose(4, 8), ((4, 8, 8), (4, 18, 16)), "FC303", None, 1),
        (BatchNorm(4), ((5, 8, 8),), "FC301", "channels", None),
        (GroupNorm(2, 4), ((6, 8, 8),), "FC301", "channels", None),
        (GroupNorm(3, 4), ((4, 8, 8),), "FC302", "groups", None),
        (GroupNorm(0, 4), ((4, 8, 8),), "FC302", "groups", None),
        (MaxPool(2, 2), ((4, 1, 1),), "FC304", None, None),
        (MaxPool(2, 2, 2), ((4, 8, 8),), "FC304", "padding", None),
        (AvgPool(2, 2, 2), ((4, 8, 8),), "FC304", "padding", None),
        (AvgPool(7, 1), ((4, 6, 8),), "FC304", None, None),
        (ChannelSum(3), ((4, 8, 8),), "FC302", "k", None),
        (ChannelRepeat(3), ((4,),), "FC303", None, None),
        (GlobalAvgPool(), ((4,),), "FC303", None, None),
        (Concat(), ((4, 8, 8), (4, 8, 8), (4, 8, 9)), "FC303", None, 2),
        (Add(), ((4, 8, 8), (5, 8, 8)), "FC301", None, 1),
        (Add(), ((4, 8, 8), (4, 8, 7)), "FC303", None, 1),
        (Add(), ((4, 1, 1), (4,)), "FC303", None, 1),
        (Mul(), ((4, 8, 8), (4, 4, 4)), "FC303", None, 1),
        (Upsample(), ((4, 8, 8), (4, 8, 7)), "FC303", None, 1),
        (Upsample(), ((4, 8, 8), (4,)), "FC303", None, 1),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(
    op: Op, inputs: tuple[Shape, ...], rule: str, field: str | None, operand: int | None
) -> None:
    with pytest.raises(ShapeError) as caught:
        infer(op, inputs)
    assert (caught.value.rule, caught.value.field) == (rule, field)
    assert caught.value.operand == operand
