"""Packages with plug-ins, installed for a test as pip leaves them: modules and a dist-info."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fishcompile.schema import plugins

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package of one module with these entry points; gives the folder it is in."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    modules: list[str] = []

    def installed(module: str, code: str, **entries: str) -> Path:
        (site / f"{module}.py").write_text(code, "utf-8")
        info = site / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = [f"{name.replace('__', '.')} = {what}" for name, what in entries.items()]
        (info / "entry_points.txt").write_text("\n".join([f"[{plugins.GROUP}]", *lines, ""]))
        modules.append(module)
        return site

    _forget()
    yield installed
    for module in modules:
        sys.modules.pop(module, None)
    _forget()


def _forget() -> None:
    plugins._entries.cache_clear()
    plugins.plugin.cache_clear()
    plugins.node_schema.cache_clear()
