"""Checking again: the answer of an earlier `check` of what has not changed since.

A run is known by what was asked for (`_wanted`) and holds as long as every question that it put to
the file system has the same answer (files/questions.py). What it printed is kept as text in a cache
folder and printed anew, so it is the same to the byte; nothing of the checker is imported for it.
What is printed is as harmless as what a check prints, whoever wrote the cache.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator

from fishcompile.files import questions, store
from fishcompile.package import VERSION

FOLDER = "FISHCOMPILE_CACHE_DIR"
_NAME = ".fishcompile_cache"
_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_MARKERS = ("pyproject.toml", ".git")
_COLOURS = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")

_STYLE = re.compile(r"\x1b\[(?:0|1|1;3[134])m")
# as formats/_escape.py leaves none, but for those of the format github
_COMMAND = re.compile(r"^[ \t]*::(?!:|error |warning )|##\[", re.MULTILINE)

Kept = tuple[str, str, int]
_key = ""


def earlier(words: list[str]) -> Kept | None:
    """What an earlier run of `check` with these words printed on stdout and stderr, and its code.

    None where there is none that still holds; this run is then noted, for `keep`.
    """
    global _key
    if words[:1] != ["check"] or "--no-cache" in words:
        return None
    try:
        _key = questions.digest([json.dumps(_wanted(words)).encode()])
        found = _read(store.read(_folder(), _key))
    except (OSError, ValueError):  # the working folder is gone, or is no text
        return None
    if found is None:
        questions.begin()
    return found


def printed(out: str, said: str, code: int) -> int:
    """Prints what a check had to say, and gives its exit code."""
    if said:
        print(said, file=sys.stderr)
    if out:
        print(out)
    sys.stdout.flush()
    return code


def keep(out: str, said: str, code: int) -> None:
    """Keeps what this run prints for the next one, where nothing has changed since it was noted."""
    _ask_for_plugins()
    asked = questions.noted()
    if asked is not None and _harmless(out + said):
        kept = {"asked": asked, "out": out, "said": said, "code": code}
        store.write(_folder(), _key, json.dumps(kept))


def _folder() -> str:
    """The cache's folder: in the nearest folder at or above the working one that is a project's."""
    if os.environ.get(FOLDER):
        return os.environ[FOLDER]
    here = folder = os.getcwd()
    while not any(os.path.exists(os.path.join(folder, marker)) for marker in _MARKERS):
        above = os.path.dirname(folder)
        if above == folder:
            return os.path.join(here, _NAME)
        folder = above
    return os.path.join(folder, _NAME)


def _wanted(words: list[str]) -> list[object]:
    """All that a check depends on beside files: words, versions, and what it prints on."""
    try:
        columns = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
    except (OSError, ValueError):
        columns = 0
    environment = [os.environ.get(name) for name in _COLOURS]
    page = [environment, sys.stdout.isatty(), columns]
    versions = [VERSION, sys.version, sys.platform, [name for _, name in questions.packages()]]
    return [words, os.getcwd(), page, versions, list(_code())]


def _code() -> Iterator[object]:
    """What tells the code of this fishcompile from another of its version.

    Of an installed wheel that is its list of digests, of a checkout the times of its files.
    """
    root = os.path.dirname(_PACKAGE)
    try:
        record = os.path.join(root, f"fishcompile-{VERSION}.dist-info", "RECORD")
        with open(record, "rb") as file:
            yield questions.digest([file.read()])
            return
    except OSError:
        pass
    todo = [_PACKAGE, os.path.join(root, "schemas"), os.path.join(root, "docs", "rules")]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                found = sorted(entries, key=lambda each: each.name)
        except OSError:
            continue
        for each in found:
            if each.is_dir():
                if each.name != "__pycache__":
                    todo.append(each.path)
            else:
                status = each.stat()
                yield each.name, status.st_mtime_ns, status.st_size


def _ask_for_plugins() -> None:
    """Notes what packages offer, where that was searched, and the code that came in by it."""
    plugins = sys.modules.get("fishcompile.schema.plugins")
    if plugins is None or not plugins._entries.cache_info().currsize:
        return
    questions.asked("plugins", "")
    brought = {entry.value.partition(":")[0].partition(".")[0] for entry in plugins._entries()}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and (name.partition(".")[0] in brought or not file.startswith(_installed())):
            questions.asked("bytes", file, str(store.MAX_ALL))


def _installed() -> tuple[str, ...]:
    """Where the code lies that versions tell apart: Python's, packages', and ours."""
    folders = {folder for folder, _ in questions.packages() if folder}
    return (os.path.dirname(os.__file__) + os.sep, _PACKAGE + os.sep, *folders)


def _read(text: str | None) -> Kept | None:
    """What an entry of the cache says, if it is one, holds still and is harmless to print."""
    if text is None:
        return None
    try:
        kept = json.loads(text)
        out, said, code = kept["out"], kept["said"], kept["code"]
        asked = [((kind, what, path), answer) for (kind, what, path), answer in kept["asked"]]
        texts = (out, said, *(word for question, answer in asked for word in (*question, answer)))
        sound = all(isinstance(each, str) for each in texts) and type(code) is int
        if not sound or code not in range(3) or len(asked) > questions.MAX_QUESTIONS:
            return None
        if _harmless(out + said) and questions.unchanged(asked):
            return out, said, code
    except (KeyError, TypeError, ValueError, OSError, RecursionError):
        pass
    return None


def _harmless(text: str) -> bool:
    """Whether nothing is in a text that a terminal or a runner acts on, but colours."""
    lines = _STYLE.sub("", text).split("\n")
    if _COMMAND.search(text) or not all(map(str.isprintable, lines)):
        return False
    if text.isascii():
        return True
    from fishcompile.formats._snippets import visible

    return all(visible(line) == line for line in lines)
