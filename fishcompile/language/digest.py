"""The digest of a spec: what an emitted file says it was made from.

It is taken over the resolved values, so that comments, layout and line endings do not change it
and a change in a base does.
"""

from __future__ import annotations

import hashlib
import json

from fishcompile.tree import Tree


def spec_digest(tree: Tree) -> str:
    """SHA-256 of the resolved spec, as 64 hexadecimal digits."""
    text = json.dumps(tree.value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
