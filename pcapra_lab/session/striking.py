"""A drill's fault, injected and undone: for the trainee's session and for the replay."""

import time
from dataclasses import dataclass

from pcapra_lab.content.drill import Drill
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.lab.faults.record import Owner, ProcessId
from pcapra_lab.session.playground import Playground

OWNER = "drill"
"""On whose behalf: what ``pcapra-lab fault list`` shows."""


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that has happened."""

    at: Mark
    fault: str | None
    """Its name among the lab's faults; None when a script did it."""


def strike(play: Playground, drill: Drill, keeper: ProcessId | None) -> Struck:
    """Make the drill's fault happen.

    Args:
        keeper: the process with which it ends; None when it lasts until it is lifted.

    Raises:
        LabError: it could not be done.
    """
    if drill.fault.inject is not None:
        active = play.lab.faults.inject(drill.fault.inject, Owner(label=OWNER, process=keeper))
        at = active.at or active.armed
        return Struck(Mark(at.monotonic, at.uncertainty), active.id)
    before = time.monotonic()
    if drill.fault.script is not None:
        play.run([drill.fault.script])
    # A script may take effect at any moment of its run.
    return Struck(Mark.between(before, time.monotonic()), None)


def undo(play: Playground, drill: Drill) -> None:
    """End what ``strike`` began, or may have begun, as far as the drill knows how to.

    Raises:
        LabError: it could not be undone.
    """
    if drill.fault.inject is not None:
        # By owner: a program that was killed may not have noted the fault's name.
        for fault in play.lab.faults.active():
            if fault.owner.label == OWNER:
                play.lab.faults.lift(fault.id)
    elif drill.fault.undo is not None:
        play.run([drill.fault.undo])
