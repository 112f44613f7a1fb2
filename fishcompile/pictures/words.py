"""Words: what is written at a stage, and what its title says to who points at it or listens."""

from __future__ import annotations

from collections.abc import Sequence

from fishcompile.language.graph_spec import Config, NodeSpec
from fishcompile.language.spec import BlocksSpec, BridgeSpec, LayerSpec, StageSpec
from fishcompile.ops.tensor import TensorType
from fishcompile.pictures.lettering import shortened
from fishcompile.pictures.scene import Link


def kind_of(config: Config) -> str:
    """UR, DR or SE of a fish's stages, or the kind of a node."""
    match config:
        case StageSpec() if config.merge != "none":
            return "UR" if config.up.kind != "none" else "DR" if config.down.kind != "none" else ""
        case BridgeSpec():
            return "SE" if config.gate != "none" else ""
        case LayerSpec() | NodeSpec():
            return config.kind
        case _:
            return ""


def blocks_of(config: Config) -> tuple[int, int]:
    """How many blocks one after the other: those of the trunk, and those of the transfer."""
    match config:
        case StageSpec():
            return config.blocks, config.transfer.blocks if config.transfer else 0
        case BridgeSpec() | BlocksSpec():
            return config.blocks, 0
        case NodeSpec():
            return config.repeat, 0
        case _:
            return 0, 0


def reduction_of(config: Config) -> str:
    """The k of r(x), or of its inverse."""
    if not isinstance(config, StageSpec) or config.k == 1:
        return ""
    word = {"reduce": "", "duplicate": "1/"}.get(config.shortcut)
    return "" if word is None else f"{word}{config.k}"


def title_of(name: str, config: Config, type_: TensorType | None) -> str:
    """A stage in a sentence."""
    shape = "of unknown shape" if type_ is None else str(type_)
    match config:
        case StageSpec():
            skip = config.transfer
            said = f"{config.section}, {_count(config.blocks, 'block')}"
            said += f", skip from {skip.source} by {_count(skip.blocks, 'block')}" if skip else ""
            said += f", r(x) with k = {config.k}" if config.shortcut == "reduce" else ""
            moved = next((m.kind for m in (config.down, config.up) if m.kind != "none"), "")
            return f"{name}: {shape}; {said}{', ' + moved if moved else ''}"
        case BridgeSpec():
            return f"{name}: {shape}; bridge, {_count(config.blocks, 'block')}"
        case tuple():
            return f"{name}: {shape}; {', '.join(layer.kind for layer in config)}"
        case BlocksSpec():
            return f"{name}: {shape}; {_count(config.blocks, 'block')} of {config.block.kind}"
        case LayerSpec() | NodeSpec():
            return f"{name}: {shape}; {config.kind}"
        case _:
            return f"{name}: {shape}"


def side_of(type_: TensorType | None) -> str:
    """The sides of a map, one number where it is square; a vector has none."""
    if type_ is None or not type_.sides:
        return "" if type_ else "?"
    height, width = type_.sides
    return f"{height}" if height == width else f"{height}\u00d7{width}"


def label_of(names: Sequence[str]) -> str:
    """One name for several: `conv3_1-3` for conv3_1 to conv3_3, else how many follow the first."""
    first, last = names[0], names[-1]
    if first == last:
        return first
    stem = first.rstrip("0123456789")
    if last.rstrip("0123456789") == stem and first != stem and last != stem:
        return f"{stem}{first[len(stem) :]}\u2013{last[len(stem) :]}"
    return f"{first} +{len(names) - 1}"


def link_title(link: Link, source: str, target: str) -> str:
    """What a gradient crosses from a mark back to what it reads."""
    by = f" by {', '.join(shortened(name, 40) for name in link.via)}" if link.via else ""
    way = f"{source} to {target}{by}"
    crossing = link.crossing
    if not link.known:
        return way
    if crossing.free:
        return f"{way}: free of convolutions"
    if not crossing.convolutions:
        return f"{way}: free of convolutions, but not of gates and norms"
    count = _count(len(crossing.convolutions), "convolution")
    isolated = f", I-conv {', '.join(crossing.isolated[:3])}" if crossing.isolated else ""
    return f"{way}: {count} in the way{isolated}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
