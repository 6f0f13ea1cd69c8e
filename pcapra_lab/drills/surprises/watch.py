"""A watch as it goes: what was drawn, what has happened, what was said. Survives the program."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.measures import Observation
from pcapra_lab.drills.surprises.draw import Plan


class Verdict(StrEnum):
    """What a guess was worth."""

    RIGHT = "right"
    """The machine and the cause, before the repair."""
    LATE = "late"
    """Both, but of a fault that had been repaired already."""
    MACHINE = "machine"
    """The machine is right, the cause is not."""
    DECOY = "decoy"
    """It accuses a decoy."""
    WRONG = "wrong"


@dataclass(slots=True)
class Event:
    """A fault or a decoy of this drill, and what became of it."""

    id: str
    vm: str
    due: float
    """Seconds from the beginning of the watch."""
    decoy: bool = False
    armed: bool = False
    """It is about to happen, or has: what may have to be undone."""
    fault: str | None = None
    """Its name among the lab's faults."""
    struck: Mark | None = None
    looks: list[Observation] = field(default_factory=list)
    """At whether it is repaired: the ends of each row of answers that say the same."""
    undone: bool = False
    """The lab has ended it; what a look says since then is not kept."""

    @property
    def repaired(self) -> Mark | None:
        """When it was gone for good; None while it is there, or if only the lab ended it."""
        since, first = self.struck.low if self.struck else 0.0, None
        for look in self.looks:
            if not look.up:
                since, first = look.began, None
            elif self.struck is not None and look.began >= self.struck.high:
                first = first or look
        return None if first is None else Mark.between(since, first.ended)

    def look(self, began: float, ended: float, *, up: bool) -> None:
        """It was looked at: ``up`` when it is gone."""
        seen = Observation(began, ended, up)
        if len(self.looks) >= 2 and self.looks[-1].up == self.looks[-2].up == up:
            self.looks[-1] = seen
        else:
            self.looks.append(seen)


@dataclass(frozen=True, slots=True)
class Guess:
    """A diagnosis that was declared."""

    vm: str
    cause: str
    at: Mark
    verdict: Verdict
    """As it was told at once."""


@dataclass(slots=True)
class Watch:
    """A surprise drill's own part."""

    seed: str
    length: float
    """Seconds."""
    causes: list[str]
    """The answers offered."""
    events: list[Event]
    begun: Mark | None = None
    over: bool = False
    """Nothing more will happen."""
    guesses: list[Guess] = field(default_factory=list)

    @classmethod
    def of(cls, drawn: Plan, *, decoys: bool = True) -> "Watch":
        """A watch that has not begun."""
        dues = [one for one in drawn.dues if decoys or not one.decoy]
        events = [Event(one.id, one.vm, one.at, one.decoy) for one in dues]
        return cls(drawn.seed, drawn.length, list(drawn.causes), events)

    @property
    def faults(self) -> list[Event]:
        """The events that are no decoys."""
        return [one for one in self.events if not one.decoy]

    @property
    def first(self) -> Mark | None:
        """When the first fault struck."""
        return min((x.struck for x in self.faults if x.struck), key=lambda m: m.at, default=None)

    def event(self, event_id: str) -> Event:
        """An event by id. Raises ``KeyError``."""
        for one in self.events:
            if one.id == event_id:
                return one
        raise KeyError(event_id)

    def to_data(self) -> dict[str, Any]:
        """For the store."""
        data = asdict(self)
        for event, kept in zip(self.events, data["events"], strict=True):
            kept["looks"] = [[one.began, one.ended, one.up] for one in event.looks]
        for guess, kept in zip(self.guesses, data["guesses"], strict=True):
            kept["verdict"] = guess.verdict.value
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Watch":
        """The watch that ``to_data`` gave."""
        events = [
            Event(
                **{
                    **one,
                    "struck": _mark(one["struck"]),
                    "looks": [Observation(*look) for look in one["looks"]],
                }
            )
            for one in data["events"]
        ]
        guesses = [
            Guess(one["vm"], one["cause"], Mark(**one["at"]), Verdict(one["verdict"]))
            for one in data["guesses"]
        ]
        begun = _mark(data["begun"])
        return cls(**{**data, "events": events, "guesses": guesses, "begun": begun})


def _mark(data: dict[str, float] | None) -> Mark | None:
    return Mark(**data) if data is not None else None
