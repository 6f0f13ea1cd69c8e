"""Recovery time, measured from the incident to the first green check of a step."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment on the host's clocks."""

    wall: float
    """Seconds since the epoch; jumps when the clock is set."""
    monotonic: float
    """Seconds on CLOCK_MONOTONIC: no jumps, stands still while the host sleeps (as the VMs do),
    comparable between processes of one boot only."""
    boot: str
    """The kernel's boot identifier (random(4))."""

    @classmethod
    def now(cls) -> "Instant":
        """The present."""
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
        return cls(time.time(), time.monotonic(), boot)

    def until(self, later: "Instant") -> float:
        """Seconds from here to ``later``: monotonic within a boot, else by the wall clock."""
        if self.boot == later.boot:
            return later.monotonic - self.monotonic
        return later.wall - self.wall


@dataclass(slots=True)
class Timeline:
    """What matters of one step's incident and of the evaluations that followed it.

    Only FAIL makes an evaluation red: one that could not be made (ERROR), or that left acting
    checks aside (PENDING) without a failure, says nothing and is not recorded.
    """

    target: float
    """The recovery time objective, in seconds."""
    incident: Instant | None = None
    last_red: Instant | None = None
    """The beginning of the last evaluation before the first green one."""
    first_green: Instant | None = None
    """The end of the first evaluation in which every check passed."""

    def begin(self, at: Instant | None = None) -> None:
        """The incident has happened (the step's setup ended). Forgets an earlier one."""
        self.incident = at or Instant.now()
        self.last_red = self.first_green = None

    def red(self, began: Instant | None = None) -> None:
        """An evaluation that began then found the service still down.

        Once the service has been seen up, later failures are another matter and are ignored.

        Raises:
            ValueError: there is no incident, or it is later.
        """
        at = self._after_incident(began)
        if self.first_green is None:
            self.last_red = at

    def green(self, ended: Instant | None = None) -> None:
        """An evaluation that ended then found everything right. The first one counts.

        Raises:
            ValueError: there is no incident, or it is later.
        """
        at = self._after_incident(ended)
        if self.first_green is None:
            self.first_green = at

    def to_json(self) -> str:
        """For the store: the trainee may quit between the incident and the recovery."""
        moments = {name: getattr(self, name) for name in ("incident", "last_red", "first_green")}
        return json.dumps(
            {"target": self.target}
            | {name: asdict(moment) for name, moment in moments.items() if moment}
        )

    @classmethod
    def from_json(cls, text: str) -> "Timeline":
        """The timeline that ``to_json`` wrote."""
        data = json.loads(text)
        target = data.pop("target")
        return cls(target=target, **{name: Instant(**moment) for name, moment in data.items()})

    def _after_incident(self, at: Instant | None) -> Instant:
        moment = at or Instant.now()
        if self.incident is None:
            raise ValueError("no incident has begun")
        if self.incident.until(moment) < 0:
            raise ValueError("an evaluation cannot precede the incident")
        return moment


@dataclass(frozen=True, slots=True)
class RtoResult:
    """A measured recovery time, against its objective."""

    seconds: float
    """Incident to the end of the first green evaluation: an upper bound of the recovery."""
    uncertainty_seconds: float | None
    """The recovery happened at most this much earlier; None when it was never seen red."""
    target: float
    met: bool
    """``seconds`` is within the target."""

    @property
    def certain(self) -> bool:
        """Whether the verdict would be the same anywhere within the uncertainty."""
        if self.met:
            return True
        return self.uncertainty_seconds is not None and (
            self.seconds - self.uncertainty_seconds > self.target
        )


def measure_rto(timeline: Timeline) -> RtoResult | None:
    """The recovery time of a timeline; None while it has no incident or no green evaluation."""
    if timeline.incident is None or timeline.first_green is None:
        return None
    elapsed = timeline.incident.until(timeline.first_green)
    uncertainty = timeline.last_red.until(timeline.first_green) if timeline.last_red else None
    return RtoResult(elapsed, uncertainty, timeline.target, elapsed <= timeline.target)
