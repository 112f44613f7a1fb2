"""What pictures there are, by the endings of their files' names, and in which colours."""

from __future__ import annotations

from typing import Literal

Kind = Literal["svg", "png", "pdf", "mermaid"]

ENDINGS: dict[Kind, tuple[str, ...]] = {
    "svg": (".svg",),
    "png": (".png",),
    "pdf": (".pdf",),
    "mermaid": (".mmd", ".mermaid"),
}
TEXTS = ("svg", "mermaid")
THEMES = ("auto", "light", "dark")
