"""What torch really holds: live bytes of tensors by the lifetimes of their storages.

Tests and benchmarks/memory.py compare with it what fishcompile counts without torch.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

# They allocate as ever and change nothing: weights that run away make torch slow.
OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]] = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.0),
    "sgd_momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.0, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.0),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=0.0),
}


class LiveTensors(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Follows each storage from the op that makes it to its end; `live` and `peak` are bytes.

    `written` counts the elements of the first tensor that each op gives, where it is a new one;
    `macs` are half of the operations that torch's own formulas count.
    """

    def __init__(self, *held: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = self.peak = self.written = self.macs = 0
        self._sizes: dict[int, int] = {}
        for tensor in held:
            self._notice(tensor)

    def _notice(self, tensor: Tensor) -> bool:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._sizes:
            return False
        self._sizes[key] = storage.nbytes()
        self.live += storage.nbytes()
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._forget, key)
        return True

    def _forget(self, key: int) -> None:
        self.live -= self._sizes.pop(key)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.macs += count(*args, **(kwargs or {}), out_val=result) // 2
        tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        fresh = [self._notice(tensor) for tensor in tensors]
        if any(fresh[:1]):
            storage = tensors[0].untyped_storage()
            self.written += storage.nbytes() // tensors[0].element_size()
        return result


def own_tensors(model: nn.Module) -> list[Tensor]:
    """The parameters and buffers."""
    return [*model.parameters(), *model.buffers()]


def inference(model: nn.Module, image: Tensor) -> LiveTensors:
    """One call in evaluation without gradients.

    Not in inference mode, where what ops as `max_pool2d` make on their way is out of sight.
    """
    model.eval()
    live = LiveTensors(image, *own_tensors(model))
    with torch.no_grad(), live:
        model(image)
    return live


def training(model: nn.Module, image: Tensor, optimizer: str) -> LiveTensors:
    """A step of training whose optimizer has its state; the gradients of the outputs are ones."""
    model.train()
    chosen = OPTIMIZERS[optimizer](model.parameters())

    def step() -> None:
        chosen.zero_grad()
        outputs = [y for y in tensors_of(model(image)) if y.requires_grad]
        torch.autograd.backward(outputs, [torch.ones_like(y) for y in outputs])
        chosen.step()

    if optimizer != "sgd":  # which has none
        step()
        chosen.zero_grad()
    states = [s for state in chosen.state.values() for s in state.values()]
    held = [state for state in states if isinstance(state, Tensor)]
    live = LiveTensors(image, *own_tensors(model), *held)
    with live:
        step()
    return live


def saved_bytes(model: nn.Module, image: Tensor) -> int:
    """Bytes of the storages that autograd keeps for the backward, parameters and buffers apart."""
    model.train()
    own = {tensor.untyped_storage()._cdata for tensor in own_tensors(model)}
    kept: dict[int, tuple[int, Tensor]] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept[storage._cdata] = (storage.nbytes(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = model(image)
    del outputs
    return sum(size for size, _ in kept.values())


def tensors_of(output: Tensor | dict[str, Tensor]) -> Sequence[Tensor]:
    """What a network gives, as a list."""
    return list(output.values()) if isinstance(output, dict) else [output]
