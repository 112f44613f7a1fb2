"""The digest of a spec: what an emitted file says it was made from.

It is taken over the graph form, so that comments, spacing, defaults written out and sections do not
change it, and a change in a base does. Nor does the title, which is no part of the network.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from fishcompile.language.graph_form import graph_form
from fishcompile.language.stage_graph import StageGraph


def spec_digest(stages: StageGraph) -> str:
    """SHA-256 of what the spec means, as 64 hexadecimal digits."""
    value, _ = graph_form(replace(stages, title=""))
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
