"""Training of emitted modules: what recomputing gives is, to the bit, what keeping gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import fishcompile
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.loading.settings import settings_from
from fishcompile.pipeline import compiled
from fishcompile.targets.python_source.guard import UnsafeOutputError, verify
from fishcompile.targets.source import emit_source
from tests.nets import ROOT, shipped, write_minnow

NANO = shipped("fishnet_nano")
WAYS: list[str | list[str]] = ["preact", "stages", ["stem", "tail2", "body1", "classifier"]]
# What is drawn, what is shared between blocks, and a norm without statistics.
DROPPING = """\
fishspec: 2
name: dropping
input: {channels: 3, size: 16}
blocks:
  unit:
    parameters: {out: required}
    graph:
      norm: {kind: batch_norm}
      act: {kind: silu}
      conv: {kind: conv, out: out, norm: none, act: none}
      groups: {kind: batch_norm}
      drop: {kind: dropout, percent: 30}
graph:
  first: {kind: unit, from: input, out: 8}
  second: {kind: unit, out: 8, repeat: 2}
  sum: {kind: add, from: [first, second]}
  pool: {kind: global_avg_pool}
  flat: {kind: flatten}
outputs: {y: flat}
"""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def trained(model: nn.Module, like: nn.Module, side: int, steps: int = 3) -> dict[str, Tensor]:
    """Losses, last gradients and state after some steps of SGD from the state of `like`."""
    model.double().load_state_dict(like.double().state_dict())
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    found: dict[str, Tensor] = {}
    for step in range(steps):
        torch.manual_seed(step)
        image = torch.randn(2, 3, side, side, dtype=torch.double)
        optimizer.zero_grad()
        loss = model(image).square().mean()
        torch.autograd.backward(loss)
        optimizer.step()
        found[f"loss {step}"] = loss.detach()
    grads = {f"{n} gradient": p.grad for n, p in model.named_parameters() if p.grad is not None}
    return {**found, **grads, **model.state_dict()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert list(one) == list(other)
    assert [name for name in one if not torch.equal(one[name], other[name])] == []


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_three_steps_are_the_same_to_the_bit(way: str | list[str]) -> None:
    plain = fishcompile.compile(NANO)
    start = deepcopy(plain)
    kept = trained(plain, start, 64)
    same(trained(fishcompile.compile(NANO, recompute=way), start, 64), kept)
    assert {int(n) for key, n in kept.items() if key.endswith("num_batches_tracked")} == {3}


@pytest.mark.slow
@pytest.mark.parametrize("way", ["preact", "stages"])
def test_fishnet99_trains_the_same_to_the_bit(way: str) -> None:
    start = fishcompile.compile(shipped("fishnet99"))
    kept = trained(fishcompile.compile(shipped("fishnet99")), start, 64)
    same(trained(fishcompile.compile(shipped("fishnet99"), recompute=way), start, 64), kept)


@pytest.mark.parametrize("mode", ["cumulative", "frozen"])
@pytest.mark.parametrize("way", ["preact", "stages"])
def test_statistics_of_other_kinds_are_the_same(way: str, mode: str) -> None:
    """Averages over all batches, which a second count would shift, and norms in evaluation."""
    found = []
    start = fishcompile.compile(NANO)
    for recompute in (None, way):
        model = fishcompile.compile(NANO, recompute=recompute)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = None if mode == "cumulative" else 0.1
                module.train(mode == "cumulative")
        found.append(trained(model, start, 64, 2))
    same(*found)


@pytest.mark.parametrize("way", ["preact", "stages", ["second"]], ids=str)
def test_what_is_drawn_is_drawn_the_same(way: str | list[str], tmp_path: Path) -> None:
    path = tmp_path / "dropping.yaml"
    path.write_text(DROPPING, encoding="utf-8")
    start = fishcompile.compile(path)
    kept = trained(fishcompile.compile(path), start, 16)
    same(trained(fishcompile.compile(path, recompute=way), start, 16), kept)


def compiled_trains_as_it_is(path: Path, way: str | None, side: int) -> None:
    start = fishcompile.compile(path)
    kept = trained(fishcompile.compile(path), start, side, 2)
    model = fishcompile.compile(path, recompute=way)
    model.compile(fullgraph=True, backend="aot_eager")
    found = trained(model, start, side, 2)
    for name, tensor in kept.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-9, atol=1e-12, msg=name)


@pytest.mark.parametrize("way", ["preact", "stages"])
def test_compiled_by_torch_without_a_break(way: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = DROPPING.replace("{kind: dropout, percent: 30}", "{kind: relu}")
    path.write_text(text, encoding="utf-8")
    compiled_trains_as_it_is(path, way, 16)


@pytest.mark.slow
@pytest.mark.parametrize("way", [None, "preact", "stages"])
def test_a_fish_compiled_by_torch_without_a_break(way: str | None, tmp_path: Path) -> None:
    compiled_trains_as_it_is(write_minnow(tmp_path), way, 64)


@pytest.mark.parametrize("way", [None, "preact", "stages"])
def test_channels_last_and_autocast(way: str | None) -> None:
    """In bfloat16 the gradients are those of the plain module with channels last, to the bit."""
    found = []
    state = fishcompile.compile(NANO).state_dict()
    image = torch.randn(2, 3, 64, 64).to(memory_format=torch.channels_last)
    for recompute in (None, way):
        model: Any = fishcompile.compile(NANO, recompute=recompute)
        model.load_state_dict(state)
        model.to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(image)
        assert logits.dtype == torch.bfloat16
        loss: Any = F.cross_entropy(logits.float(), torch.tensor([0, 1]))
        loss.backward()
        found.append({n: p.grad for n, p in model.named_parameters()} | model.state_dict())
    same(*found)


def test_state_and_digest_are_those_of_the_plain_module() -> None:
    plain = fishcompile.compile(NANO)
    header = fishcompile.emit(NANO).splitlines()[:2]
    for way in WAYS:
        analysis = compiled(NANO, settings_from({"recompute": way}))
        assert emit_source(analysis).splitlines()[:2] == header
        graph = analysis.inference.graph
        assert parse_graph(print_graph(graph)) == graph
        model = fishcompile.compile(NANO, recompute=way)
        assert list(model.state_dict()) == list(plain.state_dict())


def texts(ways: Sequence[str | list[str]]) -> list[str]:
    return [emit_source(compiled(NANO, settings_from({"recompute": way}))) for way in ways]


def test_the_text_says_what_is_recomputed() -> None:
    preact, stages, some = texts(WAYS)
    assert "return _recomputed(x, self.bn, F.relu, self.conv)" in preact
    assert "tail1 = _recomputed(self.tail1, stem)" in stages
    assert "tail1 = self.tail1(stem)" in some
    assert "tail2 = _recomputed(self.tail2, tail1)" in some


def test_the_guard_takes_the_function_word_for_word() -> None:
    for text in texts(WAYS[:2]):
        with pytest.raises(UnsafeOutputError, match="call of"):
            verify(text.replace("buffer.clone()", "print(buffer)"))
        with pytest.raises(UnsafeOutputError):
            verify(text.replace("use_reentrant=False", "context_fn=eval"))


@pytest.mark.slow
def test_emitted_files_are_clean(tmp_path: Path) -> None:
    for index, text in enumerate(texts(WAYS)):
        (tmp_path / f"net{index}.py").write_text(text, encoding="utf-8")
    for words in (
        ["ruff", "check", "--isolated", "--extend-select", "I"],
        ["ruff", "format", "--isolated", "--check"],
        ["mypy", "--config-file=", "--no-incremental"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *words, *map(str, sorted(tmp_path.glob("*.py")))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("how", ["ddp", "fsdp"])
def test_two_processes_train_as_one(how: str) -> None:
    """Norms in evaluation, as each process would have the statistics of its own images."""
    losses = {}
    for processes, way in (("1", ""), ("2", ""), ("2", "preact"), ("2", "stages")):
        done = subprocess.run(
            [sys.executable, "-m", "torch.distributed.run", "--standalone",
             "--nproc-per-node", processes, "-m", "tests.targets.two_processes", how, way],
            capture_output=True, text=True, check=False, cwd=ROOT, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        losses[processes, way] = [float(word) for word in done.stdout.split()]
    first = losses["1", ""]
    assert len(first) == 4
    assert first[0] > first[1] > first[2]
    for found in losses.values():
        assert found == pytest.approx(first, rel=1e-9)
