"""The builder, by blocks made for the test: paths, types, formulas, and who is blamed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.fault import ExpansionError
from fishcompile.ir.graph import Value
from fishcompile.ops.add import Add
from fishcompile.ops.channel_sum import ChannelSum
from fishcompile.ops.concat import Concat
from fishcompile.ops.conv import Conv
from fishcompile.ops.formula import Const
from fishcompile.ops.relu import Relu
from fishcompile.ops.tensor import TensorType


@dataclass(frozen=True)
class Unit(Block):
    """A convolution to `out` channels."""

    channels: int
    out: int
    groups: int = 1

    def expand(self, b: Builder, x: Value) -> Value:
        x = b.op("conv", Conv(self.channels, self.out, 3, padding=1, groups=self.groups), x)
        return b.op("relu", Relu(), x)


@dataclass(frozen=True)
class Pair(Block):
    """Narrow to a part, widen again, add; then the same `blocks` times over."""

    width: int
    part: int
    blocks: int
    splits: int = 1

    def expand(self, b: Builder, x: Value) -> Value:
        narrow = self.width // self.part
        y = b.block("narrow", Unit(self.width, narrow), x)
        y = b.block("widen", Unit(narrow, self.width, self.splits), y)
        x = b.op("sum", Add(), x, y)
        unit = Unit(self.width, self.width)
        return b.repeat("more", unit, unit, self.blocks, x)


@dataclass(frozen=True)
class Outer(Block):
    """One level more."""

    channels: int
    ratio: int

    def expand(self, b: Builder, x: Value) -> Value:
        return b.block("pair", Pair(self.channels, self.ratio, 2), x)


def image(b: Builder, *shape: int) -> Value:
    return b.input("image", TensorType(shape))


def test_paths_types_and_operands() -> None:
    b = Builder()
    out = b.block("stage", Pair(8, 4, 2), image(b, 8, 5, 6))
    assert out == Value("stage.more.1.relu", TensorType((8, 5, 6)))
    graph = b.graph("net", (("y", out.name),))
    assert [node.name for node in graph.nodes] == [
        "stage.narrow.conv",
        "stage.narrow.relu",
        "stage.widen.conv",
        "stage.widen.relu",
        "stage.sum",
        "stage.more.0.conv",
        "stage.more.0.relu",
        "stage.more.1.conv",
        "stage.more.1.relu",
    ]
    assert b.node("stage.sum").inputs == ("image", "stage.widen.relu")
    assert b.type_of("stage.narrow.conv").shape == (2, 5, 6)
    assert b.type_of("image").shape == (8, 5, 6)
    scopes = {scope.name: scope for scope in graph.scopes}
    assert {name: scope.kind for name, scope in scopes.items()} == {
        "stage": "Pair",
        "stage.narrow": "Unit",
        "stage.widen": "Unit",
        "stage.more": "Sequential",
        "stage.more.0": "Unit",
        "stage.more.1": "Unit",
    }
    assert scopes["stage.more"].params == (("count", 2),)
    assert scopes["stage.more.1"].inputs == ("stage.more.0.relu",)
    assert scopes["stage"].output == "stage.more.1.relu"
    assert [item.name for item in graph.children["stage"]] == [
        "stage.narrow",
        "stage.widen",
        "stage.sum",
        "stage.more",
    ]


def test_a_number_keeps_its_formula_over_the_block_it_stands_in() -> None:
    b = Builder()
    b.block("stage", Pair(8, 4, 2), image(b, 8, 5, 6))
    graph = b.graph("net", ())
    scopes = {scope.name: scope for scope in graph.scopes}
    # a number in the text of the block is no formula; the caller's own numbers are plain
    assert scopes["stage"].formulas == ()
    assert {n: str(f) for n, f in scopes["stage.narrow"].formulas} == {
        "channels": "width",
        "out": "width // part",
    }
    assert {n: str(f) for n, f in scopes["stage.more"].formulas} == {"count": "blocks"}
    conv = b.node("stage.widen.conv")
    assert {n: str(f) for n, f in conv.formulas} == {
        "in_channels": "channels",
        "out_channels": "out",
        "groups": "groups",
    }
    assert conv.op == Conv(2, 8, 3, padding=1)
    assert all(type(number) is int for number in (conv.op.in_channels, conv.op.out_channels))
    assert not any(isinstance(f, Const) for node in graph.nodes for _, f in node.formulas)


def test_equal_blocks_on_other_inputs_are_laid_out_apart() -> None:
    b = Builder()
    x = image(b, 4, 3, 3)
    first = b.block("first", Unit(4, 4), x)
    second = b.block("second", Unit(4, 4), first)
    assert b.node("first.conv").inputs == ("image",)
    assert b.node("second.conv").inputs == ("first.relu",)
    assert second.name == "second.relu"


def test_zero_repetitions_are_the_input_itself() -> None:
    b = Builder()
    x = image(b, 4, 3, 3)
    assert b.repeat("more", Unit(4, 4), Unit(4, 4), 0, x) == x
    assert b.graph("net", ()).scopes == ()


@pytest.mark.parametrize(
    ("block", "rule", "node", "fields"),
    [
        # 4 channels come, the block was told 8
        (Outer(8, 2), "FC301", "stage.pair.narrow.conv", ("channels",)),
        # 4 // 8 = 0 channels in the middle
        (Outer(4, 8), "FC302", "stage.pair.narrow.conv", ("channels", "ratio")),
        (Pair(4, 2, 1, splits=3), "FC302", "stage.widen.conv", ("splits",)),
    ],
)
def test_a_misfit_is_blamed_on_the_outermost_parameters(
    block: Block, rule: str, node: str, fields: tuple[str, ...]
) -> None:
    b = Builder()
    with pytest.raises(ExpansionError) as caught:
        b.block("stage", block, image(b, 4, 6, 6))
    error = caught.value
    assert (error.cause.rule, error.node, error.fields) == (rule, node, fields)
    assert str(error).startswith(f"{node}: ")


def test_a_misfit_of_an_operand_shows_what_was_given() -> None:
    b = Builder()
    big, small = b.input("big", TensorType((4, 8, 8))), b.input("small", TensorType((4, 7, 7)))
    with pytest.raises(ExpansionError) as caught:
        b.op("merged", Concat(), big, small)
    error = caught.value
    assert (error.cause.rule, error.node, error.fields) == ("FC303", "merged", ())
    assert [str(type_) for type_ in error.operands] == ["4x8x8", "4x7x7"]


def test_a_literal_in_a_block_blames_no_parameter() -> None:
    @dataclass(frozen=True)
    class Fixed(Block):
        """Sums by three whatever comes."""

        channels: int

        def expand(self, b: Builder, x: Value) -> Value:
            return b.op("sum", ChannelSum(3), x)

    b = Builder()
    with pytest.raises(ExpansionError) as caught:
        b.block("stage", Fixed(4), image(b, 4, 2, 2))
    assert (caught.value.cause.rule, caught.value.fields) == ("FC302", ())
