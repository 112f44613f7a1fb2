"""What a spec that checks clean promises, held against torch and against its own renderings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from fishcompile.analysis.costs import below
from fishcompile.cli.commands.render import rendered
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.language.stage_graph import INPUT
from fishcompile.pipeline import Analysis, analyse
from fishcompile.targets.module import instantiate
from fishcompile.targets.source import emit_source
from tests.grammar.specs import Spec
from tests.strategies import Map


def promised(spec: Spec, folder: Path) -> str:
    """The emitted file, after all that can be said of it without another tool is asserted."""
    for name, text in spec.texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    analysis = clean(folder / "net.yaml")
    for name, made in spec.nodes.items():
        assert analysis.inference.stages[name].output.shape == (made.channels, *made.sides), name
    source = emit_source(analysis)
    with torch.device("meta"):
        model = instantiate(source, analysis.stages.name).eval()
    same_state(model, analysis)
    _same_run(model, analysis, spec)
    graph = analysis.inference.graph
    assert parse_graph(print_graph(graph)) == graph
    for form in (False, True):
        path = folder / "rendered.yaml"
        path.write_text("\n".join([*rendered(analysis, graph=form), ""]), encoding="utf-8")
        again = clean(path)
        assert print_graph(again.inference.graph) == print_graph(graph)
        assert emit_source(again) == source
    return source


def clean(path: Path) -> Analysis:
    """The analysis of a spec in which nothing is wrong."""
    analysis = analyse(path)
    assert [found for found in analysis.report.diagnostics if found.severity == "error"] == []
    return analysis


def same_state(model: nn.Module, analysis: Analysis) -> None:
    """The model has the tensors and the parameters that the analysis says."""
    want = {name: shape for name, (shape, *_) in analysis.inference.graph.state().items()}
    have = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert list(have.items()) == list(want.items())
    assert sum(p.numel() for p in model.parameters()) == analysis.total.parameters


def _same_run(model: nn.Module, analysis: Analysis, spec: Spec) -> None:
    """The model gives what the spec's own arithmetic says, for the MACs that were counted."""
    net: Any = model
    images = torch.empty(2, *analysis.inference.graph.inputs[0].type.shape, device="meta")
    with torch.no_grad():
        features = net.forward_features(images) if spec.taps else {}
        with FlopCounterMode(display=False) as counter:
            given = net(images)
    assert shapes(features) == {name: of(made) for name, made in spec.taps.items()}
    if spec.taps:
        assert {name: tap["channels"] for name, tap in net.taps.items()} == {
            name: made.channels for name, made in spec.taps.items()
        }
    outputs = {name: of(made) for name, made in spec.outputs.items()}
    if len(outputs) == 1:
        given = dict.fromkeys(outputs, given)
    assert shapes(given) == (outputs or shapes(features))
    # two images, two operations a multiply-accumulate
    assert counter.get_total_flops() == 2 * 2 * _forward_macs(analysis)


def _forward_macs(analysis: Analysis) -> int:
    """All of them, but where the outputs read nothing of what is tapped."""
    stages = analysis.stages
    flow = nx.DiGraph((edge.source, node.name) for node in stages.nodes for edge in node.inputs)
    trunk, read = (
        {name for _, source in named for name in (source, *nx.ancestors(flow, source))} - {INPUT}
        for named in (stages.taps, stages.outputs)
    )
    if trunk & read or not read:
        return analysis.total.macs
    return sum(below(analysis.costs, name).macs for name in read)


def of(made: Map) -> tuple[int, ...]:
    """The shape of two images' tensor."""
    return (2, made.channels, *made.sides)


def shapes(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    """Their shapes by name."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}
