"""What a front sees of a step's drill. Light: the first screen may load it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

    from pcapra_lab.drills.result import Band, DrillResult
    from pcapra_lab.drills.ribbon import Ribbon
    from pcapra_lab.drills.surprises.assessment import Assessment
    from pcapra_lab.drills.surprises.watch import Verdict
    from pcapra_lab.drills.surprises.windows import Window
    from pcapra_lab.session.api import EventSink


class DrillPhase(StrEnum):
    """Where a drill stands."""

    TO_DECLARE = "to-declare"
    """Targets are awaited."""
    DECLARED = "declared"
    """It can be started."""
    STARTING = "starting"
    """The writer is being started: nothing was acknowledged yet."""
    CALM = "calm"
    """The writer works; the fault has not happened yet."""
    STRUCK = "struck"
    """The fault has happened; the service is not back."""
    RESTORED = "restored"
    """The probe says that the service is back; the step's checks are still to pass."""
    ON_CALL = "on-call"
    """The watch of a surprise drill, and after it: what has happened is not told."""
    ENDED = "ended"
    INTERRUPTED = "interrupted"
    """Nothing was measured: declare again to start again."""

    @property
    def running(self) -> bool:
        """Something is going on."""
        return self in (
            DrillPhase.STARTING,
            DrillPhase.CALM,
            DrillPhase.STRUCK,
            DrillPhase.RESTORED,
            DrillPhase.ON_CALL,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A diagnosis that was declared, and what it was said to be worth."""

    machine: str
    cause: str
    """In words."""
    verdict: Verdict
    """An accused decoy is merely wrong as long as the drill goes on."""


@dataclass(frozen=True, slots=True)
class OnCall:
    """The trainee's part in a surprise drill."""

    left: float | None = None
    """Seconds that the watch still lasts, 0 once it is over; None before it has begun."""
    machines: tuple[str, ...] = ()
    """Those that can be named, in order."""
    causes: tuple[tuple[str, str], ...] = ()
    """Those that can be chosen, each an id and words, in the order they are shown."""
    told: tuple[Told, ...] = ()
    seed: str = ""
    """What it was drawn from: told once it is over."""


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill as it stands."""

    step: str
    title: str
    phase: DrillPhase
    rto_target: float | None = None
    """Seconds; None: nothing was declared."""
    rpo_target: float | None = None
    bands: tuple[tuple[str, Band], ...] = ()
    """What the tool usually gives: by ``rto``, ``rpo`` and ``outage``, told once it is over."""
    reason: str = ""
    """Why it gives these."""
    writes: bool = True
    """Numbers are written, and their loss is measured."""
    acknowledged: int = 0
    refused: int = 0
    """Writes that the system refused."""
    writing: bool = False
    """The writer ran at the last look."""
    since_ack: float | None = None
    """Seconds since the last acknowledged write, about."""
    since_fault: float | None = None
    """The running clock, in seconds; stands still once it is over."""
    detection: float | None = None
    """Seconds from the fault to the trainee's diagnosis."""
    diagnosis: str = ""
    fault: str = ""
    """What it was: told once it is over."""
    problem: str = ""
    """Why the last look saw nothing, or the drill was interrupted."""
    result: DrillResult | None = None
    ribbon: Ribbon | None = None
    """What clients see; None without an availability client, and before its first try."""
    on_call: OnCall | None = None
    """Of a surprise drill, from before it is declared."""
    assessment: Assessment | None = None
    """Of a surprise drill that was measured."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """Its faults on the ribbon, when there may have been several."""
        return self.assessment.windows if self.assessment is not None else ()


class Drills(Protocol):
    """The drill of a step. Raises ``LabError`` for anything that went wrong."""

    def view(self, step: str | None = None) -> DrillView | None:
        """The drill of a step, the current one if None; None when it has none. Cheap."""
        ...

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> DrillView:
        """Say what is aimed at, in seconds, before anything happens. May be said again until the
        drill is started.

        Args:
            rto: time to recovery; of a surprise drill, for each fault.
            rpo: age of the data that may be lost.
            seed: what a surprise drill is drawn from: the same draws the same. Drawn if None.

        Raises:
            LabError: it runs or is over, or a target is not a length of time.
        """
        ...

    def start(self, on_event: EventSink, cancel: threading.Event) -> DrillView:
        """Start the writer, let it work for a while, then make the fault happen.

        Returns once it has: from ten seconds to minutes. The trainee works meanwhile. Of a surprise
        drill, returns once the watch is over, whatever happened in it.

        Raises:
            LabError: no target was declared, or the writer cannot write.
            Cancelled: ``cancel`` was set; the drill is interrupted, what was begun is undone.
        """
        ...

    def follow(self) -> DrillView | None:
        """Look at the machines once, then as ``view``: some round trips."""
        ...

    def diagnose(self, words: str) -> DrillView:
        """The trainee says what it is, now: dates the detection. The first time counts.

        In a surprise drill the words are a machine and a cause, by its id or its number:
        « web1 2 ». Every time counts, see ``accuse``.

        Raises:
            LabError: no fault has happened, or it was said already.
        """
        ...

    def accuse(self, machine: str, cause: str) -> DrillView:
        """A diagnosis of a surprise drill: which machine, and what it suffers from.

        Once it is right, what cannot be repaired from inside the machine is repaired: this takes
        as long as the machine's boot.

        Raises:
            LabError: it is no surprise drill or does not run, or the machine or the cause is none
                of those that can be chosen; nothing is counted then.
        """
        ...

    def end(self) -> DrillView:
        """Stop measuring and tell what was measured so far. The fault is lifted.

        Raises:
            LabError: no drill runs.
        """
        ...

    def give_up(self) -> DrillView:
        """Interrupt the drill: what was begun is undone as far as it can, nothing is measured.

        Raises:
            LabError: no drill runs.
        """
        ...

    def history(self) -> tuple[DrillView, ...]:
        """The drills of this exercise that were measured, oldest first, in all runs."""
        ...
