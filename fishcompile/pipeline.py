"""The checker's stages in order, from a file to everything that is known about it.

    load -> validate -> defaults -> parse -> stage graph -> shapes, costs -> rules

Each stage stops the ones after it only where they could not know anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.analysis.costs import Cost, below
from fishcompile.analysis.facts import Facts
from fishcompile.analysis.limits import giant, too_many_blocks
from fishcompile.analysis.shapes import Inference, infer, nothing_of
from fishcompile.diagnostics.finding import Diagnostic, Report, SpecError, fail, report
from fishcompile.language.composites import check_definitions
from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.graph_form import spec_digest
from fishcompile.language.nodes import definitions
from fishcompile.language.parse import parse_spec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.loading.load import load, vary
from fishcompile.loading.loaded import Loaded
from fishcompile.loading.reach import Reader, with_include_chains
from fishcompile.loading.uses import is_library
from fishcompile.reader.read import UnreadableError, read_bytes, read_file
from fishcompile.reader.tree import Plain, Tree
from fishcompile.record import record
from fishcompile.rules import judge
from fishcompile.schema.validate import validate
from fishcompile.schema.version import start_of_spec

if TYPE_CHECKING:
    from fishcompile.loading.adjustment import Adjustment
    from fishcompile.loading.settings import Setting
    from fishcompile.passes.base import Rewrite


@record
class Analysis:
    """A spec that reads and resolves, its facts as far as they go, and the report.

    `adjustments` are the numbers of its bases that a `scale` went over. After `passes`, the graph
    and its costs are those that the passes made, and `rewrites` what became of the weights; facts
    about stages are of the graph as the spec says it.
    """

    tree: Tree
    stages: StageGraph
    inference: Inference
    report: Report
    adjustments: tuple[Adjustment, ...] = ()
    passes: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what the spec means."""
        return spec_digest(self.stages)

    @property
    def costs(self) -> dict[str, Cost]:
        """The cost of each node."""
        return self.inference.costs

    @property
    def total(self) -> Cost:
        """The cost of the whole network."""
        return below(self.costs, "")


def analyse(path: Path, read: Reader = read_file, settings: Sequence[Setting] = ()) -> Analysis:
    """Reads and checks the spec at `path`; `read` gives the tree of a file, see `load`.

    `settings` are laid over it.

    Raises SpecError where it does not read, fit the schema or resolve; findings of later stages
    are in the result's report.
    """
    loaded = load(path, read, _scaled, settings)
    _require_network(loaded.tree)
    return _analysed(loaded)


def _require_network(tree: Tree) -> None:
    if is_library(tree):
        message = "the file holds blocks that others may `use`, and no network"
        help_ = ("name a spec that uses it", "or give it a `name` and a `graph` of its own")
        raise fail(Diagnostic("FC111", message, start_of_spec(tree), help=help_))


def base_of(path: Path) -> Loaded:
    """A spec as many variants are laid over it; see `tried`. Raises SpecError."""
    loaded = load(path, read_file, _scaled)
    _require_network(loaded.tree)
    return loaded


def tried(base: Loaded, settings: Sequence[Setting]) -> Analysis:
    """The analysis of a spec with settings: its errors alone, where they stand, nobody blamed.

    Raises SpecError, and UsageError for a setting of what the spec does not have.
    """
    from fishcompile.loading.settings import variant_of

    varied = vary(base, variant_of(settings, base.tree), _scaled_raw)
    return _network(varied.tree, warnings=False)


def examine(
    path: Path, read: Reader = read_file, settings: Sequence[Setting] = ()
) -> tuple[Report, Analysis | None]:
    """All that is found in the file at `path`, and of a network the analysis.

    A file of blocks alone has none. So has a spec that does not read, fit the schema or resolve,
    whose error is in the report. Raises UnreadableError where the file itself cannot be read.
    """
    try:
        loaded = load(path, read, _scaled, settings)
        tree = loaded.tree
        if is_library(tree):
            return with_include_chains(report(_check_library(tree)), tree.includes), None
        analysis = _analysed(loaded)
    except UnreadableError:
        raise
    except SpecError as error:
        return error.report, None
    return analysis.report, analysis


def _scaled(base: Loaded, variant: Tree) -> Loaded:
    try:
        return _scaled_raw(base, variant)
    except SpecError as error:
        raise SpecError(_blamed(error.report, base)) from None


def _scaled_raw(base: Loaded, variant: Tree) -> Loaded:
    # imported only now: a spec that scales nothing is not to pay for it
    from fishcompile.scaling import scaled

    return scaled(base, variant)


def _analysed(loaded: Loaded) -> Analysis:
    try:
        analysis = _network(loaded.tree)
    except SpecError as error:
        raise SpecError(_explained(error.report, loaded)) from None
    found = _explained(analysis.report, loaded)
    return replace(analysis, report=found, adjustments=loaded.adjustments)


def _explained(found: Report, loaded: Loaded) -> Report:
    """The findings at the lines to blame, with how their files came in and their numbers about."""
    found = with_include_chains(_blamed(found, loaded), loaded.tree.includes)
    if not loaded.adjustments:
        return found
    from fishcompile.scaling.blame import with_products

    return with_products(found, loaded)


def _blamed(found: Report, loaded: Loaded) -> Report:
    """What stands in a base that holds by itself, at the line of the variant that is to blame."""
    if loaded.base is None or not found.diagnostics:
        return found
    # imported only now: most specs hold
    from fishcompile.blame.variants import blamed

    return blamed(found, loaded, _tried)


def _tried(base: Loaded, variant: Tree) -> tuple[Report, int]:
    """What is found in a variant of a base, as it stands, and how much work that was."""
    work = len(base.tree.places) + len(variant.places)
    try:
        loaded = vary(base, variant, _scaled_raw) if variant.value else base
        analysis = _network(loaded.tree)
    except SpecError as error:
        return error.report, work
    return analysis.report, work + len(analysis.inference.graph.nodes)


def _network(loaded: Tree, *, warnings: bool = True) -> Analysis:
    found = validate(loaded)
    if found:
        raise SpecError(report([*found, *_beyond(loaded, found)]))
    tree = apply_defaults(loaded)
    spec = parse_spec(tree)
    try:
        stages = stage_graph(spec, tree)
    except SpecError as error:
        names = error.report.diagnostics
        raise SpecError(report([*names, *_beyond(loaded, names)])) from None
    crowd = too_many_blocks(stages, tree)
    inference = nothing_of(stages) if crowd else infer(stages)
    diagnostics = [*crowd, *_failures(inference, tree)]
    if stages.recompute and not diagnostics:
        # imported only now: few specs recompute
        from fishcompile.analysis.recompute import without_effect

        diagnostics += without_effect(inference.graph, tree)
    diagnostics = diagnostics or giant(below(inference.costs, ""), tree)
    judged, silenced = judge(Facts(tree, stages, inference), diagnostics, warnings=warnings)
    skipped = len(inference.unknown) + silenced
    everything = report([*diagnostics, *judged], skipped)
    return Analysis(tree, stages, inference, everything)


def _beyond(tree: Tree, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is found beside errors that keep a spec from being read as a network, nor from them."""
    # imported only now: most specs hold
    from fishcompile.blame.beyond import beyond

    return beyond(tree, found)


def _failures(inference: Inference, tree: Tree) -> list[Diagnostic]:
    if not inference.failures:
        return []
    # imported only now: most specs hold, and need no words for what does not
    from fishcompile.blame.stages import explain

    return [explain(failure, inference.stages, tree) for failure in inference.failures]


def check_texts(files: Mapping[str, str], main: str) -> Report:
    """The report on the spec `main` of `files`, texts by name, which stand in one folder.

    A text with lone surrogates stands for the bytes that they escape.
    """

    def read(_path: Path, name: str) -> Tree:
        return read_bytes(files[name].encode("utf-8", "surrogateescape"), name)

    try:
        return examine(Path(main), read)[0]
    except SpecError as error:
        return error.report


def whole(path: Path, read: Reader = read_file, settings: Sequence[Setting] = ()) -> Analysis:
    """The analysis of a spec whose network is whole, which claims of its own it may break.

    Raises SpecError with the report of any other.
    """
    analysis = analyse(path, read, settings)
    if any(d.severity == "error" and d.rule < "FC4" for d in analysis.report.diagnostics):
        raise SpecError(analysis.report)
    return analysis


def compiled(path: Path, settings: Sequence[Setting] = ()) -> Analysis:
    """The analysis of a spec without errors, but those that are accepted; see `unaccepted`.

    Raises SpecError with the report of a spec that has others.
    """
    analysis = analyse(path, settings=settings)
    left = unaccepted(analysis, path)
    if not left.ok:
        raise SpecError(left)
    return analysis


def after_passes(analysis: Analysis, names: Iterable[str]) -> Analysis:
    """The analysis of a spec without errors, its graph after the named passes in their order."""
    from fishcompile.passes import run

    names = tuple(names)
    graph, rewrites = run(analysis.inference.graph, names)
    inference = replace(analysis.inference, graph=graph)
    return replace(analysis, inference=inference, passes=names, rewrites=rewrites)


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


def _check_library(tree: Tree) -> Iterable[Diagnostic]:
    """What is found in blocks without a network: names and formulas, but no shapes."""
    whole: dict[str, Plain] = {**tree.value, "name": "blocks"}
    found = validate(replace(tree, value=whole))
    blocks: Any = tree.value["blocks"]
    return found or check_definitions(definitions(blocks), tree)
