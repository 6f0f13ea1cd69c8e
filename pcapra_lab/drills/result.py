"""What a drill came to: its measures, against what was declared and what is usual."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pcapra_lab.drills.clocks import Mark, Measure
from pcapra_lab.drills.journal import Journal, Survey
from pcapra_lab.drills.measures import Loss, Place, Verdict, loss, place, restored, verdict
from pcapra_lab.drills.outages import Outage, Probed, outage, recovered
from pcapra_lab.drills.ribbon import Ribbon, Watched, draw
from pcapra_lab.drills.timeline import Moment, Timeline

Band = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure, the target declared for it and the band of its tool."""

    measure: Measure
    target: float | None = None
    verdict: Verdict | None = None
    """None without a target."""
    band: Band | None = None
    place: Place | None = None
    """None without a band."""

    @classmethod
    def of(cls, measure: Measure, target: float | None, band: Band | None) -> "Judged":
        """Judge it."""
        return cls(
            measure,
            target,
            None if target is None else verdict(measure, target),
            band,
            None if band is None else place(measure, band),
        )

    def to_data(self) -> dict[str, Any]:
        """For the store and for programs. An unbounded measure has no ``high``."""
        high = None if math.isinf(self.measure.high) else self.measure.high
        return {
            "seconds": self.measure.seconds,
            "uncertainty": None if high is None else self.measure.uncertainty,
            "low": self.measure.low,
            "high": high,
            "target": self.target,
            "verdict": self.verdict.value if self.verdict else None,
            "band": list(self.band) if self.band else None,
            "place": self.place.value if self.place else None,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Judged":
        """What ``to_data`` gave."""
        high = math.inf if data["high"] is None else data["high"]
        band = (data["band"][0], data["band"][1]) if data["band"] else None
        return cls.of(Measure(data["low"], high), data["target"], band)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one probe saw of the service, and for how long it saw nothing."""

    outage: Outage
    judged: Judged
    """Its total, against the band."""

    def to_data(self) -> dict[str, Any]:
        """For the store and for programs."""
        one = self.outage
        return {
            "probe": one.probe,
            "title": one.title,
            "total": self.judged.to_data(),
            "longest": Judged(one.longest).to_data(),
            "cuts": one.cuts,
            "tries": one.tries,
            "unknown": one.unknown,
            "missed": one.missed,
            "late": one.late,
            "usually_late": one.usually_late,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Seen":
        """What ``to_data`` gave."""
        judged = Judged.from_data(data["total"])
        counts = {name: data[name] for name in ("cuts", "tries", "unknown", "missed")}
        lateness = {name: data[name] for name in ("late", "usually_late")}
        longest = Judged.from_data(data["longest"]).measure
        one = Outage(data["probe"], data["title"], judged.measure, longest, **counts, **lateness)
        return cls(one, judged)


@dataclass(frozen=True, slots=True)
class Sounded:
    """What a drill's availability clients told."""

    probes: Sequence[Probed]
    states: Sequence[Watched] = ()

    def back(self, fault: Mark, hold: float) -> Mark | None:
        """When all probes saw the service again."""
        return recovered(self.probes, fault, hold)

    def ribbon(self, timeline: Timeline, back: Mark | None = None) -> Ribbon | None:
        """The ribbon so far.

        Args:
            back: when the service was back; the timeline's if None.
        """
        marks = timeline.marks
        return draw(
            self.probes,
            self.states,
            fault=marks.get(Moment.FAULT),
            back=back or marks.get(Moment.RESTORED),
            diagnosed=marks.get(Moment.DIAGNOSED),
        )


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What was measured. A measure is None when what it needs did not happen or was not seen."""

    rto: Judged | None
    rpo: Judged | None
    detection: Measure | None
    loss: Loss | None
    seen: tuple[Seen, ...] = ()
    """By probe; empty when nothing was probed."""
    ribbon: Ribbon | None = None

    def to_data(self) -> dict[str, Any]:
        """For the store and for programs."""
        lost = self.loss
        return {
            "seen": [one.to_data() for one in self.seen],
            "ribbon": self.ribbon.to_data() if self.ribbon else None,
            "rto": self.rto.to_data() if self.rto else None,
            "rpo": self.rpo.to_data() if self.rpo else None,
            "detection": Judged(self.detection).to_data() if self.detection else None,
            "loss": None
            if lost is None
            else {
                "acknowledged": lost.acknowledged,
                "lost_before": lost.lost_before,
                "lost_after": lost.lost_after,
                "corrupt": lost.corrupt,
                "duplicates": lost.duplicates,
                "last_kept": lost.last_kept,
                "apart": lost.apart,
            },
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "DrillResult":
        """What ``to_data`` gave."""
        rpo = Judged.from_data(data["rpo"]) if data["rpo"] else None
        detection = Judged.from_data(data["detection"]).measure if data["detection"] else None
        lost = Loss(**data["loss"], age=rpo.measure) if data["loss"] and rpo else None
        rto = Judged.from_data(data["rto"]) if data["rto"] else None
        seen = tuple(Seen.from_data(one) for one in data.get("seen", ()))
        ribbon = Ribbon.from_data(data["ribbon"]) if data.get("ribbon") else None
        return cls(rto, rpo, detection, lost, seen, ribbon)


def measure(
    timeline: Timeline,
    journal: Journal,
    survey: Survey | None,
    *,
    hold: float = 0.0,
    bands: Mapping[str, Band] | None = None,
    sounded: Sounded | None = None,
) -> DrillResult:
    """Compute what a timeline, a journal and the clients say.

    Args:
        survey: what is left of the writer's data after the restore; None when it was not seen.
        hold: seconds that a success must last.
        bands: by ``rto``, ``rpo`` and ``outage``.
        sounded: what the availability clients told; the recovery is then what they saw.
    """
    bands = bands or {}
    fault = timeline.marks.get(Moment.FAULT)
    if fault is None:
        return DrillResult(None, None, None, None)
    rto = None
    if sounded is not None:
        back = sounded.back(fault, hold)
    else:
        back = restored(timeline.looks, fault, hold)
    if back is not None:
        span = Measure.between(fault, back)
        rto = Judged.of(span, timeline.targets.rto, bands.get("rto"))
    diagnosed = timeline.marks.get(Moment.DIAGNOSED)
    detection = Measure.between(fault, diagnosed) if diagnosed is not None else None
    rpo = lost = None
    if survey is not None:
        lost = loss(journal.dated(), fault, survey, journal.acks)
        rpo = Judged.of(lost.age, timeline.targets.rpo, bands.get("rpo"))
    seen = tuple(_seen(one, fault, bands) for one in (sounded.probes if sounded else ()))
    ribbon = sounded.ribbon(timeline, back) if sounded is not None else None
    return DrillResult(rto, rpo, detection, lost, seen, ribbon)


def _seen(probed: Probed, fault: Mark, bands: Mapping[str, Band]) -> Seen:
    one = outage(probed, fault)
    return Seen(one, Judged.of(one.total, None, bands.get("outage")))
