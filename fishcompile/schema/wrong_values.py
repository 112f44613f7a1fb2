"""Wrong values: what is said of one, what was probably meant by it, and the edit that says it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from fishcompile.diagnostics.characters import advice, lookalike, named, plain
from fishcompile.diagnostics.finding import Diagnostic, Edit, Fix
from fishcompile.diagnostics.names import shown
from fishcompile.diagnostics.nearest import nearest
from fishcompile.diagnostics.source import Span
from fishcompile.reader.respell import renamed, rewritten
from fishcompile.reader.tree import Path, Plain, Tree, taken_away
from fishcompile.reader.write import flow
from fishcompile.record import record
from fishcompile.schema.synonyms import nearest_to, word_for
from fishcompile.schema.wording import (
    UNBOUNDED,
    asked,
    example,
    got,
    mapping_of,
    node_at,
    subject,
)

_DECIMAL = re.compile(r"[0-9]+\.?[0-9]*", re.ASCII)
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kmgtb]?)[a-z ./]*", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[_,' ][0-9]{3})+", re.ASCII)
_BASE_60 = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])", re.ASCII)
_SIDES = re.compile(r"([0-9]{1,5}) *[x*, ] *([0-9]{1,5})", re.ASCII | re.IGNORECASE)
_ONE_KEY = {"input": "size", "classifier": "classes", "bridge": "out"}
_FLAGS = ("true", "false")
_NOTHING = ("none", "nil", "null", "~", "false", "no", "off")


@record
class _Meant:
    """What was meant, as text to write, and the words in which a help line offers it."""

    text: str | None
    help: str
    safe: bool = False


def wrong_value(tree: Tree, schema: dict[str, Any], path: Path) -> Diagnostic:
    """FC112 for a value of the wrong type or out of its range."""
    value, node = tree.get(path), node_at(schema, path)
    wanted = "a pattern of keys" if path[0] == "layouts" and len(path) == 3 else asked(node)
    message = f"{subject(path)} must be {wanted}, got {got(value)}"
    span = tree.value_span(path)
    help_, fixes = _way_out(path, tree, node)
    block = ("blocks", value) if path[-1:] == ("kind",) and isinstance(value, str) else ()
    related = taken_away(tree, block)
    return Diagnostic("FC112", message, span, related=related, help=help_, fixes=fixes)


def _way_out(
    path: Path, tree: Tree, node: dict[str, Any]
) -> tuple[tuple[str, ...], tuple[Fix, ...]]:
    """The help lines for a wrong value, and those of them that are edits."""
    value, span = tree.get(path), tree.value_span(path)
    words = _words(node)
    if isinstance(value, str) and words:
        surer, near = word_for(value, words), nearest(value, words)
        near = next((word for word in words if word == value.lower()), near)
        if near and near == (surer or near):
            return (f"did you mean `{near}`?",), renamed(span, value, near, words)
    if isinstance(value, str) and value.lower() in _NOTHING and _is_mapping(node):
        absent = (
            f"for none, remove the line; in a variant, `{path[-1]}: null` takes the base's away"
        )
        return (absent,), _removed(tree.key_span(path), span)
    meant = _meant(path, value, node)
    if meant is None:
        return _advice(path, value, node), ()
    fixes = () if meant.text is None else rewritten(span, meant.text, safe=meant.safe)
    return (meant.help,), fixes


def _words(node: dict[str, Any]) -> list[str]:
    return [str(word) for word in node.get("enum") or node.get("else", {}).get("enum") or ()]


def _meant(path: Path, value: Plain, node: dict[str, Any]) -> _Meant | None:
    """What the author meant by a value that does not fit, as far as its form tells."""
    key, words = str(path[-1]), _words(node)
    match value:
        case False if "none" in words:
            return _Meant("none", f"write `{key}: none`")
        case float() if value.is_integer() and _takes(node, int(value)):
            return _written(str(int(value)), safe=True)
        case str():
            return _of_text(key, value, node)
        case list():
            return _listed(key, value, node)
        case int() if value is not True and _ONE_KEY.get(key) in mapping_of(node):
            return _mapped(key, _ONE_KEY[key], value)
    return None


def _of_text(key: str, value: str, node: dict[str, Any]) -> _Meant | None:
    words, keys = _words(node), mapping_of(node)
    if lookalike(value):
        return _plainly(value)
    if words:
        listed = "string" in node.get("then", {}).get("items", {}).get("type", ())
        alone = _Meant(flow([value]), f"write `{key}: {flow([value])}`") if listed else None
        return _word(value, words) or alone
    if _flag(node):
        flag = word_for(value, _FLAGS)
        return _Meant(flag, f"write `{key}: {flag}`", safe=True) if flag else None
    kind = value in keys.get("kind", {}).get("enum", ())
    shown_more = node.get("examples", [{}])[0]  # than its kind
    if kind and isinstance(shown_more, dict) and value != shown_more.get("kind"):
        return _mapped(key, "kind", value)
    if key == "transfer":
        return _mapped(key, "from", value)
    if key == "taps":
        return _mapped(key, value, value)
    return _number(key, value, node)


def _mapped(key: str, inner: str, value: Plain) -> _Meant:
    """A mapping with one key, where its value stands alone."""
    text = flow({inner: value})
    return _Meant(text, f"write `{key}: {text}`")


def _removed(key: Span, value: Span) -> tuple[Fix, ...]:
    """The fix that removes a line that holds one entry and nothing else."""
    line = key.source.line(key.line)
    if key.line != value.end_line or line[: key.column - 1].strip():
        return ()
    last = key.line == len(key.source.lines)
    end = (key.line, len(line) + 1) if last else (key.line + 1, 1)
    whole = Span(key.source, key.line, 1, *end)
    return (Fix("remove the line", (Edit(whole, ""),)),)


def _written(text: str, *, safe: bool = False) -> _Meant:
    return _Meant(text, f"write {text}", safe)


def _plainly(value: str) -> _Meant:
    """A value with characters that only look like those of a spec."""
    strange = lookalike(value)
    assert strange is not None, "there is one"
    text = plain(value).strip().strip("\"'")
    return _Meant(text, f"{named(strange)}: {advice(strange)}, here `{text}`")


def _word(value: str, words: list[str]) -> _Meant | None:
    meant = word_for(value, words)
    if meant:
        return _Meant(meant, f"`{meant}` is what it is called here")
    close = nearest_to(value, words)
    return (
        _Meant(close, f"there is no {shown(value)} here; `{close}` is the nearest to it")
        if close
        else None
    )


def _number(key: str, value: str, node: dict[str, Any]) -> _Meant | None:
    """The number that a text stands for: in quotes, with a unit, with groups of digits."""
    if _in_quotes(value, node):
        digits = value.isdigit() and len(value) <= 12 and _takes(node, int(value))
        return _Meant(
            str(int(value)) if digits else None, f"write {value} without quotes", safe=True
        )
    if "pattern" in node.get("then", {}):
        return _amount(key, value)
    grouped, sixty, sides = (form.fullmatch(value) for form in (_GROUPED, _BASE_60, _SIDES))
    if grouped and _takes(node, int(re.sub("[^0-9]", "", value))):
        return _written(re.sub("[^0-9]", "", value), safe=value.count("_") > 0)
    if sixty and _takes(node, number := 60 * int(sixty[1]) + int(sixty[2])):
        return _Meant(str(number), f"write {number}, which is what YAML 1.1 reads {value} as")
    if sides and "items" in node.get("then", {}):
        height, width = int(sides[1]), int(sides[2])
        text = str(height) if height == width else f"[{height}, {width}]"
        return _Meant(text, f"write `{key}: {text}`", safe=height == width)
    return None


def _amount(key: str, value: str) -> _Meant | None:
    """A budget with a unit behind it, or with the wrong case or a blank before its letter."""
    found = _AMOUNT.fullmatch(value.replace(",", "").replace("_", "").strip())
    if found is None or not float(found[1]):
        return None
    letter = {"k": "k", "m": "M", "g": "G", "b": "G", "t": "T", "": ""}[found[2].lower()]
    text = f"{found[1]}{letter}" if letter else found[1].split(".")[0]
    said = f"write `{key}: {text}`"
    if "flop" in value.lower():
        half = Fraction(found[1]) / 2
        said += f", or `{float(half):g}{letter}` if a multiplication and an addition count as two"
    return _Meant(text, said)


def _listed(key: str, value: list[Plain], node: dict[str, Any]) -> _Meant | None:
    """A list where one value, or a mapping, is meant."""
    keys = mapping_of(node)
    numbers = [item for item in value if type(item) is int]
    if len(value) == 1 and isinstance(value[0], str) and (_is_name(node) or key == "transfer"):
        text = flow({"from": value[0]}) if key == "transfer" else flow(value[0])
        return _Meant(text, f"write `{key}: {text}`")
    if len(value) == 1 and numbers and _takes(node, numbers[0]):
        return _written(str(numbers[0]))
    if "channels" in keys and "size" in keys and len(numbers) == len(value) == 3:
        leads = numbers[0] <= numbers[2]  # channels come first in torch, and last elsewhere
        channels, height, width = numbers if leads else (numbers[2], *numbers[:2])
        size: Plain = height if height == width else [height, width]
        text = flow({"channels": channels, "size": size})
        return _Meant(text, f"write `{key}: {text}`")
    if len(numbers) == len(value) and "integer" in node.get("type", ()):
        same = f"write one number: `{key}: {numbers[0]}`" if len(set(numbers)) == 1 else ""
        both = f"`{key}` is one number, for both sides" if key in _SQUARE else ""
        return _Meant(str(numbers[0]) if same else None, same or both) if same or both else None
    entry = node.get("additionalProperties")
    if not isinstance(entry, dict) or not value:
        return None
    if all(isinstance(item, str) for item in value) and "string" in entry.get("type", ()):
        text = flow({str(item): item for item in value})
        return _Meant(text, f"give each a name: `{key}: {text}`")
    first = value[0]
    if isinstance(first, dict):
        name = first.get("name")
        entries: Plain = {
            str(name or "NAME"): {at: item for at, item in first.items() if at != "name"}
        }
        return _Meant(None, f"write each under its name: `{key}: {flow(entries)}`")
    return None


_SQUARE = ("kernel", "stride", "padding", "dilation", "factor")


def _takes(node: dict[str, Any], number: int) -> bool:
    """Whether the schema allows this integer, alone or as one of the ways to write the value."""
    node = node.get("else", node)
    in_range = node.get("minimum", number) <= number <= node.get("maximum", number)
    return node.get("const") == number or ("integer" in node.get("type", ()) and in_range)


def _advice(path: Path, value: Plain, node: dict[str, Any]) -> tuple[str, ...]:
    key = str(path[-1])
    fallback = f"for example `{example(key, node)}`"
    if value is None:
        return _for_null(path, fallback)
    if path[0] == "layouts" and isinstance(value, int | float):
        return ('put it in quotes: `"1"` is a text, and 1 a number',)
    if key == "blocks" and value == 0 and value is not False:
        return ("zero blocks is not a stage: remove the stage, or write at least 1",)
    decimal = "number" in node.get("type", ())
    if isinstance(value, float) and value.is_integer() and 1 <= value < UNBOUNDED and not decimal:
        return (f"write {int(value)}",)
    if isinstance(value, str) and _words(node):
        return ()  # the message has said it
    if isinstance(path[-1], int) or (isinstance(value, int) and _is_integer(node, value)):
        return ()  # the message has said it
    if path[0] == "taps" and isinstance(value, dict):
        listed = "`fishcompile show` lists the stages, with the stride and size of each"
        return (f"a tap is the name of a stage, {fallback}", listed)
    if _is_name(node) and not isinstance(value, list) and path != ("name",):
        return ("entries are referred to by name, never by number", fallback)
    return (fallback,)


def _flag(node: dict[str, Any]) -> bool:
    return "boolean" in node.get("type", ())


def _is_mapping(node: dict[str, Any]) -> bool:
    return "object" in node.get("type", ())


def _is_name(node: dict[str, Any]) -> bool:
    return "string" in node.get("type", ()) and "pattern" not in node


def _for_null(path: Path, fallback: str) -> tuple[str, ...]:
    if path[0] == "scale":
        return ("leave it out to take the base as it is",)
    null = "null takes an entry away, and only in a variant (a spec with `extends`)"
    return (null, f"write a value, {fallback}, or remove the line")


def _in_quotes(value: str, node: dict[str, Any]) -> bool:
    decimal = "number" in node.get("type", ()) and _DECIMAL.fullmatch(value)
    number = "integer" in node.get("else", node).get("type", ())
    return bool(decimal) or (number and value.isascii() and value.isdigit())


def _is_integer(node: dict[str, Any], value: int) -> bool:
    return "integer" in node.get("type", ()) and not isinstance(value, bool)
