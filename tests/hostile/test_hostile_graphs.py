"""Hostile graphs, composite blocks and used files: a diagnostic, soon and in little memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.test_hostile_specs import HEAD, LOOPS, MEGABYTES, run

Files = dict[str, str]


def graph(nodes: str, outputs: str = "{o: a}") -> Files:
    """A spec of a graph alone, whose nodes are from the third line on."""
    return {"net.yaml": f"{HEAD}graph: {{{nodes}}}\noutputs: {outputs}\n"}


def outputs(count: int, value: str) -> Files:
    """A spec of one node `a`, and so many outputs that all are `value`."""
    return graph(
        "a: {kind: relu, from: input}", f"{{{', '.join(f'o{i}: {value}' for i in range(count))}}}"
    )


def row(count: int, node: str) -> str:
    """Nodes one after the other; `{i}` in one is its number, `{before}` what it reads."""
    return ", ".join(
        f"n{i}: {{{node.format(i=i, before=f'n{i - 1}' if i else 'input')}}}" for i in range(count)
    )


def using(call: str, *blocks: str) -> Files:
    """A spec of one node; the blocks b0, b1 and so on are from the fourth line on, one a line."""
    lines = "".join(f"  b{i}: {{{block}}}\n" for i, block in enumerate(blocks))
    text = f"{HEAD}blocks:\n{lines}graph: {{g: {{kind: b0, from: input{call}}}}}\n"
    return {"net.yaml": f"{text}outputs: {{o: g}}\n"}


def node(text: str) -> str:
    return f"graph: {{a: {{{text}}}}}"


def twice(depth: int) -> list[str]:
    """Blocks of which each holds the next one twice."""
    blocks = [f"graph: {{a: {{kind: b{i}}}, c: {{kind: b{i}}}}}" for i in range(1, depth + 1)]
    return [*blocks, node("kind: relu")]


def used(target: str, others: Files) -> Files:
    files = {"net.yaml": f"{HEAD}use: {target}\ngraph: {{a: {{kind: relu, from: input}}}}\n"}
    return {"net.yaml": files["net.yaml"] + "outputs: {o: a}\n", **others}


def blocks_file(head: str, *names: str, inside: str = "graph: {a: {kind: relu}}") -> str:
    return f"fishspec: 2\n{head}blocks:\n" + "".join(f"  {n}: {{{inside}}}\n" for n in names)


HALVES = "kind: b0, d: d - 1, when: d - 1"
ITSELF_TWICE = (
    f"parameters: {{d: required}}, graph: {{a: {{{HALVES}}}, c: {{{HALVES}}}, r: {{kind: relu}}}}"
)
TWO_EACH = (
    "parameters: {d: required, e: 1}, graph: {a: {kind: b0, d: d - 1, e: e * 2, when: d - 1}, "
    "c: {kind: b0, d: d - 1, e: e * 2 + 1, when: d - 1}, r: {kind: dropout, percent: e - e}}"
)
GROWING = (
    ", p: 999",
    *(
        f"parameters: {{p: required}}, {node(f'kind: b{i + 1}, p: ' + '*'.join(['p'] * 90))}"
        for i in range(4)
    ),
)
BESIDE = {f"f{i}.yaml": blocks_file("", *(f"k{i}_{j}" for j in range(9000))) for i in range(64)}
ALL = ", ".join(BESIDE)

# (rule, file and line, what the message says), by what the attack is
SPECS: dict[str, tuple[Files, tuple[str, str, str]]] = {
    "blocks that hold the next one twice, 30 levels": (
        using("", *twice(30)),
        ("FC305", "net.yaml:28", "nested deeper than 24 levels"),
    ),
    "blocks that hold the next one twice, 20 levels": (
        using("", *twice(20)),
        ("FC305", "net.yaml:8", "more than 100,000 blocks"),
    ),
    "a block that holds itself twice, 30 levels": (
        using(", d: 30", ITSELF_TWICE),
        ("FC305", "net.yaml:4", "nested deeper than 24 levels"),
    ),
    "a block that holds itself twice, 20 levels": (
        using(", d: 20", ITSELF_TWICE),
        ("FC305", "net.yaml:4", "more than 100,000 blocks"),
    ),
    "a block that holds itself twice, each time another": (
        using(", d: 19", TWO_EACH),
        ("FC305", "net.yaml:4", "more than 2,000 different blocks"),
    ),
    "a block that holds itself": (
        using("", node("kind: b0")),
        ("FC305", "net.yaml:4", "nested deeper than 24 levels"),
    ),
    "repeats of repeats of repeats": (
        using(
            ", repeat: 1000",
            node("kind: b1, repeat: 1000"),
            node("kind: b2, repeat: 1000"),
            node("kind: relu"),
        ),
        ("FC305", "net.yaml:4", "more than 400,000 operations"),
    ),
    "512 nodes in each of 512 in each of 512": (
        using(
            "", *(f"graph: {{{row(512, f'kind: b{i}')}}}" for i in (1, 2, 3)), node("kind: relu")
        ),
        ("FC305", "net.yaml:5", "more than 100,000 blocks"),
    ),
    "512 nodes in each of 512 different blocks": (
        using(
            "",
            f"graph: {{{row(512, 'kind: b1, p: {i}')}}}",
            "parameters: {p: required}, "
            f"graph: {{{row(511, 'kind: relu')}, d: {{kind: dropout, percent: p - p}}}}",
        ),
        ("FC305", "net.yaml:5", "have more than 50,000 operations"),
    ),
    "rows of a thousand residual blocks in a block": (
        using("", f"graph: {{{row(200, 'kind: blocks, blocks: 1000, out: 8')}}}"),
        ("FC305", "net.yaml:4", "more than 100,000 blocks"),
    ),
    "residual blocks in 9,000 nodes": (
        graph(row(9000, "kind: blocks, blocks: 1000"), "{o: n8999}"),
        ("FC305", "net.yaml:3", "more than 16,000 blocks"),
    ),
    "513 nodes in a block": (
        using("", f"graph: {{{row(513, 'kind: relu')}}}"),
        ("FC104", "net.yaml:4", "has 513 nodes, and at most 512 are allowed"),
    ),
    "600 blocks": (
        using("", *[node("kind: relu")] * 600),
        ("FC104", "net.yaml:3", "`blocks` has 600 blocks, and at most 512 are allowed"),
    ),
    "a chain of 512 blocks": (
        using("", *(node(f"kind: b{i}") for i in range(1, 512)), node("kind: relu")),
        ("FC305", "net.yaml:28", "nested deeper than 24 levels"),
    ),
    "10,000 parameters": (
        using("", f"parameters: {{{', '.join(f'p{i}: 1' for i in range(10_000))}}}, graph: {{}}"),
        ("FC104", "net.yaml:4", "has 10,000 parameters, and at most 64 are allowed"),
    ),
    "10,000 inputs": (
        using("", f"inputs: [{', '.join(f'p{i}' for i in range(10_000))}], {node('kind: relu')}"),
        ("FC112", "net.yaml:4", "must be a list of 1 to 16 names, got a list of 10,000"),
    ),
    "10,000 names that a formula does not know": (
        using("", f"graph: {{{row(500, 'kind: conv, out: ' + ' + '.join('abcdefghijklmnop'))}}}"),
        ("FC203", "net.yaml:4", "`a` is no parameter of the block `b0`"),
    ),
    "a thousand parentheses": (
        using("", node("kind: conv, out: '" + "(" * 1000 + "8" + ")" * 1000 + "'")),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "parentheses that are not closed": (
        using("", node("kind: conv, out: '" + "(" * 190 + "8'")),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "200 signs": (
        using("", node("kind: conv, out: '" + "-" * 199 + "8'")),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "a product of 50 numbers of a million": (
        using("", "parameters: {p: 999999}, " + node(f"kind: conv, out: {' * '.join(['p'] * 50)}")),
        ("FC302", "net.yaml:4", "and it must be from 1 to 65,536"),
    ),
    "a number of 190 digits": (
        using("", node(f"kind: conv, out: 1 * {'9' * 190}")),
        ("FC302", "net.yaml:4", "and it must be from 1 to 65,536"),
    ),
    "products of products": (
        using(*GROWING, "parameters: {p: 2}, " + node("kind: conv, out: p")),
        ("FC302", "net.yaml:9", "and it must be from 0 to 1,000,000"),
    ),
    "a power": (
        using("", node("kind: conv, out: 9 ** 9 ** 9 ** 9")),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "a division by zero": (
        using("", node("kind: conv, out: in_channels // (3 - 3)")),
        ("FC302", "net.yaml:4", "3 // 0 is not a whole number"),
    ),
    "a division by a parameter that is zero": (
        using(", p: 0", "parameters: {p: 1}, " + node("kind: conv, out: in_channels // p")),
        ("FC302", "net.yaml:5", "3 // 0 is not a whole number"),
    ),
    "a negative width": (
        using("", node("kind: conv, out: 3 - 8")),
        ("FC302", "net.yaml:4", "`out: 3 - 8` is -5"),
    ),
    "a negative divisor": (
        using("", node("kind: conv, out: 8 // -4")),
        ("FC302", "net.yaml:4", "`out: 8 // -4` is -2"),
    ),
    "code in a formula": (
        using("", node("kind: conv, out: \"__import__('os').system('id')\"")),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "code for a parameter": (
        using(", p: \"__import__('os')\"", "parameters: {p: 1}, " + node("kind: conv, out: p")),
        ("FC112", "net.yaml:5", "`p` of node `g` must be a whole number"),
    ),
    "code in a docstring": (
        using("", 'doc: \'"""; import os; """\', ' + node("kind: relu")),
        ("FC112", "net.yaml:4", "`doc` of block `b0` must be a line of letters"),
    ),
    "sides that grow 64 times, 2,000 times over": (
        graph(row(2000, "kind: upsample, factor: 64, from: {before}"), "{o: n1999}"),
        ("FC305", "net.yaml:3", "is more than 1,000,000,000,000,000 numbers"),
    ),
    "channels that grow 64 times, 2,000 times over": (
        graph(row(2000, "kind: channel_repeat, k: 64, from: {before}"), "{o: n1999}"),
        ("FC305", "net.yaml:3", "is more than 1,000,000,000,000,000 numbers"),
    ),
    "a map beside itself, 200 times over": (
        using("", f"graph: {{{row(200, 'kind: concat, from: [{before}, {before}]')}}}"),
        ("FC305", "net.yaml:4", "is more than 1,000,000,000,000,000 numbers"),
    ),
    "60,000 operands": (
        graph(f"a: {{kind: relu, from: input}}, b: {{kind: add, from: [{'a, ' * 60_000}a]}}"),
        ("FC112", "net.yaml:3", "must be a list of 2 to 64 names, got a list of 60,001"),
    ),
    "10,001 nodes": (
        graph(row(10_001, "kind: relu")),
        ("FC104", "net.yaml:3", "`graph` has 10,001 nodes, and at most 10,000 are allowed"),
    ),
    "9,999 nodes that nothing reads": (
        graph("a: {kind: relu, from: input}, " + row(9999, "kind: relu, from: input")),
        ("FC205", "net.yaml:3", "`n0` is read by no node, no tap and no output"),
    ),
    "9,999 nodes with a key of no kind": (
        graph(row(9999, "kind: relu, x{i}: 1"), "{o: n0}"),
        ("FC110", "net.yaml:3", "unknown key `x0` in node `n0`"),
    ),
    "a circle of 10,000 nodes": (
        graph("a: {kind: relu, from: n9998}, " + row(9999, "kind: relu"), "{o: n9998}"),
        ("FC204", "net.yaml:3", "the nodes feed themselves: a -> n0 -> n1"),
    ),
    "10,000 outputs that are nothing": (
        outputs(10_000, "nothing"),
        ("FC203", "net.yaml:4", "no node is named `nothing`"),
    ),
    "40,000 outputs": (
        outputs(40_000, "a"),
        ("FC104", "net.yaml:4", "`outputs` has 40,000 outputs, and at most 10,000 are allowed"),
    ),
    "100 wrong names among 200 long ones that are alike": (
        graph(
            f"{'s' * 50}0: {{kind: relu, from: input}}, "
            + ", ".join(f"{'s' * 50}{i}: {{kind: relu}}" for i in range(1, 200)),
            f"{{{', '.join(f'o{i}: {chr(115) * 50}x{i}' for i in range(100))}}}",
        ),
        ("FC203", "net.yaml:4", f"no node is named `{'s' * 50}x0`"),
    ),
    "control characters in a node's name": (
        graph('"a\\nb\\e[31m": {kind: relu, from: input}'),
        ("FC201", "net.yaml:3", "the node name `a\\nb\\x1b[31m` is not"),
    ),
    "control characters in a kind": (
        graph('a: {kind: "re\\nlu\\e[31m\\u202e", from: input}'),
        ("FC112", "net.yaml:3", "got the text `re\\nlu\\x1b[31m\\u202e`"),
    ),
    "control characters in a reference": (
        graph('a: {kind: relu, from: "in\\nput\\e[31m"}'),
        ("FC203", "net.yaml:3", "no node is named `in\\nput\\x1b[31m`"),
    ),
    "a command for a log in an output": (
        graph("a: {kind: relu, from: input}", '{o: "a\\r::error::x"}'),
        ("FC203", "net.yaml:4", "no node is named `a\\r::error::x`"),
    ),
    "control characters in a reference inside a block": (
        using("", node('kind: relu, from: "zz\\n\\e[31m"')),
        ("FC203", "net.yaml:4", "is named `zz\\n\\x1b[31m`"),
    ),
    "control characters in a formula": (
        using("", node('kind: conv, out: "8\\n\\e[31m"')),
        ("FC112", "net.yaml:4", "a formula of + - * // and names"),
    ),
    "a name of 900,000 letters": (
        graph(f"a: {{kind: relu, from: {'x' * 900_000}}}"),
        ("FC203", "net.yaml:3", "x`..."),
    ),
    "a chain of 100 used files": (
        used(
            "f0.yaml",
            {f"f{i}.yaml": blocks_file(f"use: f{i + 1}.yaml\n", f"b{i}") for i in range(100)},
        ),
        ("FC120", "f63.yaml:2", "more than 64 files are used"),
    ),
    "a circle of used files": (
        used(
            "f0.yaml",
            {f"f{i}.yaml": blocks_file(f"use: f{(i + 1) % 60}.yaml\n", f"b{i}") for i in range(60)},
        ),
        ("FC120", "f59.yaml:2", "`use` leads back to itself: f0.yaml -> f1.yaml"),
    ),
    "used files of which each uses the next two": (
        used(
            "f0.yaml",
            {
                f"f{i}.yaml": blocks_file(f"use: [f{i + 1}.yaml, f{i + 2}.yaml]\n", f"b{i}")
                for i in range(70)
            },
        ),
        ("FC120", "f63.yaml:2", "more than 64 files are used"),
    ),
    "used files that are large together": (
        used(f"[{ALL}]", BESIDE),
        ("FC104", "net.yaml:3", "the files of the spec hold more than 100,000 values together"),
    ),
    "used files of long comments": (
        used(
            f"[{ALL}]",
            {f"f{i}.yaml": f"# {'x' * 1_000_000}\n" + blocks_file("", f"b{i}") for i in range(64)},
        ),
        ("FC104", "net.yaml:3", "the files of the spec hold more than 2,097,152 characters"),
    ),
    "a used file that is no text": (
        used("f.yaml", {"f.yaml": "fishspec: 2\nblocks: \0\n"}),
        ("FC101", "f.yaml:2", "U+0000"),
    ),
    "a used file with brackets": (
        used("f.yaml", {"f.yaml": "fishspec: 2\nblocks: " + "[" * 100_000}),
        ("FC104", "f.yaml:2", "nested deeper"),
    ),
    "a block in a used file that holds itself twice": (
        {
            **using(", d: 20"),
            "net.yaml": using(", d: 20")["net.yaml"].replace("blocks:", "use: f.yaml"),
            "f.yaml": blocks_file("", "b0", inside=ITSELF_TWICE),
        },
        ("FC305", "f.yaml:3", "more than 100,000 blocks"),
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_hostile_graph_is_refused(name: str, tmp_path: Path) -> None:
    files, (rule, place, message) = SPECS[name]
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    before = sorted(tmp_path.iterdir())
    code, output, loops, megabytes = run(["build", "net.yaml"], tmp_path)
    assert code == 1, output[-2000:]
    assert "Traceback" not in output
    first = output.split("\n\n")[0]
    assert first.startswith(f"error[{rule}]: "), first
    assert f"--> {place}:" in first
    assert message in first
    assert len(output) < 100_000
    assert all(c.isprintable() or c == "\n" for c in output)
    assert sorted(tmp_path.iterdir()) == before
    assert loops < LOOPS
    assert megabytes < MEGABYTES


# what no limit refuses, by how much of it there is
ALLOWED: dict[str, Files] = {
    "10,000 nodes": graph(row(10_000, "kind: relu"), "{o: n9999}"),
    "10,000 outputs": outputs(10_000, "a"),
    "95 parentheses": using("", node("kind: conv, out: '" + "(" * 95 + "8" + ")" * 95 + "'")),
    "24 levels of blocks": using(
        "", *(node(f"kind: b{i}") for i in range(1, 24)), node("kind: relu")
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_just_allowed_is_built_as_soon(name: str, tmp_path: Path) -> None:
    files = ALLOWED[name]
    (tmp_path / "net.yaml").write_text(files["net.yaml"])
    code, output, loops, megabytes = run(["build", "net.yaml"], tmp_path)
    assert code == 0, output[-2000:]
    assert loops < 2 * LOOPS
    assert megabytes < MEGABYTES


def test_a_used_file_outside_the_root_is_not_opened(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    (root / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "f.yaml").write_text(blocks_file("use: ../secret.yaml\n", "b0"))
    for target in ("../secret.yaml", str(tmp_path / "secret.yaml"), "link.yaml", "f.yaml"):
        (root / "net.yaml").write_text(used(target, {})["net.yaml"])
        code, output, _, _ = run(["check", "net.yaml"], root)
        assert code == 1
        assert "error[FC120]: the used file lies outside the spec's root" in output
        assert "hunter2" not in output
