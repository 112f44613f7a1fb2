"""Known blocks: the composite blocks of a spec, of its bases and of the files that they use."""

from __future__ import annotations

from fishcompile.lsp.documents import Layer
from fishcompile.reader.tree import Plain

Value = dict[str, Plain]


def with_blocks(value: Value, layers: tuple[Layer, ...]) -> Value:
    """What one file says, with the blocks of all that it brings in beside its own."""
    blocks: Value = {}
    for layer in reversed(layers):
        blocks = _over(blocks, layer.tree.value.get("blocks"))
    blocks = _over(blocks, value.get("blocks"))
    return {**value, "blocks": blocks} if blocks else value


def _over(below: Value, above: Plain) -> Value:
    """Blocks with those of a variant laid over them, as far as they can be read."""
    result = dict(below)
    for name, entry in above.items() if isinstance(above, dict) else ():
        old = result.get(name)
        if entry is None:
            result.pop(name, None)
        elif isinstance(old, dict) and isinstance(entry, dict):
            result[name] = _over(old, entry)
        else:
            result[name] = entry
    return result
