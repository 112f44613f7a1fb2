"""Writes docs/gradients.md: the gradient paths of FishNet and four other networks, side by side.

python docs/generate_gradients.py; with --check it writes nothing and fails where the page is not
current. What is beside the paths was measured by benchmarks/gradients.py, which writes
docs/gradient_norms.json. Needs fishcompile to be importable, as it is once installed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fishcompile.analysis.free_paths import GradientPath, ends_of, gradient_paths
from fishcompile.cli.show_gradients import cells_of
from fishcompile.ir.graph import Graph
from fishcompile.pipeline import compiled

DOCS = Path(__file__).parent
PAGE, NORMS = DOCS / "gradients.md", DOCS / "gradient_norms.json"
NETWORKS = {
    "fishnet99": "FishNet-99",
    "resnet50": "ResNet-50",
    "resnet50_fpn": "ResNet-50 with FPN",
    "unet": "U-Net",
    "stacked_hourglass": "Stacked Hourglass",
}

INTRO = """\
# Gradient paths

FishNet's paper argues from the way that the gradient of the loss takes back to each stage (Sun et
al. 2018). Sums, concatenations, pooling, interpolation and the channel-wise reduction r(x) hand
it on without a weight. A convolution does not, and the ones to avoid are *isolated* convolutions
(I-convs): those on a shortcut, which nothing goes around. ResNet has one wherever the width
changes, a feature pyramid has its lateral convolutions, and a U-Net without shortcuts every
convolution of its decoder. In a fish every stage but the last of the tail is handed on to the end
by skips that have none.

This page measures that on the graphs of primitive operations. For each stage the way back from
the network's head is taken that crosses the fewest convolutions; of ways with as many, the fewest
gates, then the fewest normalisations
([analysis/free_paths.py](../fishcompile/analysis/free_paths.py)). A head is the last layer before
an output, with the pooling and flattening about it: every network has one. An activation counts
as free, as in [FC506](rules/FC506.md).

    fishcompile show --gradients specs/fishnet99.yaml specs/resnet50.yaml

prints these tables for any specs, and with `--format json` the paths themselves.

The *norm* is measured beside it, by `python -m benchmarks.gradients`: the Euclidean norm of the
gradient at a stage's output at initialisation, over that at the last stage, where noise comes
back from the outputs (torch {torch}, batch {batch}, {size}x{size}, geometric mean of {seeds}
seeds). It says how much arrives at initialisation, by all ways together, and nothing of which.
Stages that are a plain function have none.

Tests hold the table to torch: where all convolutions of a small fish are set to zero, a gradient
still arrives at exactly the stages that have a free path here, and along pooling, sums, reduction
and interpolation the Jacobian is the one of the path.

## Side by side
"""


def page() -> str:
    """The page's text."""
    measured = json.loads(NORMS.read_text(encoding="utf-8"))
    known = {key: measured[key] for key in ("torch", "batch", "size")}
    intro = INTRO.format(**known, seeds=len(measured["seeds"]))
    graphs = {
        name: compiled(DOCS.parent / "specs" / f"{name}.yaml").inference.graph for name in NETWORKS
    }
    parts = [intro, _summary(graphs, measured["norms"])]
    for name, graph in graphs.items():
        parts += [f"## {NETWORKS[name]}\n", _table(graph, measured["norms"][name])]
    return "\n".join(parts)


def _summary(graphs: dict[str, Graph], norms: dict[str, Any]) -> str:
    heads = (
        "network", "stages", "reached freely", "I-convs in the way, at most",
        "convolutions in the way, at most", "from the first stage", "norm there",
    )  # fmt: skip
    rows = []
    for name, graph in graphs.items():
        paths = [path for path in gradient_paths(graph) if path.reached]
        first = paths[0]
        met = f"{len(first.convolutions)} convolutions, I-convs among them: {len(first.isolated)}"
        rows.append(
            (
                NETWORKS[name],
                str(len(paths)),
                str(sum(path.free for path in paths)),
                str(max(len(path.isolated) for path in paths)),
                str(max(len(path.convolutions) for path in paths)),
                "free" if first.free else met,
                _norm(first, norms[name]),
            )
        )
    return _markdown(heads, rows)


def _table(graph: Graph, norms: dict[str, float]) -> str:
    heads = ("stage", "free path", "I-convs", "convs", "broken at", "through", "norm")
    rows = [(*cells_of(path), _norm(path, norms)) for path in gradient_paths(graph)]
    ends = ", ".join(f"`{end}`" for end in ends_of(graph))
    return f"From {ends}:\n\n{_markdown(heads, rows)}"


def _norm(path: GradientPath, norms: dict[str, float]) -> str:
    return f"{norms[path.stage]:g}" if path.stage in norms else "-"


def _markdown(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    new = page()
    if arguments == ["--check"]:
        old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        return None if new == old else "not current; run docs/generate_gradients.py"
    if arguments:
        return "usage: generate_gradients.py [--check]"
    PAGE.write_text(new, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
