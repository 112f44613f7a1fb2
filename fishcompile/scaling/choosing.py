"""Choosing: where a spec chooses widths and counts blocks, which become numbers that are followed.

A number keeps the path where it was written, also where `defaults` bring it to a stage.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from fishcompile.language.defaults import apply_defaults
from fishcompile.language.fish_to_graph import stage_graph
from fishcompile.language.parse import parse_spec
from fishcompile.language.spec import TransferSpec
from fishcompile.language.stage_graph import StageGraph
from fishcompile.reader.tree import Path, Tree
from fishcompile.scaling.constraints import Sum
from fishcompile.scaling.number import Count, Number, Record
from fishcompile.scaling.roles import Roles


def followed(base: Tree, roles: Roles, record: Record) -> StageGraph:
    """The stages of a valid spec, with numbers for the widths that it chooses.

    All counts of blocks are noted, those of blocks that the network has no use for aside.
    """
    counts = record.found.counts
    placed = replace(base, value=_placed(base.value, ()))
    tree = apply_defaults(placed)
    tree = replace(tree, value=_numbered(tree.value, (), roles, record, counts))
    stages = stage_graph(parse_spec(tree), tree)
    used = {block.name for block in stages.blocks}
    for path in [path for path in counts if path[0] == "blocks" and path[1] not in used]:
        del counts[path]
    return stages


class _Placed(int):
    """A number of a spec, and where it is written."""

    path: Path = ()


def _placed(value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _placed(item, (*path, key)) for key, item in value.items()}
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    placed = _Placed(value)
    placed.path = path
    return placed


def _numbered(value: Any, path: Path, roles: Roles, record: Record, counts: dict[Path, int]) -> Any:
    if not isinstance(value, dict) or path[-1:] == ("expect",):
        return value
    kind = path[1] if path[:1] == ("blocks",) and path[2:] == ("parameters",) else value.get("kind")
    made = {}
    for key, item in value.items():
        made[key] = item
        if not isinstance(item, _Placed):
            made[key] = _numbered(item, (*path, key), roles, record, counts)
        elif roles.is_width(kind, key):
            record.base[item.path] = int(item)
            made[key] = Number(item, record, Sum({item.path: Fraction(1)}))
        elif roles.is_count(kind, key):
            counts[item.path] = int(item)
            muted = Record(record.base, record.found, is_muted=True)
            made[key] = Count(item, muted, Sum({item.path: Fraction(1)}))
    transfer = value.get("transfer")
    if isinstance(transfer, dict) and "blocks" in value and "blocks" not in transfer:
        counts[*path, "transfer", "blocks"] = TransferSpec.blocks
    return made
