"""What the picture says of FishNet-99, by hand from the paper's figure and table."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fishcompile.pictures.gather import gather
from fishcompile.pictures.scene import Scene
from fishcompile.pictures.trunk import branches_of, trunk_of
from fishcompile.pipeline import analyse
from tests.nets import shipped

THROUGH = ["bridge", "body3", "body2", "body1", "head1", "head2", "head3"]


@pytest.fixture(scope="module")
def fish() -> Scene:
    return gather(analyse(shipped("fishnet99")))


def named(scene: Scene) -> dict[tuple[str, str], bool]:
    """Whether each link is free, by the names of its ends."""
    names = [mark.names[0] for mark in scene.marks]
    return {(names[link.source], names[link.target]): link.free for link in scene.links}


def test_the_trunk_is_the_fish_and_the_branches_its_transfers(fish: Scene) -> None:
    trunk = trunk_of(fish)
    on = ["stem", "tail1", "tail2", "tail3", *THROUGH, "classifier"]
    assert [fish.marks[at].names[0] for at in trunk] == on
    ends = {
        (fish.marks[branch.left].names[0], fish.marks[branch.right].names[0])
        for branch in branches_of(fish, trunk)
    }
    assert ends == {
        ("stem", "body1"),
        ("tail1", "body2"),
        ("tail2", "body3"),
        ("body2", "head1"),
        ("body3", "head2"),
        ("bridge", "head3"),
    }


def test_free_ways_are_those_of_the_paper(fish: Scene) -> None:
    free = {ends for ends, is_free in named(fish).items() if is_free}
    transfers = {("stem", "body1"), ("tail1", "body2"), ("tail2", "body3")}
    transfers |= {("body2", "head1"), ("body3", "head2"), ("bridge", "head3")}
    assert free == transfers | set(pairwise(THROUGH))


def test_i_convs_are_where_the_tail_widens(fish: Scene) -> None:
    names = [mark.names[0] for mark in fish.marks]
    marked = {names[link.target] for link in fish.links if link.crossing.isolated}
    assert marked == {"tail1", "tail2", "tail3", "bridge"}


def test_stripes_are_followed_through_every_concat(fish: Scene) -> None:
    """head3 has 2112 channels: the bridge's, the tail's and the stem's, as they were joined.

    By hand: body3 is bridge 512 + tail2 256; r(x) halves both, and tail1 adds 128 of its own after
    256; it halves again, and the stem adds 64. In the head all of it stays, and body2, body3 and
    the bridge are joined on.
    """
    stripes = {mark.names[0]: mark.stripes for mark in fish.marks}
    assert stripes["body3"] == ((("bridge",), 512), (("tail",), 256))
    assert stripes["body2"] == ((("bridge",), 256), (("tail",), 128 + 128))
    assert stripes["body1"] == ((("bridge",), 128), (("tail",), 128), (("stem",), 64))
    head1 = (*stripes["body1"], *stripes["body2"])
    assert stripes["head1"] == head1
    assert stripes["head2"] == (*head1, *stripes["body3"])
    assert sum(channels for _, channels in stripes["head3"]) == 2112


def test_units_and_reductions_are_said(fish: Scene) -> None:
    said = {mark.names[0]: (mark.kind, mark.blocks, mark.reduction) for mark in fish.marks}
    assert said["body2"] == ("UR", (1, 1), "2")
    assert said["head3"] == ("DR", (2, 4), "")
    assert said["tail3"] == ("", (6, 0), "")
    assert said["bridge"][0] == "SE"


def test_an_hourglass_has_a_waist_and_pooled_weights_have_none(fish: Scene) -> None:
    """Newell et al. 2016: from 64 pixels to 4. A gate's one pixel is none."""
    marks = {mark.names[0]: mark for mark in gather(analyse(shipped("stacked_hourglass"))).marks}
    assert marks["hourglass1"].waist == 4
    assert all(mark.waist is None for mark in fish.marks)


def test_pooling_has_no_mark_and_is_named_on_the_way() -> None:
    scene = gather(analyse(shipped("resnet50")))
    names = [mark.names[0] for mark in scene.marks]
    assert "pool" not in names
    link = next(link for link in scene.links if names[link.target] == "layer1")
    assert names[link.source] == "conv1"
    assert link.via == ("pool",)
