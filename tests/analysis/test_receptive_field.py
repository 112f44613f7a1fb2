"""Receptive fields: published ones, and what torch's gradients of one pixel reach."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import fishcompile
from fishcompile.analysis.figures import figures
from fishcompile.analysis.receptive_field import receptive_fields
from fishcompile.pipeline import compiled
from tests.nets import shipped


# Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, table 1,
# has 212 for VGG-16; 427 is that of a ResNet-50 which strides in its 3x3 convolutions, by hand:
# 7 + 4, then 3 blocks of 8, then 8 and 3 of 16, 16 and 5 of 32, 32 and 2 of 64.
@pytest.mark.parametrize(
    ("name", "stage", "field"),
    [("vgg16", "pool5", 212), ("resnet50", "layer1", 35), ("resnet50", "layer4", 427)],
)
def test_published_fields(name: str, stage: str, field: int) -> None:
    found = figures(compiled(shipped(name)).inference.graph)
    values = {row.name: row.value for row in found.rows("stage")}
    assert found.receptive_fields[values[stage]] == field


def test_a_pooled_map_is_made_of_the_whole_image() -> None:
    found = figures(compiled(shipped("resnet50")).inference.graph)
    assert found.receptive_fields["average"] is None
    assert found.receptive_fields["fc"] is None


NET = """\
fishspec: 2
name: net
input: {channels: 2, size: 96}
graph:
  a: {kind: conv, from: input, out: 2, stride: 2, norm: none, act: none}
  b: {kind: avg_pool, from: a, kernel: 3, stride: 2}
  c: {kind: conv, from: b, out: 2, dilation: 2, norm: none, act: none}
  d: {kind: upsample, from: c, to: a, mode: MODE}
  e: {kind: add, from: [d, a]}
  f: {kind: conv, from: e, out: 2, norm: none, act: none}
  g: {kind: deconv, from: f, out: 2, kernel: 4, stride: 2, padding: 1}
  h: {kind: conv, from: g, out: 2, kernel: 5, padding: 2, stride: 3, norm: none, act: none}
outputs: {y: h}
taps: {a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h}
"""


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_fields_are_what_gradients_reach(mode: str, tmp_path: Path) -> None:
    """With positive weights nothing cancels; of the pixels around the middle the widest counts."""
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("MODE", mode), encoding="utf-8")
    model = fishcompile.compile(path)
    for parameter in model.parameters():
        torch.nn.init.uniform_(parameter, 0.5, 1.0)
    image = torch.rand(1, 2, 96, 96, requires_grad=True)
    fields = receptive_fields(compiled(path).inference.graph)
    taps = dict(compiled(path).inference.graph.taps)
    for name, feature in model.forward_features(image).items():
        middle = feature.shape[-1] // 2
        reached = []
        for at in range(middle - 6, middle + 6):
            (gradient,) = torch.autograd.grad(feature[0, 0, at, at], image, retain_graph=True)
            rows = gradient[0].sum(0).sum(1).nonzero().flatten()
            reached.append(int(rows[-1] - rows[0]) + 1)
        assert fields[taps[name]] == max(reached), name
