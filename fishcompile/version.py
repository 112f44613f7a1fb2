"""The version of fishcompile, the one in pyproject.toml; a test holds the two together."""

VERSION = "0.1.0"
