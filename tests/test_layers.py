"""The one-way order of the code, read off its imports, and the size of its files.

A room is a file at the package's root or a folder. One imports only from those before it in ORDER,
inside functions and for type checkers as well. A new one has to say where it stands.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fishcompile

PACKAGE = Path(fishcompile.__file__).parent
ORDER = [
    "version", "data", "diagnostics", "files", "ops", "reader", "schema", "ir",
    "loading/migrations", "loading", "language", "blocks", "expand", "analysis",
    "passes", "blame", "scaling", "rules", "policy", "formats", "pipeline", "fixing",
    "targets/python_source", "targets", "weights", "recovery", "lsp", "cli", "cli/commands",
    "__init__", "__main__",
]  # fmt: skip

NEEDS_TORCH = {"targets", "weights"}
# Folders that need what is installed with an extra alone.
EXTRAS = {"weights", "recovery", "lsp"}
MAX_ROOMS = 32
MAX_LINES = 300

FILES = sorted(PACKAGE.rglob("*.py"))


def room(file: Path) -> str:
    """The room of ORDER that a file belongs to."""
    below = file.relative_to(PACKAGE)
    return below.stem if len(below.parts) == 1 else below.parent.as_posix()


def room_of(module: str) -> str | None:
    """The room of a module, or of the module that a name is imported from."""
    below = PACKAGE.joinpath(*module.split(".")[1:])
    found = (below / "__init__.py", below.with_suffix(".py"), below.with_suffix(".pyi"))
    return next((room(file) for file in found if file.exists()), None)


Import = tuple[str, int, bool]


def imports(node: ast.AST, file: Path, *, at_import: bool = True) -> Iterator[Import]:
    """What is imported below a node: the module, the line, and whether importing the file does."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, child.lineno, at_import) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{file}:{child.lineno}: a relative import"
            assert child.module is not None
            yield child.module, child.lineno, at_import
            if child.module == "fishcompile":
                names = (alias.name for alias in child.names)
                yield from ((f"fishcompile.{name}", child.lineno, at_import) for name in names)
        later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        yield from imports(child, file, at_import=at_import and not later and not typing)


def imports_of(file: Path) -> Iterator[Import]:
    return imports(ast.parse(file.read_text(encoding="utf-8")), file)


def test_every_file_has_a_place() -> None:
    found = {room(file) for file in FILES}
    assert found - set(ORDER) == set(), "say in ORDER where it stands"
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_go_one_way(file: Path) -> None:
    own = ORDER.index(room(file))
    wrong = []
    for module, line, _ in imports_of(file):
        if module.startswith("fishcompile."):
            other = room_of(module) or room_of(module.rpartition(".")[0])
            if other is not None and other in ORDER and ORDER.index(other) > own:
                wrong.append(f"{file.name}:{line} imports {module}")
    assert wrong == []


def test_there_are_few_rooms() -> None:
    assert len({room(file) for file in FILES}) <= MAX_ROOMS


def test_only_targets_and_weights_import_torch_when_imported() -> None:
    found = {
        room(file)
        for file in FILES
        for module, _, at_import in imports_of(file)
        if at_import and module.partition(".")[0] in ("torch", "numpy", "safetensors")
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
        if room(file) not in EXTRAS and file.stem != "__main__"
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
