"""Docs, docstrings and comments name only files and folders that are there."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.docs.test_docs import FENCE, PAGES
from tests.nets import ROOT
from tests.rooms import PACKAGE

FILE = re.compile(r"(?<![\w./<-])(?:\.\./)*((?:\w+/)*\w+\.py)\b")
FOLDER = re.compile(r"(?<![\w./<-])((?:[a-z_]+/)+[a-z_]*+)(?![\w.*<-])")
# what a page has its readers write themselves
WRITTEN = re.compile(r"<!-- tour: file (\S+) -->|-o (\S+\.py)|`(\w+\.py)` in your")
# files of the authors, of torchvision and of others, and those of pages' examples
OUTSIDE = {
    "models/fishnet.py", "models/fish_block.py", "fish_block.py", "fishnet.py", "net_factory.py",
    "resnet.py", "vgg.py", "layers.py", "posenet.py",
    "acme_blocks.py", "one_result.py", "dla34.py", "fishnet99.py",  # of pages' examples
}  # fmt: skip

SOURCES = sorted(PACKAGE.rglob("*.py"))
TEXTS = [*PAGES, *SOURCES]


def prose(file: Path) -> str:
    """A page without its code, or the comments and docstrings of a source."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return FENCE.sub("", text)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    kept = (t.string for t in tokens if t.type == tokenize.COMMENT or t.string[:3] == '"""')
    return "\n".join(kept)


def exists(name: str, beside: Path) -> bool:
    if "/" not in name:
        return any(PACKAGE.rglob(name)) or any((ROOT / "docs").glob(name))
    return any((folder / name).exists() for folder in (ROOT, PACKAGE, beside))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_named_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    own = {Path(name).name for match in WRITTEN.findall(text) for name in match if name} | OUTSIDE
    named = {name for name in FILE.findall(prose(file)) if not {name, Path(name).name} & own}
    named |= {
        name
        for name in FOLDER.findall(prose(file))
        if any((folder / name.split("/")[0]).is_dir() for folder in (ROOT, PACKAGE))
    }
    assert sorted(name for name in named if not exists(name, file.parent)) == []
