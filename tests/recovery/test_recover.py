"""What `recover` makes of keys and shapes: of many fish the same network, of others a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from fishcompile.diagnostics.errors import FindingError
from fishcompile.pipeline import Analysis, analyse, compiled
from fishcompile.recovery.recover import recover
from fishcompile.recovery.specify import specify
from tests import reference
from tests.nets import minnow, write_minnow
from tests.recovery.fishes import Shapes, fish_text, shapes_of

CHECKPOINT = Path("fish_ckpt.tar")


def fish(folder: Path, text: str, name: str = "fish") -> Analysis:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return compiled(path)


def imported(folder: Path, shapes: Shapes, base: Path | None = None) -> Analysis:
    """The spec of the shapes, written and read again without a finding."""
    output = folder / "mine.yaml"
    output.write_text(specify(shapes, CHECKPOINT, output, base).text)
    return analyse(output)


def operations(analysis: Analysis) -> list[tuple[object, ...]]:
    """The network, node by node: everything but which of its values are taps."""
    return [(node.name, node.op, node.inputs) for node in analysis.inference.graph.nodes]


# The blocks of FishNet-99, -150 and -201 as their authors give them: tail, bridge, body and head,
# and the transfers of the last two.
BLOCKS = {
    "fishnet99": ([2, 2, 6, 2, 1, 1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 4]),
    "fishnet150": ([2, 4, 8, 4, 2, 2, 2, 2, 2, 4], [2, 2, 2, 2, 2, 4]),
    "fishnet201": ([3, 4, 12, 4, 2, 2, 2, 2, 3, 10], [2, 2, 2, 2, 2, 9]),
}


@pytest.mark.parametrize("model", reference.MODELS)
def test_the_released_models(model: str) -> None:
    found = recover(reference.state_dict(model))
    blocks, transfers = BLOCKS[model]
    rest = [*found.body, *found.head]
    assert found.bridge is not None
    tail = [stage.blocks for stage in found.tail]
    assert [*tail, found.bridge.blocks, *(stage.blocks for stage in rest)] == blocks
    assert [s.transfer.blocks for s in rest if s.transfer] == transfers
    skips = [s.transfer.source for s in rest if s.transfer]
    assert skips == ["tail2", "tail1", "stem", "body2", "body3", "bridge"]
    assert [layer.out for layer in found.stem] == [32, 32, 64, None]
    assert [stage.out for stage in found.tail] == [128, 256, 512]
    assert [stage.k for stage in found.body] == [1, 2, 2]
    bridge = found.bridge
    assert (bridge.out, bridge.widen, bridge.squeeze, bridge.gate) == (512, 2, 16, "scale_add")
    assert found.classifier is not None
    assert (found.classifier.classes, found.classifier.reduction) == (1000, 2)
    assert found.input.channels == 3


@pytest.mark.parametrize("seed", range(16))
def test_a_fish_comes_back_as_it_was(tmp_path: Path, seed: int) -> None:
    made = fish(tmp_path, fish_text(seed))
    back = imported(tmp_path, shapes_of(made))
    assert operations(back) == operations(made)
    assert back.inference.graph.state() == made.inference.graph.state()
    # a checkpoint leaves no design to decide: nothing is reported that is not accepted with reason
    warned = {finding.span.line for finding in back.report.diagnostics}
    lines = (tmp_path / "mine.yaml").read_text().splitlines()
    assert all("fishcompile: ignore[FC5" in lines[line - 1] for line in warned)


@pytest.mark.parametrize("seed", range(0, 16, 2))
def test_a_variant_of_another_fish_is_the_fish_too(tmp_path: Path, seed: int) -> None:
    made = fish(tmp_path, fish_text(seed))
    other = fish(tmp_path, fish_text(seed + 1), "other")
    deeper = len(recover(shapes_of(made)).tail) > len(recover(shapes_of(other)).tail)
    base = tmp_path / "other.yaml"
    if deeper:
        with pytest.raises(FindingError, match="would be the first of the body"):
            imported(tmp_path, shapes_of(made), base)
    else:
        back = imported(tmp_path, shapes_of(made), base)
        assert operations(back) == operations(made)
        assert "extends: other.yaml\n" in (tmp_path / "mine.yaml").read_text()


def test_a_variant_keeps_its_bases_names_taps_and_dilation(tmp_path: Path) -> None:
    base = write_minnow(tmp_path, name="base")
    text = base.read_text().replace("tail1", "upper").replace("body2", "mid")
    base.write_text(text)
    assert "{fine: body1, coarse: head2}" in text
    made = minnow(tmp_path, {"classifier": None, "taps": None})
    back = imported(tmp_path, shapes_of(made), base)
    assert [node.name for node in back.stages.nodes][1:4] == ["upper", "tail2", "bridge"]
    assert back.stages.taps == (("fine", "body1"), ("coarse", "head2"))
    written = (tmp_path / "mine.yaml").read_text()
    assert written.endswith("extends: base.yaml\nclassifier: null\n")
    assert "the dilations are the base's: body1 2." in " ".join(written.split("\n# "))


def test_a_variant_drops_what_the_base_has_more(tmp_path: Path) -> None:
    shallow = minnow(tmp_path)
    shallow_shapes = shapes_of(shallow)
    deep = tmp_path / "deep.yaml"
    deep.write_text(fish_text(7))
    levels = len(recover(shapes_of(compiled(deep))).tail)
    assert levels > 2, "the seed is of a deeper fish"
    back = imported(tmp_path, shallow_shapes, deep)
    assert shapes_of(back) == shallow_shapes
    text = (tmp_path / "mine.yaml").read_text()
    assert "  tail3: null\n" in text
    assert "  body3: null\n" in text


def test_a_budget_of_the_base_that_the_fish_breaks_goes(tmp_path: Path) -> None:
    write_minnow(tmp_path, {"budget": "{parameters: 40k}"}, "base")
    made = minnow(tmp_path, {"tail": "{tail1: {out: 64, blocks: 1}, tail2: {out: 64, blocks: 2}}"})
    back = imported(tmp_path, shapes_of(made), tmp_path / "base.yaml")
    assert shapes_of(back) == shapes_of(made)
    assert "budget: null\n" in (tmp_path / "mine.yaml").read_text()


def test_a_head_that_ends_early(tmp_path: Path) -> None:
    """Its one stage merges the body's middle: which stages are the body shows in the widths."""
    made = minnow(tmp_path, {"head": "{head1: {blocks: 1, transfer: {from: body2}}}", "taps": None})
    found = recover(shapes_of(made))
    assert [stage.name for stage in (*found.body, *found.head)] == ["body2", "body1", "head1"]
    # of a fish without classifier nothing says where it ends
    shapes = {k: v for k, v in shapes_of(made).items() if not k.startswith("fish.fish.5.")}
    with pytest.raises(FindingError, match="no classifier, and too few stages"):
        recover(shapes)


def test_a_body_and_head_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Three stages of body and one of head, all 32 wide, may as well be two and two."""
    stage = "{blocks: 1, k: %s, transfer: {from: %s}}"
    sections = {
        "stem": "{conv1: {kind: conv, out: 32, stride: 2}}",
        "tail": "{" + ", ".join(f"tail{n}: {{out: 16, blocks: 1}}" for n in (1, 2, 3)) + "}",
        "body": f"{{body3: {stage % (2, 'tail2')}, body2: {stage % (2, 'tail1')}, "
        f"body1: {stage % (1, 'stem')}}}",
        "head": "{head1: {blocks: 1, transfer: {from: body2}}}",
        "taps": None,
    }
    made = minnow(tmp_path, sections)
    with pytest.raises(FindingError) as caught:
        recover(shapes_of(made))
    assert "fish.fish.3 can be body and head in several ways: 3 and 1 or 2 and 2" in str(
        caught.value
    )
    narrow = sections | {"tail": str(sections["tail"]).replace("tail2: {out: 16", "tail2: {out: 8")}
    found = recover(shapes_of(minnow(tmp_path, narrow)))
    assert [stage.name for stage in found.head] == ["head1"]


SHAPES = reference.state_dict("fishnet99")


def without(*prefixes: str) -> Shapes:
    return {key: shape for key, shape in SHAPES.items() if not key.startswith(prefixes)}


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({"layer1.0.conv1.weight": (1, 2)}, "of no FishNet: no key begins with fish.fish.; the"),
        ({"tail1.refine.0.conv1.bn.weight": (1,)}, "in fishcompile's own layout: `tail1.refine."),
        (without("conv1."), "conv1.0.weight is missing from the checkpoint"),
        (without("conv2."), "conv2.0.weight is missing from the checkpoint"),
        (without("fish.fish.1."), "no key begins with fish.fish.1."),
        (without("fish.fish.3."), "no key begins with fish.fish.3."),
        (without("fish.fish.2.0.3."), "numbered up to 5, and no key begins with fish.fish.2.0.3."),
        (without("fish.fish.3.0.", "fish.fish.3.1."), "has no bridge: no stage has a key such as"),
        (without("fish.fish.3.2."), "no key begins with fish.fish.3.2.0."),
        (without("fish.fish.3.3.0.3."), "fish.fish.3.3.0.3.weight is missing"),
        (without("fish.fish.9."), "no classifier, and too few stages for a fish without"),
        (
            SHAPES | {"fish.fish.5.1.weight": (1, 1, 1, 1)},
            "a fish has one bridge; fish.fish.3 and fish.fish.5 have the keys of one",
        ),
        (SHAPES | {"conv1.0.weight": (32, 3, 3)}, "conv1.0.weight is 32x3x3, not the four sides"),
        (SHAPES | {"conv1.0.weight": (32, 3, 0, 0)}, "conv1.0.weight is 32x3x0x0, not the four"),
        (SHAPES | {"conv1.0.weight": (32, 3, 3, 5)}, "conv1.0.weight is 3x5, and a kernel in the"),
        (
            SHAPES | {"fish.fish.1.0.0.conv1.weight": (64, 96, 1, 1)},
            "fish.fish.1.0.0.conv1.weight takes 96 channels; what comes before gives 128",
        ),
        (
            SHAPES | {"fish.fish.5.1.0.conv1.weight": (24, 96, 1, 1)},
            "fish.fish.5.1.0.conv1.weight takes 96 channels; tail1 gives 128",
        ),
        (
            SHAPES | {"fish.fish.6.0.0.conv1.weight": (64, 500, 1, 1)},
            "6.0.0.conv1.weight takes 500 channels; fish.fish.5.0 and tail1 give 384 + 128",
        ),
        (
            SHAPES | {"fish.fish.4.0.0.conv3.weight": (500, 128, 1, 1)},
            "5.0.0.conv1.weight takes 768 channels; fish.fish.4.0 and tail2 give 500 + 256",
        ),
        (
            SHAPES | {"fish.fish.3.1.weight": (1000, 256, 1, 1)},
            "fish.fish.3.2.0.conv1.weight takes 1024 channels; what comes before gives 1000",
        ),
        (
            SHAPES | {"fish.fish.0.0.0.conv1.weight": (100, 64, 1, 1)},
            "fish.fish.0.0.0.conv2.weight has groups of 32 channels, and 100 enter",
        ),
        (
            SHAPES | {"fish.fish.9.3.2.weight": (1200, 2112, 1, 1)},
            "no whole number divides these widths to their middles: fish.fish.9.3.2.weight 1200 of",
        ),
        (
            SHAPES | {"fish.fish.4.0.0.conv2.weight": (128, 64, 3, 3)},
            "fish.fish.4.0.0.conv2.weight and fish.fish.4.1.0.conv2.weight have not as many groups",
        ),
        (
            SHAPES | {"fish.fish.1.1.0.conv1.weight": (64, 128, 1, 1)},
            "fish.fish.1.1.0.conv3.weight is missing",
        ),
    ],
)
def test_what_is_no_fish_is_named(shapes: Shapes, said: str) -> None:
    with pytest.raises(FindingError) as caught:
        recover(shapes)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (SHAPES | {"fish.fish.0.0.0.se.weight": (4,)}, "    `fish.fish.0.0.0.se.weight` 4"),
        (
            SHAPES | {"fish.fish.0.0.1.conv2.weight": (32, 32, 5, 5)},
            "    fish.fish.0.0.1.conv2.weight is 32x32x5x5, the spec's 32x32x3x3",
        ),
        (without("fish.fish.2.0.5.bn1.bias"), "    fish.fish.2.0.5.bn1.bias 512"),
    ],
)
def test_every_key_has_to_be_accounted_for(tmp_path: Path, shapes: Shapes, said: str) -> None:
    with pytest.raises(FindingError) as caught:
        specify(shapes, CHECKPOINT, tmp_path / "mine.yaml")
    first, *lines = str(caught.value).splitlines()
    assert first == "the checkpoint is of no fish that a spec can say; the nearest has other keys"
    assert said in lines


def test_a_spec_that_no_spec_may_be_is_refused(tmp_path: Path) -> None:
    """The largest kernel of the language has 31 pixels."""
    shapes = SHAPES | {"conv1.0.weight": (32, 3, 33, 33)}
    with pytest.raises(FindingError, match=r"does not hold: .*33"):
        specify(shapes, CHECKPOINT, tmp_path / "mine.yaml")
