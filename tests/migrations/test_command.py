"""`fishcompile migrate`: what it writes, what it says, and how it exits."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Run
from tests.migrations.files import NAMES, SPECS, UP3, both

UP3_NOW = UP3.replace("fishspec: 1", "fishspec: 2").replace("stride", "factor")
FACTOR_ALREADY = UP3.replace("stride", "factor")
TWICE = UP3.replace("stride: 3", "stride: 3, factor: 3")
DIFF = """\
--- a/net.yaml
+++ b/net.yaml
@@ -1,7 +1,7 @@
-fishspec: 1
+fishspec: 2
 name: net
 input: {size: 16}
 tail:
   t1: {out: 8, blocks: 1}
 body:
-  b1: {blocks: 1, merge: none, up: {kind: nearest, stride: 3}}
+  b1: {blocks: 1, merge: none, up: {kind: nearest, factor: 3}}
"""


@pytest.fixture
def net(here: Path) -> Path:
    path = here / "net.yaml"
    path.write_text(UP3)
    return path


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_a_folder_is_rewritten_and_said(run: Run, here: Path) -> None:
    for name in NAMES:
        (here / f"{name}.yaml").write_bytes(both(name)[0])
    (here / "other.yaml").write_text("stride: 1\n")
    # a folder is searched for lines that begin with `fishspec:`, which one of these has not
    result = run("migrate", "anchors.yaml", ".")
    assert result.code == 0
    assert result.err == ""
    assert result.out == (
        "anchors.yaml: version 1 to 2, 2 keys renamed\n"
        "block.yaml: version 1 to 2, 2 keys renamed\n"
        "block.yaml:1: left as it is; the schema to name here is fishspec-2.schema.json now\n"
        "flow.yaml: version 1 to 2, 3 keys renamed\n"
        "variant.yaml: version 1 to 2, 2 keys renamed\n"
    )
    for name in NAMES:
        assert (here / f"{name}.yaml").read_bytes() == both(name)[1]
    assert (here / "other.yaml").read_text() == "stride: 1\n"
    assert run("migrate", ".", "anchors.yaml").out == "4 specs, all of version 2\n"
    assert run("migrate", ".", "--check").code == 0


def test_a_base_that_is_not_given_stays(run: Run, here: Path) -> None:
    for name in ("block", "variant"):
        (here / f"{name}.yaml").write_bytes(both(name)[0])
    assert run("migrate", "variant.yaml").code == 0
    assert (here / "block.yaml").read_bytes() == both("block")[0]
    result = run("check", "-q", "variant.yaml")
    assert (result.code, "--> block.yaml:4:11" in result.out) == (1, True)
    assert "fishcompile migrate block.yaml" in result.out


def test_a_current_file_is_not_touched(run: Run, net: Path) -> None:
    net.write_text(UP3_NOW)
    os.utime(net, ns=(1, 1))
    before = net.stat()
    result = run("migrate", "net.yaml")
    assert (result.code, result.out) == (0, "1 spec, of version 2\n")
    assert (net.stat().st_mtime_ns, net.stat().st_ino) == (1, before.st_ino)


def test_check_lists_what_is_old_and_writes_nothing(run: Run, net: Path) -> None:
    (net.parent / "new.yaml").write_text(UP3_NOW)
    (net.parent / "plain.yaml").write_text("fishspec: 1\nname: x\n")
    result = run("migrate", "--check", ".")
    assert result.code == 1
    assert result.out == (
        "net.yaml: version 1, 1 key to rename\nplain.yaml: version 1, no keys to rename\n"
    )
    assert net.read_text() == UP3


def test_diff_shows_the_change_and_writes_nothing(run: Run, net: Path) -> None:
    result = run("migrate", "--diff", "net.yaml")
    assert (result.code, result.out, result.err) == (1, DIFF, "")
    assert net.read_text() == UP3
    net.write_text(UP3_NOW)
    result = run("migrate", "--diff", "net.yaml")
    assert (result.code, result.out) == (0, "")


def test_standard_input_comes_out_migrated(net: Path) -> None:
    def migrate(data: bytes, *more: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "fishcompile", "migrate", "-", *more]
        return subprocess.run(command, input=data, capture_output=True, timeout=60)

    done = migrate(b"\xef\xbb\xbf" + UP3.replace("\n", "\r\n").encode())
    assert done.returncode == 0
    assert done.stdout == b"\xef\xbb\xbf" + UP3_NOW.replace("\n", "\r\n").encode()
    assert done.stderr.split() == b"<stdin>: version 1 to 2, 1 key renamed".split()
    # what cannot be migrated comes out as it went in
    done = migrate(TWICE.encode(), "--stdin-filename", "twice.yaml")
    assert (done.returncode, done.stdout) == (1, TWICE.encode())
    assert b"--> twice.yaml:7:63" in done.stderr
    done = migrate(b"\xff\n")
    assert (done.returncode, done.stdout) == (2, b"\xff\n")


def test_standard_input_is_only_looked_at(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, UP3.encode())
    result = run("migrate", "-", "--check")
    assert (result.code, result.out) == (1, "<stdin>: version 1, 1 key to rename\n")
    feed(monkeypatch, UP3.encode())
    result = run("migrate", "-", "--diff", "--stdin-filename", "net.yaml")
    assert (result.code, result.out) == (1, DIFF)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"\xff", 2, "error[FC100]"),
        (b"a: [", 2, "error[FC101]"),
        (b"name: x\n", 2, "error[FC113]: the spec does not say its version"),
        (b"fishspec: 3\n", 2, "error[FC113]: the spec is of version 3"),
        (TWICE.encode(), 1, "error[FC113]: `factor` is what version 2 calls `stride`"),
    ],
)
@pytest.mark.parametrize("option", [(), ("--check",), ("--diff",)], ids=["", "check", "diff"])
def test_what_cannot_be_migrated_stays_and_the_others_are_done(
    run: Run, net: Path, data: bytes, code: int, said: str, option: tuple[str, ...]
) -> None:
    bad = net.parent / "a.yaml"
    bad.write_bytes(data)
    result = run("migrate", "a.yaml", "net.yaml", *option)
    assert result.code == code
    assert said in (result.err if option == ("--diff",) else result.out)
    assert bad.read_bytes() == data
    assert net.read_text() == (UP3 if option else UP3_NOW)


def test_a_file_that_is_not_there(run: Run, net: Path) -> None:
    result = run("migrate", "none.yaml", "net.yaml")
    assert result.code == 2
    assert "error[FC100]: the file cannot be read: No such file or directory" in result.out
    assert net.read_text() == UP3_NOW


def test_a_folder_without_specs_and_a_pattern_without_matches(run: Run, here: Path) -> None:
    assert run("migrate", ".").code == 2
    assert run("migrate", "x/*.yaml").code == 2


def test_a_file_that_cannot_be_written_does_not_stop_the_others(
    run: Run, net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (net.parent / "z.yaml").write_text(UP3)
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "net.yaml":
            raise PermissionError(13, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    result = run("migrate", "net.yaml", "z.yaml")
    assert result.code == 2
    assert result.err == "error: net.yaml cannot be written: Permission denied\n"
    assert result.out == "z.yaml: version 1 to 2, 1 key renamed\n"
    assert (net.read_text(), (net.parent / "z.yaml").read_text()) == (UP3, UP3_NOW)
    assert sorted(path.name for path in net.parent.iterdir()) == ["net.yaml", "z.yaml"]


def test_a_link_stays_a_link_and_permissions_stay(run: Run, net: Path) -> None:
    net.chmod(0o640)
    link = net.parent / "link.yaml"
    link.symlink_to(net)
    assert run("migrate", "link.yaml", "net.yaml").out == (
        "link.yaml: version 1 to 2, 1 key renamed\n"
    )
    assert link.is_symlink()
    assert net.read_text() == UP3_NOW
    assert net.stat().st_mode & 0o777 == 0o640


def test_a_spec_that_has_the_new_key_can_follow_the_advice(run: Run, net: Path) -> None:
    net.write_text(FACTOR_ALREADY)
    advice = "= help: run `fishcompile migrate net.yaml`, which brings it to version 2"
    assert advice in run("check", "net.yaml").out
    assert run("migrate", "net.yaml").out == "net.yaml: version 1 to 2, no keys renamed\n"
    assert net.read_text() == UP3_NOW
    assert run("check", "net.yaml").code == 0


def test_stdin_filename_without_standard_input(run: Run, net: Path) -> None:
    result = run("migrate", "net.yaml", "--stdin-filename", "x.yaml")
    assert result.code == 2
    assert net.read_text() == UP3


@pytest.mark.parametrize("command", ["check", "show", "render", "build"])
def test_no_command_takes_an_old_file(run: Run, net: Path, command: str) -> None:
    result = run(command, "net.yaml")
    assert result.code == 1
    assert "error[FC113]: the spec is of version 1" in result.out + result.err
    assert "fishcompile migrate net.yaml" in result.out + result.err
    assert [path.name for path in net.parent.iterdir()] == ["net.yaml"]


def test_standard_input_that_is_old_is_told_its_command(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, UP3.encode())
    assert "run `fishcompile migrate -`," in run("check", "-").out


@pytest.mark.parametrize("name", NAMES)
def test_what_is_built_is_the_same_file(run: Run, here: Path, name: str) -> None:
    built = []
    for version in ("v1", "v2"):
        (here / version).mkdir()
        for other in NAMES:
            text = (SPECS / version / f"{other}.yaml").read_bytes()
            (here / version / f"{other}.yaml").write_bytes(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(here / version)
            assert run("migrate", *(f"{other}.yaml" for other in NAMES)).code == 0
            result = run("build", f"{name}.yaml", "-o", "-")
        assert result.code == 0
        built.append(result.out)
    assert built[0] == built[1]
