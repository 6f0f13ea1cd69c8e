"""A step's drill in a replay: its faults, with neither writer, clients nor delay."""

from pcapra_lab.content.drill import Drill
from pcapra_lab.content.parameters import shuffled
from pcapra_lab.content.surprise import Decoy, PoolFault
from pcapra_lab.drills.surprises.draw import plan
from pcapra_lab.i18n import _
from pcapra_lab.lab.daemons import await_true
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.drill_filling import fill_drill
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.striking import strike, strike_odd, undo_odd
from pcapra_lab.session.surprising import is_gone

PATIENCE = 120.0
"""Seconds: how long a fault that was repaired may take to be seen gone."""


class ReplayedDrill:
    """The faults of one drill, made and ended.

    Args:
        seed: the replay's: what is drawn of a surprise drill.
    """

    def __init__(self, play: Playground, drill: Drill, seed: str) -> None:
        self._play = play
        self._drill = fill_drill(drill, play.parameters)
        self._seed = seed
        self._faults: list[str] = []
        self._odd: list[tuple[PoolFault, str]] = []

    def strike(self) -> None:
        """Make it happen: the fault, or those that the seed draws.

        Raises:
            LabError: it could not be done.
        """
        if self._drill.fault is not None:
            self._note(strike(self._play, self._drill.fault, ProcessId.current()).fault)
        if (surprise := self._drill.surprise) is not None:
            for due in plan(surprise, self._seed).dues:
                if not due.decoy:
                    self._strike(surprise.fault(due.id), due.vm)

    def plug_in(self) -> None:
        """Before the solution: what a right diagnosis has somebody do.

        Raises:
            LabError: it could not be done.
        """
        for fault, vm in self._odd:
            if fault.outside:
                undo_odd(self._play, fault, vm)

    def lift(self) -> None:
        """After the solution: what is on the lab's record goes.

        Raises:
            LabError: it could not be lifted.
        """
        while self._faults:
            self._play.lab.faults.lift(self._faults.pop())
        self._odd.clear()

    def pool(self) -> list[PoolFault]:
        """The faults to prove one by one; none for a drill that has only one."""
        return [] if self._drill.surprise is None else self._drill.surprise.faults

    def strike_one(self, fault: PoolFault) -> str:
        """Make one fault of the pool happen to one of its machines; what is wrong, or nothing."""
        vm = self._drawn(fault)
        self._strike(fault, vm)
        if is_gone(self._run, fault, vm):
            return _("« repaired » réussit alors que la panne est là, sur {vm}").format(vm=vm)
        return ""

    def gone(self, fault: PoolFault) -> str:
        """What is wrong once the solution has run: nothing if the fault is seen gone."""
        vm = self._drawn(fault)
        if await_true(lambda: is_gone(self._run, fault, vm), timeout=PATIENCE):
            return ""
        return _("« repaired » échoue après la solution, sur {vm}").format(vm=vm)

    def tempt(self) -> None:
        """Make every decoy happen, each on one of its machines.

        Raises:
            LabError: one could not be made to happen.
        """
        for one in self._decoys():
            strike_odd(self._play, one, self._drawn(one), ProcessId.current())

    def forget(self) -> None:
        """End every decoy.

        Raises:
            LabError: one could not be ended.
        """
        for one in self._decoys():
            undo_odd(self._play, one, self._drawn(one))

    def _decoys(self) -> list[Decoy]:
        return [] if self._drill.surprise is None else self._drill.surprise.decoys

    def _drawn(self, odd: PoolFault | Decoy) -> str:
        return shuffled(odd.vms, self._seed, f"replayed {odd.id}")[0]

    def _strike(self, fault: PoolFault, vm: str) -> None:
        self._note(strike_odd(self._play, fault, vm, ProcessId.current()).fault)
        self._odd.append((fault, vm))

    def _note(self, fault: str | None) -> None:
        if fault is not None:
            self._faults.append(fault)

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._play.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)
