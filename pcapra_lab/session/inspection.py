"""An exercise's machines as they are found: looked at now, or as they were last seen."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from pcapra_lab.errors import LabError
from pcapra_lab.lab.power import VmPower
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.checklist import Checklist
from pcapra_lab.session.checklist_api import ChecklistView
from pcapra_lab.session.last_seen import LastSeen, Seen
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.provenance import provenance

logger = logging.getLogger(__name__)


class Inspection:
    """Looks at the machines of one exercise, and remembers what it saw.

    Args:
        turn: held while checks act on machines.
        allowed: raises ``LabError`` when the checklist may not be told now.
    """

    def __init__(
        self,
        play: Playground,
        machines: Machines,
        progress: ProgressStore,
        turn: AbstractContextManager[object],
        allowed: Callable[[], None] = lambda: None,
    ) -> None:
        self._play = play
        self._machines = machines
        self._progress = progress
        self._turn = turn
        self._allowed = allowed
        self._id = play.exercise.id
        self._file = LastSeen(play.installation.paths.last_seen / f"{self._id}.json")
        self._checklist = Checklist(
            play.exercise,
            play.parameters,
            lambda step, observe_only: play.grade(step, observe_only=observe_only),
            self._running,
        )

    def last(self) -> Seen:
        """What was last seen. Wakes nothing.

        Raises:
            LabError: the file that keeps it is damaged.
        """
        return self._file.read()

    def checklist(self, *, act: bool = False) -> ChecklistView:
        """The checklist, evaluated now: one round trip to each machine that runs.

        Args:
            act: run what acts on the machines too.

        Raises:
            LabError: the exercise has none, or it may not be told now.
        """
        self._allowed()
        if act:
            with self._turn:
                view = self._checklist.evaluate(act=True)
        else:
            view = self._checklist.evaluate()
        # What was seen before is worth more than a look at machines that sleep.
        if view.round_trips:
            self._file.keep_checklist(self._progress.run_number(self._id), view)
        return view

    def look(self, *, act: bool = False) -> Seen:
        """Look at the machines that run, and at the checklist; what is known then.

        Args:
            act: run the checklist's checks that act on the machines too.
        """
        if self._running():
            run = self._progress.run_number(self._id)
            healths = self._machines.health([vm.name for vm in self._play.topology.vms])
            self._file.keep_machines(run, healths, self._world())
            if self._play.exercise.checklist:
                self.checklist(act=act)
        return self.last()

    def _running(self) -> set[str]:
        return {vm for vm, power in self._machines.power().items() if power is VmPower.RUNNING}

    def _world(self) -> dict[str, str]:
        try:
            return provenance(self._play)
        except LabError as error:
            # Told as unknown: what runs is no less seen for it.
            logger.warning("%s", error)
            return {}
