"""Config: which findings a project wants, from `[tool.fishcompile]` and the command line.

`find_config` for the table that holds for a spec, `override` for the options over it, and
`Config.wants` and `Config.is_error` for what follows for a finding.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.files import reading, resolved
from fishcompile.files.questions import asked, exists
from fishcompile.policy.globs import matches
from fishcompile.policy.selectors import ALL, covers, ignorable, parse_selectors
from fishcompile.record import record

FILE = "pyproject.toml"
_KEYS = ("select", "ignore", "warn-as-error", "per-file-ignores")
_MAX_BYTES = 1 << 20


@record
class Config:
    """What a project selects, ignores and takes for errors; its globs are relative to `folder`."""

    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    warn_as_error: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folder: Path | None = None

    def wants(self, rule: str, file: str) -> bool:
        """Whether findings of `rule` in `file` are reported; what cannot be ignored always is.

        Of `select` and `ignore` the one that names the rule more closely decides.
        """
        if not ignorable(rule):
            return True
        if covers(self.select, rule) <= covers(self.ignore, rule):
            return False
        return not any(
            covers(selectors, rule) and self.folder and matches(file, glob, self.folder)
            for glob, selectors in self.per_file_ignores
        )

    def is_error(self, rule: str) -> bool:
        """Whether a warning of `rule` counts as an error."""
        return covers(self.warn_as_error, rule) > 0


def find_config(spec: Path) -> Config:
    """The configuration for a spec: that of the nearest pyproject.toml above it which has one.

    The search ends at a folder with `.git`. Raises UsageError for a table that does not hold.
    """
    try:
        folder = resolved(spec).parent
    except (OSError, ValueError, RuntimeError):  # no possible path; reading it will say so
        return Config()
    for candidate in (folder, *folder.parents):
        file = candidate / FILE
        found = None
        asked("kind", file)
        if file.is_file():
            status = file.stat()
            found = _read_config(file, status.st_mtime_ns, status.st_size)
        if found is not None:
            return found
        if exists(candidate / ".git"):
            break
    return Config()


def override(
    config: Config,
    select: str | None = None,
    ignore: str | None = None,
    warn_as_error: str | None = None,
) -> Config:
    """The configuration under the options, each a comma-separated list.

    `--select` puts aside the file's `select` and `ignore`; `--ignore` and `--warn-as-error` add.
    """
    if select is not None:
        config = replace(config, select=_option("--select", select), ignore=())
    if ignore is not None:
        added = _option("--ignore", ignore, ignoring=True)
        config = replace(config, ignore=(*config.ignore, *added))
    if warn_as_error is not None:
        added = _option("--warn-as-error", warn_as_error)
        config = replace(config, warn_as_error=(*config.warn_as_error, *added))
    return config


def _option(name: str, text: str, *, ignoring: bool = False) -> tuple[str, ...]:
    return parse_selectors(text.split(","), name, ignoring=ignoring)


@lru_cache(maxsize=64)  # an editor's server lives long, so the file's state is in the key
def _read_config(file: Path, _mtime: int, _size: int) -> Config | None:
    table = _table(file)
    return None if table is None else _config(table, file)


def _table(file: Path) -> object | None:
    """`[tool.fishcompile]` of a pyproject.toml, None where it has none."""
    asked("bytes", file, str(_MAX_BYTES + 1))
    with reading(file), file.open("rb") as opened:
        data = opened.read(_MAX_BYTES + 1)
    if b"fishcompile" not in data:
        return None
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{file} has more than {_MAX_BYTES:,} bytes")
    import tomllib  # costs several ms, and most runs have no such file

    try:
        tool = tomllib.loads(data.decode()).get("tool")
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} is not TOML: {error}") from error
    return tool.get("fishcompile") if isinstance(tool, dict) else None


def _config(table: object, file: Path) -> Config:
    if not isinstance(table, dict):
        raise UsageError(f"{file}: `tool.fishcompile` is a table", "write `[tool.fishcompile]`")
    for key in table:
        if key not in _KEYS:
            near = nearest(key.replace("_", "-"), [*_KEYS, ""])
            exact = key.replace("_", "-")
            near = exact if exact in _KEYS else near
            known = ", ".join(f"`{name}`" for name in _KEYS)
            message = f"{file}: unknown key {shown(key)} in [tool.fishcompile]"
            raise UsageError(message, f"did you mean `{near}`?" if near else f"keys: {known}")

    def where(key: str) -> str:
        return f"{file}: `{key}`"

    warn: Any = table.get("warn-as-error", [])
    if isinstance(warn, bool):
        warn = [ALL] if warn else []
    ignores = table.get("per-file-ignores", {})
    if not isinstance(ignores, dict):
        message = f"{where('per-file-ignores')} is a table of globs"
        raise UsageError(message, 'for example {"old/**" = ["FC501"]}')
    return Config(
        select=_list(table.get("select", [ALL]), where("select")),
        ignore=_list(table.get("ignore", []), where("ignore"), ignoring=True),
        warn_as_error=_list(warn, where("warn-as-error"), or_true=True),
        per_file_ignores=tuple(
            (glob, _list(words, where(f"per-file-ignores.{glob}"), ignoring=True))
            for glob, words in ignores.items()
        ),
        folder=file.parent,
    )


def _list(
    value: object, where: str, *, ignoring: bool = False, or_true: bool = False
) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        kind = "a list of rule ids" + (" or true" if or_true else "")
        raise UsageError(f"{where} must be {kind}", 'for example ["FC501", "FC51"]')
    return parse_selectors(value, where, ignoring=ignoring)
