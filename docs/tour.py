"""Runs what README.md and the pages here show, and writes the output into them: docs/tour.py.

With --check it writes nothing and fails where a page is not current; with --quick it leaves out
what is marked slow. Needs fishcompile to be importable, as it is once installed.

Each page has a folder of its own, with the shipped specs in it, and its blocks run in order:

- ```console: each line after `$ ` is a command (fishcompile or python, no shell); its output
  follows, and its exit code where that is not 0.
- ```pycon: each statement after `>>> ` is run; what it prints follows.
- `<!-- tour: file NAME -->` before a block writes the block to that file.
- `<!-- tour: excerpt FILE N START -->` makes the block N lines of that file, from the first that
  begins with START.
- `<!-- tour: slow -->` marks what starts torch, or needs what a slow block made. Where one names
  fishnet99_ckpt.tar, there is such a file: laid out as the released one, with weights untrained.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
USAGE = "usage: tour.py [--check] [--quick]"
CHECKPOINT = "fishnet99_ckpt.tar"

_BLOCK = re.compile(
    r"^(?:<!-- tour: (?P<mark>[^\n]+) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.M
)
_COMMANDS = {
    "fishcompile": [sys.executable, "-m", "fishcompile"],
    "python": [sys.executable],
}
# What would make the output depend on where it is made: a terminal's width, colours, a GPU.
_SURROUNDINGS = {
    "COLUMNS": "88",
    "NO_COLOR": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONUNBUFFERED": "1",
}


def pages() -> list[Path]:
    """The README and the pages beside this file."""
    return [ROOT / "README.md", *sorted(Path(__file__).parent.glob("*.md"))]


def renewed(text: str, *, quick: bool = False) -> str:
    """The text of a page with the output of its blocks made anew."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "specs", Path(folder, "specs"))
        with contextlib.chdir(folder):
            if CHECKPOINT in text and not quick:
                _write_checkpoint(Path(CHECKPOINT))
            return _BLOCK.sub(_Page(quick).block, text)


@dataclass
class _Page:
    """A page as it is run: the names that its statements have made, and a slow block's."""

    quick: bool
    names: dict[str, Any] = field(default_factory=dict)

    def block(self, match: re.Match[str]) -> str:
        """The block with its output renewed; as it is where it has none."""
        whole, old = match[0], match["body"]
        mark = shlex.split(match["mark"] or "")
        if self.quick and mark[:1] == ["slow"]:
            return whole
        match mark, match["kind"]:
            case ["file", name], _:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_text(old, encoding="utf-8")
                return whole
            case ["excerpt", name, count, start], _:
                new = _excerpt(Path(name), int(count), start)
            case (([] | ["slow"]), "console"):
                new = "".join(map(_command, re.findall(r"^\$ (?:.*\\\n)*.*\n", old, re.M)))
            case (([] | ["slow"]), "pycon"):
                new = "".join(map(self._statement, doctest.DocTestParser().get_examples(old)))
            case [], _:
                return whole
            case _:
                raise ValueError(f"not a mark of the tour: {match['mark']}")
        return whole[: match.start("body") - match.start()] + new + "```"

    def _statement(self, example: doctest.Example) -> str:
        first, *more = example.source.splitlines()
        lines = [f">>> {first}", *(f"... {line}".rstrip() for line in more)]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "<page>", "single"), self.names)  # noqa: S102
        return "\n".join([*lines, printed.getvalue()])


def _command(lines: str) -> str:
    """The lines of a command and its output."""
    name, *arguments = shlex.split(lines.removeprefix("$ ").replace("\\\n", " "))
    done = subprocess.run(  # noqa: S603
        [*_COMMANDS[name], *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=os.environ | _SURROUNDINGS,
        encoding="utf-8",
        check=False,
    )
    code = f"[exit {done.returncode}]\n" if done.returncode else ""
    return lines + done.stdout + code


def _excerpt(path: Path, count: int, start: str) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith(start))
    return "\n".join([*lines[first : first + count], ""])


def _write_checkpoint(path: Path) -> None:
    from fishcompile.pipeline import compiled
    from fishcompile.targets.module import instantiate
    from fishcompile.targets.source import emit_source
    from fishcompile.weights.authors import authors_keys
    from fishcompile.weights.checkpoint_files import write_torch

    analysis = compiled(Path("specs/fishnet99.yaml"))
    state = instantiate(emit_source(analysis), analysis.stages.name).state_dict()
    keys = authors_keys(analysis.inference.graph, analysis.stages)
    write_torch(path, {key: state[ours] for ours, key in keys.items()}, wrapped=True)


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    if not {*arguments} <= {"--check", "--quick"}:
        return USAGE
    stale = []
    for page in pages():
        old = page.read_text(encoding="utf-8")
        new = renewed(old, quick="--quick" in arguments)
        if new != old and "--check" not in arguments:
            page.write_text(new, encoding="utf-8")
        elif new != old:
            stale.append(page.name)
    return f"not current: {', '.join(stale)}; run docs/tour.py" if stale else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
