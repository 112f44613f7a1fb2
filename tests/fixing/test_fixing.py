"""Fixes by their effect: the exact text before and after, and that all else stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
from fishcompile.diagnostics.source import Source, Span
from fishcompile.fixing.specs import fix_specs, write_specs
from fishcompile.fixing.text import safe_fixes, unified_diff
from fishcompile.pipeline import check_texts

HEAD = "fishspec: 2\nname: net\n"
TAIL = "tail:\n  tail1: {out: 64, blocks: 1}\n  tail2: {out: 128, blocks: 1}\n"


def fixed(tmp_path: Path, before: str) -> str:
    """The text after its safe fixes, which have to leave nothing to fix."""
    path = tmp_path / "net.yaml"
    path.write_bytes(before.encode())
    after = before.encode()
    for spec in fix_specs([path]):
        after = spec.after
    assert path.read_bytes() == before.encode(), "nothing is written yet"
    path.write_bytes(after)
    assert fix_specs([path]) == (), "a second run changes nothing"
    return after.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("heda: {}\n", "head: {}\n"),
        ("tail:\n  t1: {out: 8, blocks: 1, dilatoin: 2}\n",
         "tail:\n  t1: {out: 8, blocks: 1, dilation: 2}\n"),
        ("tail:\n  t1:\n    out: 8\n    blcoks: 1  # few\n",
         "tail:\n  t1:\n    out: 8\n    blocks: 1  # few\n"),
        ('tail:\n  t1: {"out": 8, "blcoks": 1, \'donw\': "avg_pol"}\n',
         'tail:\n  t1: {"out": 8, "blocks": 1, \'down\': "avg_pool"}\n'),
        ("tail:\n  t1: {out: 64.0, blocks: '2'}\n", "tail:\n  t1: {out: 64, blocks: 2}\n"),
        ("tail:\n  t1: {out: 6.4e1, blocks: \"02\"}\n", "tail:\n  t1: {out: 64, blocks: 2}\n"),
        ("input: {size: [64.0,  '32']}\n", "input: {size: [64,  32]}\n"),
        ("stem:\n  c: {kind: cnov, out: 8}\n", "stem:\n  c: {kind: conv, out: 8}\n"),
        ("stem:\n  c: {kind: Conv, out: 8}\n", "stem:\n  c: {kind: conv, out: 8}\n"),
        (TAIL + "taps: {c2: tial2}\n", TAIL + "taps: {c2: tail2}\n"),
        (TAIL + "body:\n  b1: {blocks: 1, from: tial2, transfer: {from: 'tali1'}}\n",
         TAIL + "body:\n  b1: {blocks: 1, from: tail2, transfer: {from: 'tail1'}}\n"),
        # an outer slip hides inner ones
        ("tial:\n  t1: {ot: 8, blcoks: 1.0}\n", "tail:\n  t1: {out: 8, blocks: 1}\n"),
    ],
)  # fmt: skip
def test_slips_are_mended(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, HEAD + before) == HEAD + after


@pytest.mark.parametrize(
    "body",
    [
        TAIL + "taps: {c2: tail3}\n",  # two are as near, and a digit is no slip
        TAIL + "taps: {c2: tail22}\n",
        "tail:\n  t1: {uto: 8, blocks: 1}\n",  # two edits are more than half of three letters
        "tail:\n  t1: {out: 8, blocks: 1, outt: 2}\n",  # written already
        "tail:\n  t1: {out: 8, blocks: 1, upn: none, quux: 1}\n",
        "tail:\n  t1: {out: 64.5, blocks: 1}\n",
        "tail:\n  t1: {out: 8, blocks: '0'}\n",  # 0 is no better
        "tail:\n  t1: {out: True, blocks: 1}\n",
        "tail:\n  t1: {out: 8, blocks: 1, down: False}\n",
        "x: &shared {out: 8, blcoks: 1}\n",
        "tail:\n  t1: &s {out: 8, blcoks: 1}\n  t2: *s\n",
        "tail:\n  t1: {out: &n '8', blocks: 1}\n  t2: {out: *n, blocks: 1}\n",
        "tail:\n  t1: {out: >\n      8\n    , blocks: 1}\n",
    ],
)
def test_what_is_not_sure_is_left_alone(tmp_path: Path, body: str) -> None:
    assert fixed(tmp_path, HEAD + body) == HEAD + body


def test_a_key_that_stands_there_already_is_meant_and_not_offered_again() -> None:
    text = HEAD + "tail:\n  t1: {out: 8, blocks: 1, outt: 2}\n"
    (found,) = check_texts({"net.yaml": text}, "net.yaml").diagnostics
    assert (found.help, found.fixes) == (("did you mean `out`?",), ())


def test_what_stands_beside_an_anchor_is_mended(tmp_path: Path) -> None:
    before = "tail:\n  t1: &s\n    out: 8\n    blocks: 1\n  t2: *s\nheda: {}\n"
    assert fixed(tmp_path, HEAD + before) == HEAD + before.replace("heda", "head")


@pytest.mark.parametrize(
    ("begin", "end", "applied"),
    [
        (3, 3, True),  # an insertion before the space before the anchor
        (4, 4, False),  # and at the anchor: what is anchored would be another value
        (5, 5, False),
        (8, 8, True),  # and behind the value
        (3, 4, True),  # the space alone
        (3, 5, False),
        (7, 8, False),
        (8, 9, True),
    ],
)
def test_an_edit_may_end_where_an_anchored_value_begins(
    begin: int, end: int, applied: bool
) -> None:
    source = Source("net.yaml", "a: &n 8 # b\nc: *n\n")
    fix = Fix("mend it", (Edit(Span(source, 1, begin, 1, end), "x"),), safe=True)
    found = Diagnostic("FC110", "message", Span(source, 1, 1, 1, 2), fixes=(fix,))
    assert safe_fixes([found], "net.yaml") == ([fix] if applied else [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: net\n", "fishspec: 2\nname: net\n"),
        ("# ours\n\nname: net\n", "# ours\n\nfishspec: 2\nname: net\n"),
        ("---\nname: net\n", "---\nfishspec: 2\nname: net\n"),
        ("name: net\r\ninput: {}\r\n", "fishspec: 2\r\nname: net\r\ninput: {}\r\n"),
        ("  name: net\n  input: {}\n", "  fishspec: 2\n  name: net\n  input: {}\n"),
        ("{name: net}", "{fishspec: 2, name: net}"),
        ("fishspce: 1\nname: net\n", "fishspec: 1\nname: net\n"),
        ("fishspec: '1'\nname: net\n", "fishspec: 1\nname: net\n"),
        ("fishspec: 2.0\nname: net\n", "fishspec: 2\nname: net\n"),
        ("fishspec: 3\nname: net\n", "fishspec: 3\nname: net\n"),
    ],
)
def test_the_version(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, before) == after


@pytest.mark.parametrize(
    "layout",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n").rstrip("\r\n"),
        lambda text: text.replace("\n", "   # näh 魚\t\n"),
    ],
    ids=["crlf", "cr", "bom", "no-last-newline", "bom-crlf-no-newline", "comments"],
)
def test_layout_is_kept_byte_for_byte(tmp_path: Path, layout: object) -> None:
    assert callable(layout)
    before = HEAD + "tial:\n  t1: {out:  8.0 , blcoks: 1}\n"
    after = HEAD + "tail:\n  t1: {out:  8 , blocks: 1}\n"
    assert fixed(tmp_path, layout(before)) == layout(after)


def test_an_edit_that_would_make_two_keys_one_is_made_once(tmp_path: Path) -> None:
    body = "tail:\n  t1: {out: 8, blcoks: 1, bloks: 2}\n"
    after = fixed(tmp_path, HEAD + body)
    assert after == HEAD + body.replace("blcoks", "blocks")


def test_only_the_files_asked_for_are_fixed(tmp_path: Path) -> None:
    base, variant = tmp_path / "base.yaml", tmp_path / "variant.yaml"
    base.write_text(HEAD + "tial:\n  t1: {out: 8, blocks: 1}\n", encoding="utf-8")
    variant.write_text(
        "fishspec: 2\nname: v\nextends: base.yaml\ntail: {t1: {blcoks: 2}}\n", encoding="utf-8"
    )
    only = fix_specs([variant])
    assert [(spec.path, b"blocks: 2" in spec.after) for spec in only] == [(variant, True)]
    both = fix_specs([variant, base])
    assert [(spec.path, spec.after) for spec in both] == [
        (variant, variant.read_bytes().replace(b"blcoks", b"blocks")),
        (base, base.read_bytes().replace(b"tial", b"tail")),
    ]


def test_names_of_a_base_in_a_variant(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(HEAD + TAIL, encoding="utf-8")
    head = "fishspec: 2\nname: v\nextends: base.yaml\n"
    for before, after in (
        ("tail: {tali2: null}\n", "tail: {tail2: null}\n"),
        ("tail: {tali2: {blocks: 3}}\n", "tail: {tail2: {blocks: 3}}\n"),
        (
            "tail: {new: {out: 8, blocks: 1, after: tial1}}\n",
            "tail: {new: {out: 8, blocks: 1, after: tail1}}\n",
        ),
    ):
        assert fixed(tmp_path, head + before) == head + after


def test_a_text_may_stand_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "stdin.yaml"
    (spec,) = fix_specs([path], {path: b"name: net\n"})
    assert (spec.after, spec.applied[0].title) == (
        b"fishspec: 2\nname: net\n",
        "write `fishspec: 2`",
    )
    assert not path.exists()


def test_writing_keeps_the_permissions_and_links(tmp_path: Path) -> None:
    path, link = tmp_path / "net.yaml", tmp_path / "link.yaml"
    path.write_text("name: net\n", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_specs(fix_specs([link]))
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "fishspec: 2\nname: net\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("name: net\n", encoding="utf-8")
    specs = fix_specs([path])
    path.write_text("name: other\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has changed since it was checked"):
        write_specs(specs)
    assert path.read_text(encoding="utf-8") == "name: other\n"


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe")
    assert fix_specs([tmp_path / "binary.yaml", tmp_path / "none.yaml", tmp_path]) == ()


def test_the_diff() -> None:
    assert unified_diff("a\nb: 64.0", "a\nb: 64", "x\n.yaml") == (
        "--- a/x\\x0a.yaml\n+++ b/x\\x0a.yaml\n@@ -1,2 +1,2 @@\n a\n"
        "-b: 64.0\n\\ No newline at end of file\n+b: 64\n\\ No newline at end of file\n"
    )
    assert unified_diff("a\r\n", "b\r\n", "x") == "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert unified_diff("a\n", "a\n", "x") == ""
