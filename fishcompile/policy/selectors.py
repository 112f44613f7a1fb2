"""Selectors: the rule ids and prefixes that options, configuration and comments name rules by.

FC1xx to FC3xx say that a spec does not hold together and cannot be built. They can be selected,
which changes nothing, but never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from pkgutil import iter_modules

from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.nearest import nearest

ALL = "FC"
_WORD_FOR_ALL = "all"
_FILE = re.compile(r"fc\d{3}_[a-z0-9_]+")
LOOK_ALIKES = str.maketrans("OIL", "011")
_ALWAYS = re.compile(r"FC[123]\d\d")


@cache
def rules() -> dict[str, str]:
    """The name of every rule by its id, read off the files' names: no rule is imported for it."""
    files = (module.name for module in iter_modules([str(Path(__file__).parents[1] / "rules")]))
    found = sorted(name.split("_", 1) for name in files if _FILE.fullmatch(name))
    return {number.upper(): name.replace("_", "-") for number, name in found}


def ignorable(rule: str) -> bool:
    """Whether a finding of this rule may be silenced."""
    return not _ALWAYS.fullmatch(rule)


def parse_selectors(words: Iterable[str], where: str, *, ignoring: bool = False) -> tuple[str, ...]:
    """Words such as FC501, FC5 or all as prefixes of rule ids.

    Raises UsageError, which begins with `where`, for a word that is no rule's id nor the beginning
    of one, and with `ignoring` for one that covers a rule that cannot be ignored.
    """
    found: list[str] = []
    for written in words:
        word = written.strip()
        prefix = ALL if word == _WORD_FOR_ALL else word
        covered = [rule for rule in rules() if rule.startswith(prefix)]
        if not prefix or not covered:
            raise UsageError(f"{where}: no rule has the id `{word}`", meant(word))
        fixed = [rule for rule in covered if not ignorable(rule)]
        if ignoring and fixed:
            message = f"{where}: {fixed[0]} cannot be ignored"
            help_ = "FC1xx to FC3xx say that a spec cannot be built; FC4xx and up can be ignored"
            raise UsageError(message if word == fixed[0] else f"{message} (`{word}`)", help_)
        found.append(prefix)
    return tuple(dict.fromkeys(found))


def meant(word: str) -> str:
    """The way out after a word that names no rule: the id that was probably meant."""
    names = {name: rule for rule, name in rules().items()}
    digits = "FC" + word.upper()[2:].translate(LOOK_ALIKES)
    near = names.get(word.lower()) or (digits if digits in rules() else None)
    near = near or nearest(word.upper(), rules())
    return f"did you mean `{near}`?" if near else "`fishcompile rules` lists them"


def covers(selectors: Iterable[str], rule: str) -> int:
    """How closely the selectors name a rule: the length of the longest that does, or 0."""
    return max((len(prefix) for prefix in selectors if rule.startswith(prefix)), default=0)
