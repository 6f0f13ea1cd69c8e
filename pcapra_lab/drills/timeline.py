"""A drill's timeline: what happened, on the host's clock, in a form that survives the program."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.measures import Observation


class Moment(StrEnum):
    """What a drill is made of, in the order it happens."""

    DECLARED = "declared"
    """The trainee said what they aim at."""
    BEGUN = "begun"
    """The writer has acknowledged writes: what may be lost exists."""
    FAULT = "fault"
    DIAGNOSED = "diagnosed"
    """The trainee says what it is."""
    RESTORED = "restored"
    """The first success that lasted."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Targets:
    """What the trainee declares before the fault, in seconds; None: nothing for that one."""

    rto: float | None = None
    rpo: float | None = None


@dataclass(slots=True)
class Timeline:
    """The events of one drill, and what their instants are computed from."""

    boot: str
    """The host's boot: instants of another one cannot be compared with these."""
    targets: Targets = field(default_factory=Targets)
    marks: dict[Moment, Mark] = field(default_factory=dict)
    walls: dict[Moment, float] = field(default_factory=dict)
    """The host's wall clock at each event, for people."""
    diagnosis: str = ""
    looks: list[Observation] = field(default_factory=list)

    def mark(self, moment: Moment, at: Mark, wall: float) -> None:
        """Date an event. The first time counts."""
        if moment not in self.marks:
            self.marks[moment] = at
            self.walls[moment] = wall

    def look(self, began: float, ended: float, *, up: bool) -> None:
        """The service was looked at. Of looks that say the same, the ends of the row are kept."""
        seen = Observation(began, ended, up)
        if len(self.looks) >= 2 and self.looks[-1].up == self.looks[-2].up == up:
            self.looks[-1] = seen
        else:
            self.looks.append(seen)

    def to_data(self) -> dict[str, Any]:
        """For the store."""
        return {
            "boot": self.boot,
            "targets": asdict(self.targets),
            "marks": {moment.value: asdict(mark) for moment, mark in self.marks.items()},
            "walls": {moment.value: wall for moment, wall in self.walls.items()},
            "diagnosis": self.diagnosis,
            "looks": [[one.began, one.ended, one.up] for one in self.looks],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Timeline":
        """The timeline that ``to_data`` gave."""
        return cls(
            boot=data["boot"],
            targets=Targets(**data["targets"]),
            marks={Moment(name): Mark(**mark) for name, mark in data["marks"].items()},
            walls={Moment(name): wall for name, wall in data["walls"].items()},
            diagnosis=data["diagnosis"],
            looks=[Observation(*look) for look in data["looks"]],
        )
