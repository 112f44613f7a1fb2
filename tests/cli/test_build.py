"""`fishcompile build`: what it writes, what it refuses to lose, and how it says so."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

import fishcompile
from fishcompile import targets
from fishcompile.ir.text import parse_graph, print_graph
from fishcompile.pipeline import after_passes, compiled
from tests.nets import write_minnow

if TYPE_CHECKING:
    from tests.cli.conftest import Run

WAY_OUT = "  = help: name another file with -o, or overwrite it with --force\n"


@pytest.fixture
def spec(here: Path) -> Path:
    return write_minnow(here).relative_to(here)


@pytest.fixture
def text(spec: Path) -> str:
    return fishcompile.emit(spec)


def test_it_writes_beside_the_user(run: Run, here: Path, spec: Path, text: str) -> None:
    result = run("build", spec)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"wrote minnow.py ({text.count(chr(10))} lines)\n"
    assert (here / "minnow.py").read_bytes() == text.encode()
    again = run("build", spec)
    assert (again.code, again.out) == (0, "minnow.py is up to date\n")
    assert sorted(path.name for path in here.iterdir()) == ["minnow.py", "minnow.yaml"]


def test_a_written_file_has_the_permissions_of_any_other(run: Run, here: Path, spec: Path) -> None:
    (here / "plain").touch()
    run("build", spec)
    assert (here / "minnow.py").stat().st_mode == (here / "plain").stat().st_mode


def test_it_prints_to_standard_output(run: Run, here: Path, spec: Path, text: str) -> None:
    result = run("build", spec, "-o", "-")
    assert (result.code, result.out, result.err) == (0, text, "")
    assert [path.name for path in here.iterdir()] == ["minnow.yaml"]


def test_a_file_of_ours_is_rebuilt(run: Run, here: Path, spec: Path) -> None:
    run("build", spec, "-o", "net.py")
    write_minnow(here, {"classifier": "{classes: 11}"})
    assert run("build", spec, "-o", "net.py").code == 0
    assert "Classifier(112, 11)" in (here / "net.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"import os\n", "fishcompile did not write it"),
        (b"", "fishcompile did not write it"),
        (b"\xff\xfe\x00", "fishcompile did not write it"),
    ],
)
def test_a_foreign_file_is_kept(
    run: Run, here: Path, spec: Path, text: str, content: bytes, why: str
) -> None:
    file = here / "minnow.py"
    file.write_bytes(content)
    result = run("build", spec)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"error: minnow.py exists and {why}; it is not overwritten\n{WAY_OUT}"
    assert file.read_bytes() == content
    assert run("build", spec, "--force").code == 0
    assert file.read_bytes() == text.encode()


def test_an_edited_file_is_kept(run: Run, here: Path, spec: Path, text: str) -> None:
    file = here / "minnow.py"
    edited = text.replace("blocks=2", "blocks=3")
    file.write_text(edited, encoding="utf-8")
    result = run("build", spec)
    assert result.code == 2
    assert "exists and was edited since fishcompile wrote it; it is not overwr" in result.err
    assert file.read_text(encoding="utf-8") == edited
    assert run("build", spec, "--force").code == 0
    assert file.read_text(encoding="utf-8") == text


def test_check_compares_and_writes_nothing(run: Run, here: Path, spec: Path) -> None:
    missing = run("build", spec, "--check")
    assert (missing.code, missing.out) == (1, "")
    assert missing.err == (
        "error: minnow.py does not exist\n  = help: fishcompile build minnow.yaml -o minnow.py\n"
    )
    run("build", spec)
    fresh = run("build", spec, "--check")
    assert (fresh.code, fresh.out, fresh.err) == (0, "minnow.py is up to date\n", "")
    before = (here / "minnow.py").read_text("utf-8")
    write_minnow(here, {"classifier": "{classes: 11}"})
    stale = run("build", spec, "--check")
    assert stale.code == 1
    assert stale.err.startswith(
        "error: minnow.py is stale: minnow.yaml changed since it was written, and the file did not"
    )
    lines = stale.out.splitlines()
    assert lines[:2] == ["--- a/minnow.py", "+++ b/minnow.py"]
    assert len(lines) <= 21
    old, new = (
        made.partition("# spec sha256:")[2][:64] for made in (before, fishcompile.emit(spec))
    )
    assert f"-# spec sha256:{old}" in lines
    assert f"+# spec sha256:{new}" in lines
    assert (here / "minnow.py").read_text("utf-8") == before


def test_line_breaks_that_git_changed_are_no_change(run: Run, here: Path, spec: Path) -> None:
    """As `core.autocrlf` makes them: such a copy is current, and is written anew when stale."""
    run("build", spec)
    file = here / "minnow.py"
    windows = file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(windows)
    assert run("build", spec, "--check").code == 0
    assert run("build", spec).out == "minnow.py is up to date\n"
    assert file.read_bytes() == windows
    write_minnow(here, {"classifier": "{classes: 11}"})
    stale = run("build", spec, "--check")
    assert stale.code == 1
    assert "-import torch" not in stale.out, "only what the spec changed is shown"
    assert run("build", spec).code == 0
    assert b"\r" not in file.read_bytes()


def test_check_says_whether_the_spec_or_the_file_changed(
    run: Run, here: Path, spec: Path, text: str
) -> None:
    def said(content: str) -> str:
        (here / "minnow.py").write_bytes(content.encode())
        return run("build", spec, "--check").err.partition("minnow.py is stale: ")[2].split("\n")[0]

    edited = text.replace("relu", "gelu", 1)
    assert said(edited) == "it was edited since it was written; minnow.yaml is as it was"
    assert said("mine\n") == "minnow.yaml builds something else"
    write_minnow(here, {"classifier": "{classes: 11}"})
    assert said(edited) == "it was edited since it was written, and minnow.yaml changed too"
    assert said(text).startswith("minnow.yaml changed since it was written")


@pytest.fixture
def models(here: Path, spec: Path) -> Path:
    """A folder of two specs, one a variant of the other by way of blocks that both may use."""
    folder = here / "specs"
    folder.mkdir()
    (folder / "minnow.yaml").write_text(spec.read_text("utf-8"), "utf-8")
    variant = "fishspec: 2\nname: wide\nextends: minnow.yaml\nclassifier: {classes: 7}\n"
    (folder / "wide.yaml").write_text(variant, "utf-8")
    (folder / "parts.yaml").write_text(
        "fishspec: 2\nblocks: {one: {graph: {c: {kind: conv, out: 8}}}}\n", "utf-8"
    )
    (here / "models").mkdir()
    return folder


def test_many_specs_are_built_in_a_folder(run: Run, here: Path, models: Path) -> None:
    result = run("build", "specs", "-o", "models/")
    assert (result.code, result.err) == (0, "")
    assert [line.partition(" (")[0] for line in result.out.splitlines()] == [
        "wrote models/minnow.py",
        "wrote models/wide.py",
    ]
    assert (here / "models" / "wide.py").read_text("utf-8") == fishcompile.emit(
        models / "wide.yaml"
    )
    again = run("build", "specs/minnow.yaml", "specs/wide.yaml", "-o", "models", "--check")
    assert again.out == "models/minnow.py is up to date\nmodels/wide.py is up to date\n"
    (models / "minnow.yaml").write_text(
        (models / "minnow.yaml").read_text("utf-8").replace("classes: 10", "classes: 9"), "utf-8"
    )
    (here / "models" / "wide.py").unlink()
    stale = run("build", "specs", "-o", "models/", "--check")
    assert stale.code == 1
    assert "error: models/minnow.py is stale: " in stale.err
    assert "error: models/wide.py does not exist" in stale.err
    one = run("build", "specs/wide.yaml", "-o", "models/")
    assert one.out.startswith("wrote models/wide.py")


def test_one_spec_with_an_error_does_not_keep_the_others(
    run: Run, here: Path, models: Path
) -> None:
    (models / "a.yaml").write_text("fishspec: 2\nname: a\nextends: none.yaml\n", "utf-8")
    result = run("build", "specs", "-o", "models/")
    assert (result.code, "FC120" in result.out) == (1, True)
    assert sorted(path.name for path in (here / "models").iterdir()) == ["minnow.py", "wide.py"]


def test_two_specs_of_one_name_have_one_place(run: Run, here: Path, models: Path) -> None:
    result = run("build", "specs", "minnow.yaml", "-o", "models/")
    assert result.code == 2
    assert "specs/minnow.yaml and minnow.yaml would both go to models/minnow.py" in result.err
    assert list((here / "models").iterdir()) == []


@pytest.mark.parametrize("output", ["-", "net.py"])
def test_many_specs_need_a_folder(run: Run, models: Path, output: str) -> None:
    result = run("build", "specs", "-o", output)
    assert (result.code, result.err) == (
        2,
        f"error: {output} cannot hold 2 specs\n  = help: name a folder, as -o models/\n",
    )


@pytest.mark.parametrize("output", ["specs/wide.yaml", "specs/minnow.yaml", "link.yaml"])
@pytest.mark.parametrize("emit", ["source", "ir", "module"])
def test_what_is_built_from_is_never_written_over(
    run: Run, here: Path, models: Path, output: str, emit: str
) -> None:
    (here / "link.yaml").hardlink_to(models / "minnow.yaml")
    before = {path: path.read_bytes() for path in models.iterdir()}
    result = run("build", "specs/wide.yaml", "--emit", emit, "-o", output, "--force")
    assert (result.code, result.err) == (
        2,
        f"error: {output} is what is built from\n  = help: name another file with -o\n",
    )
    assert {path: path.read_bytes() for path in models.iterdir()} == before


def test_check_sees_a_blank_at_a_line_end(run: Run, here: Path, spec: Path, text: str) -> None:
    (here / "minnow.py").write_bytes(text.replace("\n", " \n", 1).encode())
    assert run("build", spec, "--check").code == 1


def test_check_needs_a_file(run: Run, spec: Path) -> None:
    result = run("build", spec, "--check", "-o", "-")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: --check compares with a file\n  = help: name it with -o\n"


def test_ir_is_printed_or_written(run: Run, here: Path, spec: Path) -> None:
    expected = print_graph(compiled(spec).inference.graph)
    assert run("build", spec, "--emit", "ir").out == expected
    assert run("build", spec, "--emit", "ir", "-o", "net.ir").code == 0
    assert (here / "net.ir").read_text(encoding="utf-8") == expected
    assert run("build", spec, "--emit", "ir", "-o", "net.ir").code == 0
    assert run("build", spec, "--emit", "ir", "-o", "net.ir", "--check").code == 0
    (here / "net.ir").write_text("mine\n", encoding="utf-8")
    assert run("build", spec, "--emit", "ir", "-o", "net.ir").code == 2
    assert run("build", spec, "--emit", "ir", "-o", "net.ir", "--force").code == 0


def test_a_module_is_saved_and_opens(run: Run, here: Path, spec: Path) -> None:
    result = run("build", spec, "--emit", "module")
    parameters = f"{compiled(spec).total.parameters:,}"
    assert (result.code, result.out) == (0, f"wrote minnow.pt ({parameters} parameters)\n")
    model = torch.load(here / "minnow.pt", weights_only=False)
    assert model(torch.zeros(2, 3, 64, 64)).shape == (2, 10)
    before = (here / "minnow.pt").read_bytes()
    assert run("build", spec, "--emit", "module").code == 2
    assert (here / "minnow.pt").read_bytes() == before
    assert run("build", spec, "--emit", "module", "--force").code == 0


@pytest.mark.parametrize("option", [["--check"], ["-o", "-"]])
def test_a_module_is_neither_compared_nor_printed(run: Run, spec: Path, option: list[str]) -> None:
    result = run("build", spec, "--emit", "module", *option)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: a module is neither compared nor printed\n")


def test_a_spec_with_errors_builds_nothing(run: Run, here: Path, spec: Path) -> None:
    write_minnow(here, {"classifier": "{classes: 10, expect: {in: 7}}"})
    result = run("build", spec)
    assert result.code == 1
    assert "error[FC401]: " in result.out
    assert not (here / "minnow.py").exists()


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_spec_that_cannot_be_read(run: Run, here: Path, name: str) -> None:
    result = run("build", name)
    assert result.code == 2
    assert "FC100" in result.out + result.err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("nowhere/net.py", "the folder of nowhere/net.py does not exist"),
        ("minnow.yaml/net.py", "the folder of minnow.yaml/net.py does not exist"),
        ("nowhere/", "the folder of nowhere/minnow.py does not exist"),
        ("/dev/null", "/dev/null is not a regular file"),
        ("x" * 300, "cannot be used"),
    ],
)
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_an_output_that_cannot_be(
    run: Run, here: Path, spec: Path, output: str, message: str, force: list[str]
) -> None:
    result = run("build", spec, "-o", output, *force)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err
    assert [path.name for path in here.iterdir()] == ["minnow.yaml"]


def test_a_pipe_is_not_replaced_nor_waited_for(run: Run, here: Path, spec: Path) -> None:
    os.mkfifo(here / "pipe")
    assert run("build", spec, "-o", "pipe").code == 2
    assert run("build", spec, "-o", "pipe", "--force").code == 2
    assert run("build", spec, "-o", "pipe", "--check").code == 2
    assert (here / "pipe").is_fifo()


def test_a_link_is_written_through(run: Run, here: Path, spec: Path, text: str) -> None:
    (here / "real").mkdir()
    (here / "minnow.py").symlink_to("real/net.py")
    # a link that leads nowhere yet is no file of ours
    assert run("build", spec).code == 0
    assert (here / "minnow.py").is_symlink()
    assert (here / "real" / "net.py").read_text(encoding="utf-8") == text


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_permission(run: Run, here: Path, spec: Path) -> None:
    closed = here / "closed"
    closed.mkdir(mode=0o500)
    result = run("build", spec, "-o", "closed/net.py")
    assert result.code == 2
    assert result.err == "error: closed/net.py cannot be written: Permission denied\n"


@pytest.mark.parametrize("step", ["mkstemp", "fsync", "replace"])
def test_a_failure_leaves_the_old_file(
    run: Run, here: Path, spec: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    run("build", spec)
    before = (here / "minnow.py").read_bytes()
    write_minnow(here, {"classifier": "{classes: 11}"})

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    owner = {"mkstemp": tempfile, "fsync": os, "replace": Path}[step]
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, fail)
        result = run("build", spec)
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: minnow.py cannot be written: No space left on device\n"
    assert (here / "minnow.py").read_bytes() == before
    assert sorted(path.name for path in here.iterdir()) == ["minnow.py", "minnow.yaml"]


def test_a_module_without_torch_is_a_usage_error(
    run: Run, here: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    result = run("build", spec, "--emit", "module")
    assert result.code == 2
    assert result.err == (
        "error: building a module needs torch\n  = help: pip install 'fishcompile[torch]'\n"
    )
    assert not (here / "minnow.pt").exists()


def test_an_unknown_kind_of_output(run: Run, spec: Path) -> None:
    result = run("build", spec, "--emit", "tensorrt")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: no target is called `tensorrt`\n"
        "  = help: the targets are source, ir, module, onnx\n"
    )
    assert "did you mean module? the targets" in run("build", spec, "--emit", "modul").err


def test_the_way_out_of_a_stale_file_builds_it(run: Run, here: Path, spec: Path) -> None:
    """With its target and passes: the command that is named makes the file current."""
    (here / "net.ir").write_text("mine\n", encoding="utf-8")
    options = ["--emit", "ir", "--passes", "fold_batch_norm", "-o", "net.ir"]
    stale = run("build", spec, *options, "--check")
    assert stale.err == (
        "error: net.ir is stale: minnow.yaml builds something else\n"
        "  = help: fishcompile build minnow.yaml --emit ir --passes fold_batch_norm -o net.ir\n"
    )
    assert run("build", spec, *options, "--force").code == 0
    assert run("build", spec, *options, "--check").code == 0
    assert run("build", spec, "--emit", "ir", "-o", "net.ir", "--check").code == 1


def test_help_lists_targets_and_passes(run: Run) -> None:
    text = " ".join(run("build", "--help").out.split())
    assert "--emit <source|ir|module|onnx> source: a Python file; ir: the graph as text;" in text
    assert "[default: source]" in text
    assert "--passes NAMES" in text
    assert "merge_duplicates, split_concat; or all." in text


def test_a_target_is_found_by_its_file(
    run: Run, here: Path, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = here / "more"
    folder.mkdir()
    (folder / "shout.py").write_text(
        "from fishcompile.targets.base import Target\n"
        "def shout(analysis):\n"
        "    return analysis.stages.name.upper() + chr(10)\n"
        "TARGET = Target('its name, loud', 'a shout', shout, suffix='.txt')\n"
    )
    monkeypatch.setattr(targets, "__path__", [*targets.__path__, str(folder)])
    assert targets.found() == ("source", "ir", "module", "onnx", "shout")
    assert run("build", spec, "--emit", "shout").out == "wrote minnow.txt (1 lines)\n"
    assert (here / "minnow.txt").read_text() == "MINNOW\n"
    assert run("build", spec, "--emit", "shout", "-o", "-").out == "MINNOW\n"
    # it has no stamp, so that nobody knows whether it was edited
    (here / "minnow.txt").write_text("mine\n")
    assert run("build", spec, "--emit", "shout").code == 2
    assert run("build", spec, "--emit", "shout", "--check").code == 1


def test_every_target_keeps_the_interface() -> None:
    folder = Path(targets.__file__).parent
    assert set(targets.found()) == {path.stem for path in folder.glob("*.py")} - {
        "__init__",
        "base",
        "engine",
        "first_values",
        "onnx_model",
        "onnx_sides",
    }
    for name in targets.found():
        target = targets.the_target(name)
        assert target.what
        assert target.noun.split()[0] in ("a", "an")
        # bytes have to go into a file, and only a text can hold a stamp
        assert target.text or (target.suffix and not target.stamped)


PASSED = ["--passes", "fold_batch_norm"]
AFTER = "# after the passes fold_batch_norm"


def test_a_file_made_with_passes_says_so(run: Run, here: Path, spec: Path, text: str) -> None:
    assert run("build", spec, *PASSED).code == 0
    made = (here / "minnow.py").read_text(encoding="utf-8")
    plain, lines = text.splitlines(), made.splitlines()
    assert [lines[0], lines[2]] == plain[:2]
    assert lines[1] == AFTER
    assert "return F.relu(self.conv(x))" in made
    assert "return F.relu(self.bn(self.conv(x)))" in text
    assert run("build", spec, *PASSED).out == "minnow.py is up to date\n"
    assert run("build", spec, *PASSED, "--check").code == 0
    without = run("build", spec, "--check")
    assert (without.code, without.err) == (
        1,
        (
            "error: minnow.py is stale: it was made with --passes fold_batch_norm\n"
            "  = help: fishcompile build minnow.yaml -o minnow.py\n"
        ),
    )
    # an unedited file of ours, so it is written over
    assert run("build", spec).code == 0
    assert (here / "minnow.py").read_text(encoding="utf-8") == text
    with_ = run("build", spec, *PASSED, "--check")
    assert (with_.code, with_.err) == (
        1,
        (
            "error: minnow.py is stale: it was made without passes\n"
            "  = help: fishcompile build minnow.yaml --passes fold_batch_norm -o minnow.py\n"
        ),
    )


def test_a_stale_file_made_with_the_same_passes(run: Run, here: Path, spec: Path) -> None:
    run("build", spec, *PASSED)
    write_minnow(here, {"classifier": "{classes: 11}"})
    stale = run("build", spec, *PASSED, "--check")
    assert "minnow.py is stale: minnow.yaml changed since it was written" in stale.err


@pytest.mark.parametrize(
    "edit", [("fold_batch_norm", "none"), (AFTER + "\n", ""), ("relu", "gelu")]
)
def test_an_edit_of_a_file_made_with_passes_is_kept(
    run: Run, here: Path, spec: Path, edit: tuple[str, str]
) -> None:
    run("build", spec, *PASSED)
    made = (here / "minnow.py").read_text(encoding="utf-8")
    assert edit[0] in made
    (here / "minnow.py").write_text(made.replace(*edit, 1), encoding="utf-8")
    result = run("build", spec, *PASSED)
    assert result.code == 2
    assert "was edited since fishcompile wrote it" in result.err


def test_a_module_after_passes_has_their_weights(run: Run, here: Path, spec: Path) -> None:
    folded = after_passes(compiled(spec), ["fold_batch_norm"])
    assert folded.rewrites
    result = run("build", spec, *PASSED, "--emit", "module")
    assert result.out == f"wrote minnow.pt ({folded.total.parameters:,} parameters)\n"
    model = torch.load(here / "minnow.pt", weights_only=False)
    assert list(model.state_dict()) == list(folded.inference.graph.state())
    assert sum(p.numel() for p in model.parameters()) == folded.total.parameters


def test_the_graph_after_passes_is_printed(run: Run, spec: Path) -> None:
    plain = run("build", spec, "--emit", "ir").out
    folded = run("build", spec, "--emit", "ir", *PASSED).out
    assert parse_graph(folded) == after_passes(compiled(spec), ["fold_batch_norm"]).inference.graph
    assert folded.count(" = batch_norm(") < plain.count(" = batch_norm(")


def test_a_pass_that_is_none_is_said_before_the_spec_is_read(run: Run, here: Path) -> None:
    result = run("build", "nowhere.yaml", "--passes", "fold_batchnorm")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: no pass is called `fold_batchnorm`\n"
        "  = help: did you mean fold_batch_norm? the passes are delay_upsampling, "
        "drop_unread, fold_batch_norm, merge_duplicates, split_concat\n"
    )


MODULES = """
import sys
sys.argv = ["fishcompile", *sys.argv[1:]]
from fishcompile.cli.app import main
try:
    main()
except SystemExit as stopped:
    print("code", stopped.code)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_source_is_built_without_torch(here: Path, spec: Path) -> None:
    command = [sys.executable, "-c", MODULES, "build", str(spec)]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    *_, code, names = done.stdout.splitlines()
    assert code == "code 0"
    assert not {"torch", "numpy", "pydantic"} & set(names.split())


def test_recompute_is_an_option(run: Run, here: Path) -> None:
    """The same text as a spec that says so itself has, and the title stays."""
    write_minnow(here, {"title": "Minnow-1", "recompute": "[tail1, body1]"}, "said")
    write_minnow(here, {"title": "Minnow-1"}, "said2")
    said = run("build", "said.yaml", "-o", "-").out
    asked = run("build", "said2.yaml", "-o", "-", "--recompute", "tail1, body1").out
    assert "class Minnow1" in asked
    assert (
        asked.replace("said2", "said").replace("Said2", "Said").splitlines()[3:]
        == said.splitlines()[3:]
    )
    wrong = run("build", "said2.yaml", "--recompute", "tial1")
    assert wrong.code == 1
    assert "no stage is named `tial1`" in wrong.out + wrong.err
    both = run("build", "said2.yaml", "--recompute", "preact", "--set", "recompute=stages")
    assert both.code == 2
    assert not list(here.glob("*.py"))
