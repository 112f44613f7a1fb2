r"""What must hold for every input that is checked, and what each of them cost.

    with Harness() as harness:
        outcome = harness.check(b"fishspec: 2\n...")   # raises Broken

An input is written beside the shipped specs and those that are mutated, so that its `extends` and
its `use` find them.
"""

from __future__ import annotations

import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

import fishcompile
from fishcompile.diagnostics.finding import Report
from fishcompile.diagnostics.source import Span
from fishcompile.formats.text import render

ROOT = Path(__file__).parent.parent
MAX_SECONDS = 2.0
MAX_BYTES = 300 << 20
_HANGS = 30  # seconds after which an input is given up
_STATUS = Path("/proc/self/status")
_RESET_PEAK = Path("/proc/self/clear_refs")


class Broken(Exception):  # noqa: N818, what it says is not an error of this program
    """An input for which something does not hold."""


@dataclass(frozen=True)
class Outcome:
    """What was found, how long checking and rendering took, and by how much memory grew."""

    report: Report
    seconds: float
    grown: int


class Harness:
    """A folder to check inputs in; a context manager that removes it again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fishcompile-fuzz-"))
        for folder in (ROOT / "specs", ROOT / "tests" / "mutations" / "specs"):
            for spec in sorted(folder.glob("*.yaml")):
                shutil.copy(spec, self.folder)

    def __enter__(self) -> Harness:
        signal.signal(signal.SIGALRM, _give_up)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.folder)

    def check(self, data: bytes, beside: Mapping[str, bytes] | None = None) -> Outcome:
        """Checks and renders one input, `beside` being the other files of that input.

        Raises Broken for an exception, a span outside its file, or a ceiling that is passed.
        """
        for name, text in (beside or {}).items():
            (self.folder / name).write_bytes(text)
        path = self.folder / "input.yaml"
        path.write_bytes(data)
        before = _memory()
        begin = time.perf_counter()
        signal.alarm(_HANGS)
        try:
            report = fishcompile.check(path)
            for width, color in ((100, False), (20, True)):
                render(report, width=width, color=color)
        except Exception as error:
            raise Broken(f"{type(error).__name__}: {error}") from error
        finally:
            signal.alarm(0)
        seconds = time.perf_counter() - begin
        grown = max(0, _peak() - before)
        for problem in outside(report):
            raise Broken(problem)
        if seconds > MAX_SECONDS:
            raise Broken(f"took {seconds:.2f} s")
        if grown > MAX_BYTES:
            raise Broken(f"grew by {grown >> 20} MB")
        return Outcome(report, seconds, grown)


def outside(report: Report) -> Iterator[str]:
    """Every span of a report that does not lie in its file, in words."""
    for diagnostic in report.diagnostics:
        spans = [diagnostic.span, *(related.span for related in diagnostic.related)]
        spans += [edit.span for fix in diagnostic.fixes for edit in fix.edits]
        for span in spans:
            if not _inside(span):
                end = f"{span.end_line}:{span.end_column}"
                yield f"{diagnostic.rule} points outside its file: {span} to {end}"


def _inside(span: Span) -> bool:
    lines = span.source.lines
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return start <= end and all(
        1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1
        for line, column in (start, end)
    )


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {_HANGS} s")


def _memory() -> int:
    """The resident bytes now; the peak begins anew where the system can."""
    try:
        _RESET_PEAK.write_text("5")
        return _kilobytes("VmRSS") * 1024
    except OSError:
        return _peak()


def _peak() -> int:
    """The most resident bytes since `_memory`, or since the start where the system cannot tell."""
    if _STATUS.exists():
        return _kilobytes("VmHWM") * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _kilobytes(key: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0
