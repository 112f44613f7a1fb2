"""Peak memory of the emitted module in eager torch: live bytes at each step, by the schedule.

What counts is what torch allocates as tensors; scratch space inside a kernel is not seen. A tensor
dies with its last holder: a frame of Python, or autograd, which keeps what each op `saves` until
its backward has run.
"""

from __future__ import annotations

from functools import cached_property

from fishcompile.analysis.backward import backward
from fishcompile.analysis.schedule import Schedule
from fishcompile.analysis.storages import (
    OpMemory,
    Recomputed,
    Storages,
    live_bytes,
    op_memory,
    storages,
)
from fishcompile.ir.graph import Graph
from fishcompile.record import record

# How many tensors as large as a parameter an optimizer keeps for it, the bytes of its own beside
# them (`step`, a float32), and how many its step makes for one parameter at a time.
OPTIMIZERS = {
    "sgd": (0, 0, 0),
    "sgd_momentum": (1, 0, 0),
    "adam": (2, 4, 2),
    "adamw": (2, 4, 2),
}
_INDEX = 8  # bytes of an int64, as the counts of batches are


@record
class Memory:
    """What a graph takes at a batch, each number of `width` bytes."""

    graph: Graph
    schedule: Schedule
    batch: int
    width: int

    @cached_property
    def weights(self) -> int:
        """Bytes of the parameters."""
        return self.width * sum(self._parameters)

    @cached_property
    def buffers(self) -> int:
        """Bytes of what the state dict holds beside the parameters."""
        ops = self.ops.values()
        return sum(op.buffers * self.width + op.counters * _INDEX for op in ops)

    @cached_property
    def ops(self) -> dict[str, OpMemory]:
        """What the op of each node takes."""
        return op_memory(self.graph)

    @cached_property
    def inference(self) -> tuple[int, ...]:
        """Live bytes in each step of evaluation without gradients, weights and buffers apart."""
        return live_bytes(self.schedule, self._storages(training=False))[0]

    @cached_property
    def forward(self) -> tuple[int, ...]:
        """Live bytes in each step of the forward pass in training, weights and buffers apart."""
        return self._pass[0]

    @cached_property
    def backward(self) -> tuple[int, ...]:
        """Live bytes while the backward of each step runs, weights and buffers apart.

        The gradient of a parameter counts from the step that makes it on, that of an output, which
        the loss gives, all along.
        """
        live = self._pass[1]
        sizes = self.batch, self.width
        held, again = self._recomputed.backward, self._recomputed.again
        return backward(self.graph, self.schedule, self.ops, held, live, *sizes, again)

    @cached_property
    def saved(self) -> dict[str, int]:
        """Bytes that autograd keeps for the backward, by the node that is the first to keep them.

        Parameters and buffers, which are there anyway, do not count.
        """
        seen: set[str] = set()
        found: dict[str, int] = {}
        for name, kept in self.trained.kept.items():
            fresh = set(kept.storages) - seen
            found[name] = kept.own + sum(self.trained.sizes[each] for each in fresh)
            seen |= fresh
        return found

    def optimizer_state(self, optimizer: str) -> int:
        """Bytes that an optimizer of OPTIMIZERS keeps from step to step."""
        copies, beside, _ = OPTIMIZERS[optimizer]
        return copies * self.weights + beside * len(self._parameters)

    def inference_peak(self) -> int:
        """The most bytes that are alive at once in evaluation, weights and buffers included."""
        return self.weights + self.buffers + max(self.inference, default=0)

    def training_peak(self, optimizer: str) -> int:
        """The most bytes that are alive at once in a step of training, from the second step on.

        A step is the forward pass, the backward, and what the optimizer does.
        """
        held = self.weights + self.buffers + self.optimizer_state(optimizer)
        _, _, temporary = OPTIMIZERS[optimizer]
        update = self.weights + self.width * temporary * max(self._parameters, default=0)
        return held + max(*self.forward, *self.backward, self._ends + update)

    @cached_property
    def trained(self) -> Storages:
        """The storages in the forward pass of training."""
        return self._recomputed.forward

    @cached_property
    def _recomputed(self) -> Recomputed:
        found = self._storages(training=True)
        if not self.graph.recompute:
            return Recomputed(found, found, {})
        # imported only now: few specs recompute
        from fishcompile.analysis.replay import recomputed

        return recomputed(self.graph, self.schedule, self.ops, found, self.width)

    @cached_property
    def _pass(self) -> tuple[tuple[int, ...], int]:
        return live_bytes(self.schedule, self.trained)

    def _storages(self, *, training: bool) -> Storages:
        nodes, batch = self.schedule.nodes, self.batch
        return storages(self.graph, nodes, self.ops, batch, self.width, training=training)

    @cached_property
    def _parameters(self) -> list[int]:
        return [size for op in self.ops.values() for size in op.parameters]

    @property
    def _ends(self) -> int:
        """Bytes of the image, and of the outputs with their gradients."""
        types, outputs = self.graph.types, {value for _, value in self.graph.outputs}
        image = sum(value.type.elements for value in self.graph.inputs)
        given = sum(types[value].elements for value in outputs)
        return (image + 2 * given) * self.batch * self.width
