"""Which stages of a checkpoint are the body and which the head, and what each of them merges.

The authors' code merges by position: the body goes back up the resolutions of the tail, the head
down those of the body. A checkpoint says nothing of resolutions, but the widths that enter the
next stage confirm or refute it.
"""

from __future__ import annotations

from collections.abc import Iterator

from fishcompile.diagnostics.errors import FindingError
from fishcompile.language.spec import Merge, Section
from fishcompile.record import record
from fishcompile.recovery.parts import Part, Parts

_SHOWN = 5


@record
class Merged:
    """A stage of the checkpoint under its name, and the stage whose output it merges, if any."""

    name: str
    part: Part
    merge: Merge
    source: str | None


Sections = dict[Section, tuple[Merged, ...]]


def find_merges(parts: Parts) -> Sections:
    """Body and head. Raises FindingError where no way to split and merge fits, or several do."""
    candidates = list(_splits(parts))
    if not candidates:
        raise FindingError(_no_split(parts))
    fitting: list[Sections] = []
    problems: list[list[str]] = []
    for body in candidates:
        sections, wrong = _merge(parts, body)
        problems.append(wrong)
        if not wrong:
            fitting.append(sections)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ways = " or ".join(f"{len(s['body'])} and {len(s['head'])}" for s in fitting)
        stages = f"the {len(parts.rest)} stages after {parts.bridge.prefix}"
        raise FindingError(f"{stages} can be body and head in several ways: {ways} of them")
    nearest = min(problems, key=len)
    rest = [f"  and {len(nearest) - _SHOWN} more"] if len(nearest) > _SHOWN else []
    lines = ["the widths are not those of a fish:", *(f"  {p}" for p in nearest[:_SHOWN]), *rest]
    raise FindingError("\n".join(lines))


def _splits(parts: Parts) -> Iterator[int]:
    """How many of the stages after the bridge may be the body, the authors' way first.

    A body may end before the resolution of the stem, and a head before that of the bridge; not
    without a classifier, since then nothing says where the fish ends.
    """
    tail, rest = len(parts.tail), len(parts.rest)
    for body in range(min(tail, rest - 1), 0, -1):
        if rest - body <= body and (parts.classifier or rest == 2 * tail):
            yield body


def _no_split(parts: Parts) -> str:
    tail, rest, bridge = len(parts.tail), len(parts.rest), parts.bridge.prefix
    counts = f"{tail} before {bridge}, its bridge, and {rest} after it"
    if parts.classifier is None and 0 < rest < 2 * tail:
        return f"the checkpoint has no classifier, and too few stages for a fish without: {counts}"
    return (
        "a fish has body and head, together at most twice as many stages as its tail; the "
        f"checkpoint has {counts}"
    )


def _merge(parts: Parts, body: int) -> tuple[Sections, list[str]]:
    """The stages with `body` of them the body, and what is wrong with that.

    Stages are numbered by resolution: tail3 and head3 end at the bridge's, body3 begins there.
    """
    tail = len(parts.tail)
    x = parts.bridge.refine.out
    widths = {"stem": parts.stem[-1].out, "bridge": x}
    widths |= {f"tail{number}": part.refine.out for number, part in enumerate(parts.tail, 1)}
    sections: dict[Section, list[Merged]] = {"body": [], "head": []}
    wrong: list[str] = []
    for index, part in enumerate(parts.rest):
        if index < body:
            section: Section = "body"
            level = tail - index
            source = f"tail{level - 1}" if level > 1 else "stem"
        else:
            section = "head"
            level = tail - body + (index - body) + 1
            source = f"body{level + 1}" if level < tail else "bridge"
        if index == 0 and part.refine.in_channels != x:
            wrong.append(enters(part.refine.enters, part.refine.in_channels, x))
        merge, problem, x = _way(parts, index, widths[source], source)
        wrong += [problem] if problem else []
        name = f"{section}{level}"
        widths[name] = x
        sections[section].append(Merged(name, part, merge, None if merge == "none" else source))
    return {section: tuple(stages) for section, stages in sections.items()}, wrong


def _way(parts: Parts, index: int, skip: int, source: str) -> tuple[Merge, str, int]:
    """How a stage merges a skip of that width, what is wrong with it, and the width after it."""
    part = parts.rest[index]
    trunk, transfer = part.refine.out, part.transfer
    if transfer and transfer.in_channels != skip:
        message = f"{transfer.enters} takes {transfer.in_channels} channels; {source} gives {skip}"
        return "concat", message, trunk + transfer.in_channels
    after = _after(parts, index)
    key, width = after or ("", trunk + skip)
    if after is None and transfer is None:
        problem = f"{part.refine.prefix} is the last, and nothing says what it merges"
        return "concat", problem, width
    if width == trunk + skip:
        return "concat", "", width
    if transfer is None and width == trunk:
        return "none", "", width
    if width == trunk == skip:
        return "add", "", width
    brings = f"{part.refine.prefix} and {source} give {trunk} + {skip}"
    return "concat", f"{key} takes {width} channels; {brings}", width


def _after(parts: Parts, index: int) -> tuple[str, int] | None:
    """The key that says how many channels leave the stage, and how many."""
    if index + 1 < len(parts.rest):
        refine = parts.rest[index + 1].refine
        return refine.enters, refine.in_channels
    if parts.classifier:
        return parts.classifier.enters, parts.classifier.in_channels
    return None


def enters(key: str, found: int, given: int) -> str:
    """A width that is not what comes before gives, in words."""
    return f"{key} takes {found} channels; what comes before gives {given}"
