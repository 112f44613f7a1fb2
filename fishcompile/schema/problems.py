"""Problems: what in a tree does not fit its schema, found by jsonschema and not yet worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from fishcompile.schema.messages import Kind, Problem

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from fishcompile.reader.tree import Path, Tree

MAX_PROBLEMS = 1000  # each costs time, and few are shown

_KINDS: dict[str, Kind] = {"not": "unread"}


def problems_of(tree: Tree, schema: dict[str, Any]) -> list[Problem]:
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
        if len(found) > MAX_PROBLEMS:
            break
    return list(found.values())


@cache
def _validators() -> Any:
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
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError("no full match")
