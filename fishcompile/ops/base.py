"""What a primitive op is: its parameters as fields, and four facts read off them.

An op is a frozen dataclass in a file of its own whose fields are its parameters. Everything else
in fishcompile (shapes, costs, state dicts, Python) asks the op and nobody else.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from fishcompile.ops.keys import quoted
from fishcompile.ops.tensor import TensorType
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.ops.onnx_nodes import OnnxNodes
    from fishcompile.ops.runs import Runs

# How a gradient comes back through an op. `free`: the op is linear or picks elements, and has no
# weights. `activation`, `norm` and `weighted` are what they are called, and `gated` is the rest.
Gradient = Literal["free", "activation", "norm", "weighted", "gated"]

# What autograd keeps of an op for its backward, the weights apart: the inputs that it reads; of a
# product each input that another one's gradient needs; its output.
Saved = Literal["inputs", "factors", "output"]


class ShapeError(Exception):
    """An op cannot take these inputs; `field` names the parameter that is at fault, if one is.

    `operand` is the position of the input that does not fit, if it is an input; `divide` the
    number that the parameter does not divide; `instead` a key and its value, as a spec writes
    them, with which the op takes what it is given.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        field: str | None = None,
        operand: int | None = None,
        divide: int | None = None,
        instead: str | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.field = field
        self.operand = operand
        self.divide = divide
        self.instead = instead


@record
class First:
    """How an entry of a state dict starts: all `of`, or drawn about 0.

    `normal` has the standard deviation `of`, `uniform` goes from -`of` to `of`.
    """

    of: float
    drawn: Literal["", "normal", "uniform"] = ""


@record
class State:
    """One entry of an op's state dict: its name, shape, whether it is trained, and how it starts.

    `first` is what the module's constructor and the op's `first_values` make of it, for who makes a
    network without torch; None is unsaid.
    """

    name: str
    shape: tuple[int, ...]
    trained: bool = True
    first: First | None = None


@record
class Extra:
    """A tensor that an op makes beside its output: statistics, indices, a mask.

    It has `elements` for each image, or for the whole batch where it is not `batched`, of `width`
    bytes each (None: as wide as the output's). Autograd keeps it for the backward where it is
    `saved`; else it is gone when the op has run. Evaluation makes one alone that is not of
    `training`.
    """

    elements: int
    width: int | None = None
    batched: bool = True
    saved: bool = True
    training: bool = False


@record
class Call:
    """The call of a torch module's constructor.

    `positional` and `keywords` pair the op's field of that name with the text of torch's own
    default (None where there is none), at which an argument can be left out.
    """

    function: str
    positional: tuple[tuple[str, str | None], ...]
    keywords: tuple[tuple[str, str], ...] = ()


@record
class Op:
    """A primitive operation on the tensors of one image."""

    kind: ClassVar[str]
    # how many operands are read for their values; a further one only gives a size
    reads: ClassVar[int | None] = None
    # of an op with a module: keywords, with formulas over its fields, that an operand which only
    # gives a size asks for
    sized: ClassVar[tuple[tuple[str, str], ...]] = ()
    # the functions of torch that its text calls, beside the constructor of its module
    calls: ClassVar[tuple[str, ...]] = ()
    gradient: ClassVar[Gradient] = "gated"
    # what eager torch keeps for the backward; `Extra` is the rest of it
    saves: ClassVar[tuple[Saved, ...]] = ("inputs",)
    # whether the output lies in the memory of the first input: always, or in `evaluation` alone
    views: ClassVar[Literal["never", "evaluation", "always"]] = "never"
    # whether the gradients of its inputs lie in the memory of that of its output
    passes_gradient: ClassVar[bool] = False
    # whether, in evaluation, each pixel of the output is made of that pixel of the input alone, by
    # the same function everywhere
    pixelwise: ClassVar[bool] = False
    # the forward expression, where it is no plain call, with fields of the op in braces
    text: ClassVar[str] = ""
    # how a new module `{0}` gets its first values, where not as torch gives them
    first_values: ClassVar[str] = ""
    # the operator of ONNX, where it is one that reads the operands and nothing else
    onnx_type: ClassVar[str] = ""

    def infer(self, *inputs: TensorType) -> TensorType:
        """The output's type, if not the input's. Raises ShapeError where the inputs do not fit."""
        return inputs[0]

    def moved(self, *sides: tuple[int, ...]) -> tuple[int, ...]:
        """The sides of the output, given those of the inputs; all along one axis, or both.

        Raises ShapeError where they do not fit.
        """
        return sides[0]

    def carried(self, *inputs: Runs) -> Runs | None:
        """Whose channels those of the output are, given the same of the inputs; None: its own."""
        return None if self.gradient == "weighted" else inputs[0]

    def kept(self, *inputs: TensorType) -> tuple[int, int] | None:  # noqa: ARG002
        """Two widths that need not be equal, and stay so in a scaled network where they are."""
        return None

    def by_pixel(self) -> bool:
        """Whether it is `pixelwise`, where that depends on the op's numbers."""
        return self.pixelwise

    def of_channels(self, count: int) -> Op | None:  # noqa: ARG002
        """The op on `count` of its channels, if in evaluation it does not mix them; else None.

        Its weights, if it has any, are one number a channel.
        """
        return self if self.pixelwise and self.gradient == "activation" else None

    def macs(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """Multiply-accumulates for one image, as torch's FlopCounterMode counts them (/ 2)."""
        return 0

    def saved(self) -> tuple[Saved, ...]:
        """What autograd keeps of it, where that depends on the op's numbers."""
        return self.saves

    def extras(self, inputs: tuple[TensorType, ...], output: TensorType) -> tuple[Extra, ...]:  # noqa: ARG002
        """The tensors that it makes beside its output."""
        return ()

    def stored(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:  # noqa: ARG002
        """The numbers of one image in the memory that the output lies in."""
        return output.elements

    def written(self, inputs: tuple[TensorType, ...], output: TensorType) -> int:
        """The numbers of one image that it writes; not asked where that is a view."""
        return self.stored(inputs, output)

    def span(self, at: int, growth: int) -> tuple[int, int] | None:  # noqa: ARG002
        """The first and the last pixel along a side of the input that pixel `at` is made of.

        `growth` is how many pixels of the output stand for one of the input. None: all of them.
        """
        return at, at

    def output_stride(self, *strides: int) -> int:
        """Input-image pixels per output pixel along a side, given the same of the inputs.

        Multiplied by the step of the window, where the op has a `stride`.
        """
        return strides[0] * int(getattr(self, "stride", 1))

    def state(self) -> tuple[State, ...]:
        """The entries of the state dict, in torch's order; empty for a stateless op."""
        return ()

    def onnx(self, to: OnnxNodes, *inputs: str) -> str:
        """Writes what the op is in inference, of opset 18; the name of its output, or of an input.

        Raises NotImplementedError where the op says nothing of ONNX.
        """
        if not self.onnx_type:
            raise NotImplementedError(self.kind)
        return to.node(self.onnx_type, *inputs)

    @classmethod
    def module(cls) -> Call | None:
        """How the constructor of the torch module is written; None for a plain function."""
        return None

    @classmethod
    def called(cls) -> frozenset[str]:
        """Every function and module of torch that the text of the op calls."""
        module = cls.module()
        return frozenset((*cls.calls, module.function) if module else cls.calls)

    @classmethod
    def expression(cls, fields: Mapping[str, str], operands: int) -> str:
        """The forward expression, given the Python text of each field.

        {0} and {1} stand for the operands, {self} for the module. It is the call of the module, or
        where there is none of the one function in `calls`, with the fields behind the operands.
        """
        if cls.text:
            return cls.text.format("{0}", **fields)
        if cls.module() is not None:
            return "{self}({0})"
        (call,) = cls.calls
        read = (f"{{{position}}}" for position in range(operands))
        given = (quoted(fields[field.name]) for field in dataclasses.fields(cls))
        return f"{call}({', '.join((*read, *given))})"


def require_map(x: TensorType, kind: str, operand: int | None = None) -> None:
    """Raises ShapeError unless `x`, the input at `operand` of several, is a feature map."""
    if len(x.shape) != 3:
        message = f"{kind} needs a feature map, got a vector of {x}"
        raise ShapeError("FC303", message, operand=operand)


def require_channels(x: TensorType, channels: int, field: str) -> None:
    """Raises ShapeError unless `x` has the channels that the parameter `field` says."""
    if x.channels != channels:
        raise ShapeError("FC301", f"expects {int(channels)} channels, got {x.channels}", field)


def window(sides: tuple[int, ...], kernel: int, stride: int, padding: int) -> tuple[int, ...]:
    """The sides after a sliding window, floor division as in torch. Raises ShapeError at zero."""
    # plain, as sides keep no formula: it would be made and dropped again
    k, s, p = int(kernel), int(stride), int(padding)
    after = tuple((side + 2 * p - k) // s + 1 for side in sides)
    if min(after) < 1:
        size = "x".join(map(str, sides))
        raise ShapeError("FC304", f"a {kernel}x{kernel} window does not fit a {size} map")
    return after
