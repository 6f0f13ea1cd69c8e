"""RTO, RPO and detection time, computed. Pure: everything comes in, nothing is looked at."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pcapra_lab.drills.clocks import NOTHING, Mark, Measure
from pcapra_lab.drills.journal import Survey


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at the service, from ``began`` to ``ended`` on the host's clock."""

    began: float
    ended: float
    up: bool


def restored(looks: Sequence[Observation], fault: Mark, hold: float = 0.0) -> Mark | None:
    """When the service was back: the first success that lasted.

    A success lasts when nothing failed until a look that began ``hold`` seconds after it ended,
    or later. The instant lies between the beginning of the last look that failed before it (or
    the fault, if none did) and its own end. Looks that began before the fault may be over took
    place say nothing of the recovery.

    Args:
        looks: in the order they were made, one at a time.
        hold: seconds that a success must last.

    Returns:
        None while no success has lasted.
    """
    since = fault.low
    first: Observation | None = None
    for look in looks:
        if look.began < fault.high:
            continue
        if not look.up:
            since, first = look.began, None
            continue
        first = first or look
        if hold <= 0 or look.began >= first.ended + hold:
            return Mark.between(since, first.ended)
    return None


class Verdict(StrEnum):
    """A measure against the target that was declared for it."""

    MET = "met"
    MISSED = "missed"
    UNDECIDED = "undecided"
    """The target is within the measure's uncertainty: it would be a guess."""


def verdict(measure: Measure, target: float) -> Verdict:
    """Whether the target is met anywhere, or nowhere, within the measure's uncertainty."""
    if measure.high <= target:
        return Verdict.MET
    return Verdict.MISSED if measure.low > target else Verdict.UNDECIDED


class Place(StrEnum):
    """A measure against the band that its tool usually gives."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


def place(measure: Measure, band: tuple[float, float]) -> Place:
    """Where a measure is. What touches the band is within."""
    low, high = band
    if measure.high < low:
        return Place.BELOW
    return Place.ABOVE if measure.low > high else Place.WITHIN


@dataclass(frozen=True, slots=True)
class Loss:
    """What of the acknowledged writes is gone."""

    acknowledged: int
    lost_before: int
    """Acknowledged before the fault, or too near to it to tell, and gone."""
    lost_after: int
    """Acknowledged after the fault and gone: written to what the restore replaced."""
    corrupt: int
    duplicates: int
    age: Measure
    """The RPO: from the last write before which nothing is missing, to the fault. Nothing when no
    write of before the fault is lost; at least the first write's age when all are."""
    last_kept: int
    """That write's number; 0 when there is none."""
    apart: int = 0
    """Writes that only another server has: see ``Survey``."""

    @property
    def lost(self) -> int:
        """Acknowledged writes that are gone."""
        return self.lost_before + self.lost_after


def loss(
    acked: Mapping[int, Mark], fault: Mark, survey: Survey, undated: Iterable[int] = ()
) -> Loss:
    """What was lost of the acknowledged writes, and how old the oldest of it is.

    Args:
        acked: when each number was acknowledged; numbers grow with time.
        undated: numbers acknowledged at an unknown moment, counted as before the fault.
    """
    unknown = set(undated) - acked.keys()
    before = [n for n in sorted(acked) if acked[n].low <= fault.high]
    gone = [n for n in before if n not in survey.present]
    gone_undated = sum(n not in survey.present for n in unknown)
    after = [n for n in acked if acked[n].low > fault.high and n not in survey.present]
    kept = [n for n in before if not gone or n < gone[0]]
    return Loss(
        acknowledged=len(acked) + len(unknown),
        lost_before=len(gone) + gone_undated,
        lost_after=len(after),
        corrupt=survey.corrupt,
        duplicates=survey.duplicates,
        age=_age(acked, fault, gone, kept, unknown=bool(gone_undated)),
        last_kept=kept[-1] if kept else 0,
        apart=survey.apart,
    )


def _age(
    acked: Mapping[int, Mark], fault: Mark, gone: list[int], kept: list[int], *, unknown: bool
) -> Measure:
    if unknown:
        # Nothing says how old what cannot be dated is.
        return Measure(0.0, math.inf)
    if not gone:
        return NOTHING
    if not kept:
        return Measure(Measure.between(acked[gone[0]], fault).low, math.inf)
    age = Measure.between(acked[kept[-1]], fault)
    # The first lost may have been acknowledged after the fault: then nothing of before is lost.
    return Measure(0.0, age.high) if acked[gone[0]].high > fault.low else age
