"""Names: what may name a layer, a stage, a tap or a spec, and how other text is shown in messages.

A name becomes a module attribute, a state-dict key and, in the emitted file, a word of Python, so
it is checked by a full match: `$` in a pattern also matches before a line break at the end.
"""

from __future__ import annotations

import keyword
import re
import unicodedata

from fishcompile.diagnostics.characters import plain

MAX_NAME = 64

_NAME = re.compile(r"[a-z][a-z0-9_]*")

# Public attributes of torch.nn.Module, of all torch versions from 2.6 on; a test compares them
# with the torch at hand. A submodule of such a name would shadow the attribute.
# fmt: off
_MODULE_ATTRIBUTES = frozenset({
    "T_destination", "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children",
    "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward",
    "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half", "ipu",
    "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
    "named_parameters", "parameters", "register_backward_hook", "register_buffer",
    "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_full_backward_pre_hook", "register_load_state_dict_post_hook",
    "register_load_state_dict_pre_hook", "register_module", "register_parameter",
    "register_state_dict_post_hook", "register_state_dict_pre_hook", "requires_grad_",
    "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
    "training", "type", "xpu", "zero_grad",
})
# fmt: on

# What the emitted file calls its own.
_EMITTED = frozenset(
    {
        "features",
        "forward_features",
        "forward_stages",
        "input",
        "nn",
        "self",
        "skip",
        "taps",
        "torch",
        "x",
    }
)

RESERVED = _MODULE_ATTRIBUTES | _EMITTED

# Written out, so that a spec holds under every version of Python or under none.
_SOFT_KEYWORDS = frozenset({"case", "match", "type"})


def check_name(name: str) -> str | None:
    """Why `name` cannot be a name, to be read after the name itself; None where it can."""
    if not name:
        return "is empty"
    if not name.isascii():
        return "is not plain ASCII"
    if not _NAME.fullmatch(name):
        return "is not a lower-case letter followed by lower-case letters, digits and `_`"
    if name.endswith("_"):
        return "ends in an underscore"
    if len(name) > MAX_NAME:
        return f"has {len(name)} characters, and a name at most {MAX_NAME}"
    if keyword.iskeyword(name) or name in _SOFT_KEYWORDS:
        return "is a keyword of Python"
    if name in _MODULE_ATTRIBUTES:
        return "is an attribute of every torch module"
    if name in _EMITTED:
        return "is a name that emitted files use themselves"
    return None


def camel(name: str) -> str:
    """The name as a class has it: my_net is MyNet."""
    return "".join(word.capitalize() for word in name.split("_") if word)


def suggest_name(text: str) -> str | None:
    """The nearest name that could stand for `text`, or None where nothing is near."""
    # an accent is a character of its own in this form, and falls away
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", plain(text).casefold())
        if not unicodedata.combining(c)
    )
    words = re.sub(r"[^a-z0-9]+", "_", bare).strip("_\"'")[:MAX_NAME]
    candidate = words.rstrip("_")
    return candidate if bare.isascii() and not check_name(candidate) else None


def shown(text: str, limit: int = 60) -> str:
    """`text` in backquotes, as a message may print it: escaped where not plain, and cut short.

    Look-alikes, direction marks and control characters appear as escapes. Characters of scripts
    that resemble no Latin letter, such as Chinese, are what their author can read.
    """
    cut = text if len(text) <= limit else text[:limit]
    safe = "".join(c if " " <= c <= "~" or is_own(c) else _escape(c) for c in cut)
    return f"`{safe}`" if cut is text else f"`{safe}`..."


def is_own(character: str) -> bool:
    """Whether a character is a letter that nothing else looks like: Han, Kana, or Hangul."""
    return unicodedata.category(character) == "Lo" and (
        unicodedata.east_asian_width(character) == "W"
    )


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
