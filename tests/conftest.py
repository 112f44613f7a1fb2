"""Options of the whole suite."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# a worker a core: threads of torch that wait for each other on busy cores took most of the time
os.environ.setdefault("OMP_NUM_THREADS", "1")

# a check of a test is a check, and leaves no folder behind; those of the cache set this aside
os.environ["FISHCOMPILE_NO_CACHE"] = "1"

# how long an example takes is the machine's business, not the code's
settings.register_profile("fishcompile", deadline=None)
settings.load_profile("fishcompile")


NO_BROWSER = "there is no chromium"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in the last lines what was not tested."""
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    count = sum(NO_BROWSER in reason for reason in skipped)
    if count:
        terminalreporter.write_line(f"not run: {count} tests in a browser, {NO_BROWSER}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-goldens",
        action="store_true",
        help="write what the tests produce over the goldens they are compared with",
    )
