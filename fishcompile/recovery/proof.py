"""Whether a spec's text, not yet a file, has exactly a checkpoint's keys and shapes."""

from __future__ import annotations

from pathlib import Path

from fishcompile.diagnostics.errors import FindingError, UsageError
from fishcompile.diagnostics.finding import Diagnostic, Report, SpecError
from fishcompile.language.key_layouts import AUTHORS
from fishcompile.loading.reach import standing_for
from fishcompile.pipeline import Analysis, analyse
from fishcompile.recovery.parts import Shapes
from fishcompile.weights.authors import authors_keys
from fishcompile.weights.fit import require_fit

_REASON = "the checkpoint is of such a fish"


def verified(text: str, output: Path, shapes: Shapes) -> Analysis:
    """The analysis of the text as the file `output`, without errors and with those shapes.

    Raises SpecError for what the text says, FindingError where the keys or shapes are others.
    """
    analysis = analyse(output, standing_for(output, text))
    if not analysis.report.ok:
        raise SpecError(analysis.report)
    graph, stages = analysis.inference.graph, analysis.stages
    state = graph.state()
    try:
        wanted = {key: state[ours][0] for ours, key in authors_keys(graph, stages).items()}
        require_fit(shapes, wanted, graph, stages, AUTHORS)
    except UsageError as error:
        raise FindingError(str(error)) from error
    except FindingError as error:
        _, *lists = str(error).splitlines()
        message = "the checkpoint is of no fish that a spec can say; the nearest has other keys"
        raise FindingError("\n".join([message, *lists])) from error
    return analysis


def accepting(text: str, analysis: Analysis, output: Path) -> str:
    """The text with a comment behind each line that a design rule warns of.

    A checkpoint leaves no choice of design, so a warning would be about nothing to be decided.
    """
    found: dict[int, list[str]] = {}
    for finding in analysis.report.diagnostics:
        if finding.severity == "warning" and finding.span.source.name == str(output):
            found.setdefault(finding.span.line, []).append(finding.rule)
    lines = text.split("\n")
    for number, rules in found.items():
        ids = ", ".join(sorted(set(rules)))
        lines[number - 1] += f" # fishcompile: ignore[{ids}] {_REASON}"
    return "\n".join(lines)


def errors(report: Report) -> list[Diagnostic]:
    """The findings that are errors."""
    return [finding for finding in report.diagnostics if finding.severity == "error"]
