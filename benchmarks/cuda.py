"""The questions about CUDA in one run: `python -m benchmarks.cuda [--seconds 540] [--out FILE]`.

From a plain checkout, with torch, numpy, pyyaml, networkx and onnx. Each way of running the network
is a process of its own, in turn; one that does not end in the time that is left is said and left
out. Times are medians of CUDA events in bf16, on a CPU of a clock in float32. There, to see that it
runs at all: `--device cpu --spec specs/fishnet_nano.yaml --size 64 --batches 1,2`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 30
# what is run, most wanted first; `batches` are places in the list of batches
WAYS: list[dict[str, Any]] = [
    {"way": "ceilings"},
    {"way": "eager", "layout": "nchw", "batches": [0, 1, 2]},
    {"way": "eager", "layout": "nhwc", "batches": [0, 1, 2]},
    {"way": "engine inductor", "passes": "inference", "batches": [2]},
    {"way": "engine inductor", "passes": "nothing", "batches": [2]},
    {"way": "engine inductor", "passes": "inference", "batches": [0]},
    {"way": "train", "layout": "nhwc", "batches": [1]},
    {"way": "train", "layout": "nhwc", "compile": "default", "batches": [1]},
    {"way": "engine inductor", "passes": "nothing", "batches": [0]},
    {"way": "engine inductor", "passes": "inference", "batches": [1]},
    {"way": "torch.compile", "layout": "nchw", "compile": "default", "batches": [0, 1, 2]},
    {"way": "torch.compile", "layout": "nhwc", "compile": "max-autotune", "batches": [2]},
    {"way": "torch.compile", "layout": "nhwc", "compile": "max-autotune", "batches": [0]},
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--spec", default=str(ROOT / "specs" / "fishnet99.yaml"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batches", default="1,32,256")
    parser.add_argument("--seconds", type=float, default=540)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print("RESULT", json.dumps(one(json.loads(given.one), given)))
        return
    end = time.monotonic() + given.seconds
    for way in WAYS:
        print(json.dumps(found := run(way, given, end)), flush=True)
        if given.out:
            with given.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")


def run(way: dict[str, Any], given: argparse.Namespace, end: float) -> dict[str, Any]:
    """What a process of its own measures, with the way that it ran."""
    left = end - time.monotonic()
    if left < 10:
        return {**way, "left out": "no time left"}
    command = [sys.executable, "-m", "benchmarks.cuda", "--one", json.dumps(way)]
    for name in ("spec", "device", "size", "batches"):
        command += [f"--{name}", str(getattr(given, name))]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=left, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired:
        return {**way, "left out": f"not ready after {left:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        return {**way, "left out": done.stderr[-600:]}
    measured: dict[str, Any] = json.loads(lines[0].removeprefix("RESULT "))
    return {**way, **measured}


def one(way: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    import torch

    torch.backends.cudnn.benchmark = True
    if way["way"] == "ceilings":
        return ceilings(given.device)
    counts = [int(word) for word in given.batches.split(",")]
    batches = [counts[min(place, len(counts) - 1)] for place in way["batches"]]
    make = {"train": training}.get(way["way"], inference)
    return {str(batch): make(way, given, batch) for batch in batches}


def median(call: Callable[[], Any], device: str, rounds: int = ROUNDS) -> float:
    """The median time of a call on the device, in milliseconds."""
    import torch

    for _ in range(3):
        call()
    if device == "cpu":
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            call()
            times.append((time.perf_counter() - start) * 1e3)
        return sorted(times)[rounds // 2]
    torch.cuda.synchronize()
    event: Any = torch.cuda.Event
    pairs = []
    for _ in range(rounds):
        first, last = (event(enable_timing=True) for _ in range(2))
        first.record()
        call()
        last.record()
        pairs.append((first, last))
    torch.cuda.synchronize()
    spans: list[float] = sorted(first.elapsed_time(last) for first, last in pairs)
    return spans[rounds // 2]


def ceilings(device: str) -> dict[str, Any]:
    """A copy in TB/s, bytes read and written, and a matrix product in TFLOP/s."""
    import torch

    large = device == "cuda"
    kind = torch.bfloat16 if large else torch.float32
    x = torch.randn(1 << (30 if large else 24), dtype=kind, device=device)
    y = torch.empty_like(x)
    side = 8192 if large else 512
    a, b = (torch.randn(side, side, dtype=kind, device=device) for _ in range(2))
    copied = median(lambda: y.copy_(x), device)
    multiplied = median(lambda: a @ b, device)
    name = torch.cuda.get_device_name() if large else "cpu"
    return {
        "device": name,
        "torch": torch.__version__,
        "copy TB/s": round(2 * x.numel() * x.element_size() / copied / 1e9, 2),
        "product TFLOP/s": round(2 * side**3 / multiplied / 1e9),
    }


def inference(way: dict[str, Any], given: argparse.Namespace, batch: int) -> dict[str, Any]:
    import torch

    import fishcompile

    layout = torch.contiguous_format if way.get("layout") == "nchw" else torch.channels_last
    images = torch.randn(batch, 3, given.size, given.size, device=given.device)
    # of a processor without bf16 it takes minutes
    name = "bfloat16" if given.device == "cuda" else "float32"
    dtype = getattr(torch, name)
    images = images.to(dtype=dtype, memory_format=layout)
    start = time.perf_counter()
    model: Any
    if way["way"].startswith("engine "):
        model = fishcompile.compile(
            given.spec, engine=way["way"].split()[1], optimize=way["passes"],
            device=given.device, dtype=name,
        )  # fmt: skip
    else:
        model = fishcompile.compile(given.spec).eval()
        model = model.to(device=given.device, dtype=dtype).to(memory_format=layout)
        if way.get("compile"):
            torch._dynamo.reset()
            model = torch.compile(model, mode=way["compile"], fullgraph=True, dynamic=False)
    with torch.no_grad():
        model(images)
        if given.device == "cuda":
            torch.cuda.synchronize()
        first = time.perf_counter() - start
        ms = median(lambda: model(images), given.device)
    return {"ms": round(ms, 3), "first s": round(first, 1)}


def training(way: dict[str, Any], given: argparse.Namespace, batch: int) -> dict[str, Any]:
    """A step of SGD under autocast: its time, and the peak of memory."""
    import torch
    import torch.nn.functional as F

    import fishcompile

    plain: Any = fishcompile.compile(given.spec).to(given.device)
    plain = plain.to(memory_format=torch.channels_last)
    model: Any = torch.compile(plain, mode=way["compile"]) if way.get("compile") else plain
    optimizer = torch.optim.SGD(plain.parameters(), 0.1, momentum=0.9)
    images = torch.randn(batch, 3, given.size, given.size, device=given.device)
    images = images.to(memory_format=torch.channels_last)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(given.device, torch.bfloat16, enabled=given.device == "cuda"):
            scores = model(images)
            loss: Any = F.cross_entropy(scores, scores.argmax(1))
        loss.backward()
        optimizer.step()

    start = time.perf_counter()
    step()
    if given.device == "cuda":
        torch.cuda.synchronize()
    first = time.perf_counter() - start
    ms = median(step, given.device, 10)
    peak = torch.cuda.max_memory_allocated() / 2**20 if given.device == "cuda" else 0
    return {"ms": round(ms, 2), "first s": round(first, 1), "peak MiB": round(peak)}


if __name__ == "__main__":
    main()
