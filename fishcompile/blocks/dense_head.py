"""DenseHead: a score for every pixel and class, as segmentation needs it."""

from __future__ import annotations

from fishcompile.blocks.norm_act import NORM_ACT, NormAct
from fishcompile.blocks.pre_act_conv import PreActConv
from fishcompile.ir.builder import Block, Builder
from fishcompile.ir.graph import Value
from fishcompile.ops.conv import Conv
from fishcompile.ops.upsample import Upsample
from fishcompile.record import record


@record
class DenseHead(Block):
    """Scores of every pixel: score convolution, 1x1 convolution to the classes, up-sampling."""

    in_channels: int
    classes: int
    reduction: int = 2
    up: str = "bilinear"
    norm_act: NormAct = NORM_ACT

    def expand(self, b: Builder, x: Value, image: Value | None = None) -> Value:
        """(in_channels, h, w) to (classes, h, w), or to the sides of `image` where it is given."""
        mid = self.in_channels // self.reduction
        x = b.block("score", PreActConv(self.in_channels, mid, norm_act=self.norm_act), x)
        scores = Conv(mid, self.classes, 1, bias=True)
        x = b.op("predict", scores, self.norm_act(b, x, mid))
        return x if image is None else b.op("resized", Upsample(self.up), x, image)
