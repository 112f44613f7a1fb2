"""Composer: YAML events to nodes, with the limits that act before anything is built.

Each node keeps its span; an alias shares the node of its anchor, and counts for all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import yaml

from fishcompile.diagnostics.finding import Diagnostic, Related, fail
from fishcompile.diagnostics.source import Source, Span, start_of
from fishcompile.reader.scalars import NumberError, resolve
from fishcompile.reader.syntax_errors import position, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fishcompile.reader.tree import Scalar

# The largest specs have some 1,000 stages: 10,000 values, depth 6. The limits lie far above that,
# and far below what would make a later stage slow.
MAX_DEPTH = 32
MAX_NODES = 80_000  # values, after aliases are expanded; a key counts with its value
MAX_KEY = 128
MAX_FINDINGS = 100  # nobody reads more, and each takes time to print

_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]+|![^ \t]*)[ \t]*)+")
_TAG = re.compile(r"![^ \t]*")
_DIRECTIVE_1_2 = re.compile(r"%YAML[ \t]+1\.2[ \t]*(?:#.*)?")
_BLOCK = ("|", ">")
_SURROGATE = re.compile("[\ud800-\udfff]")


class YamlEntry(NamedTuple):
    """An item of a list or mapping; `span` is the alias where `node` was written elsewhere."""

    key: str | int
    key_span: Span | None
    span: Span
    node: YamlNode


@dataclass(slots=True)
class YamlNode:
    """A value as written. An alias shares the node of its anchor."""

    kind: Literal["scalar", "list", "mapping"]
    span: Span
    value: Scalar = None
    empty: bool = False  # nothing was written
    entries: Sequence[YamlEntry] = ()
    closed: bool = True
    size: int = 1  # values in it, itself counted
    height: int = 0  # collections nested in it, itself counted


@dataclass(slots=True)
class _Frame:
    """A collection that is open."""

    node: YamlNode
    entries: list[YamlEntry]  # the node's own
    values_before: int
    keys: dict[str, Span] = field(default_factory=dict)
    pending: tuple[str, Span] | None = None  # a key that waits for its value

    @property
    def expects_key(self) -> bool:
        """Whether the next node in it is a key."""
        return self.node.kind == "mapping" and self.pending is None


class Composer:
    """Takes events one by one; the stack holds the collections that are open."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, YamlNode] = {}
        self.root: YamlNode | None = None
        self.document: Span | None = None
        self.count = 0

    def take(self, event: yaml.Event) -> None:
        """Follow one event. Raises SpecError at a limit or a second document."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def finish(self) -> YamlNode:
        """The root. Raises SpecError where it is no mapping."""
        root = self.root
        if root is None or root.empty:
            message = "the file is empty; a spec begins with `fishspec: 2`"
            raise fail(Diagnostic("FC101", message, start_of(self.source)))
        if root.kind != "mapping":
            what = "a list" if root.kind == "list" else "a single value"
            message = f"a spec is a mapping of keys to values, and this is {what}"
            advice = "begin with `fishspec: 2`"
            raise fail(Diagnostic("FC101", message, root.span, help=(advice,)))
        return root

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        value, plain, span = event.value, not event.style, self._node_span(event)
        node = YamlNode("scalar", span, empty=plain and not value)
        if event.anchor is not None or event.tag is not None:
            self._register(event, node)
        if not value.isascii() and _SURROGATE.search(value):
            self._find("FC101", "an escape names half of a surrogate pair", span)
        frame = self.stack[-1] if self.stack else None
        is_key = frame is not None and frame.expects_key
        try:
            node.value = resolve(value) if plain else value
        except NumberError as error:
            if not is_key:
                self._find("FC105", str(error), span, "quote it if it is meant as text")
            node.value = 0
        if frame is not None and is_key:
            self._check_key(node, value, plain=plain)
            frame.pending = value, span
        else:
            self._grow(1, span)
            self._attach(node, span)

    def _check_key(self, node: YamlNode, text: str, *, plain: bool) -> None:
        span, keys = node.span, self.stack[-1].keys
        if len(text) > MAX_KEY:
            message = f"the key has {len(text):,} characters, and a key at most {MAX_KEY}"
            raise fail(Diagnostic("FC104", message, span))
        if plain and text == "<<":
            advice = "write the keys out, or use an alias for the whole value"
            self._find("FC103", "merge keys (`<<`) are not supported", span, advice)
        elif node.empty:
            self._find("FC112", "a key is missing before the `:`", span)
        elif isinstance(node.value, str):
            if text in keys:
                related = (Related(keys[text], "first written here"),)
                self._find("FC102", f"the key `{text}` is written twice", span, related=related)
            keys.setdefault(text, span)
        elif node.value is None or isinstance(node.value, bool):
            message = (
                f"keys are names, and `{text}` is {'null' if node.value is None else 'a bool'}"
            )
            self._find("FC112", message, span, f'quote it to make it a name: "{text}"')
        else:
            message = f"keys are names, and `{text}` is a number"
            self._find("FC112", message, span, "a name begins with a letter")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        kind: Literal["list", "mapping"] = (
            "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
        )
        entries: list[YamlEntry] = []
        node = YamlNode(kind, self._node_span(event), entries=entries, closed=False, height=1)
        frame = _Frame(node, entries, self.count)
        self._check_depth(1, node.span)
        self._grow(1, node.span)
        if event.anchor is not None or event.tag is not None:
            self._register(event, node)
        self.stack.append(frame)

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        frame = self.stack.pop()
        node = frame.node
        first = last = node.span
        end = position(self.source, event.end_mark)
        if end == position(self.source, event.start_mark):
            # No closing bracket: the parser ends a block where the next key begins.
            if node.entries:
                last = node.entries[-1].span
            if node.entries and node.kind == "mapping":
                first = node.entries[0].key_span or first
            end = last.end_line, last.end_column
        node.span = Span(self.source, first.line, first.column, *end)
        node.closed = True
        node.size = self.count - frame.values_before
        self._attach(node, node.span)

    def _alias(self, event: yaml.AliasEvent) -> None:
        span = self._span(event)
        name = event.anchor or ""
        shown = _short(name)
        node = self.anchors.get(name)
        if node is None:
            message = f"unknown alias `*{shown}`: no anchor `&{shown}` stands before it"
            self._find("FC101", message, span)
            node = YamlNode("scalar", span)
        elif not node.closed:
            related = (Related(node.span, "the anchored value begins here"),)
            message = f"the alias `*{shown}` stands inside the value it names"
            self._find("FC103", message, span, related=related)
            node = YamlNode("scalar", span)
        self._check_depth(node.height, span)
        self._grow(node.size, span)
        self._attach(node, span)

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        span = self._span(event)
        if self.document is not None:
            message = "a second document begins here, and a file holds one spec"
            related = (Related(self.document, "the first begins here"),)
            advice = "move it to a file of its own"
            raise fail(Diagnostic("FC103", message, span, related=related, help=(advice,)))
        self.document = span
        for number in range(span.line, span.end_line):
            line = self.source.line(number)
            if line.startswith("%") and not _DIRECTIVE_1_2.fullmatch(line):
                directive = re.split(r"[ \t]", line)[0]
                place = Span(self.source, number, 1, number, len(line) + 1)
                message = f"the directive `{_short(directive)}` is not supported"
                self._find("FC103", message, place, "specs are YAML 1.2; remove the line")

    def _attach(self, node: YamlNode, span: Span) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        parent = frame.node
        if parent.height <= node.height:
            parent.height = node.height + 1
        if parent.kind == "list":
            frame.entries.append(YamlEntry(len(frame.entries), None, span, node))
        elif frame.pending is None:  # scalar keys do not come here
            self._find("FC112", "keys are names, not aliases, lists or mappings", span)
            frame.pending = ("", span)
        else:
            frame.entries.append(YamlEntry(*frame.pending, span, node))
            frame.pending = None

    def _register(self, event: yaml.NodeEvent, node: YamlNode) -> None:
        """Note the node's anchor, and refuse its tag."""
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        tag = getattr(event, "tag", None)
        if tag is not None:
            line, column = position(self.source, event.start_mark)
            written = self.source.line(line)
            found = _TAG.search(written, column - 1)
            begin, end = found.span() if found else (column - 1, len(written))
            span = Span(self.source, line, begin + 1, line, end + 1)
            advice = "remove it; quote a value that is meant as text"
            self._find("FC103", f"tags (`{_short(span.text)}`) are not supported", span, advice)

    def _check_depth(self, height: int, span: Span) -> None:
        if len(self.stack) + height > MAX_DEPTH:
            message = f"values are nested deeper than {MAX_DEPTH} levels"
            raise fail(Diagnostic("FC104", message, span))

    def _grow(self, size: int, span: Span) -> None:
        self.count += size
        if self.count > MAX_NODES:
            message = f"the spec has more than {MAX_NODES:,} values, aliases expanded"
            raise fail(Diagnostic("FC104", message, span))

    def _find(
        self, rule: str, message: str, span: Span, *advice: str, related: tuple[Related, ...] = ()
    ) -> None:
        self.findings.append(Diagnostic(rule, message, span, related=related, help=advice))
        if len(self.findings) == MAX_FINDINGS:
            message = f"reading stops after {MAX_FINDINGS} findings"
            raise fail(Diagnostic("FC104", message, span))

    def _span(self, event: yaml.Event) -> Span:
        return span_of(self.source, event.start_mark, event.end_mark)

    def _node_span(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> Span:
        """The event's span, less its anchor and tag, and less the lines after a block scalar."""
        span = span_of(self.source, event.start_mark, event.end_mark)
        block = isinstance(event, yaml.ScalarEvent) and event.style in _BLOCK
        if event.anchor is None and event.tag is None and not block:
            return span
        line, column, end_line, end_column = span.line, span.column, span.end_line, span.end_column
        written = self.source.line(line)
        found = _PROPERTIES.match(written, column - 1)
        if found and found.end() < len(written) and written[found.end()] != "#":
            column = found.end() + 1 if line < end_line else min(found.end() + 1, end_column)
        if block:
            written = self.source.line(end_line)[: end_column - 1]
            while end_line > line and not written.strip(" \t"):
                end_line -= 1
                written = self.source.line(end_line)
            end_column = len(written) + 1
        return Span(self.source, line, column, end_line, end_column)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
