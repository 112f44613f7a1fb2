"""Passes: found by their files, named by a user, and held by verify."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from fishcompile import passes
from fishcompile.diagnostics.errors import UsageError
from fishcompile.ir.graph import Graph
from fishcompile.ir.text import parse_graph
from fishcompile.ir.verify import BrokenGraphError
from fishcompile.passes import ORDER, chosen, found, run, the_pass
from fishcompile.passes.base import Fold, Pass, Passed

ALL_OF_THEM = (
    "the passes are delay_upsampling, drop_unread, fold_batch_norm, merge_duplicates, split_concat"
)
PLAIN = """\
graph net(%input: 4x8x8) -> (out: %r)
%r = relu(%input) {} : 4x8x8
"""


def test_every_pass_has_a_place_in_the_order_and_says_what_it_does() -> None:
    files = {path.stem for path in Path(passes.__file__).parent.glob("*.py")}
    assert set(found()) == files - {"__init__", "base"}
    assert sorted(ORDER) == sorted(found())
    for name in found():
        module = import_module(f"fishcompile.passes.{name}")
        assert the_pass(name) is module.PASS
        assert the_pass(name).what
        # what it needs and what it leaves, for whoever puts another behind it
        page = module.__doc__ or ""
        assert "Before: " in page
        assert "After: " in page


def test_a_pass_is_found_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "name_again.py").write_text(
        "from dataclasses import replace\n"
        "from fishcompile.passes.base import Fold, Pass, Passed\n"
        "def _run(graph):\n"
        "    return Passed(replace(graph, name=graph.name + 'x'), (Fold(graph.name, '', 0),))\n"
        "PASS = Pass('call it something else', _run)\n"
    )
    monkeypatch.setattr(passes, "__path__", [*passes.__path__, str(tmp_path)])
    assert set(found()) == {*ORDER, "name_again"}
    assert chosen("name_again, fold_batch_norm") == ("name_again", "fold_batch_norm")
    passed = run(parse_graph(PLAIN), ["name_again", "fold_batch_norm", "name_again"])
    assert passed.graph.name == "netxx"
    assert passed.rewrites == (Fold("net", "", 0), Fold("netx", "", 0))


def test_names_are_a_list_parted_by_commas() -> None:
    assert chosen("fold_batch_norm") == ("fold_batch_norm",)
    assert chosen("drop_unread, fold_batch_norm") == ("drop_unread", "fold_batch_norm")
    assert chosen("all") == ORDER


@pytest.mark.parametrize(
    ("words", "message", "help_"),
    [
        ("fold_batchnorm", "no pass is called `fold_batchnorm`",
         f"did you mean fold_batch_norm? {ALL_OF_THEM}"),
        ("quantise", "no pass is called `quantise`", ALL_OF_THEM),
        ("", "no pass is called ``", ALL_OF_THEM),
        ("fold_batch_norm,", "no pass is called ``", ALL_OF_THEM),
        ("base", "no pass is called `base`", ALL_OF_THEM),
        ("all,fold_batch_norm", "the pass fold_batch_norm is named twice", "name it once"),
    ],
)  # fmt: skip
def test_what_is_no_pass_is_said(words: str, message: str, help_: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(words)
    assert (str(caught.value), caught.value.help) == (message, help_)


def test_what_a_pass_breaks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(graph: Graph) -> Passed:
        return Passed(replace(graph, nodes=()))

    monkeypatch.setattr(passes, "the_pass", lambda _: Pass("forget it", forget))
    with pytest.raises(BrokenGraphError, match="output out names r"):
        run(parse_graph(PLAIN), ["forget"])
