"""Engines: what runs a network in inference, behind one interface.

An engine is called with images (n, channels, height, width), of torch or of numpy, and gives what
the network's `forward` gives, of the same library: a tensor, or several by name. Those of ONNX read
the file that `targets/onnx.py` writes, so that nothing is traced and torch need not be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.record import record

if TYPE_CHECKING:
    from fishcompile.pipeline import Analysis

AUTO = "auto"
DEVICES = ("cpu", "cuda")
DTYPES = ("float32", "bfloat16", "float16")
_ROUNDS = 5  # forwards by which `auto` compares


@record
class Plan:
    """A checked network, its state by numpy arrays, and what it is to run on, in what precision."""

    analysis: Analysis
    state: Mapping[str, Any]
    device: str
    dtype: str


@record
class Engine:
    """A network in inference as `name` runs it; `why` says how the choice fell on it."""

    name: str
    plan: Plan
    why: str
    run: Callable[[Any], Mapping[str, Any]]

    def __call__(self, images: Any) -> Any:
        """The outputs for images (n, channels, height, width), of torch or numpy as those are.

        Raises UsageError for what is no batch of images, ValueError for sides that the network
        does not take, where the engine says so.
        """
        shape = tuple(getattr(images, "shape", ()))
        channels = int(self.plan.analysis.inference.graph.inputs[0].type.channels)
        if len(shape) != 4 or shape[1] != channels:
            way_out = f"images are (n, {channels}, height, width)"
            raise UsageError(f"the network cannot take {list(shape) or type(images)}", way_out)
        given = self.run(images)
        return given if len(given) > 1 else next(iter(given.values()))

    def __repr__(self) -> str:
        """Which network on which engine, and why on that."""
        plan = self.plan
        net = plan.analysis.stages.name
        return f"<{net} on {self.name}, {plan.dtype} on {plan.device}: {self.why}>"


def engine(name: str, plan: Plan) -> Engine:
    """The network on the engine of that name, or where that is `auto`, on the fastest one.

    Raises UsageError where it is not installed, not known, or does not do what the plan asks.
    """
    _refuse(plan)
    if name == AUTO:
        return _fastest(plan)
    if name not in _ENGINES:
        close = nearest(name, _ENGINES)
        meant = f"did you mean {close}? " if close else ""
        way_out = f"{meant}the engines are {AUTO}, {', '.join(_ENGINES)}"
        raise UsageError(f"no engine is called {shown(name)}", way_out)
    return Engine(name, plan, "asked for", _ENGINES[name](plan))


def _refuse(plan: Plan) -> None:
    for word, known in ((plan.device, DEVICES), (plan.dtype, DTYPES)):
        if word not in known:
            raise UsageError(f"{shown(word)} is not known here", f"use {' or '.join(known)}")


def _fastest(plan: Plan) -> Engine:
    """On CUDA inductor; on a CPU what takes least for an image, of what starts at once."""
    if plan.device == "cuda":
        return Engine("inductor", plan, "the fastest on CUDA", _ENGINES["inductor"](plan))
    found: list[tuple[float, str, Callable[[Any], Mapping[str, Any]]]] = []
    for name, needed in (
        ("openvino", "openvino"),
        ("onnxruntime", "onnxruntime"),
        ("eager", "torch"),
    ):
        if not _installed(needed) or (name == "eager" and found):
            continue  # eager was never ahead of either, and torch takes a second to import
        run = _ENGINES[name](plan)
        found.append((_median(run, plan), name, run))
    if not found:
        way_out = "pip install 'fishcompile[openvino]', or [onnxruntime] or [torch]"
        raise UsageError("no engine is installed", way_out)
    _, best, run = min(found, key=lambda each: each[0])
    times = ", ".join(f"{name} {seconds * 1e3:.3g} ms" for seconds, name, _ in found)
    return Engine(best, plan, f"{times} for one image", run)


def _median(run: Callable[[Any], Mapping[str, Any]], plan: Plan) -> float:
    """The median time of a forward of one image as large as the spec says, in seconds."""
    import numpy as np

    shape = plan.analysis.inference.graph.inputs[0].type.shape
    image = np.random.default_rng(0).standard_normal((1, *map(int, shape)), np.float32)
    run(image)
    times = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        run(image)
        times.append(perf_counter() - start)
    return sorted(times)[_ROUNDS // 2]


def _installed(package: str) -> bool:
    return find_spec(package) is not None


def _need(package: str, name: str, extra: str = "") -> Any:
    try:
        return import_module(package)
    except ModuleNotFoundError:
        way_out = f"pip install 'fishcompile[{extra or package}]'"
        raise UsageError(f"the engine {name} needs {package}", way_out) from None


def _file(plan: Plan, name: str) -> bytes:
    _need("onnx", name, "onnx")
    from fishcompile.targets.onnx import onnx_bytes

    analysis = plan.analysis
    graph, passes = analysis.inference.graph, analysis.passes
    return onnx_bytes(graph, analysis.digest, plan.state, passes=passes)


def _array(images: Any) -> Any:
    """Images of torch or numpy as a contiguous array."""
    import numpy as np

    tensor = images.detach().cpu().numpy() if hasattr(images, "detach") else images
    return np.ascontiguousarray(tensor, np.float32)


def _as(images: Any, arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    """Arrays as the library has them that the images are of."""
    if not hasattr(images, "detach"):
        return arrays
    import torch

    return {name: torch.from_numpy(array).to(images.device) for name, array in arrays.items()}


def _onnxruntime(plan: Plan, provider: str = "", name: str = "onnxruntime") -> Any:
    runtime = _need("onnxruntime", name)
    if plan.dtype != "float32":
        raise UsageError(f"{name} runs the file in float32 alone", "leave the dtype out")
    wanted = (
        provider or {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}[plan.device]
    )
    if wanted not in runtime.get_available_providers():
        there = ", ".join(runtime.get_available_providers())
        way_out = f"install a build that has it (this one has {there}), or use another engine"
        raise UsageError(f"the onnxruntime that is installed has no {wanted}", way_out)
    session = runtime.InferenceSession(_file(plan, name), providers=[wanted])
    names = [each.name for each in session.get_outputs()]
    source = session.get_inputs()[0].name

    def run(images: Any) -> Mapping[str, Any]:
        given = session.run(None, {source: _array(images)})
        return _as(images, dict(zip(names, given, strict=True)))

    return run


def _openvino(plan: Plan) -> Any:
    openvino = _need("openvino", "openvino")
    if plan.device != "cpu":
        raise UsageError("openvino does not run on cuda", "use engine='inductor'")
    kinds = {"float32": "f32", "bfloat16": "bf16", "float16": "f16"}
    core = openvino.Core()
    hints = {"INFERENCE_PRECISION_HINT": kinds[plan.dtype], "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(core.read_model(_file(plan, "openvino")), "CPU", hints)
    request = compiled.create_infer_request()
    names = [each.get_any_name() for each in compiled.outputs]

    def run(images: Any) -> Mapping[str, Any]:
        request.infer([_array(images)])
        # what a request gives lies in its memory, and is written over by the next
        given = (request.get_output_tensor(i).data.copy() for i in range(len(names)))
        return _as(images, dict(zip(names, given, strict=True)))

    return run


def _module(plan: Plan, name: str) -> Any:
    """The network as torch runs it best, channels last, on its device and in its precision."""
    torch = _need("torch", name)
    if plan.device == "cuda" and not torch.cuda.is_available():
        raise UsageError("torch sees no CUDA device here", "use device='cpu'")
    from fishcompile.targets.module import network

    model = network(plan.analysis).eval()
    state = {key: torch.tensor(value) for key, value in plan.state.items()}
    missing, _ = model.load_state_dict(state, strict=False)
    assert all(key.endswith("num_batches_tracked") for key in missing), missing
    moved: Any = model.to(device=plan.device, dtype=getattr(torch, plan.dtype))
    return moved.to(memory_format=torch.channels_last)


def _torch(plan: Plan, forward: Any) -> Any:
    import torch

    dtype = getattr(torch, plan.dtype)

    def run(images: Any) -> Mapping[str, Any]:
        tensor = images if hasattr(images, "detach") else torch.from_numpy(images)
        image = tensor.to(plan.device, dtype, memory_format=torch.channels_last)
        # of no_grad what is made may be trained on, and inductor freezes under it alone
        with torch.no_grad():
            given = forward(image)
        named = given if isinstance(given, dict) else {"output": given}
        if tensor is images:
            return named
        return {name: value.float().cpu().numpy() for name, value in named.items()}

    return run


def _eager(plan: Plan) -> Any:
    return _torch(plan, _module(plan, "eager"))


def _inductor(plan: Plan) -> Any:
    """torch.compile, with weights as constants; on CUDA with CUDA graphs as well."""
    model = _module(plan, "inductor")
    import torch

    options: dict[str, Any] = {"freezing": True, "triton.cudagraphs": plan.device == "cuda"}
    compiled: Any = torch.compile(model, fullgraph=True, dynamic=False, options=options)
    if plan.device != "cuda":
        return _torch(plan, compiled)

    def forward(image: Any) -> Any:
        given = compiled(image)
        # what CUDA graphs give is written over by the next call
        if isinstance(given, dict):
            return {name: value.clone() for name, value in given.items()}
        return given.clone()

    return _torch(plan, forward)


_ENGINES: dict[str, Callable[[Plan], Any]] = {
    "eager": _eager,
    "inductor": _inductor,
    "onnxruntime": _onnxruntime,
    "openvino": _openvino,
    "tensorrt": partial(_onnxruntime, provider="TensorrtExecutionProvider", name="tensorrt"),
}
