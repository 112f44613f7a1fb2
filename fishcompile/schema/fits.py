"""Fits: whether a value fits a schema, yes or no, for the specs that do.

Most specs fit, and then nothing is asked but that. jsonschema, which takes longer to import than
a spec to judge, says what is wrong with the others; tests hold that both agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]


def fits(schema: Schema, value: object) -> bool:
    """Whether jsonschema would find nothing; `pattern` has to match the whole, 64.0 is no integer.

    `schema` is one of merged trees: complete, without references. Raises KeyError for a keyword
    that is neither judged here nor known to say nothing.
    """
    kind = type(value)
    for keyword, said in schema.items():
        known = _KEYWORDS[keyword]
        if known is None:
            continue
        kinds, judge = known
        if (not kinds or kind in kinds) and not judge(said, value, schema):
            return False
    return True


def _type(said: str | list[str], value: object, _schema: Schema) -> bool:
    return any(type(value) in _TYPES[name] for name in ([said] if isinstance(said, str) else said))


def _equal(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _properties(said: dict[str, Schema], value: Any, _schema: Schema) -> bool:
    return all(fits(said[key], item) for key, item in value.items() if key in said)


def _additional(said: Schema | bool, value: Any, schema: Schema) -> bool:
    if said is True:
        return True
    known = schema.get("properties", ())
    return all(said and fits(said, item) for key, item in value.items() if key not in known)


def _if(said: Schema, value: object, schema: Schema) -> bool:
    then = schema.get("then" if fits(said, value) else "else")
    return then is None or fits(then, value)


Judge = Callable[[Any, Any, Schema], bool]

_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_NUMBER, _OBJECT, _ARRAY = (int, float), (dict,), (list,)
# by keyword, the types that it is about, none for all, and whether a value of them fits
_KEYWORDS: dict[str, tuple[tuple[type, ...], Judge] | None] = {
    "type": ((), _type),
    "enum": ((), lambda said, value, _: any(_equal(word, value) for word in said)),
    "const": ((), lambda said, value, _: _equal(said, value)),
    "not": ((), lambda said, value, _: not fits(said, value)),
    "allOf": ((), lambda said, value, _: all(fits(part, value) for part in said)),
    "if": ((), _if),
    "minimum": (_NUMBER, lambda said, value, _: bool(value >= said)),
    "maximum": (_NUMBER, lambda said, value, _: bool(value <= said)),
    "pattern": ((str,), lambda said, value, _: re.fullmatch(said, value) is not None),
    "maxLength": ((str,), lambda said, value, _: len(value) <= said),
    "minItems": (_ARRAY, lambda said, value, _: len(value) >= said),
    "maxItems": (_ARRAY, lambda said, value, _: len(value) <= said),
    "items": (_ARRAY, lambda said, value, _: all(fits(said, item) for item in value)),
    "required": (_OBJECT, lambda said, value, _: all(key in value for key in said)),
    "minProperties": (_OBJECT, lambda said, value, _: len(value) >= said),
    "maxProperties": (_OBJECT, lambda said, value, _: len(value) <= said),
    "properties": (_OBJECT, _properties),
    "additionalProperties": (_OBJECT, _additional),
    # read where `if` is, or by nobody who judges
    **dict.fromkeys(("then", "else", "description", "default", "examples", "formula")),
}
