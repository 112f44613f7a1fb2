"""Small fishes of every design the language has words for: named ones, and drawn at random."""

from __future__ import annotations

from random import Random

from tests.nets import minnow_text
from tests.targets.block_designs import BLOCKS

Changes = dict[str, str | None]

_TAIL = "tail1: {out: 16, blocks: 1}"
_LONG = "s" * 64

NAMED: dict[str, Changes] = {
    "no_classifier": {"classifier": None},
    "no_taps": {"taps": None},
    "no_taps_no_classifier": {"taps": None, "classifier": None},
    "untapped_source": {"taps": "{fine: body1}"},
    "two_names_for_a_tap": {"taps": "{a: head2, b: head2}"},
    "input_as_tap": {"taps": "{image: input, stem: stem, last: head2}"},
    "classifier_from_the_middle": {
        "classifier": "{classes: 10, from: bridge}",
        "taps": "{fine: body1, last: head2}",
    },
    "stem_and_classifier": dict.fromkeys(("tail", "bridge", "body", "head", "taps")),
    "classifier_alone": dict.fromkeys(("stem", "tail", "bridge", "body", "head", "taps")),
    "stem_of_poolings": {
        "stem": (
            "{a: {kind: conv, out: 8, kernel: 5, stride: 2, padding: 1}, "
            "b: {kind: avg_pool, stride: 1}, c: {kind: conv, out: 8, groups: 4, dilation: 2}, "
            "d: {kind: max_pool, kernel: 3, stride: 2, padding: 1}, e: {kind: conv, out: 8}}"
        ),
        "input": "{channels: 4, size: [70, 90]}",
    },
    "tail_duplicates": {
        "tail": "{tail1: {blocks: 2, shortcut: duplicate, k: 3}, tail2: {out: 32, blocks: 2}}"
    },
    "tail_identity": {
        "tail": "{tail1: {blocks: 2, shortcut: identity}, tail2: {out: 32, blocks: 1}}"
    },
    "tail_project_same_width": {
        "tail": "{tail1: {out: 8, blocks: 2}, tail2: {out: 32, blocks: 1}}"
    },
    "body_project": {
        "body": (
            "{body2: {blocks: 1, shortcut: project, out: 24, transfer: {from: tail1}}, "
            "body1: {blocks: 1, k: 2, transfer: {from: stem}}}"
        ),
    },
    "body_duplicate": {
        "body": (
            "{body2: {blocks: 1, shortcut: duplicate, k: 2, transfer: {from: tail1}}, "
            "body1: {blocks: 1, shortcut: identity, transfer: {from: stem}}}"
        ),
    },
    "up_bilinear": {"defaults": "{body: {up: bilinear}}"},
    "up_deconv": {"defaults": "{body: {up: deconv}}"},
    "up_without_skip": {
        "body": "{body2: {blocks: 1, merge: none, up: {kind: bilinear, factor: 3}}}",
        "head": "{head1: {blocks: 1, down: {kind: max_pool, kernel: 3, stride: 3}, merge: none}}",
        "taps": None,
    },
    "deconv_without_skip": {
        "body": "{body2: {blocks: 1, merge: none, up: {kind: deconv, factor: 4}}}",
        "head": None,
        "taps": None,
    },
    "down_avg_pool": {"defaults": "{head: {down: avg_pool}}"},
    "down_strided_conv": {"defaults": "{head: {down: strided_conv}}"},
    "down_mappings": {
        "tail": (
            "{tail1: {out: 16, blocks: 1, down: {kind: avg_pool, kernel: 3}}, "
            "tail2: {out: 32, blocks: 1, down: {kind: strided_conv, kernel: 5}}}"
        ),
    },
    "head_without_sampling": {
        "head": "{head1: {blocks: 1, merge: concat, down: none, transfer: {from: stem}}}",
        "taps": None,
    },
    "merge_add": {
        "tail": f"{{{_TAIL}, tail2: {{out: 16, blocks: 2}}}}",
        "bridge": "{out: 16, blocks: 1}",
        "body": "{body2: {blocks: 1, up: nearest, merge: add, transfer: {from: tail1}}}",
        "head": "{head1: {blocks: 1, down: max_pool, merge: add, transfer: {from: bridge}}}",
        "taps": None,
    },
    "transfer_untouched": {"defaults": "{head: {transfer: {blocks: 0}}}"},
    "a_stage_merges_its_own_input": {
        "body": "{body2: {blocks: 2, merge: concat, up: none, transfer: {from: bridge}}}",
        "head": None,
        "taps": None,
    },
    "gate_none": {"bridge": "{out: 32, blocks: 2, gate: none}"},
    "gate_scale": {"bridge": "{out: 32, blocks: 1, gate: scale, widen: 3, squeeze: 8}"},
    "no_bridge": {
        "bridge": None,
        "head": "{head1: {blocks: 1, transfer: {from: body2}}}",
        "taps": None,
    },
    "groups_everywhere": {"defaults": "{block: {groups: 2}}"},
    "groups_and_reduction": {
        "tail": (
            "{tail1: {out: 16, blocks: 2, block: {groups: 4, reduction: 2}}, "
            "tail2: {out: 32, blocks: 2, dilation: 2, block: {reduction: 8}}}"
        ),
        "defaults": "{body: {block: {groups: 2}}}",
    },
    "long_names": {
        "tail": f"{{{_TAIL}, {_LONG}: {{out: 32, blocks: 2}}}}",
        "head": (
            "{head1: {blocks: 1, transfer: {from: body2}}, "
            f"{'h' * 64}: {{blocks: 12, block: {{groups: 2}}, dilation: 4, "
            f"transfer: {{from: {_LONG}, blocks: 10}}}}}}"
        ),
        "taps": f"{{{'t' * 64}: {'h' * 64}, {'u' * 40}: {_LONG}}}",
    },
    "long_names_untapped": {
        "tail": f"{{{_TAIL}, {_LONG}: {{out: 32, blocks: 2}}}}",
        "taps": f"{{{'t' * 64}: {_LONG}, u: head1}}",
        "classifier": "{classes: 10, from: head2}",
    },
    **BLOCKS,
    # names that the emitted file, Python or torch have a use for
    "bottleneck": {},
    "stage2": {},
    "f": {},
    "tensor": {},
    "t_a_p_s": {},
    "none": {},
    "names_of_builtins": {
        "stem": "{sum: {kind: conv, out: 8, stride: 2}, f: {kind: conv, out: 8}}",
        "tail": "{range: {out: 16, blocks: 1}, super: {out: 32, blocks: 2}}",
        "body": (
            "{print: {blocks: 1, transfer: {from: range}}, "
            "dict: {blocks: 1, k: 2, transfer: {from: stem}}}"
        ),
        "head": (
            "{isinstance: {blocks: 1, transfer: {from: print}}, "
            "int: {blocks: 1, transfer: {from: bridge}}}"
        ),
        "taps": "{str: dict, model: int}",
    },
    "names_of_the_text": {
        "tail": "{stage: {out: 16, blocks: 1}, stages: {out: 32, blocks: 2}}",
        "body": (
            "{module: {blocks: 1, transfer: {from: stage}}, "
            "tensor: {blocks: 1, k: 2, transfer: {from: stem}}}"
        ),
        "head": (
            "{refine: {blocks: 1, transfer: {from: module}}, "
            "device: {blocks: 1, transfer: {from: bridge}}}"
        ),
        "taps": "{y: tensor, p: stages}",
    },
}


def drawn(seed: int) -> str:
    """The text of a spec drawn at random, by rules that let it hold together."""
    r = Random(seed)
    tail = {
        f"tail{i}": _stage(r, i * 16, r.choice(["", "", "shortcut: duplicate, k: 2"]), "max_pool")
        for i in (1, 2)
    }
    bridge = (
        f"{{out: 32, blocks: {r.randint(1, 3)}, widen: {r.randint(1, 3)}, "
        f"squeeze: {r.choice([4, 16])}, gate: {r.choice(['none', 'scale', 'scale_add'])}}}"
    )
    ups = ["nearest", "bilinear", "deconv"]
    body = {
        f"body{i}": _merging(r, skip, f"up: {r.choice(ups)}", ["ur", "concat"], k)
        for i, skip, k in ((2, "tail1", 1), (1, "stem", r.choice([1, 2])))
    }
    odd = r.random() < 0.4
    downs = ["max_pool", "avg_pool"]
    if not odd:
        # these round the other way at odd sides, so that skips and trunk would part
        downs += ["strided_conv", "{kind: max_pool, kernel: 3, stride: 2}"]
    sides = [r.randint(40, 80) if odd else r.choice([48, 64, 80]) for _ in range(2)]
    head = {
        f"head{i}": _merging(r, skip, f"down: {r.choice(downs)}", ["dr", "concat"], 1)
        for i, skip in ((1, "body2"), (2, r.choice(["bridge", "tail2"])))
    }
    stages = ["stem", *tail, "bridge", *body, *head]
    taps = [*r.sample(stages[:-1], r.randint(0, 3)), "head2"]
    changes: Changes = {
        "input": f"{{channels: {r.randint(1, 4)}, size: {sides}}}",
        "tail": _mapping(tail),
        "bridge": bridge,
        "body": _mapping(body),
        "head": _mapping(head),
        "taps": r.choice([None, _mapping({f"t{i}": name for i, name in enumerate(taps)})]),
        "classifier": r.choice([None, "{classes: 7}", f"{{classes: 7, from: {r.choice(stages)}}}"]),
    }
    return minnow_text(changes, f"drawn{seed}")


def _mapping(entries: dict[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in entries.items())}}}"


def _block(r: Random) -> str:
    return f"block: {{groups: {r.choice([1, 1, 2])}, reduction: {r.choice([2, 4])}}}"


def _stage(r: Random, out: int, shortcut: str, down: str) -> str:
    width = shortcut or f"out: {out}"
    return f"{{blocks: {r.randint(1, 3)}, {width}, down: {down}, {_block(r)}}}"


def _merging(r: Random, skip: str, sampling: str, merges: list[str], k: int) -> str:
    transfer = f"transfer: {{from: {skip}, blocks: {r.randint(0, 3)}}}"
    split = f"k: {k}, " if k > 1 else ""
    return (
        f"{{blocks: {r.randint(1, 3)}, {split}dilation: {r.randint(1, 3)}, {sampling}, "
        f"merge: {r.choice(merges)}, {transfer}, {_block(r)}}}"
    )
