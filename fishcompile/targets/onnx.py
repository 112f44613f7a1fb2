"""The ONNX target: a network as an ONNX file, written from its graph and not traced through torch.

What each op is in ONNX its own file in ops/ says; see docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fishcompile.targets.base import Target

if TYPE_CHECKING:
    from fishcompile.ir.graph import Graph
    from fishcompile.pipeline import Analysis


def onnx_bytes(
    graph: Graph,
    digest: str,
    state: Mapping[str, Any] | None = None,
    *,
    taps: bool = False,
    passes: Sequence[str] = (),
) -> bytes:
    """The ONNX file of a graph in inference, float32, of opset 18, the same bytes on every run.

    `digest` is the spec's; `passes` made the graph of the one that the spec stands for. `state` are
    numpy arrays by the keys of the graph, those of batches seen not needed; None: first values, as
    `targets.first_values` draws them. Outputs are those of `forward`, and with `taps` those of
    `forward_features` behind them. The batch, height and width are free.

    Raises UsageError where an op says nothing of ONNX, or the weights are more than a file holds;
    KeyError where `state` is not that of the graph.
    """
    from fishcompile.analysis.features import features
    from fishcompile.targets.onnx_model import onnx_model

    outputs = dict(graph.outputs or features(graph))
    for name, value in features(graph) if taps else ():
        outputs.setdefault(name, value)
    notes = {"spec": graph.name, "spec_sha256": digest}
    if passes:
        notes["passes"] = ",".join(passes)
    model = onnx_model(graph, [*outputs.items()], state, notes)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _made(analysis: Analysis, state: Mapping[str, Any] | None = None, taps: bool = False) -> bytes:
    graph, passes = analysis.inference.graph, analysis.passes
    return onnx_bytes(graph, analysis.digest, state, taps=taps, passes=passes)


TARGET = Target(
    "an ONNX file",
    "an ONNX file",
    _made,
    text=False,
    suffix=".onnx",
    needs=("onnx", "numpy"),
    extra="onnx",
    takes=("state", "taps"),
)
