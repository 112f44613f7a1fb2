"""Three steps of training under torchrun: `-m tests.targets.two_processes ddp|fsdp [RECOMPUTE]`.

The first process prints the losses of the whole batch, and the sum of a feature after the last.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.nn.parallel import DistributedDataParallel

import fishcompile
from tests.nets import shipped


def main(how: str, recompute: str) -> None:
    """Trains, and prints what came of it."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    train(how, recompute)
    # only when the model is gone: what frees a group that a model still holds may wait for itself
    dist.destroy_process_group()


def train(how: str, recompute: str) -> None:
    """Trains FishNet nano on four images, which the processes share."""
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(0)
    net: Any = fishcompile.compile(shipped("fishnet_nano"), recompute=recompute or None)
    model = features = net.double().eval()
    if how == "ddp":
        model = DistributedDataParallel(net)
    else:
        for stage in net.children():
            fully_shard(stage)
        fully_shard(net)
        register_fsdp_forward_method(net, "forward_features")
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    draw = torch.Generator().manual_seed(1)
    image = torch.randn(4, 3, 64, 64, generator=draw, dtype=torch.double)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss: Any = F.cross_entropy(model(image[rank::world]), torch.arange(4)[rank::world])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach() / world)
    with torch.no_grad():
        given = features.forward_features(image[rank::world])
    losses.append(sum(y.sum() for y in given.values()))
    for value in losses:
        dist.all_reduce(value)
        if rank == 0:
            print(repr(value.item()))


if __name__ == "__main__":
    main(*sys.argv[1:])
