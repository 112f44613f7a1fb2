"""SARIF 2.1.0 by OASIS: the format of code-scanning services.

GitHub draws only the first location, so the others are linked from the message, and it follows a
finding through the history by its fingerprint.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.fingerprints import Fingerprint, fingerprints
from fishcompile.formats import Checked, Page, RuleFacts, findings
from fishcompile.formats._escape import json_text
from fishcompile.formats._paths import relative_to_root, uri
from fishcompile.formats._snippets import visible
from fishcompile.package import HOME, VERSION

if TYPE_CHECKING:
    from fishcompile.diagnostics.finding import Diagnostic, Fix
    from fishcompile.diagnostics.source import Source, Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"


def write(checked: Sequence[Checked], page: Page) -> str:
    """The log with one run."""
    found = findings(checked)
    rules = page.rules()
    ids = sorted({*rules, *(diagnostic.rule for diagnostic in found)})
    driver = {
        "name": "fishcompile",
        "semanticVersion": VERSION,
        "informationUri": HOME,
        "rules": [_rule(id_, rules) for id_ in ids],
    }
    results = [
        _result(diagnostic, ids.index(diagnostic.rule), hashed(mark), page.root)
        for diagnostic, mark in zip(found, fingerprints(found), strict=True)
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not any(item.unreadable for item in checked)}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    if page.held_back:
        run["properties"] = {"heldBack": page.held_back}
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def hashed(mark: Fingerprint) -> str:
    """A fingerprint within its file, as a service compares it: a digest and a count."""
    text = f"{mark.rule}\n{mark.line}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{digest}:{mark.number}"


def _rule(id_: str, rules: Mapping[str, RuleFacts]) -> dict[str, Any]:
    if id_ not in rules:
        return {"id": id_}
    facts = rules[id_]
    return {
        "id": id_,
        "name": "".join(word.capitalize() for word in facts.name.split("-")),
        "shortDescription": {"text": facts.summary},
        "fullDescription": {"text": facts.description},
        "helpUri": f"{HOME}/blob/main/docs/rules/{id_}.md",
        "help": {"text": facts.description, "markdown": facts.markdown},
        "defaultConfiguration": {"level": facts.severity},
    }


def _result(found: Diagnostic, index: int, mark: str, root: Path) -> dict[str, Any]:
    related = [
        {"id": number, **_location(item.span, root), "message": {"text": _plain(item.message)}}
        for number, item in enumerate(found.elsewhere, 1)
    ]
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "level": found.severity,
        "message": {"text": _message(found)},
        "locations": [_location(found.span, root)],
        "relatedLocations": related,
        "partialFingerprints": {"primaryLocationLineHash": mark},
    }
    if found.fixes:
        result["fixes"] = [_fix(fix, root) for fix in found.fixes]
    return result


def _message(found: Diagnostic) -> str:
    """The message, a link to each related place, and the ways out, a line each."""
    label = f" ({_plain(found.label)})" if found.label else ""
    links = (
        f"- [{_plain(item.message, link=True) or 'here'}]({number})"
        for number, item in enumerate(found.elsewhere, 1)
    )
    advice = (f"help: {_plain(text)}" for text in found.help)
    return "\n".join([_plain(found.message) + label, *links, *advice])


def _plain(text: str, *, link: bool = False) -> str:
    r"""Text that makes no link of its own; brackets are escaped where they could, as in ``\[``."""
    shown = visible(text)
    if link or "](" in shown:
        return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return shown


def _location(span: Span, root: Path) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(span.source, root), "region": _region(span)}
    return {"physicalLocation": place}


def _artifact(source: Source, root: Path) -> dict[str, str]:
    path = relative_to_root(source.name, root)
    if path is None:
        absolute = os.path.abspath(source.name)  # noqa: PTH100 - a link keeps its name
        return {"uri": "file://" + uri(Path(absolute).as_posix())}
    return {"uri": uri(path), "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix, root: Path) -> dict[str, Any]:
    changes: dict[Source, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.span.source, []).append(replacement)
    return {
        "description": {"text": _plain(fix.title)},
        "artifactChanges": [
            {"artifactLocation": _artifact(source, root), "replacements": replacements}
            for source, replacements in changes.items()
        ],
    }
