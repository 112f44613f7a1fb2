"""What is written can be read: no text lies on another, on a bar, or over the picture's edge."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from fishcompile.pictures.draw import draw, drawing
from fishcompile.pictures.drawing import Drawing, Group, Line, Text
from fishcompile.pictures.fold import folded
from fishcompile.pictures.gather import gather
from fishcompile.pipeline import analyse
from tests.nets import SPECS, shipped

NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))
Box = tuple[float, float, float, float]

# three resolutions side by side that read each other, after HRNet: no way through it is a trunk
GRID = """\
fishspec: 2
name: grid
input: {size: 224}
graph:
  stem: {kind: conv, from: input, out: 64, kernel: 3, stride: 4}
  a1: {kind: conv, out: 32}
  b1: {kind: conv, from: stem, out: 64, stride: 2}
  a2: {kind: conv, from: a1, out: 32}
  b2: {kind: conv, from: b1, out: 64}
  up21: {kind: upsample, from: b2, to: a2}
  n21: {kind: conv, out: 32, kernel: 1}
  a3: {kind: add, from: [a2, n21]}
  d12: {kind: conv, from: a2, out: 64, stride: 2}
  b3: {kind: add, from: [b2, d12]}
  c1: {kind: conv, from: b2, out: 128, stride: 2}
  c2: {kind: conv, out: 128}
  a4: {kind: conv, from: a3, out: 32}
  b4: {kind: conv, from: b3, out: 64}
  d13: {kind: conv, from: a4, out: 128, stride: 4}
  d23: {kind: conv, from: b4, out: 128, stride: 2}
  c3: {kind: add, from: [c2, d13, d23]}
  u32: {kind: conv, from: c2, out: 64, kernel: 1}
  u32b: {kind: upsample, to: b4}
  b5: {kind: add, from: [b4, u32b]}
outputs: {fine: a4, mid: b5, coarse: c3}
"""


def grid(folder: Path) -> Drawing:
    path = folder / "grid.yaml"
    path.write_text(GRID, encoding="utf-8")
    return draw(analyse(path))


def crossing(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def bars(picture: Drawing) -> list[Box]:
    """What the outlines of the stages take."""
    found = []
    for item in picture.items:
        if isinstance(item, Group):
            lines = [line for line in item.items if isinstance(line, Line)]
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", lines[-1].path)]
            xs, ys = numbers[::2], numbers[1::2]
            found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def check(picture: Drawing) -> None:
    texts = [item for item in picture.flat if isinstance(item, Text)]
    assert len(texts) > 8
    for one, other in combinations(texts, 2):
        assert not crossing(one.box, other.box), (one.text, other.text)
    for text in texts:
        left, top, right, bottom = text.box
        inside = left >= 0 and top >= 0 and right <= picture.width and bottom <= picture.height
        assert inside, text.text
    stages = bars(picture)
    assert stages
    for text in texts:
        if "number" not in text.classes:  # that of a finding stands in its badge
            assert not any(crossing(text.box, bar) for bar in stages), text.text
    for a, b in combinations(stages, 2):
        assert not crossing(a, b)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_lies_on_another_or_on_a_bar(name: str) -> None:
    check(draw(analyse(shipped(name))))


def test_a_network_without_a_trunk_is_as_clear(tmp_path: Path) -> None:
    check(grid(tmp_path))


def test_rows_are_those_of_one_resolution(tmp_path: Path) -> None:
    """By hand: a* are 56 pixels high, b* 28, c* 14; finer rows are higher up."""
    picture = grid(tmp_path)
    heights = {item.text: item.y for item in picture.flat if isinstance(item, Text)}
    fine = [heights[name] for name in ("stem", "a1\u20132", "a3", "a4")]
    middle = [heights[name] for name in ("b1\u20132", "b3", "b4", "b5")]
    coarse = [heights[name] for name in ("c1\u20132", "c3")]
    assert max(fine) < min(middle)
    assert max(middle) < min(coarse)


def test_a_text_is_no_wider_than_it_is_taken_for() -> None:
    """Widths from the metrics of the widest font of the stack, measured in it by hand: DejaVu."""
    text = Text(0, 0, "body3", 10.0, anchor="start")
    assert 29.0 <= text.box[2] <= 34.0  # DejaVu Sans: 5 * 0.6 em or thereabouts


def test_the_outline_is_the_fish() -> None:
    """Heights grow by as much for each octave: FishNet's maps have 56, 28, 14 and 7 pixels."""
    picture = draw(analyse(shipped("fishnet99")))
    high = [bottom - top for _, top, _, bottom in bars(picture)[:11]]
    assert high[0] == max(high)
    steps = [a - b for a, b in pairwise(high[:4])]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.3)
    # stem, tail1-3, bridge, body3-1, head1-3, by the table of the paper
    sides = [56, 28, 14, 7, 7, 14, 28, 56, 28, 14, 7]
    order = sorted(set(sides))
    assert [order.index(side) for side in sides] == [
        sorted({round(h) for h in high}).index(round(h)) for h in high
    ]
    thick = [right - left for left, _, right, _ in bars(picture)[:11]]
    assert thick[10] / thick[8] == pytest.approx(2112 / 832, rel=0.02)


def test_the_same_bytes_whatever_the_hashes_are() -> None:
    code = (
        "import sys; from pathlib import Path; from fishcompile.pipeline import analyse;"
        "from fishcompile.pictures.files import picture;"
        "sys.stdout.buffer.write(picture(analyse(Path(sys.argv[1])), 'svg', 'auto'))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code, str(shipped("resnet50_fpn"))],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_rows_of_layers_and_repeated_parts_are_folded() -> None:
    """VGG-16 has 13 convolutions in five rows; eight hourglasses stand once, with their number."""
    vgg = folded(gather(analyse(shipped("vgg16"))))
    assert [mark.names for mark in vgg.marks][:2] == [
        ("conv1_1", "conv1_2"),
        ("conv2_1", "conv2_2"),
    ]
    assert [len(mark.names) for mark in vgg.marks] == [2, 2, 3, 3, 3, 2, 1]
    hourglass = folded(gather(analyse(shipped("stacked_hourglass"))))
    repeated = [mark for mark in hourglass.marks if mark.repeat > 1]
    assert {mark.repeat for mark in repeated} == {7}
    assert [mark.kind for mark in repeated] == ["hourglass", "readout", "conv", "again"]
    texts = [item.text for item in drawing(hourglass).flat if isinstance(item, Text)]
    assert "\u00d77" in texts


def test_a_thousand_stages_are_a_picture(tmp_path: Path) -> None:
    """Chains are folded, so the picture stays one that can be looked at."""
    lines = ["fishspec: 2", "name: long", "input: {size: 64}", "graph:"]
    lines += [f"  n{i}: {{kind: conv, out: {16 + 8 * (i % 5)}}}" for i in range(1000)]
    lines[4] = "  n0: {kind: conv, from: input, out: 16}"
    path = tmp_path / "long.yaml"
    path.write_text("\n".join([*lines, "outputs: {f: n999}", ""]), encoding="utf-8")
    scene = folded(gather(analyse(path)))
    assert len(scene.marks) <= 60
    assert sum(len(mark.names) * mark.repeat for mark in scene.marks) == 1000
