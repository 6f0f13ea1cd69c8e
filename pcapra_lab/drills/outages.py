"""How long clients saw nothing, and when they saw the service again. Pure.

A try that succeeded says that the service was up at some instant from its beginning to its end; one
that failed, that it was down at some instant of its own. A cut therefore began between the
beginning of the last success before it and the end of its first failure, and ended between the
beginning of its last failure and the end of the first success after it. Nothing else is assumed,
so what makes a try late, or long, widens the interval by itself.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pcapra_lab.drills.clocks import MAX_DRIFT, NOTHING, GuestClock, Mark, Measure
from pcapra_lab.drills.measures import Observation, restored
from pcapra_lab.drills.stream import Try, in_order


@dataclass(frozen=True, slots=True)
class Cut:
    """A row of failures, on its machine's clock."""

    boot: str
    first: Try
    """The first that failed."""
    last: Try
    before: Try | None
    """The last success before; None when none was seen."""
    after: Try | None
    """The first success after; None while it lasts."""

    @property
    def length(self) -> Measure:
        """How long it lasted; only a lower bound while it lasts, or when it began unseen."""
        low = max(0.0, self.last.began - self.first.ended)
        if self.before is None or self.after is None:
            return Measure(low, math.inf)
        high = self.after.ended - self.before.began
        return Measure(low * (1 - MAX_DRIFT), high * (1 + MAX_DRIFT))


def cuts(tries: Iterable[Try]) -> list[Cut]:
    """The cuts that a probe saw, in order. Tries that say nothing are left out."""
    found: list[Cut] = []
    by_boot: dict[str, list[Try]] = {}
    for one in tries:
        if one.up is not None:
            by_boot.setdefault(one.boot, []).append(one)
    for boot, of_boot in by_boot.items():
        before: Try | None = None
        row: list[Try] = []
        for one in in_order(of_boot):
            if not one.up:
                row.append(one)
                continue
            if row:
                found.append(Cut(boot, row[0], row[-1], before, one))
            before, row = one, []
        if row:
            found.append(Cut(boot, row[0], row[-1], before, None))
    return found


@dataclass(frozen=True, slots=True)
class Probed:
    """One probe of a drill: what it is, and what it saw."""

    id: str
    title: str
    slow: float
    """Seconds: an answer that took longer was slow."""
    tries: Sequence[Try]
    clock: GuestClock = field(default_factory=GuestClock)

    def host(self, one: Try) -> Mark | None:
        """When a try took place, on the host's clock."""
        return _span(self.clock, one)


@dataclass(frozen=True, slots=True)
class Outage:
    """What a probe saw from the fault on."""

    probe: str
    title: str
    total: Measure
    longest: Measure
    cuts: int
    tries: int
    unknown: int
    """Tries that say nothing: the client was kept from running for too long."""
    missed: int
    """Turns left out, for the same reason."""
    late: float
    """Seconds: how late the client was at the worst."""
    usually_late: float
    """Nine tries in ten were less late than that."""


def outage(probed: Probed, fault: Mark) -> Outage:
    """How long a probe saw nothing, from the fault on. A cut that went on is counted whole."""
    tries = since(probed, fault)
    found = [cut for cut in cuts(probed.tries) if _reaches(probed, cut, fault)]
    lengths = [cut.length for cut in found]
    late = sorted(one.late for one in tries)
    return Outage(
        probed.id,
        probed.title,
        Measure(sum(one.low for one in lengths), sum(one.high for one in lengths)),
        max(lengths, key=lambda one: (one.low, one.high), default=NOTHING),
        len(found),
        len(tries),
        sum(one.up is None for one in tries),
        sum(one.missed for one in tries),
        late[-1] if late else 0.0,
        late[int(len(late) * 0.9)] if late else 0.0,
    )


def recovered(probes: Sequence[Probed], fault: Mark, hold: float) -> Mark | None:
    """When all probes saw the service again, for ``hold`` seconds at least; None while one does
    not. See ``measures.restored``."""
    backs = [restored(_looks(probed, fault), fault, hold) for probed in probes]
    known = [back for back in backs if back is not None]
    if not known or len(known) < len(backs):
        return None
    return Mark.between(max(back.low for back in known), max(back.high for back in known))


def since(probed: Probed, fault: Mark) -> list[Try]:
    """The tries that ended after the fault, in order; those that can be dated."""
    marks = ((one, probed.host(one)) for one in in_order(probed.tries))
    return [one for one, mark in marks if mark is not None and mark.high >= fault.low]


def _looks(probed: Probed, fault: Mark) -> list[Observation]:
    looks = []
    for one in since(probed, fault):
        mark = probed.host(one)
        if one.up is not None and mark is not None:
            looks.append(Observation(mark.low, mark.high, one.up))
    return looks


def settled(probed: Probed, hold: float) -> bool:
    """Whether the latest tries have succeeded for that long: cheap, to ask while a drill runs."""
    end: float | None = None
    for one in reversed(in_order(probed.tries)):
        if one.up is False:
            return False
        if one.up:
            end = one.began if end is None else end
            if end - one.ended >= hold:
                return True
    return False


def _reaches(probed: Probed, cut: Cut, fault: Mark) -> bool:
    mark = probed.host(cut.last)
    return mark is not None and mark.high >= fault.low


def _span(clock: GuestClock, one: Try) -> Mark | None:
    began, ended = clock.host(one.boot, one.began), clock.host(one.boot, one.ended)
    if began is None or ended is None:
        return None
    return Mark.between(began.low, ended.high)
