"""A drill's fault, injected and undone: for the trainee's session and for the replay."""

import time
from dataclasses import dataclass

from pcapra_lab.content.drill import DrillFault
from pcapra_lab.content.faults import FaultSpec
from pcapra_lab.content.scripts import GuestScript
from pcapra_lab.content.surprise import Decoy, PoolFault
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


def strike(play: Playground, fault: DrillFault, keeper: ProcessId | None) -> Struck:
    """Make a drill's fault happen.

    Args:
        keeper: the process with which it ends; None when it lasts until it is lifted.

    Raises:
        LabError: it could not be done.
    """
    if fault.inject is not None:
        return _injected(play, fault.inject, keeper)
    return _ran(play, fault.script)


def undo(play: Playground, fault: DrillFault) -> None:
    """End what ``strike`` began, or may have begun, as far as the drill knows how to.

    Raises:
        LabError: it could not be undone.
    """
    if fault.inject is not None:
        # By owner: a program that was killed may not have noted the fault's name.
        _lift(play)
    elif fault.undo is not None:
        play.run([fault.undo])


def strike_odd(
    play: Playground, odd: PoolFault | Decoy, vm: str, keeper: ProcessId | None
) -> Struck:
    """Make a fault or a decoy of a pool happen on the machine drawn. See ``strike``."""
    spec = odd.spec(vm) if isinstance(odd, PoolFault) else None
    return _injected(play, spec, keeper) if spec is not None else _ran(play, odd.beginning(vm))


def undo_odd(play: Playground, odd: PoolFault | Decoy, vm: str) -> None:
    """End what ``strike_odd`` began, or may have begun. Doing it twice does no harm.

    Raises:
        LabError: it could not be undone.
    """
    spec = odd.spec(vm) if isinstance(odd, PoolFault) else None
    ending = odd.ending(vm)
    if spec is not None:
        _lift(play, spec)
    elif ending is not None:
        play.run([ending])


def _injected(play: Playground, spec: FaultSpec, keeper: ProcessId | None) -> Struck:
    active = play.lab.faults.inject(spec, Owner(label=OWNER, process=keeper))
    at = active.at or active.armed
    return Struck(Mark(at.monotonic, at.uncertainty), active.id)


def _ran(play: Playground, script: GuestScript | None) -> Struck:
    before = time.monotonic()
    if script is not None:
        play.run([script])
    # A script may take effect at any moment of its run.
    return Struck(Mark.between(before, time.monotonic()), None)


def _lift(play: Playground, spec: FaultSpec | None = None) -> None:
    """Lift what drills injected: all of it, or that fault alone."""
    for fault in play.lab.faults.active():
        if fault.owner.label == OWNER and (spec is None or fault.spec == spec):
            play.lab.faults.lift(fault.id)
