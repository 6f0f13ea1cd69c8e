"""Where the work on one of the bundle's files has come to, as events."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.digest import Advance
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.progress import EventSink

BETWEEN = 0.25
"""Seconds between two events."""


@contextmanager
def told(name: str, what: str, size: int | None, sink: EventSink) -> Iterator[Advance]:
    """Follow a work on ``name``: what is yielded is told how many bytes are done."""
    began, last = time.monotonic(), 0.0

    def event(fraction: float | None, detail: str) -> None:
        sink(LabEvent(Phase.BUNDLE, name, fraction, time.monotonic() - began, None, detail))

    def advance(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < BETWEEN:
            return
        last = now
        # Its end is told once it is over.
        fraction = min(done / size, 0.99) if size else None
        event(fraction, _("{what} : {done}").format(what=what, done=mebibytes(done)))

    event(0.0, what)
    yield advance
    event(1.0, what)


def mebibytes(count: int) -> str:
    """A number of bytes, for people."""
    if count < 2**20:
        return _("{count} octets").format(count=count)
    return _("{mib:.0f} Mio").format(mib=count / 2**20)
