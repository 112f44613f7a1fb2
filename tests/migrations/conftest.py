"""What the tests of the command share with those of the others."""

from tests.cli.conftest import here, run

__all__ = ["here", "run"]
