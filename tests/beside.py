"""A measure of work that no machine makes long: processor time beside that of a plain loop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# By the same measure a check of FishNet-99 as a process is some 10 loops. What grows as the square
# of what a file may hold takes thousands.
LOOP = 1_000_000


@dataclass
class Work:
    """What a block of code took."""

    loops: float = 0.0


def loop() -> float:
    """Processor seconds of counting to a million."""
    begin = time.process_time()
    for _ in range(LOOP):
        pass
    return time.process_time() - begin


@contextmanager
def measured() -> Iterator[Work]:
    """The processor time of the block, in loops that are timed before and after it."""
    work = Work()
    unit = loop()
    begin = time.process_time()
    yield work
    spent = time.process_time() - begin
    work.loops = 2 * spent / (unit + loop())
