"""The one-way order of the code, read off its imports, and the size of its files.

A room is a file at the package's root or a folder. One imports only from those before it in ORDER,
inside functions and for type checkers as well. A new one has to say where it stands.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rooms import PACKAGE, circles, file_of, graphs, imports_of, room

TESTS = Path(__file__).parent
ORDER = [
    "package", "record", "diagnostics", "files", "ops", "reader", "schema", "ir",
    "loading/migrations", "loading", "language", "blocks", "expand", "analysis",
    "passes", "blame", "scaling", "rules", "policy", "formats", "pipeline", "fixing", "pictures",
    "targets/python_source", "targets", "weights", "recovery", "lsp", "cli", "cli/commands",
    "__init__", "__main__",
]  # fmt: skip

MAX_ROOMS = 32
MAX_LINES = 300
NEEDS_TORCH = {"targets", "weights"}
# Rooms that need what is installed with an extra alone.
EXTRAS = {"weights", "recovery", "lsp"}
# Files that do, of rooms that do not.
EXTRA_FILES = {"targets/first_values.py", "targets/onnx_model.py"}

# Folders of tests that are about the whole, beside those that are called as a folder of the code.
OF_THE_WHOLE = {
    "browser", "docs", "fuzz", "grammar", "hostile", "integrations", "migrations", "mutations",
    "parity", "plugins", "specs",
}  # fmt: skip

FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_has_a_place() -> None:
    assert {room(file) for file in FILES} == set(ORDER), "say in ORDER where it stands"
    assert len(ORDER) == len(set(ORDER)) <= MAX_ROOMS


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_one_way(file: Path) -> None:
    own = ORDER.index(room(file))
    wrong = []
    for each in imports_of(file):
        other = file_of(each.module)
        # fishcompile.emit and the like are names of the package itself
        if other and other != PACKAGE / "__init__.py" and ORDER.index(room(other)) > own:
            wrong.append(f"{file.name}:{each.line} imports {each.module}")
    assert wrong == []


def test_tests_stand_where_what_they_test_stands() -> None:
    """Every folder of the code has one of tests, and there are no others but OF_THE_WHOLE."""
    found = {path.parent.relative_to(TESTS).parts[0] for path in TESTS.glob("*/**/test_*.py")}
    inside = (file for file in FILES if file.parent != PACKAGE and file.stem != "__init__")
    folders = {room(file).partition("/")[0] for file in inside}
    assert found - OF_THE_WHOLE == folders


def test_nothing_leads_back_to_itself() -> None:
    rooms, files = graphs()
    assert circles(rooms) == []
    assert circles(files) == []


def test_only_targets_and_weights_import_torch_when_imported() -> None:
    found = {
        room(file)
        for file in FILES
        for each in imports_of(file)
        if each.at_import and each.module.partition(".")[0] in ("torch", "numpy", "safetensors")
    }
    assert found <= NEEDS_TORCH


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(["torch", "numpy", "safetensors"]))
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
"""


def test_all_else_is_imported_where_torch_is_not_installed() -> None:
    names = [
        ".".join(("fishcompile", *file.relative_to(PACKAGE).with_suffix("").parts))
        for file in FILES
        if room(file) not in EXTRAS
        and str(file.relative_to(PACKAGE)) not in EXTRA_FILES
        and file.stem != "__main__"
    ]
    command = [sys.executable, "-c", WITHOUT, *(name.removesuffix(".__init__") for name in names)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_file_is_long() -> None:
    lines = {
        str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8").count("\n")
        for file in FILES
    }
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_every_file_says_what_it_is_for() -> None:
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
    assert [str(file) for file, tree in trees.items() if not ast.get_docstring(tree)] == []
