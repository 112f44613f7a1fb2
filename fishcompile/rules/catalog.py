"""The rules by id: the name a person says and the promise that is broken.

Families: FC1xx reading and schema, FC2xx names and graph, FC3xx shapes, FC4xx assertions.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of finding."""

    id: str
    name: str
    why: str


_ALL = (
    Rule("FC100", "unreadable-file", "a spec is a UTF-8 text file of at most 1 MiB"),
    Rule("FC101", "yaml-syntax", "a spec is one YAML document, a mapping"),
    Rule("FC102", "duplicate-key", "of two equal keys one would win in silence"),
    Rule("FC103", "unsupported-yaml", "tags, merge keys and further documents mean nothing here"),
    Rule("FC104", "limit", "depth, size and counts are bounded before anything is built"),
    Rule("FC105", "number", "numbers are finite and have at most 18 digits"),
    Rule("FC110", "unknown-key", "a key that means nothing is a typing error"),
    Rule("FC111", "missing-key", "what the author must choose has to be written"),
    Rule("FC112", "wrong-value", "a value has the type and range that its key asks for"),
    Rule("FC113", "version", "`fishspec: 1` says which language the file is written in"),
    Rule("FC120", "extends", "a variant's base is a spec below the same root, without a cycle"),
    Rule("FC201", "name", "names become attributes, so they are plain lower-case identifiers"),
    Rule("FC202", "duplicate-name", "a name is one stage's identity everywhere"),
    Rule("FC203", "unknown-name", "every reference is the name of a stage"),
    Rule("FC204", "cycle", "data flows one way"),
    Rule("FC205", "unused-stage", "a stage that no output reads would be built for nothing"),
    Rule("FC206", "not-applicable", "a key that the stage does not read would be lost in silence"),
    Rule("FC301", "channels", "widths agree wherever tensors meet"),
    Rule("FC302", "divisibility", "k, groups and reduction divide the channels they split"),
    Rule("FC303", "resolution", "tensors that are merged have the same sides"),
    Rule("FC304", "vanishing-map", "a feature map keeps at least one pixel"),
    Rule("FC305", "size-limit", "a network is small enough to exist"),
    Rule("FC401", "expect", "a spec's own table holds"),
    Rule("FC402", "budget", "a spec stays within its own budget"),
)

RULES = {rule.id: rule for rule in _ALL}
