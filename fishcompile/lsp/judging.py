"""Judging: what the project and the comments in the specs leave of the findings, as `check` does.

A baseline is a matter of the command line; an editor shows what it accepts, too.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.lsp.documents import Checked, Documents
from fishcompile.policy.apply import Judged, apply
from fishcompile.policy.config import Config, find_config

Findings = dict[Path, tuple[Diagnostic, ...]]

_log = logging.getLogger(__name__)


def judge(documents: Documents, checked: Sequence[Checked]) -> Findings:
    """The findings to show for each of the open specs, judged together."""
    outcome = apply([_with_policy(documents, spec) for spec in checked])
    reports = zip(checked, outcome.reports, strict=True)
    return {spec.path: report.diagnostics for spec, report in reports}


def _with_policy(documents: Documents, spec: Checked) -> Judged:
    buffer = documents.get(spec.path)
    source = buffer.source if buffer else None
    try:
        found = find_config(spec.path)
    except UsageError as error:
        _log.warning("no configuration is used: %s", error)
        found = Config()
    return Judged(spec.report, source, found)
