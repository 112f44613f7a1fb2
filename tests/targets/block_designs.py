"""Designs with every word of blocks, norms and activations, as changes of the small fish."""

from __future__ import annotations

BLOCKS: dict[str, dict[str, str | None]] = {
    "basic_blocks": {"defaults": "{block: {kind: basic}}"},
    "basic_blocks_in_groups": {"defaults": "{block: {kind: basic, group_width: 4}}"},
    "resnet_bottlenecks": {"defaults": "{block: {kind: resnet_bottleneck}}"},
    "resnet_bottlenecks_in_groups": {
        "defaults": "{block: {kind: resnet_bottleneck, reduction: 2, group_width: 4}}"
    },
    "resnet_basic_blocks": {"defaults": "{block: {kind: resnet_basic, act: gelu}}"},
    "kinds_and_shortcuts": {
        "tail": (
            "{tail1: {blocks: 2, shortcut: duplicate, k: 2, block: {kind: resnet_bottleneck}}, "
            "tail2: {blocks: 1, shortcut: duplicate, k: 2, block: {kind: resnet_basic, se: 4}}, "
            "tail3: {blocks: 1, shortcut: duplicate, k: 2, block: {kind: basic}}}"
        ),
        "bridge": "{out: 64, blocks: 2, block: {kind: resnet_basic}}",
        "body": (
            "{body3: {blocks: 1, k: 2, transfer: {from: tail2}, dilation: 2, "
            "block: {kind: resnet_bottleneck, reduction_of: in}}, "
            "body2: {blocks: 2, k: 2, transfer: {from: tail1}, dilation: 2, "
            "block: {kind: basic, se: 2}}, "
            "body1: {blocks: 1, k: 2, transfer: {from: stem}, dilation: 2, "
            "block: {kind: resnet_basic, norm: none}}}"
        ),
        "head": "{head1: {blocks: 1, transfer: {from: body2}}}",
        "taps": None,
    },
    "kinds_that_keep": {
        "tail": (
            "{tail1: {blocks: 1, shortcut: identity, block: {kind: basic}}, "
            "tail2: {out: 8, blocks: 2, block: {kind: resnet_basic}}}"
        ),
        "bridge": "{out: 16, blocks: 1, widen: 2, block: {kind: resnet_bottleneck}}",
        "body": None,
        "head": None,
        "taps": None,
    },
    "group_width": {"defaults": "{block: {reduction: 2, group_width: 4}}"},
    "group_width_by_stage": {
        "tail": (
            "{tail1: {out: 16, blocks: 2, block: {group_width: 2}}, "
            "tail2: {out: 32, blocks: 2, block: {group_width: 4}}}"
        ),
    },
    "squeeze_excite": {"defaults": "{block: {se: 4}}"},
    "squeeze_excite_by_stage": {
        "tail": (
            "{tail1: {out: 16, blocks: 2, block: {se: 2}}, "
            "tail2: {out: 32, blocks: 2, block: {se: 8, act: silu}}}"
        ),
    },
    "act_first": {"defaults": "{block: {order: act_first, reduction_of: in}}"},
    "act_silu": {"defaults": "{act: silu}"},
    "act_gelu": {"defaults": "{act: gelu}", "bridge": "{out: 32, blocks: 1, gate: scale}"},
    "norm_group": {
        "stem": "{conv1: {kind: conv, out: 16, stride: 2}}",
        "tail": "{tail1: {out: 64, blocks: 2}, tail2: {out: 128, blocks: 2}}",
        "bridge": "{out: 128, blocks: 1, squeeze: 4}",
        "head": (
            "{head1: {blocks: 1, transfer: {from: body2}}, "
            "head2: {blocks: 1, down: strided_conv, transfer: {from: bridge}}}"
        ),
        "classifier": "{classes: 10, reduction: 1}",
        "defaults": "{norm: group, block: {reduction: 1}}",
    },
    "norm_group_of_8": {"defaults": "{norm: {channels: 8}, block: {reduction: 1}}"},
    "norm_none": {"defaults": "{norm: none}"},
    "norms_and_acts_by_part": {
        "stem": (
            "{a: {kind: conv, out: 8, stride: 2, norm: none}, "
            "b: {kind: conv, out: 8, norm: {kind: group, channels: 4}, act: gelu, bias: true}, "
            "c: {kind: conv, out: 8, act: none}, d: {kind: conv, out: 8, norm: none, bias: false}, "
            "e: {kind: conv, out: 8, norm: none, act: none}, f: {kind: conv, out: 8, bias: true}}"
        ),
        "tail": (
            "{tail1: {out: 16, blocks: 1, block: {norm: none, act: gelu}}, "
            "tail2: {out: 32, blocks: 2, block: {norm: {kind: group, channels: 4}, se: 2}}}"
        ),
        "bridge": "{out: 32, blocks: 1, block: {norm: none, act: silu}}",
        "classifier": "{classes: 10, norm: {channels: 7}, act: silu}",
        "defaults": "{norm: batch, act: relu}",
    },
    "a_stage_and_its_defaults": {
        "tail": (
            "{tail1: {out: 16, blocks: 1, block: {kind: basic, groups: 2}}, "
            "tail2: {out: 32, blocks: 1, block: {norm: group, reduction: 1}}}"
        ),
        "defaults": (
            "{norm: {kind: group, channels: 4}, "
            "block: {order: act_first, reduction: 2, reduction_of: in, group_width: 2}, "
            "body: {block: {kind: resnet_basic}}}"
        ),
    },
}
