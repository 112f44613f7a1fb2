"""Variants laid over their bases: what is removed, added and ordered, and what is said of it."""

from __future__ import annotations

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.loading.overlay import overlay
from fishcompile.pipeline import check_texts
from fishcompile.reader.read import read_text

BASE = """\
fishspec: 2
name: base
tail:
  t1: {out: 8, blocks: 1}
  t2: {out: 8, blocks: 1}
  t3: {out: 8, blocks: 1}
"""


def found(**files: str) -> tuple[Diagnostic, ...]:
    texts = {f"{name}.yaml": text for name, text in files.items()}
    return check_texts({"base.yaml": BASE, **texts}, "main.yaml").diagnostics


def variant(name: str, base: str, rest: str) -> str:
    return f"fishspec: 2\nname: {name}\nextends: {base}.yaml\n{rest}"


def test_what_a_variant_in_between_removed_is_shown_where_it_is_missed() -> None:
    (missed,) = found(
        middle=variant("middle", "base", "tail: {t3: null}\n"),
        main=variant("main", "middle", "tail: {t2: null}\ntaps: {a: t1, c: t3}\n"),
    )
    assert (missed.rule, str(missed.span)) == ("FC203", "main.yaml:5:18")
    assert [str(one.span) for one in missed.related] == ["middle.yaml:4:8"]
    (missed,) = found(
        middle=variant("middle", "base", "tail: {t3: null}\n"),
        main=variant("main", "middle", "tail: {t2: null}\ntaps: {a: t1, c: t2}\n"),
    )
    assert [str(one.span) for one in missed.related] == ["main.yaml:4:8"]


def test_what_is_added_stands_where_it_says() -> None:
    base = read_text(BASE, "base.yaml")
    for where, order in (
        ("", ["t1", "t2", "t3", "new"]),
        (", after: t1", ["t1", "new", "t2", "t3"]),
        (", after: t3", ["t1", "t2", "t3", "new"]),
    ):
        top = read_text(f"tail: {{new: {{out: 8, blocks: 1{where}}}}}\n", "main.yaml")
        tail = overlay(base, top).value["tail"]
        assert isinstance(tail, dict)
        assert list(tail) == order
        assert tail["new"] == {"out": 8, "blocks": 1}
