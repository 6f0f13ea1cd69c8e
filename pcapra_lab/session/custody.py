"""A session's hold on its machines, from when they are brought up until they are let go.

Meanwhile they run, set up for the current step; they are watched over, and time is the trainee's.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pcapra_lab.content.models import Step
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.progress.store import END
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.machines import Machines
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.timekeeper import Timekeeper
from pcapra_lab.session.vigil import PowerFollower, Vigil
from pcapra_lab.session.walk import Walk


class Custody:
    """The machines of one session, at hand or not.

    Args:
        play: the exercise on its machines.
        machines: how they are.
        walk: what sets them up for the current step.
        time: the trainee's clock.
        lasting: see the attribute. Such a program gives signs of life for the clock.
    """

    def __init__(
        self,
        play: Playground,
        machines: Machines,
        walk: Walk,
        time: Timekeeper,
        *,
        lasting: bool,
    ) -> None:
        self._play = play
        self._machines = machines
        self._walk = walk
        self._time = time
        self.lasting = lasting
        """This program stays, with the lab: what it began ends with it."""
        self._vigil = Vigil(lambda: play.lab.world.hypervisor)
        self._at_hand = False
        self.turn = threading.RLock()
        """Held by whoever grades, solves or resets: each changes what the others look at."""

    @property
    def at_hand(self) -> bool:
        """This session has brought the machines up, or found them running."""
        return self._at_hand

    @property
    def ready(self) -> bool:
        """The machines are up and prepared. A command that only looks has none at hand."""
        return self._at_hand or (not self.lasting and self._machines.running)

    @contextmanager
    def bringing(self) -> Iterator[None]:
        """All machines are brought to where the trainee goes on: afterwards they are at hand."""
        with self.changing():
            yield
            self._at_hand = True

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What happens to machines meanwhile is wanted; from then on it is watched."""
        with self.turn, self._vigil.expected():
            yield
        if self._play.machines:
            self._vigil.start({vm.domain: vm.name for vm in self._play.lab.plan.vms})

    def make_ready(self, on_event: EventSink = ignore) -> None:
        """Make sure of the machines, and that the current step's setup has run.

        Raises:
            LabError: they do not run, or every step is done.
        """
        with self.turn:
            self._walk.current()
            if not self._at_hand:
                self._attach()
            # Its setup failed when the step before it was passed: try again.
            self.enter(on_event)

    def enter(self, on_event: EventSink) -> None:
        """See ``Walk.enter``."""
        # Its checkpoint pauses the machines.
        with self._vigil.expected():
            self._walk.enter(on_event)

    def advance(self, passed: Step, on_event: EventSink) -> None:
        """A step was passed: make the next one ready; keep the end of the last.

        A quiz may be done while the machines sleep: what follows is prepared when they wake.
        """
        if not self._at_hand and not self._machines.running:
            return
        with self._vigil.expected():
            if self._walk.after(passed) is None:
                self._walk.checkpoint(END, on_event)
            self._walk.enter(on_event)

    def count(self) -> None:
        """The lab is up: time is the trainee's, also while this program only shows it."""
        self._time.start()
        if self.lasting:
            self._time.attend()

    def suspend(self) -> None:
        """Count what was spent until now; what follows is the program's time."""
        self._time.stop()

    @contextmanager
    def still(self) -> Iterator[None]:
        """As ``suspend``; time is the trainee's again afterwards, if the machines run."""
        if self._machines.running:
            self._time.start()
        self.suspend()
        try:
            yield
        finally:
            if self._machines.running:
                self._time.start()

    def follow(self, on_power: PowerFollower) -> Callable[[], None]:
        """See ``Vigil.follow``."""

        def told(vm: str, power: VmPower) -> None:
            if power in (VmPower.STOPPED, VmPower.ABSENT):
                # Its forwarded port died with its QEMU.
                self._play.lab.links.close([vm])
            on_power(vm, power)

        return self._vigil.follow(told)

    def let_go(self) -> None:
        """The machines are about to sleep, or to be removed. Call it first: a vigil that lost its
        daemon would start it again."""
        self._vigil.stop()
        self.suspend()
        self._at_hand = False

    def leave(self) -> None:
        """This program ends; the machines may go on, and the clock with them."""
        self._vigil.stop()
        self._time.leave()

    def _attach(self) -> None:
        """A new process finds the machines running: nothing to start, only to make sure."""
        self._machines.must_run()
        self.enter(ignore)
        self._at_hand = True
        self._time.start()
