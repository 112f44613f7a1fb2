"""JUnit: a test suite for the run, a test case for each spec, a failure for each error.

Warnings do not fail a spec, so they stand in the test case's output. A spec that cannot be read
is an error of its test case, as JUnit calls a test that could not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fishcompile.formats import Checked, Page
from fishcompile.formats._escape import xml_text
from fishcompile.formats._snippets import render_diagnostic, visible

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic


def write(checked: Sequence[Checked], page: Page) -> str:
    """The document; the counts are of test cases, as JUnit's are."""
    failures = sum(not item.report.ok and not item.unreadable for item in checked)
    errors = sum(item.unreadable for item in checked)
    counts = f'tests="{len(checked)}" failures="{failures}" errors="{errors}" skipped="0"'
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="fishcompile" {counts}>',
        f'  <testsuite name="fishcompile check" {counts}>',
        *_properties(page),
        *(line for item in checked for line in _case(item)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _properties(page: Page) -> Iterator[str]:
    if page.held_back:
        yield "    <properties>"
        yield f'      <property name="held-back" value="{page.held_back}" />'
        yield "    </properties>"


def _case(item: Checked) -> Iterator[str]:
    name = xml_text(visible(item.path))
    head = f'    <testcase classname="fishcompile" name="{name}" file="{name}"'
    if not item.report.diagnostics:
        yield f"{head} />"
        return
    yield f"{head}>"
    kind = "error" if item.unreadable else "failure"
    for found in item.report.diagnostics:
        if found.severity == "error":
            attributes = f'type="{xml_text(found.rule)}" message="{_headline(found)}"'
            yield f"      <{kind} {attributes}>{_body(found)}</{kind}>"
    warnings = [found for found in item.report.diagnostics if found.severity == "warning"]
    if warnings:
        yield f"      <system-out>{chr(10).join(map(_body, warnings))}</system-out>"
    yield "    </testcase>"


def _headline(found: Diagnostic) -> str:
    return xml_text(visible(f"{found.span}: {found.message}"))


def _body(found: Diagnostic) -> str:
    return xml_text(render_diagnostic(found))
