"""The text of a migrated file, byte for byte, and the texts that are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import SpecError
from fishcompile.fixing.versions import Migrated, UnversionedError, migrated
from tests.migrations.files import NAMES, UP3, both

PATH = Path("net.yaml")


def rewritten(data: bytes) -> Migrated:
    found = migrated(PATH, data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "keys"), [("block", 2), ("flow", 3), ("anchors", 2), ("variant", 2)]
)
def test_a_file_becomes_what_a_person_would_write(name: str, keys: int) -> None:
    old, new = both(name)
    found = rewritten(old)
    assert found.spec.after == new
    assert (found.spec.before, found.since, found.keys) == (old, 1, keys)
    assert migrated(PATH, new) is None


@pytest.mark.parametrize("line_break", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["no mark", "a mark"])
@pytest.mark.parametrize("name", NAMES)
def test_line_breaks_and_the_byte_order_mark_stay(name: str, bom: bytes, line_break: bytes) -> None:
    old, new = (bom + text.replace(b"\n", line_break) for text in both(name))
    if name == "anchors" and bom:  # a directive begins a line, so a mark would be in its way
        old, new = (text.replace(b"%YAML 1.2" + line_break, b"") for text in (old, new))
    assert rewritten(old).spec.after == new


def test_characters_beyond_ascii_and_a_missing_line_break_stay() -> None:
    old = UP3.rstrip("\n").replace("name: net", "name: net # é, 魚, 🐟: stride").encode()
    new = old.replace(b"fishspec: 1", b"fishspec: 2").replace(
        b"nearest, stride", b"nearest, factor"
    )
    assert rewritten(old).spec.after == new


def test_other_faults_stay_as_they_are() -> None:
    old = UP3.replace("merge: none", "merge: some, sride: 2").encode() + b"graph: {}\n"
    new = old.replace(b"fishspec: 1", b"fishspec: 2").replace(
        b"nearest, stride", b"nearest, factor"
    )
    assert rewritten(old).spec.after == new


def test_a_spec_that_uses_a_newer_key_already_gets_its_version() -> None:
    old = UP3.replace("stride", "factor").encode()
    found = rewritten(old)
    assert found.spec.after == old.replace(b"fishspec: 1", b"fishspec: 2")
    assert found.keys == 0


def test_the_modeline_is_kept_and_told() -> None:
    assert rewritten(both("block")[0]).modeline == 1
    assert rewritten(UP3.encode()).modeline is None


SHARED = UP3.replace("up: {kind", "up: &s {kind").replace("nearest", "none")


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (SHARED + "  b2: {blocks: 1, merge: none, down: *s}\n",
         ("in version 2 this one key would be `factor` in `up` of stage `b1` "
          "and `stride` in `down` of stage `b2`"), "7:52"),
        (UP3.replace("stride: 3", "stride: 3, factor: 3"),
         "`factor` is what version 2 calls `stride`, which stands here too", "7:63"),
        (UP3.replace("fishspec: 1", "fishspec: &one 1").replace("blocks: 1", "blocks: *one"),
         "version 2 cannot be written without a change elsewhere in the file", "1:16"),
        (UP3.replace("stride: 3", "&key stride: 3") + "taps: {x: *key}\n",
         "version 2 cannot be written without a change elsewhere in the file", "1:11"),
    ],
    ids=["a key read twice", "both names", "the version read again", "the key read as a value"],
)  # fmt: skip
def test_what_would_change_its_meaning_is_refused(text: str, message: str, place: str) -> None:
    with pytest.raises(SpecError) as refused:
        migrated(PATH, text.encode())
    (found,) = refused.value.report.diagnostics
    assert (found.rule, found.message, str(found.span)) == ("FC113", message, f"net.yaml:{place}")
    assert found.help
    assert not isinstance(refused.value, UnversionedError)


def test_an_alias_for_the_version_is_written_out() -> None:
    text = "name: &n net\ntail: {t1: {out: 8, blocks: &one 1}}\nfishspec: *one\n"
    assert rewritten(text.encode()).spec.after.decode() == text.replace("*one", "2")


@pytest.mark.parametrize(
    ("data", "rule"),
    [(b"fishspec: 3\n", "FC113"), (b"fishspec: '1'\n", "FC113"), (b"fishspec: true\n", "FC113"),
     (b"name: x\n", "FC113"), (b"- a\n", "FC101"), (b"a: [\n", "FC101"), (b"\xff", "FC100"),
     (b"", "FC101"), (b"fishspec: 1\nfishspec: 1\n", "FC102")],
)  # fmt: skip
def test_what_says_no_known_version_is_told(data: bytes, rule: str) -> None:
    with pytest.raises(UnversionedError) as refused:
        migrated(PATH, data)
    assert [found.rule for found in refused.value.report.diagnostics] == [rule]
