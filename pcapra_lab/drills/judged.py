"""A measure against what was declared for it, and against what its tool usually gives."""

import math
from dataclasses import dataclass
from typing import Any

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.measures import Place, Verdict, place, verdict

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
