"""What a surprise drill came to: each fault, each decoy, and the grade of the diagnoses."""

from dataclasses import asdict, dataclass
from typing import Any

from pcapra_lab.drills.clocks import Measure
from pcapra_lab.drills.result import Judged
from pcapra_lab.drills.surprises.watch import Verdict
from pcapra_lab.drills.surprises.windows import Window


@dataclass(frozen=True, slots=True)
class Incident:
    """One fault of a watch: what it was, who found it, how long it lasted."""

    title: str
    vm: str
    cause: str
    """In words."""
    start: float
    """Seconds from the first fault."""
    verdict: Verdict | None
    """Of the best guess about it; None when nobody named its machine."""
    detection: Measure | None
    """From the fault to the right diagnosis."""
    repair: Judged | None
    """From the fault to its repair, against the RTO declared; None: the lab ended it."""


@dataclass(frozen=True, slots=True)
class Lure:
    """One decoy of a watch."""

    title: str
    vm: str
    innocent: str
    accused: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """A watch, graded."""

    seed: str
    incidents: tuple[Incident, ...]
    lures: tuple[Lure, ...]
    wrong: int
    """Guesses that were not right."""
    score: float
    """Between 0 and 1."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """Each fault on the ribbon."""
        return tuple(Window(one.vm, one.start, _end(one)) for one in self.incidents)

    def to_data(self) -> dict[str, Any]:
        """For the store and for programs."""
        return {
            "seed": self.seed,
            "incidents": [
                {
                    **asdict(one),
                    "verdict": one.verdict.value if one.verdict else None,
                    "detection": Judged(one.detection).to_data() if one.detection else None,
                    "repair": one.repair.to_data() if one.repair else None,
                }
                for one in self.incidents
            ],
            "lures": [asdict(one) for one in self.lures],
            "wrong": self.wrong,
            "score": self.score,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Assessment":
        """What ``to_data`` gave."""
        incidents = tuple(
            Incident(
                **{
                    **one,
                    "verdict": Verdict(one["verdict"]) if one["verdict"] else None,
                    "detection": Judged.from_data(one["detection"]).measure
                    if one["detection"]
                    else None,
                    "repair": Judged.from_data(one["repair"]) if one["repair"] else None,
                }
            )
            for one in data["incidents"]
        )
        lures = tuple(Lure(**one) for one in data["lures"])
        return cls(data["seed"], incidents, lures, data["wrong"], data["score"])


def _end(one: Incident) -> float | None:
    return None if one.repair is None else one.start + one.repair.measure.seconds
