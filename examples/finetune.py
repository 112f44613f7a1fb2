# ruff: noqa: T201
"""Trains a small head on a backbone, for a few steps on random data: examples/finetune.py.

The head asks the model for the channels of its taps, so it fits any spec that has them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

import fishcompile

SPEC = Path(__file__).parent.parent / "specs" / "fishnet99.yaml"

torch.manual_seed(0)
backbone = fishcompile.compile(SPEC).eval().requires_grad_(False)
# Released weights, renamed by `fishcompile weights convert`, would be loaded here:
# backbone.load_state_dict(safetensors.torch.load_file("fishnet99.safetensors"))
taps = backbone.taps
print(taps)

# Each tap is averaged over its map; the head classifies what they say together.
width = sum(tap["channels"] for tap in taps.values())
head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 5))
optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3)
images, labels = torch.randn(8, 3, 64, 64), torch.randint(0, 5, (8,))

with torch.no_grad():
    features = backbone.forward_features(images)
pooled = torch.cat([features[name].mean(dim=(2, 3)) for name in taps], dim=1)

for step in range(5):
    loss = nn.functional.cross_entropy(head(pooled), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.item():.3f}")
