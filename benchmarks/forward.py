"""The forward of an emitted network: eager beside torch.compile, on every device that is there.

    python benchmarks/forward.py [--spec specs/fishnet99.yaml] [--batch 8] [--size 224]

Prints the median milliseconds of a batch, in evaluation mode and float32. The first calls, in which
torch.compile compiles and cuDNN chooses, are not counted.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

import fishcompile

FISHNET99 = Path(__file__).parent.parent / "specs" / "fishnet99.yaml"
WARM_UP = 3


def milliseconds(forward: Callable[[Tensor], Tensor], image: Tensor, rounds: int) -> float:
    """The median time of a call."""
    times = []
    with torch.inference_mode():
        for _ in range(WARM_UP + rounds):
            start = time.perf_counter()
            forward(image)
            if image.is_cuda:
                torch.cuda.synchronize()
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[WARM_UP:])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--spec", type=Path, default=FISHNET99)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--eager-only", action="store_true", help="leave torch.compile out")
    options = parser.parse_args()
    model = fishcompile.compile(options.spec).eval()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {options.spec.name}")
    devices = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]
    for device in devices:
        model.to(device)
        image = torch.randn(options.batch, 3, options.size, options.size, device=device)
        forwards = {"eager": model}
        if not options.eager_only:
            forwards["compile"] = torch.compile(model)  # type: ignore[assignment]
        for name, forward in forwards.items():
            median = milliseconds(forward, image, options.rounds)
            rate = options.batch / median * 1000
            print(f"{device:<4}  {name:<7}  {median:8.1f} ms a batch  {rate:8.1f} images/s")


if __name__ == "__main__":
    main()
