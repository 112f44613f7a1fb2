"""The rooms of the package, and who imports whom, read off the files: `python -m tests.rooms`.

A room is a file at the package's root or a folder. It stands on the floor above the highest room
that it imports from, inside functions and for type checkers as well.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

import fishcompile

PACKAGE = Path(fishcompile.__file__).parent


@dataclass(frozen=True)
class Import:
    """One import: the module, or the name of one; whether importing the file does it; and its use.

    `typing` is one that only type checkers see.
    """

    module: str
    line: int
    at_import: bool
    typing: bool


def imports_of(file: Path) -> Iterator[Import]:
    """Everything that a file imports, wherever in it."""
    return _imports(ast.parse(file.read_text(encoding="utf-8")), file, inside=False, typing=False)


def _imports(node: ast.AST, file: Path, *, inside: bool, typing: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        names: list[str] = []
        if isinstance(child, ast.Import):
            names = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{file}:{child.lineno}: a relative import"
            # a name may be that of a module of the package
            names = [f"{child.module}.{alias.name}" for alias in child.names]
        for name in names:
            assert isinstance(child, ast.Import | ast.ImportFrom)
            yield Import(name, child.lineno, not inside and not typing, typing)
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checked = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        yield from _imports(child, file, inside=inside or function, typing=typing or checked)


def room(file: Path, package: Path = PACKAGE) -> str:
    """The room of a file."""
    below = file.relative_to(package)
    return below.stem if len(below.parts) == 1 else below.parent.as_posix()


def file_of(module: str, package: Path = PACKAGE) -> Path | None:
    """The file of a module of the package, or of the module that a name is imported from."""
    root, *steps = module.split(".")
    if root != package.name:
        return None
    for end in (len(steps), len(steps) - 1):
        below = package.joinpath(*steps[: max(end, 0)])
        for file in (below.with_suffix(".py"), below.with_suffix(".pyi"), below / "__init__.py"):
            if file.is_file() and file.is_relative_to(package):
                return file
    return None


def graphs(package: Path = PACKAGE) -> tuple[nx.DiGraph[str], nx.DiGraph[str]]:
    """The rooms with an arrow to each that they import from, and the files likewise.

    What files import for type checkers alone makes arrows between rooms, and none between files.
    """
    rooms: nx.DiGraph[str] = nx.DiGraph()
    files: nx.DiGraph[str] = nx.DiGraph()
    for file in sorted(package.rglob("*.py")):
        rooms.add_node(room(file, package))
        for each in imports_of(file):
            other = file_of(each.module, package)
            if other is None or other == file:
                continue
            if room(other, package) != room(file, package):
                rooms.add_edge(room(file, package), room(other, package))
            if not each.typing:
                files.add_edge(str(file), str(other))
    return rooms, files


def circles(graph: nx.DiGraph[str]) -> list[list[str]]:
    """The parts of a graph that lead back to themselves."""
    return [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def floors(rooms: nx.DiGraph[str]) -> list[list[str]]:
    """The rooms from the ground upwards; a circle is one room."""
    joined = nx.condensation(rooms)
    level: dict[int, int] = {}
    for number in reversed(list(nx.topological_sort(joined))):
        level[number] = 1 + max((level[below] for below in joined.successors(number)), default=-1)
    found: dict[int, list[str]] = defaultdict(list)
    for number, members in joined.nodes(data="members"):
        found[level[number]].append(" + ".join(sorted(members)))
    return [sorted(found[number]) for number in sorted(found)]


def main(package: Path) -> None:
    """Prints the rooms, arrows, floors and circles of a package."""
    rooms, files = graphs(package)
    levels = floors(rooms)
    print(f"{len(rooms)} rooms, {rooms.number_of_edges()} arrows, {len(levels)} floors")
    for number, names in reversed(list(enumerate(levels, 1))):
        print(f"{number:3}  {', '.join(names)}")
    print("circles of rooms:", circles(rooms) or "none")
    print("circles of files:", circles(files) or "none")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if sys.argv[1:] else PACKAGE)
