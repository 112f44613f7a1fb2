"""The strided FishNet-150 computes what the authors' code does with a block of stride 2 per stage.

No network of theirs is made so: the last block of each stage of tail and head was replaced by their
own `Bottleneck(c, c, stride=2)`, and the pooling taken out. The weights are float64.
"""

from __future__ import annotations

import re

import numpy as np
import torch

from fishcompile.package import data_file
from fishcompile.pipeline import compiled
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from fishcompile.weights.authors import authors_keys
from tests import reference

NAME = "fishnet150_strided_conv"
# the strided block's place in its stage
LAST = {"tail1": 1, "tail2": 3, "tail3": 7, "head1": 1, "head2": 1, "head3": 3}
PARTS = re.compile(r"(tail.|head.)(?:\.trunk)?\.(refine|down)\.(\d+)\.(.*)")


def theirs(key: str, authors: dict[str, str]) -> str:
    """The authors' key for one of ours; `authors` are those of FishNet-150, by its names."""
    match = PARTS.fullmatch(key)
    if not match:
        return authors[key]
    stage, part, index, rest = match.groups()
    block = f"{stage}.refine.{LAST[stage] if part == 'down' else index}"
    if f"{block}.{rest}" in authors:
        return authors[f"{block}.{rest}"]
    # the shortcut that the stride brings: BN, ReLU, convolution
    _, layer, leaf = rest.split(".")
    prefix = authors[f"{block}.conv1.conv.weight"].removesuffix(".conv1.weight")
    return f"{prefix}.shortcut.{0 if layer == 'bn' else 2}.{leaf}"


def test_parameters_and_logits() -> None:
    analysis = compiled(data_file("specs", f"{NAME}.yaml"))
    base = compiled(data_file("specs", "fishnet150.yaml"))
    authors = authors_keys(base.inference.graph, base.stages)
    expected = reference.outputs("fishnet150_strided")
    assert analysis.total.parameters == expected["parameters"] == 28_665_384

    state = analysis.inference.graph.state()
    weights = {
        key: reference.filled(theirs(key, authors), shape) for key, (shape, _) in state.items()
    }
    assert len({theirs(key, authors) for key in state}) == len(state)
    net = instantiate(emit_source(analysis), NAME).double().eval()
    net.load_state_dict(weights)
    with torch.inference_mode():
        logits = net(torch.from_numpy(reference.image(64, 96))).numpy()
    assert logits.shape == tuple(expected["logits_64x96_shape"])
    held = expected["logits_64x96_sample"]
    difference = np.abs(reference.sample(logits, 256) - held).max()
    assert difference <= 1e-9 * np.abs(held).max()
