"""docs/plugins.md: its package is installed as it stands there, and its spec built and run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import torch

import fishcompile
from tests.nets import ROOT
from tests.plugins.conftest import Install, install
from tests.plugins.shuffle import unit

__all__ = ["install"]  # a fixture

PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_package_of_the_page(install: Install, tmp_path: Path) -> None:
    (code,), (project,), (spec,) = blocks("python"), blocks("toml"), blocks("yaml")
    entries = tomllib.loads(project)["project"]["entry-points"]["fishcompile.blocks"]
    install("acme_blocks", code, **{name.replace(".", "__"): at for name, at in entries.items()})
    path = tmp_path / "shuffled.yaml"
    path.write_text(spec, "utf-8")
    assert fishcompile.check(path).diagnostics == ()
    model = fishcompile.compile(path)
    counted = sum(parameter.numel() for parameter in model.parameters())
    stem = 3 * 32 * 9 + 2 * 32
    row = 2 * 64 + 64 * 128 + unit(64, 128, 4) + unit(128, 128, 4)
    assert counted == stem + unit(32, 64, 2) + unit(64, 64, 2) + row
    assert model(torch.randn(1, 3, 64, 64)).shape == (1, 128, 32, 32)
