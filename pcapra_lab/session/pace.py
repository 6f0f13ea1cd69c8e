"""The pace of a trainee: time used against the time planned.

Light: the first screen may load it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

ON_TIME = 60.0
"""Seconds ahead or behind that are not worth telling."""


class Timed(Protocol):
    """A step that takes time: ``session.views.StepStatus``."""

    @property
    def id(self) -> str:
        """The step's id."""
        ...

    @property
    def seconds(self) -> float:
        """Active time spent on it."""
        ...

    @property
    def planned(self) -> float | None:
        """Seconds it is meant to take; None when it does not say."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a trainee stands against the plan."""

    used: float
    """Seconds, over all steps."""
    planned: float
    """Seconds, over all steps."""
    ahead: float
    """Seconds gained on the steps behind, less what the current one takes too long; negative when
    late. A current step within its time changes nothing yet."""
    room: float | None
    """Seconds left of the current step's time: beyond them, ``ahead`` shrinks. None at the end."""

    @property
    def on_time(self) -> bool:
        """Neither ahead nor behind."""
        return abs(self.ahead) < ON_TIME

    def after(self, seconds: float) -> Pace:
        """The pace once that many more seconds have been spent on the current step."""
        if self.room is None:
            return self
        late = max(0.0, seconds - max(0.0, self.room))
        return Pace(self.used + seconds, self.planned, self.ahead - late, self.room - seconds)


def pace_of(steps: Iterable[Timed], current: str | None) -> Pace | None:
    """The pace over an exercise's steps; None when not all of them say their planned time.

    Args:
        steps: in their order; those before the current one are behind.
        current: the current step's id; None once all are done.
    """
    used = planned = ahead = 0.0
    room: float | None = None
    ahead_of_us = False
    for step in steps:
        if step.planned is None:
            return None
        used += step.seconds
        planned += step.planned
        if step.id == current:
            ahead_of_us = True
            room = step.planned - step.seconds
            ahead += min(0.0, room)
        elif not ahead_of_us:
            ahead += step.planned - step.seconds
        else:
            # Gone back: what was spent further on is not behind any more.
            ahead -= step.seconds
    return Pace(used, planned, ahead, room)
