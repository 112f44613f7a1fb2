"""Errors that are the user's to mend, apart from a spec's own diagnostics (see SpecError)."""

from __future__ import annotations


class UsageError(Exception):
    """The command cannot be carried out as asked: a file is missing, unreadable or in the way.

    `help` is the way out, if there is one.
    """

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.help = help


class FindingError(Exception):
    """What was asked was done, and the answer is no: a file is stale, weights do not fit."""

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.help = help
