"""Version 1 to 2: the factor of an up-sampling is called `factor`, no longer `stride`.

A stride is the step of a window over its input; what an up-sampling has is the factor by which the
sides grow.
"""

from __future__ import annotations

from fishcompile.loading.migrations.change import ANY, Rename, Step

_SECTIONS = ("tail", "body", "head")

STEP = Step(
    since=1,
    renames=(
        Rename((_SECTIONS, ANY, ("up",)), "stride", "factor"),
        Rename((("defaults",), _SECTIONS, ("up",)), "stride", "factor"),
    ),
)
