"""The package itself: its version, and where the schemas, specs and pages that it carries lie."""

from __future__ import annotations

from pathlib import Path

# the version in pyproject.toml; a test holds the two together
VERSION = "0.1.0"
# where the project is hosted, as pyproject.toml has it; docs/hosting.md says what follows it
HOME = "https://github.com/fishcompile/fishcompile"

_PACKAGE = Path(__file__).parent


def data_file(kind: str, name: str) -> Path:
    """The path of the file `name` of a `kind`, which is "schemas", "specs" or "docs/rules".

    A wheel carries them inside the package; a checkout has them beside it.

    Raises:
        FileNotFoundError: where there is none of that name.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        path = root / kind / name
        if Path(name).name == name and path.is_file():
            return path
    raise FileNotFoundError(f"no {name!r} among the {kind} of fishcompile")
