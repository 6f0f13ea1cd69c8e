"""Turning work into events: one tracker per phase and machine."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pcapra_lab.lab.durations import Durations
from pcapra_lab.lab.events import LabEvent, Phase

EventSink = Callable[[LabEvent], None]


def ignore(_event: LabEvent) -> None:
    """A sink for those who watch nothing."""


class Tracker:
    """Says where a phase is; its fraction comes from the duration measured last time."""

    def __init__(
        self, sink: EventSink, phase: Phase, vm: str | None, expected: float | None
    ) -> None:
        self._sink = sink
        self._phase = phase
        self._vm = vm
        self._expected = expected
        self.started = time.monotonic()

    def tell(self, detail: str = "", fraction: float | None = None) -> None:
        """Emit one event."""
        elapsed = time.monotonic() - self.started
        if fraction is None and self._expected:
            # Never says « done » by the clock alone.
            fraction = min(elapsed / self._expected, 0.95)
        self._sink(LabEvent(self._phase, self._vm, fraction, elapsed, self._expected, detail))

    def part(self, done: int, count: int, detail: str = "") -> None:
        """Emit one event for a phase in parts: the time it took last tells more, when known."""
        self.tell(detail, None if self._expected else done / count)


@contextmanager
def tracked(
    sink: EventSink, durations: Durations, phase: Phase, vm: str | None, name: str
) -> Iterator[Tracker]:
    """Follow a phase: an event at its start, one at its end, its duration remembered."""
    tracker = Tracker(sink, phase, vm, durations.expected(name))
    tracker.tell()
    yield tracker
    durations.record(name, time.monotonic() - tracker.started)
    tracker.tell(fraction=1.0)
