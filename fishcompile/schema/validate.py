"""Schema: a merged tree against schemas/fishspec-2.schema.json, every misfit one diagnostic.

`validate` takes the tree that a spec and its bases merge to, without `extends`. Where the schema
in the file is lenient, for the sake of variants in an editor, this one is not.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from fishcompile.diagnostics.finding import Diagnostic, report
from fishcompile.schema.block_names import bad_block_names
from fishcompile.schema.file import merged_schema
from fishcompile.schema.kinds import specialised
from fishcompile.schema.messages import Kind, Problem, root_causes, word
from fishcompile.schema.names import bad_names
from fishcompile.schema.plugin_kinds import bad_plugins
from fishcompile.schema.version import wrong_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from fishcompile.reader.tree import Path, Tree

MAX_FINDINGS = 100  # nobody reads more, and each costs time to word


def validate(tree: Tree) -> tuple[Diagnostic, ...]:
    """What in a merged tree does not fit the language, in the order of the text.

    A wrong version is reported alone: by another version's rules nothing else means anything.
    """
    version = wrong_version(tree)
    if version is not None:
        return (version,)
    schema = merged_schema()
    crowded = [Problem("many", path) for path in _crowded(tree, schema)]
    if crowded:
        return report(word(tree, schema, crowded)).diagnostics
    schema = specialised(schema, tree.value)
    found_ = _problems(tree, schema)
    problems = root_causes(sorted(found_, key=lambda problem: _place(tree, problem)))
    worded = word(tree, schema, problems[:MAX_FINDINGS])
    named = [*bad_names(tree), *bad_block_names(tree), *bad_plugins(tree)]
    found = report([*named, *worded]).diagnostics
    left_out = len(found[MAX_FINDINGS:]) + len(problems[MAX_FINDINGS:])
    if not left_out:
        return found
    message = f"{left_out:,} more findings are left out"
    kept = found[:MAX_FINDINGS]
    return (*kept, Diagnostic("FC104", message, kept[-1].span))


@cache
def _validators() -> Any:
    # Imported only now: it takes longer than everything else that `import fishcompile` does.
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    # By the standard 64.0 is an integer, and a pattern may match a part.
    integers = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: type(value) is int
    )
    strict: Any = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"pattern": _full_match}, type_checker=integers
    )
    registry = Registry()
    return lambda schema: strict(schema, registry=registry)


def _validator(schema: dict[str, Any]) -> Validator:
    made: Validator = _validators()(schema)
    return made


def _full_match(
    _validator: Any, pattern: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError("no full match")


_KINDS: dict[str, Kind] = {"not": "unread"}


def _crowded(tree: Tree, schema: dict[str, Any]) -> list[Path]:
    """The sections with more entries than allowed, seen before each entry is looked at."""
    limits = {key: below.get("maxProperties") for key, below in schema["properties"].items()}
    sections = ((key, tree.value.get(key), limit) for key, limit in limits.items() if limit)
    return [
        (key,) for key, value, limit in sections if isinstance(value, dict) and len(value) > limit
    ]


def _problems(tree: Tree, schema: dict[str, Any]) -> list[Problem]:
    """One problem for each unknown key, missing key and wrong value, but not without end."""
    found: dict[Path, Problem] = {}
    error: Any
    for error in _validator(schema).iter_errors(tree.value):
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            unknown = [key for key in error.instance if key not in error.schema["properties"]]
            found.update(((*path, key), Problem("unknown", (*path, key))) for key in unknown)
        elif error.validator == "required":
            absent = [key for key in error.validator_value if key not in error.instance]
            found.update(((*path, key), Problem("missing", (*path, key))) for key in absent)
        elif error.validator == "not" or path not in found:
            # A key without effect may have a wrong value too, which does not matter then.
            found[path] = Problem(_KINDS.get(str(error.validator), "wrong"), path)
        if len(found) > 10 * MAX_FINDINGS:
            break
    return list(found.values())


def _place(tree: Tree, problem: Problem) -> tuple[str, int, int]:
    span = tree.key_span(problem.path)
    return (span.source.name, span.line, span.column)
