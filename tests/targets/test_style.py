"""What gives a machine away, looked for in every emitted file of specs/: there is none of it."""

from __future__ import annotations

import ast
import inspect
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn

from fishcompile.pipeline import compiled
from fishcompile.targets.module import load_text
from fishcompile.targets.source import emit_source
from tests.nets import ROOT, minnow_text
from tests.targets.designs import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPECS = sorted((ROOT / "specs").glob("*.yaml"))
EACH = pytest.mark.parametrize("name", [path.stem for path in SPECS])
SIZES = [(64, 64), (96, 128)]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {path.stem: emit_source(compiled(path)) for path in SPECS}


def classes(text: str) -> list[ast.ClassDef]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]


def functions(text: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


@EACH
def test_nothing_is_assigned_to_be_returned(texts: dict[str, str], name: str) -> None:
    for function in functions(texts[name]):
        *_, before, last = [None, *function.body]
        if isinstance(before, ast.Assign | ast.AnnAssign) and isinstance(last, ast.Return):
            target = before.targets[0] if isinstance(before, ast.Assign) else before.target
            assert ast.unparse(target) != ast.unparse(last.value or last), function.name


@EACH
def test_a_value_has_a_name_of_its_own_where_it_is_read_again(
    texts: dict[str, str], name: str
) -> None:
    arguments = {"x", "skip", "stages", "features"}
    for function in functions(texts[name]):
        if function.name == "__init__":
            continue
        given = [n for r in ast.walk(function) if isinstance(r, ast.Dict) for n in ast.walk(r)]
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        for made in {n.id for n in names if isinstance(n.ctx, ast.Store)} - arguments:
            reads = [n for n in names if n.id == made and isinstance(n.ctx, ast.Load)]
            free = any(a.arg == "x" for a in function.args.args) and "x" not in {
                n.id for n in reads
            }
            assert len(reads) > 1 or any(n in given for n in reads) or free, (made, function.name)


@EACH
def test_a_class_is_named_and_not_numbered(texts: dict[str, str], name: str) -> None:
    *blocks, network = [made.name for made in classes(texts[name])]
    assert not [block for block in blocks if block[-1].isdigit()]
    assert len({network, *blocks}) == len(blocks) + 1


def test_what_words_choose_names_a_class_and_no_number(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    for design, changes in NAMED.items():
        spec.write_text(minnow_text(changes, design), encoding="utf-8")
        *blocks, _ = [made.name for made in classes(emit_source(compiled(spec)))]
        assert not [block for block in blocks if block[-1].isdigit()], design


@EACH
def test_a_window_is_said_by_keyword(texts: dict[str, str], name: str) -> None:
    most = {"Conv2d": 3, "ConvTranspose2d": 3, "max_pool2d": 2, "avg_pool2d": 2}
    for node in ast.walk(ast.parse(texts[name])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert len(node.args) <= most.get(node.func.attr, 99), ast.unparse(node)


@EACH
def test_a_default_is_one_that_a_call_leaves_out(texts: dict[str, str], name: str) -> None:
    calls = [n for n in ast.walk(ast.parse(texts[name])) if isinstance(n, ast.Call)]
    for made in classes(texts[name]):
        (init,) = (f for f in made.body if isinstance(f, ast.FunctionDef) and f.name == "__init__")
        parameters = [argument.arg for argument in init.args.args[1:]]
        for parameter in parameters[len(parameters) - len(init.args.defaults) :]:
            at = parameters.index(parameter)
            uses = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == made.name]
            given = [len(c.args) > at or parameter in {k.arg for k in c.keywords} for c in uses]
            assert not all(given), f"{made.name}({parameter})"


@EACH
def test_a_class_can_be_built_with_its_defaults(texts: dict[str, str], name: str) -> None:
    module = load_text(texts[name])
    for made in classes(texts[name]):
        kind = getattr(module, made.name)
        needed = [
            p.name
            for p in inspect.signature(kind).parameters.values()
            if p.default is inspect.Parameter.empty
        ]
        if all(n.endswith(("channels", "classes")) or n in ("out", "mid") for n in needed):
            assert isinstance(kind(**dict.fromkeys(needed, 64)), nn.Module)


@EACH
def test_layers_start_by_the_kinds_that_there_are(texts: dict[str, str], name: str) -> None:
    text = texts[name]
    initialised = text.partition("for module in self.modules():")[2].partition("def forward")[0]
    for kind in ("nn.Conv2d", "nn.ConvTranspose2d", "nn.Linear"):
        assert (f"{kind}(" in text) == (kind in initialised), kind


def test_each_model_has_taps_of_its_own(texts: dict[str, str]) -> None:
    module = load_text(texts["fishnet_nano"])
    one, other = module.FishNetNano(), module.FishNetNano()
    one.taps.clear()
    assert other.taps
    assert not hasattr(module, "TAPS")


@pytest.mark.slow
@EACH
def test_every_line_runs(texts: dict[str, str], name: str) -> None:
    """Training, a forward at another size and one too small run each line outside `__main__`."""
    text = texts[name]
    module = load_text(text)
    ran: set[int] = set()

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != module.__file__:
            return None
        if event == "line":
            ran.add(frame.f_lineno)
        return trace

    channels = compiled(ROOT / "specs" / f"{name}.yaml").stages.input.channels
    sys.settrace(trace)
    try:
        model: Any = getattr(module, classes(text)[-1].name)()
        step(model(torch.randn(2, channels, *SIZES[0])))
        with torch.inference_mode():
            model.eval().forward_features(torch.randn(1, channels, *SIZES[1]))
            model(torch.randn(1, channels, *SIZES[1]))
            with suppress(ValueError):  # the size is refused, where any is
                model(torch.randn(1, channels, 1, 1))
    finally:
        sys.settrace(None)
    statements = {
        node.lineno
        for function in functions(text)
        for node in ast.walk(function)
        if isinstance(node, ast.stmt) and node is not function
    }
    assert statements - ran == set()


def step(given: Tensor | dict[str, Tensor]) -> None:
    values = given.values() if isinstance(given, dict) else [given]
    torch.stack([value.square().mean() for value in values]).sum().backward()  # type: ignore[no-untyped-call]
