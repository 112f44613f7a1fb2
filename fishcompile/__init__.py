"""fishcompile: YAML specs of fish-shaped vision backbones to readable PyTorch.

model = fishcompile.compile("specs/fishnet99.yaml")   # an nn.Module, needs torch
text = fishcompile.emit("specs/fishnet99.yaml")       # the same as a Python file
report = fishcompile.check("specs/fishnet99.yaml")    # what is wrong with it, if anything
fishcompile.load("specs/fishnet99.yaml")              # in a notebook: its picture and its table
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from fishcompile.package import VERSION

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Report
    from fishcompile.pictures.notebook import Shown
    from fishcompile.schema.plugins import Plugin
    from fishcompile.targets.engine import Engine
    from fishcompile.targets.network import Network

__version__ = VERSION

__all__ = ["Plugin", "__version__", "check", "compile", "emit", "load"]


def __getattr__(name: str) -> Any:
    """`Plugin`, what a package with plug-ins offers: imported only for who asks."""
    if name != "Plugin":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fishcompile.schema.plugins import Plugin

    return Plugin


def check(spec: str | os.PathLike[str]) -> Report:
    """What is to be said about a spec file; `report.ok` where it has no errors.

    Never raises for what a spec says, nor for a file that cannot be read: both are findings.
    """
    from fishcompile.diagnostics.finding import SpecError
    from fishcompile.pipeline import examine

    try:
        return examine(Path(spec))[0]
    except SpecError as error:
        return error.report


def load(spec: str | os.PathLike[str]) -> Shown:
    """A spec that shows itself, in a notebook as picture and table; `str` gives the table.

    One whose network does not hold is drawn with the broken edge in red; see its `report`.

    Raises:
        SpecError: the spec does not read or resolve; its `report` says where and why.
    """
    from fishcompile.cli.show_stages import table_lines
    from fishcompile.pictures.notebook import Shown
    from fishcompile.pipeline import analyse

    analysis = analyse(Path(spec))
    broken = bool(analysis.inference.failures) or not analysis.inference.stages
    return Shown(analysis, "" if broken else "\n".join(table_lines(analysis)))


def emit(spec: str | os.PathLike[str]) -> str:
    """The standalone Python file of a spec, as text.

    Raises:
        SpecError: the spec has errors; its `report` says where and why.
    """
    from fishcompile.pipeline import compiled
    from fishcompile.targets.source import emit_source

    return emit_source(compiled(Path(spec)))


@overload
def compile(  # noqa: A001
    spec: str | os.PathLike[str],
    set: Mapping[str, Any] | None = None,
    recompute: str | Sequence[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    optimize: Literal["inference"] | None = None,
    engine: None = None,
) -> Network: ...
@overload
def compile(  # noqa: A001
    spec: str | os.PathLike[str],
    set: Mapping[str, Any] | None = None,
    recompute: str | Sequence[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    optimize: Literal["inference", "nothing"] | None = None,
    engine: str,
    device: str = "cpu",
    dtype: str = "float32",
) -> Engine: ...
def compile(  # noqa: A001
    spec: str | os.PathLike[str],
    set: Mapping[str, Any] | None = None,  # noqa: A002
    recompute: str | Sequence[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    optimize: str | None = None,
    engine: str | None = None,
    device: str = "cpu",
    dtype: str = "float32",
) -> Network | Engine:
    """The network of a spec as a new nn.Module on the CPU, by running the emitted text.

    `model(x)` takes (n, channels, height, width) and gives the logits (n, classes), or the taps
    where the spec has no classifier; `model.forward_features(x)` gives the taps by name, and
    `model.taps` their channels and strides. `set` lays values over the spec, by their paths:
    `{"tail.tail1.out": 64}`. `recompute` says what training computes again instead of keeping it:
    "preact", "stages" or names of stages; see docs/training.md. `weights` is a checkpoint, in any
    layout that the spec knows, and `optimize="inference"` runs the passes, see docs/passes.md.

    With an `engine` ("auto", "eager", "inductor", "onnxruntime", "openvino", "tensorrt") it is the
    network as that runs it in inference on a `device` ("cpu", "cuda") in a `dtype` ("float32",
    "bfloat16", "float16"), called with images of torch or numpy; see docs/engines.md. The passes
    are run then unless `optimize` is "nothing".

    Raises:
        SpecError: the spec has errors; its `report` says where and why.
        UsageError: a path of `set` is not in the spec, a checkpoint cannot be read, an engine is
            not installed or does not do what is asked.
        FindingError: the weights do not fit the spec.
        ModuleNotFoundError: torch is not installed, and no engine is asked for.
    """
    from fishcompile.pipeline import compiled

    if recompute is not None:
        chosen = recompute if isinstance(recompute, str) else [*recompute]
        set = {**(set or {}), "recompute": chosen}  # noqa: A001
    if set:
        from fishcompile.loading.settings import settings_from

        analysis = compiled(Path(spec), settings_from(set))
    else:
        analysis = compiled(Path(spec))
    if engine is None and weights is None and optimize is None:
        from fishcompile.targets.module import network

        return network(analysis)
    from fishcompile.weights.state import engine_of, network_of

    path = None if weights is None else Path(weights)
    if engine is None:
        return network_of(analysis, path, optimize)
    passes = {None: "inference", "nothing": None}.get(optimize, optimize)
    return engine_of(analysis, path, passes, engine, device, dtype)
