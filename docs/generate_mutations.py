"""Writes docs/mutations.md from the cases of tests/mutations: python docs/generate_mutations.py.

With --check it writes nothing and fails where the page is not current. Run it from the repository's
root, so that `tests` can be imported.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "mutations.md"
VARIANTS = ("variant.yaml", "deep.yaml", "wider.yaml", "widest.yaml")
INTRO = """# Mutated specs

Every spec below holds but for one mistake. `tests/mutations/cases` has them as text, one family a
file, each as an edit of a spec in `tests/mutations/specs` and the findings it must give: rule,
file, line, column, message and way out, and nothing else. This page is written from them by
`python docs/generate_mutations.py`.

"""


def page() -> str:
    """The page as it has to be."""
    sys.path.insert(0, str(ROOT))
    from tests.mutations.cases import cases

    families: dict[str, list[object]] = {}
    rows = ["| family | what is mutated | cases | in a variant or its base | reported |"]
    rows += ["|---|---|---|---|---|"]
    found = cases()
    for family in dict.fromkeys(case.family for case in found):
        members = [case for case in found if case.family == family]
        families[family] = list(members)
        layered = sum(case.checked in VARIANTS for case in members)
        rules = sorted({expected.rule for case in members for expected in case.expected})
        title = family.replace("_", " ")
        cells = (title, members[0].about, str(len(members)), str(layered or ""), ", ".join(rules))
        rows.append(f"| {' | '.join(cells)} |")
    layered = sum(case.checked in VARIANTS for case in found)
    rows.append(f"| **all** | | **{len(found)}** | **{layered}** | |")
    lines = [INTRO + "\n".join(rows)]
    for family in families:
        lines += ["", f"## {family.replace('_', ' ')}", ""]
        lines += ["| mutation | spec | found at | message | help |", "|---|---|---|---|---|"]
        for case in (case for case in found if case.family == family):
            for place, expected in zip(case.places(), case.expected, strict=True):
                at = f"{place.file}:{place.line}:{place.column}"
                message = f"{expected.rule} {expected.message}"
                name = case.name.replace("-", " ")
                cells = (name, case.checked, at, message, expected.help or "")
                rows = [cell.replace("|", "\\|") for cell in cells]
                lines.append(f"| {' | '.join(rows)} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> str | None:
    """What went wrong, or None."""
    new = page()
    if arguments == ["--check"]:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == new
        return None if current else f"{PAGE.name} is not current: run docs/generate_mutations.py"
    if arguments:
        return "usage: generate_mutations.py [--check]"
    PAGE.write_text(new, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
