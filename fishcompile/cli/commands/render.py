"""`fishcompile render`: a spec as it is once bases and defaults have been put in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fishcompile.cli.light import LightCommand
from fishcompile.formats._snippets import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fishcompile.diagnostics.source import Span
    from fishcompile.pipeline import Analysis
    from fishcompile.reader.tree import Path as TreePath


def register(app: typer.Typer) -> None:
    """Adds the command."""
    example = "Example: fishcompile render specs/fishnet150.yaml --graph"
    app.command("render", cls=LightCommand, epilog=example)(render)


def render(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The spec to render.")],
    graph: Annotated[
        bool, typer.Option("--graph", help="As the graph that its sections are sugar for.")
    ] = False,
) -> None:
    """Print a spec as one file, with the file and line that each value came from.

    A number that was scaled has the factor there, too, and the line of the `scale`. What is
    printed compiles to the same bytes as the spec. Its comments are not printed: a broken claim
    that they accept, of an `expect` say, is an error again.
    """
    from fishcompile.pipeline import whole

    print("\n".join(rendered(whole(spec), graph=graph)))


def rendered(analysis: Analysis, *, graph: bool) -> Iterator[str]:
    """The lines of the spec."""
    from fishcompile.language.graph_form import graph_form
    from fishcompile.reader.write import lines_of

    tree = analysis.tree
    if not graph:
        return lines_of(tree.value, _written(analysis, lambda path: path))
    value, origins = graph_form(analysis.stages)
    if "layouts" in tree.value:
        value["layouts"] = tree.value["layouts"]
    return lines_of(value, _written(analysis, lambda path: origins.get(path, path)))


def _written(
    analysis: Analysis, origin: Callable[[TreePath], TreePath | None]
) -> Callable[[TreePath], str]:
    """Says of a value where it was written, "implied" where it was not, and what scaled it."""
    places = analysis.tree.places
    scaled: dict[Span | TreePath, list[str]] = {}
    for one in analysis.adjustments:
        by = f" x {one.times}, {one.by.source.name}:{one.by.line}"
        scaled.setdefault(one.at if one.path in places else one.path, []).append(by)

    def where(path: TreePath) -> str:
        at = origin(path)
        if at is None or at not in places:
            return visible("implied" + "".join(scaled.get(at or (), ())))
        span = places[at].value
        times = "".join(dict.fromkeys(scaled.get(span, ())))
        return visible(f"{span.source.name}:{span.line}{times}")

    return where
