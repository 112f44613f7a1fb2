"""The checker's stages in order, from a file to everything that is known about it.

    load -> validate -> defaults -> parse -> stage graph -> shapes, costs -> rules

Each stage stops the ones after it only where they could not know anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fishcompile.analysis.costs import Cost, below, costs
from fishcompile.analysis.facts import Facts
from fishcompile.analysis.shapes import MAX_PARAMETERS, Inference, infer
from fishcompile.diagnostics import Diagnostic, Report, SpecError, report
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.digest import spec_digest
from fishcompile.language.fish import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.language.variants import Reader, load
from fishcompile.reader import read_bytes, read_file
from fishcompile.rules import judge
from fishcompile.schema import validate
from fishcompile.tree import Tree


@dataclass(frozen=True)
class Analysis:
    """A spec that reads and resolves, its facts as far as they go, and the report."""

    tree: Tree
    stages: StageGraph
    inference: Inference
    costs: dict[str, Cost]
    report: Report

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved spec."""
        return spec_digest(self.tree)

    @property
    def total(self) -> Cost:
        """The cost of the whole network."""
        return below(self.costs, "")


def analyse(path: Path, read: Reader = read_file) -> Analysis:
    """Reads and checks the spec at `path`; `read` gives the tree of a file, see `load`.

    Raises SpecError where it does not read, fit the schema or resolve; findings of later stages
    are in the result's report.
    """
    loaded = load(path, read)
    found = validate(loaded)
    if found:
        raise SpecError(report(found))
    tree = apply_defaults(loaded)
    spec = parse_spec(tree)
    stages = stage_graph(spec, tree)
    inference = infer(stages, tree)
    costs_ = costs(inference.graph)
    diagnostics = list(inference.diagnostics) or _refuse_giant(below(costs_, ""), tree)
    judged, silenced = judge(Facts(tree, stages, inference, costs_), diagnostics)
    skipped = len(inference.unknown) + silenced
    return Analysis(tree, stages, inference, costs_, report([*diagnostics, *judged], skipped))


def check_texts(files: Mapping[str, str], main: str) -> Report:
    """The report on the spec `main` of `files`, texts by name, which stand in one folder.

    A text with lone surrogates stands for the bytes that they escape.
    """

    def read(_path: Path, name: str) -> Tree:
        return read_bytes(files[name].encode("utf-8", "surrogateescape"), name)

    try:
        return analyse(Path(main), read).report
    except SpecError as error:
        return error.report


def compiled(path: Path) -> Analysis:
    """The analysis of a spec without errors, but those that are accepted; see `unaccepted`.

    Raises SpecError with the report of a spec that has others.
    """
    analysis = analyse(path)
    left = unaccepted(analysis, path)
    if not left.ok:
        raise SpecError(left)
    return analysis


def unaccepted(analysis: Analysis, path: Path) -> Report:
    """The report without what the spec's comments and its project's configuration accept.

    So what they accept in `check` builds; only a broken claim of the spec can be accepted.
    """
    if analysis.report.ok:
        return analysis.report
    from fishcompile.policy.apply import Judged, apply
    from fishcompile.policy.config import find_config

    judged = Judged(analysis.report, analysis.tree.source, find_config(path))
    return apply([judged]).reports[0]


def _refuse_giant(total: Cost, tree: Tree) -> list[Diagnostic]:
    if total.parameters <= MAX_PARAMETERS:
        return []
    message = f"the network has {total.parameters:,} parameters; the limit is {MAX_PARAMETERS:,}"
    span = tree.key_span(("name",))
    return [Diagnostic("FC305", message, span, help=("make it narrower or shallower",))]
