"""What an availability client told: its tries, the states it saw, and its machine's clock."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pcapra_lab.drills.clocks import ClockSample, GuestClock


@dataclass(frozen=True, slots=True)
class Try:
    """One probe, on its machine's clock."""

    boot: str
    due: float
    began: float
    ended: float
    up: bool | None
    """None: it says nothing of the service."""
    why: str = ""
    lag: float = 0.0
    """Seconds in which the client did not get to run meanwhile: its machine was busy."""
    missed: int = 0
    """Turns left out before this one."""

    @property
    def late(self) -> float:
        """Seconds by which the client itself was late, at its beginning or in its course."""
        return max(0.0, self.began - self.due) + self.lag


@dataclass(frozen=True, slots=True)
class Sight:
    """A state, seen at some instant from ``began`` to ``at`` on its machine's clock."""

    boot: str
    began: float
    at: float
    value: str | None
    """Empty: nobody, nothing. None: it could not be seen."""


@dataclass(slots=True)
class Stream:
    """What one machine's client told so far. A line cut in the middle, by a crash, says nothing."""

    tries: dict[str, list[Try]] = field(default_factory=dict)
    sights: dict[str, list[Sight]] = field(default_factory=dict)
    clock: GuestClock = field(default_factory=GuestClock)
    _boot: str = ""
    _shifts: dict[str, float] = field(default_factory=dict)
    """By boot: CLOCK_BOOTTIME minus CLOCK_MONOTONIC."""
    _told: set[tuple[str, str, float]] = field(default_factory=set)
    """What was taken in: two programs that follow one drill keep the same lines twice."""

    def read(self, text: str) -> None:
        """Take more lines in."""
        for line in text.splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict):
                self._take(said)

    def _take(self, said: dict[str, Any]) -> None:
        try:
            if "hello" in said:
                self._boot = str(said["hello"])
                self._shifts[self._boot] = float(said["up"]) - float(said["mono"])
            elif "look" in said:
                self._look(*said["look"])
            elif "p" in said:
                one = _tried(self._boot, said)
                if self._new(str(said["p"]), one.began):
                    self.tries.setdefault(str(said["p"]), []).append(one)
            elif "s" in said:
                seen = _sight(self._boot, said)
                if self._new(str(said["s"]), seen.began):
                    self.sights.setdefault(str(said["s"]), []).append(seen)
        except (KeyError, TypeError, ValueError):
            return

    def _new(self, name: str, began: float) -> bool:
        key = (self._boot, name, began)
        known = key in self._told
        self._told.add(key)
        return not known

    def _look(self, boot: str, before: float, up: float, after: float) -> None:
        shift = self._shifts.get(boot)
        if shift is not None:
            self.clock.add(ClockSample(boot, before, up - shift, after))


def look_line(sample: ClockSample) -> str:
    """A look at the machine's CLOCK_BOOTTIME, as a line of its stream."""
    return json.dumps({"look": [sample.boot, sample.before, sample.guest, sample.after]}) + "\n"


def in_order(tries: Iterable[Try]) -> list[Try]:
    """Tries by their beginning: they are told as they end."""
    return sorted(tries, key=lambda one: one.began)


def _tried(boot: str, said: dict[str, Any]) -> Try:
    up = said["up"]
    if not (up is None or isinstance(up, bool)):
        raise TypeError(up)
    return Try(
        boot,
        float(said["due"]),
        float(said["began"]),
        float(said["ended"]),
        up,
        str(said.get("why", "")),
        float(said.get("lag", 0.0)),
        int(said.get("missed", 0)),
    )


def _sight(boot: str, said: dict[str, Any]) -> Sight:
    value = said["value"]
    return Sight(
        boot, float(said["began"]), float(said["at"]), None if value is None else str(value)
    )
