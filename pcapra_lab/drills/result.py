"""What a drill came to: its measures, against what was declared and what is usual."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.journal import Journal, Survey
from pcapra_lab.drills.measures import Loss, Place, Verdict, loss, place, restored, verdict
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
class DrillResult:
    """What was measured. A measure is None when what it needs did not happen or was not seen."""

    rto: Judged | None
    rpo: Judged | None
    detection: Measure | None
    loss: Loss | None

    def to_data(self) -> dict[str, Any]:
        """For the store and for programs."""
        lost = self.loss
        return {
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
            },
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "DrillResult":
        """What ``to_data`` gave."""
        rpo = Judged.from_data(data["rpo"]) if data["rpo"] else None
        detection = Judged.from_data(data["detection"]).measure if data["detection"] else None
        lost = Loss(**data["loss"], age=rpo.measure) if data["loss"] and rpo else None
        rto = Judged.from_data(data["rto"]) if data["rto"] else None
        return cls(rto, rpo, detection, lost)


def measure(
    timeline: Timeline,
    journal: Journal,
    survey: Survey | None,
    *,
    hold: float = 0.0,
    bands: Mapping[str, Band] | None = None,
) -> DrillResult:
    """Compute what a timeline and a journal say.

    Args:
        survey: what is left of the writer's data after the restore; None when it was not seen.
        hold: seconds that a success must last.
        bands: by ``rto`` and ``rpo``.
    """
    bands = bands or {}
    fault = timeline.marks.get(Moment.FAULT)
    if fault is None:
        return DrillResult(None, None, None, None)
    back = restored(timeline.looks, fault, hold)
    rto = None
    if back is not None:
        span = Measure.between(fault, back)
        rto = Judged.of(span, timeline.targets.rto, bands.get("rto"))
    diagnosed = timeline.marks.get(Moment.DIAGNOSED)
    detection = Measure.between(fault, diagnosed) if diagnosed is not None else None
    if survey is None:
        return DrillResult(rto, None, detection, None)
    lost = loss(journal.dated(), fault, survey, journal.acks)
    return DrillResult(
        rto, Judged.of(lost.age, timeline.targets.rpo, bands.get("rpo")), detection, lost
    )
