"""What an emitted network offers, for type checkers: `compile` says that it returns this."""

from torch import Tensor, nn

class Network(nn.Module):
    """The shape of every emitted network; there is no such class at run time."""

    taps: dict[str, dict[str, int]]

    def forward_features(self, x: Tensor) -> dict[str, Tensor]:
        """The taps by name for images (n, channels, height, width); only where there are any."""
