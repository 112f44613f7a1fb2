"""What an emitted network offers, for type checkers: `compile` says that it returns this."""

from __future__ import annotations

from torch import Tensor, nn


class Network(nn.Module):
    """The shape of every emitted network; nothing is ever an instance of it."""

    taps: dict[str, dict[str, int]]

    def forward_features(self, x: Tensor) -> dict[str, Tensor]:
        """The taps by name for images (n, channels, height, width)."""
        raise NotImplementedError
