"""What does not fit the schema: rule, place, message and way out of each finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.finding import Diagnostic
from fishcompile.package import data_file
from fishcompile.reader.read import read_text
from fishcompile.reader.tree import walk
from fishcompile.schema.file import merged_schema
from fishcompile.schema.validate import MAX_FINDINGS, validate

HEAD = "fishspec: 2\nname: net\n"
BLOCK_KEYS = (
    "known keys: `kind`, `reduction`, `reduction_of`, `groups`, `group_width`, `se`, `norm`, "
    "`act`, `order`"
)
STAGE_KEYS = (
    "known keys: `out`, `blocks`, `from`, `k`, `dilation`, `shortcut`, `down`, `up`, `merge`, "
    "`transfer`, `block`, `expect`"
)


def findings(body: str, head: str = HEAD) -> tuple[Diagnostic, ...]:
    return validate(read_text(head + body, "net.yaml"))


def brief(found: Diagnostic) -> tuple[str, int, int, str, tuple[str, ...]]:
    return (found.rule, found.span.line, found.span.column, found.message, found.help)


def test_the_shipped_spec_is_clean() -> None:
    text = data_file("specs", "fishnet99.yaml").read_text(encoding="utf-8")
    assert validate(read_text(text, "fishnet99.yaml")) == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "stem:\n  c: {kind: conv, out: 64}\n  p: {kind: avg_pool}\n",
        "tail:\n  t1: {out: 64, blocks: 1000, down: {kind: avg_pool, kernel: 31}}\n",
        "body:\n  b1: {blocks: 1, transfer: {from: stem, blocks: 0}, up: {kind: deconv}}\n",
        "defaults: {tail: {blocks: 2}}\ntail:\n  t1: {out: 64}\n",
        "defaults: {block: {groups: 32}, head: {transfer: {blocks: 2}, down: avg_pool}}\n",
        "input: {channels: 1, size: [480, 640]}\nclassifier: {classes: 1000000}\n",
        "budget: {parameters: 17M, macs: 4.2637G}\n",
        "budget: {parameters: 17000000, macs: 120k}\n",
    ],
)
def test_what_fits(body: str) -> None:
    assert findings(body) == ()


@pytest.mark.parametrize(
    ("body", "line", "column", "message", "help_"),
    [
        ("heda: {}\n", 3, 1, "unknown key `heda` in the spec", "did you mean `head`?"),
        (
            "tail:\n  t1: {blocks: 1, dilatoin: 2}\n",
            4,
            19,
            "unknown key `dilatoin` in stage `t1`",
            "did you mean `dilation`?",
        ),
        (
            "body:\n  b1:\n    blocks: 1\n    groups: 32\n",
            6,
            5,
            "unknown key `groups` in stage `b1`",
            "it belongs in `block`: `block: {groups: 32}`",
        ),
        (
            "tail:\n  t1: {blocks: 1, kernel: 3}\n",
            4,
            19,
            "unknown key `kernel` in stage `t1`",
            "it belongs in `down`: `down: {kernel: 3}`",
        ),
        (
            "bridge: {out: 8, blocks: 1, widden: 2}\n",
            3,
            29,
            "unknown key `widden` in the bridge",
            "did you mean `widen`?",
        ),
        (
            "defaults: {tail: {shortcuts: reduce}}\n",
            3,
            19,
            "unknown key `shortcuts` in `tail` of `defaults`",
            "did you mean `shortcut`?",
        ),
        (
            "taps: {c2: b1}\ntap: {}\n",
            4,
            1,
            "unknown key `tap` in the spec",
            "did you mean `taps`?",
        ),
    ],
)
def test_unknown_key(body: str, line: int, column: int, message: str, help_: str) -> None:
    assert [brief(f) for f in findings(body)] == [("FC110", line, column, message, (help_,))]


def test_unknown_key_of_another_entry_is_sent_there_and_told_the_keys() -> None:
    body = "tail:\n  t1: {blocks: 1, squeeze: 8, block: {k: 2}, classes: 3, q: 1}\n"
    assert [(f.message, f.help) for f in findings(body)] == [
        ("unknown key `squeeze` in stage `t1`", ("it is a key of the bridge", STAGE_KEYS)),
        (
            "unknown key `k` in `block` of stage `t1`",
            ("it belongs in stage `t1` itself", BLOCK_KEYS),
        ),
        ("unknown key `classes` in stage `t1`", ("it is a key of the classifier", STAGE_KEYS)),
        ("unknown key `q` in stage `t1`", (STAGE_KEYS,)),
    ]


def test_unknown_key_is_shown_escaped() -> None:
    (found,) = findings('tail:\n  t1: {blocks: 1, "a\\n::\\u202eb": 2}\n')
    assert found.message == r"unknown key `a\n::\u202eb` in stage `t1`"


def test_unknown_key_and_the_missing_one_it_resembles_are_one_finding() -> None:
    (found,) = findings("body:\n  b1: {k: 2, blokcs: 1}\n")
    message = "unknown key `blokcs` in stage `b1`"
    assert brief(found) == ("FC110", 4, 14, message, ("did you mean `blocks`?",))
    assert found.notes == ("`blocks` is required in stage `b1`, and missing",)


def test_misspelt_extends_hides_what_the_base_would_supply() -> None:
    (found,) = findings("extend: base.yaml\ntail:\n  t1: {k: 2, down: null}\n")
    assert brief(found) == (
        "FC110",
        3,
        1,
        "unknown key `extend` in the spec",
        ("did you mean `extends`?",),
    )


@pytest.mark.parametrize(
    ("body", "line", "column", "message", "help_"),
    [
        (
            "head:\n  h1: {k: 1}\n",
            4,
            3,
            "missing key `blocks` in stage `h1`",
            "add it, for example `blocks: 2`",
        ),
        (
            "body:\n  b1:\n    blocks: 1\n    transfer: {blocks: 1}\n",
            6,
            5,
            "missing key `from` in `transfer` of stage `b1`",
            "add it, for example `from: tail2`",
        ),
        (
            "stem:\n  c: {out: 64}\n",
            4,
            3,
            "missing key `kind` in layer `c`",
            "add it, for example `kind: conv`",
        ),
        (
            "stem:\n  c: {kind: conv, kernel: 3}\n",
            4,
            3,
            "missing key `out` in layer `c`",
            "add it, for example `out: 64`",
        ),
        (
            "tail:\n  t1: {blocks: 1, down: {kernel: 3}}\n",
            4,
            19,
            "missing key `kind` in `down` of stage `t1`",
            "add it, for example `kind: max_pool`",
        ),
        (
            "bridge: {out: 8}\n",
            3,
            1,
            "missing key `blocks` in the bridge",
            "add it, for example `blocks: 2`",
        ),
        (
            "classifier: {}\n",
            3,
            1,
            "missing key `classes` in the classifier",
            "add it, for example `classes: 1000`",
        ),
    ],
)
def test_missing_key(body: str, line: int, column: int, message: str, help_: str) -> None:
    assert [brief(f) for f in findings(body)] == [("FC111", line, column, message, (help_,))]


def test_missing_name_points_at_the_start_and_says_what_it_is_for() -> None:
    (found,) = findings("", head="# a comment\nfishspec: 2\n")
    help_ = ("add it, for example `name: fishnet99`",)
    assert brief(found) == ("FC111", 2, 1, "missing key `name` in the spec", help_)
    note = "`name`: Name of the network; the class in the emitted file is named after it"
    assert found.notes == (note,)


BLOCKS = "`blocks` of stage `t1` must be a whole number from 1 to 1,000, got "
PROJECT = "must be one of `project`, `reduce`, `identity` or `duplicate`, got "
DOWN = (
    "`down` of stage `t1` must be one of `max_pool`, `avg_pool`, `strided_conv` or `none`, or a "
    "mapping with `kind`, `kernel` and `stride`, got "
)
UP = (
    "`up` of stage `t1` must be one of `nearest`, `bilinear`, `deconv` or `none`, or a "
    "mapping with `kind` and `factor`, got "
)
SIZE = "must be a whole number from 1 to 65,536, or two such numbers as [height, width], got "
NULL = "null takes an entry away, and only in a variant (a spec with `extends`)"
ZERO = "zero blocks is not a stage: remove the stage, or write at least 1"
BY_NAME = "entries are referred to by name, never by number"


@pytest.mark.parametrize(
    ("entry", "column", "message", "help_"),
    [
        ("blocks: two", 16, BLOCKS + "the text `two`", ("for example `blocks: 2`",)),
        ("blocks: 0", 16, BLOCKS + "0", (ZERO,)),
        ("blocks: -1", 16, BLOCKS + "-1", ()),
        ("blocks: 1001", 16, BLOCKS + "1001", ()),
        ("blocks: true", 16, BLOCKS + "true", ("for example `blocks: 2`",)),
        ("blocks: 2.0", 16, BLOCKS + "2.0", ("write 2",)),
        ("blocks: 2.5", 16, BLOCKS + "2.5", ("for example `blocks: 2`",)),
        ("blocks: '2'", 16, BLOCKS + "the text `2`", ("write 2 without quotes",)),
        ("blocks: ''", 16, BLOCKS + "an empty text", ("for example `blocks: 2`",)),
        ("blocks: [1, 2]", 16, BLOCKS + "a list of 2", ("for example `blocks: 2`",)),
        ("blocks: {}", 16, BLOCKS + "an empty mapping", ("for example `blocks: 2`",)),
        (
            "blocks: null",
            16,
            BLOCKS + "null",
            (NULL, "write a value, for example `blocks: 2`, or remove the line"),
        ),
        (
            "blocks: 1, shortcut: reduec",
            29,
            f"`shortcut` of stage `t1` {PROJECT}the text `reduec`",
            ("did you mean `reduce`?",),
        ),
        (
            "blocks: 1, shortcut: 3",
            29,
            f"`shortcut` of stage `t1` {PROJECT}3",
            ("for example `shortcut: project`",),
        ),
        (
            "blocks: 1, down: maxpool",
            25,
            DOWN + "the text `maxpool`",
            ("did you mean `max_pool`?",),
        ),
        ("blocks: 1, up: false", 23, UP + "false", ("write `up: none`",)),
        ("blocks: 1, down: [2, 2]", 25, DOWN + "a list of 2", ("for example `down: max_pool`",)),
        (
            "blocks: 1, up: {kind: neares}",
            30,
            (
                "`kind` of `up` of stage `t1` must be one of `nearest`, `bilinear`, `deconv` or "
                "`none`, got the text `neares`"
            ),
            ("did you mean `nearest`?",),
        ),
        (
            "blocks: 1, transfer: tail2",
            29,
            (
                "`transfer` of stage `t1` must be a mapping with `from` and `blocks`, "
                "got the text `tail2`"
            ),
            ("write `transfer: {from: tail2}`",),
        ),
        (
            "blocks: 1, from: 3",
            25,
            "`from` of stage `t1` must be a name, got 3",
            (BY_NAME, "for example `from: tail2`"),
        ),
        (
            "blocks: 1, block: {kind: dense}",
            33,
            (
                "`kind` of `block` of stage `t1` must be one of `bottleneck`, `basic`, "
                "`resnet_bottleneck` or `resnet_basic`, got the text `dense`"
            ),
            (),
        ),
        (
            "blocks: 1, block: {norm: layer}",
            33,
            (
                "`norm` of `block` of stage `t1` must be one of `batch`, `group` or `none`, or a "
                "mapping with `kind` and `channels`, got the text `layer`"
            ),
            ("there is no `layer` here; `group` is the nearest to it",),
        ),
        (
            "blocks: 1, block: {norm: {channels: 0}}",
            44,
            (
                "`channels` of `norm` of `block` of stage `t1` must be a whole number from 1 to "
                "4,096, got 0"
            ),
            (),
        ),
        (
            "blocks: 1, expect: {size: [7, 7, 7]}",
            34,
            f"`size` of `expect` of stage `t1` {SIZE}a list of 3",
            ("for example `size: 28`",),
        ),
        (
            "blocks: 1, expect: {size: [7, x]}",
            38,
            (
                "`size[1]` of `expect` of stage `t1` must be a whole number from 1 to 65,536, "
                "got the text `x`"
            ),
            (),
        ),
    ],
)
def test_wrong_value(entry: str, column: int, message: str, help_: tuple[str, ...]) -> None:
    found = findings(f"tail:\n  t1: {{{entry}}}\n")
    assert [brief(f) for f in found] == [("FC112", 4, column, message, help_)]


@pytest.mark.parametrize(
    ("body", "line", "column", "message", "help_"),
    [
        (
            "tail: [1]\n",
            3,
            7,
            "`tail` must be a mapping of names, got a list of 1",
            "for example `tail: {tail1: {out: 128, blocks: 2}}`",
        ),
        (
            "tail:\n  t1: 2\n",
            4,
            7,
            "stage `t1` must be a mapping, got 2",
            "for example `t1: {out: 128, blocks: 2}`",
        ),
        (
            "stem:\n  c: conv\n",
            4,
            6,
            "layer `c` must be a mapping, got the text `conv`",
            "for example `c: {kind: conv, out: 64, kernel: 3, stride: 2}`",
        ),
        (
            "taps: {c2: 1}\n",
            3,
            12,
            "tap `c2` must be a name, got 1",
            BY_NAME,
        ),
        (
            "budget: {parameters: 17m}\n",
            3,
            22,
            (
                "`parameters` of `budget` must be a whole number from 1, or a number with k, M, G "
                "or T such as `17M`, got the text `17m`"
            ),
            "write `parameters: 17M`",
        ),
        (
            'budget: {macs: "4G\\n"}\n',
            3,
            16,
            (
                "`macs` of `budget` must be a whole number from 1, or a number with k, M, G or T "
                "such as `4.5G`, got the text `4G\\n`"
            ),
            "write `macs: 4G`",
        ),
        (
            "stem:\n  c: {kind: conf, out: 3}\n",
            4,
            13,
            (
                "`kind` of layer `c` must be one of `conv`, `max_pool` or `avg_pool`, "
                "got the text `conf`"
            ),
            "did you mean `conv`?",
        ),
    ],
)
def test_wrong_value_elsewhere(body: str, line: int, column: int, message: str, help_: str) -> None:
    (found,) = findings(body)
    assert brief(found)[:4] == ("FC112", line, column, message)
    assert found.help[0] == help_


def test_a_wrong_name_value_is_told_an_example() -> None:
    (found,) = findings("", head="fishspec: 2\nname: 99\n")
    help_ = ("for example `name: fishnet99`",)
    assert brief(found) == ("FC112", 2, 7, "`name` must be a name, got 99", help_)


@pytest.mark.parametrize(
    ("head", "place", "message", "help_"),
    [
        (
            "name: net\ntail: 3\n",
            (1, 1),
            "the spec does not say its version",
            "begin the file with `fishspec: 2`",
        ),
        (
            "fishspec: 3\nmouth: 3\n",
            (1, 11),
            "the spec is of version 3, and this fishcompile reads version 2",
            "use a newer fishcompile",
        ),
        (
            "fishspec: '1'\n",
            (1, 11),
            "`fishspec` must be 2, got the text `1`",
            "write `fishspec: 1`",
        ),
        ("fishspec: 2.0\n", (1, 11), "`fishspec` must be 2, got 2.0", "write `fishspec: 2`"),
        ("fishspec: true\n", (1, 11), "`fishspec` must be 2, got true", "write `fishspec: 2`"),
        ("fishspec:\n", (1, 10), "`fishspec` must be 2, got null", "write `fishspec: 2`"),
    ],
)
def test_version_is_reported_alone(
    head: str, place: tuple[int, int], message: str, help_: str
) -> None:
    assert [brief(f) for f in findings("", head)] == [("FC113", *place, message, (help_,))]


@pytest.mark.parametrize(
    ("body", "line", "column", "message"),
    [
        (
            "stem:\n  \u0441onv: {kind: max_pool}\n",
            4,
            3,
            r"the layer name `\u0441onv` is not plain ASCII",
        ),
        (
            "tail:\n  forward: {blocks: 1}\n",
            4,
            3,
            "the stage name `forward` is an attribute of every torch module",
        ),
        ("taps: {class: t1}\n", 3, 8, "the tap name `class` is a keyword of Python"),
        ("head:\n  h_: {blocks: 1}\n", 4, 3, "the stage name `h_` ends in an underscore"),
    ],
)
def test_bad_name(body: str, line: int, column: int, message: str) -> None:
    (found,) = findings(body)
    assert brief(found)[:4] == ("FC201", line, column, message)


def test_bad_name_of_the_spec_is_one_finding_with_a_better_one() -> None:
    (found,) = findings("", head='fishspec: 2\nname: "Fish-Net\\n"\n')
    assert brief(found) == (
        "FC201",
        2,
        7,
        (
            r"the spec's name `Fish-Net\n` is not a lower-case letter followed by lower-case "
            "letters, digits and `_`"
        ),
        ("for example `fish_net`",),
    )


def test_a_pooling_refuses_what_only_convolutions_read() -> None:
    found = findings("stem:\n  p: {kind: max_pool, out: 64, groups: x}\n")
    message = "`{}` means nothing for layer `p`, which is a `max_pool`"
    help_ = "remove it; `{}` is a key of convolutions"
    assert [brief(f) for f in found] == [
        ("FC206", 4, 23, message.format("out"), (help_.format("out"),)),
        ("FC206", 4, 32, message.format("groups"), (help_.format("groups"),)),
    ]


def test_after_needs_a_variant() -> None:
    (found,) = findings("tail:\n  t1: {blocks: 1}\n  t0: {blocks: 1, after: t1}\n")
    message = "`after` is for variants; here entries stand in the order they are written"
    assert brief(found) == ("FC206", 5, 19, message, ("remove it",))


def test_too_many_layers() -> None:
    layers = "".join(f"  p{i}: {{kind: max_pool}}\n" for i in range(513))
    (found,) = findings("stem:\n" + layers)
    message = "`stem` has 513 layers, and at most 512 are allowed"
    assert brief(found) == ("FC104", 3, 1, message, ())


def test_findings_come_in_the_order_of_the_text_and_end_somewhere() -> None:
    body = "".join(f"  t{i}: {{k: x, blocks: 0}}\n" for i in range(200))
    found = findings("tail:\n" + body + "heda: 1\n")
    places = [(f.span.line, f.span.column) for f in found]
    assert places == sorted(places)
    assert places[:3] == [(4, 11), (4, 22), (5, 11)]
    assert len(found) == MAX_FINDINGS + 1
    assert (found[-1].rule, found[-1].message) == ("FC104", "301 more findings are left out")


def test_the_schema_that_is_used_has_nothing_to_fetch() -> None:
    keys = {key for path, _ in walk(merged_schema()) for key in path}
    assert not keys & {"$ref", "$dynamicRef", "$schema", "$id"}


def test_data_files_are_found_by_bare_name_alone() -> None:
    with pytest.raises(FileNotFoundError, match=r"no 'nothing\.yaml' among the specs"):
        data_file("specs", "nothing.yaml")
    with pytest.raises(FileNotFoundError):
        data_file("specs", "../schemas/fishspec-2.schema.json")
    assert isinstance(data_file("schemas", "fishspec-2.schema.json"), Path)
