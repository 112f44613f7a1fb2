"""Where the project is hosted is said once, and what it takes from elsewhere is pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from fishcompile.package import HOME

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.*")),
]


def test_the_package_says_where_it_is_hosted() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert urls["Homepage"] == HOME
    assert all(url.startswith(HOME) for url in urls.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_has_another_address_or_one_to_guess(page: Path) -> None:
    text = page.read_text("utf-8")
    owner = HOME.removeprefix("https://github.com/")
    assert set(re.findall(r"(?:github\.com/|uses: )([\w.-]+/fishcompile)\b", text)) <= {owner}
    assert not re.findall(r"\b(?:OWNER|YOUR[-_]\w+|example\.(?:com|org))\b", text)


@pytest.mark.parametrize("name", ["action.yml", "examples/workflows/fishcompile.yml"])
def test_actions_of_others_are_pinned_to_commits(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    used = re.findall(r"uses: (\S+)@(\S+)( # v[\d.]+)?$", text, re.MULTILINE)
    assert used
    for action, revision, tag in used:
        if action != HOME.removeprefix("https://github.com/"):
            assert re.fullmatch(r"[0-9a-f]{40}", revision), action
            assert tag, f"{action} does not say which release the commit is"


def test_the_checkout_of_the_example_keeps_no_credentials() -> None:
    path = ROOT / "examples/workflows/fishcompile.yml"
    (job,) = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    checkout = next(step for step in job["steps"] if "actions/checkout" in step["uses"])
    assert checkout["with"] == {"persist-credentials": False}
