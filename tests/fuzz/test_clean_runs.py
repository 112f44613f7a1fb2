"""A spec that checks clean emits a file that runs and is what was inferred."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.runs import promised
from tests.strategies import Fish, fishes

CHECKS = (HealthCheck.too_slow, HealthCheck.data_too_large)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=CHECKS)
@given(fishes())
def test_clean_runs(fish: Fish) -> None:
    with tempfile.TemporaryDirectory() as folder:
        promised(fish, Path(folder))


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=CHECKS)
@given(fishes())
def test_more_clean_runs(fish: Fish) -> None:
    with tempfile.TemporaryDirectory() as folder:
        promised(fish, Path(folder))
