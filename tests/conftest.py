"""Options of the whole suite."""

from __future__ import annotations

import pytest
from hypothesis import settings

# how long an example takes is the machine's business, not the code's
settings.register_profile("fishcompile", deadline=None)
settings.load_profile("fishcompile")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept-goldens",
        action="store_true",
        help="write what the tests produce over the goldens they are compared with",
    )
