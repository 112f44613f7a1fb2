"""What enters a stage is asked for as what leaves it is: by groups, by norms, by a reduction of it.

The stem has 64 channels, which times 0.6 are 38.4, and alone would be 40.
"""

from __future__ import annotations

import pytest

from tests.scaling.variants import HEAD, errors, numbers, reasons, vary

STEM = "stem: {c: {kind: conv, out: 64}}\n"
NARROW = "block: {reduction_of: in, reduction: 2, group_width: 8}"


@pytest.mark.parametrize(
    ("stages", "stem", "reason"),
    [
        # 64 / 4 in 16 groups
        (
            "tail: {t: {out: 256, blocks: 1, block: {reduction_of: in, groups: 16}}}",
            64,
            "multiple of 64: t needs a multiple of 64",
        ),
        # the middle is 64 / 2, of groups of 8
        (
            f"tail: {{t: {{out: 256, blocks: 1, {NARROW}}}}}",
            32,
            "multiple of 16: t needs a multiple of 16",
        ),
        # the first norm comes before the first convolution
        (
            "tail: {t: {out: 256, blocks: 1, block: {norm: group, reduction: 2}}}",
            32,
            "multiple of 16: t needs a multiple of 16",
        ),
        (
            "tail: {t: {out: 256, blocks: 1, block: {kind: basic, norm: {channels: 32}}}}",
            32,
            "multiple of 32: t needs a multiple of 32",
        ),
        # but not where it comes after
        (
            "tail: {t: {out: 256, blocks: 1, block: {kind: resnet_basic, norm: group}}}",
            40,
            "multiple of 8: as in the base",
        ),
        # both convolutions are grouped
        (
            "tail: {t: {out: 256, blocks: 1, block: {kind: basic, groups: 16}}}",
            32,
            "multiple of 16: t needs a multiple of 16",
        ),
        (
            "tail: {t: {out: 256, blocks: 1, block: {kind: resnet_basic, groups: 32}}}",
            32,
            "multiple of 32: t needs a multiple of 32",
        ),
        # the bridge norms x, x // 2 and 2x
        (
            "bridge: {out: 64, blocks: 1, block: {norm: group, reduction: 1}}",
            32,
            "multiple of 32: bridge needs a multiple of 32",
        ),
    ],
)
def test_the_width_that_enters(stages: str, stem: int, reason: str) -> None:
    scaled = vary(f"{HEAD}{STEM}{stages}\n", "scale: {width: 0.6}")
    assert errors(scaled) == []
    assert numbers(scaled)["stem.c.out"] == stem
    assert reasons(scaled)["stem.c.out"] == reason


def test_as_many_groups_as_the_width_that_leaves_makes() -> None:
    """128 in groups of 4 are 32 groups, which take 2 each of the 64 that enter: 1 to 2 it stays."""
    block = "{kind: resnet_basic, group_width: 4}"
    base = f"{HEAD}{STEM}tail: {{t: {{out: 128, blocks: 1, block: {block}}}}}\n"
    scaled = vary(base, "scale: {width: 0.6}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"stem.c.out": 40, "tail.t.out": 80}
    assert reasons(scaled)["tail.t.out"] == "multiple of 16: stem.c.out: as in the base"


def test_a_single_block_asks_only_what_it_is() -> None:
    """30 / 4 in 16 groups would be wrong, but what leaves is reduced in no further block."""
    block = "block: {reduction_of: in, groups: 16}"
    base = f"{HEAD}{STEM}tail: {{t: {{out: 30, blocks: 1, {block}}}}}\n"
    scaled = vary(base, "scale: {width: 1.5}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"stem.c.out": 128, "tail.t.out": 46}  # 96 of 64, and 45 of 2


def test_blocks_that_a_factor_adds_are_asked_for_as_well() -> None:
    """256 / 4 in 16 groups: what leaves is reduced in the second block, which there is not yet."""
    block = "block: {reduction_of: in, groups: 16}"
    base = f"{HEAD}{STEM}tail: {{t: {{out: 256, blocks: 1, {block}}}}}\n"
    scaled = vary(base, "scale: {width: 0.6, depth: 2}")
    assert errors(scaled) == []
    assert numbers(scaled) == {"stem.c.out": 64, "tail.t.out": 128, "tail.t.blocks": 2}
