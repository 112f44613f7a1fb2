"""TensorType: the shape of one image's tensor; the batch dimension is left implicit."""

from __future__ import annotations

from fishcompile.record import record


@record
class TensorType:
    """(channels, height, width) of a feature map, or (features,) of a vector."""

    shape: tuple[int, ...]

    @property
    def channels(self) -> int:
        """The size of dimension 1 of the batched tensor."""
        return self.shape[0]

    @property
    def sides(self) -> tuple[int, ...]:
        """(height, width) of a feature map, () of a vector."""
        return self.shape[1:]

    @property
    def elements(self) -> int:
        """How many numbers one image's tensor holds."""
        count = 1
        for side in self.shape:
            count *= side
        return count

    def __str__(self) -> str:
        return "x".join(map(str, self.shape))


def feature_map(channels: int, sides: tuple[int, ...]) -> TensorType:
    """The type of a map of `channels` with the given (height, width)."""
    return TensorType((channels, *sides))
