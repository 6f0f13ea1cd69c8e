"""When a machine may be called ready: it answers, and it knows what time it is."""

import threading
import time
from collections.abc import Callable

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.console import last_lines
from pcapra_lab.lab.links import Links
from pcapra_lab.lab.plan import VmPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.world import World

CLOCK_TIMEOUT = 30.0
WARM_TIMEOUT = 120.0
PYTHON = ["python3", "-I", "-X", "utf8", "-"]
"""As grading runs its programs."""


class Readiness:
    """Waits for machines that start or come back from a saved state."""

    def __init__(self, world: World, links: Links) -> None:
        self._world = world
        self._links = links

    def await_shell(
        self,
        vm: VmPlan,
        timeout: float,
        cancel: threading.Event,
        waiting: Callable[[], None],
    ) -> None:
        """Wait until the machine's management SSH answers.

        Raises:
            VmError: it does not within ``timeout`` seconds; its last console lines are said.
            Cancelled: ``cancel`` was set.
        """
        try:
            self._links.root(vm.name).wait(timeout, cancel, waiting)
        except VmError as error:
            if self._world.hypervisor.power(vm.domain) is VmPower.STOPPED:
                raise
            console = "\n".join(last_lines(vm.console_log, 8))
            raise VmError(
                vm.name,
                _("la machine ne répond pas après {timeout:.0f} s ({message})\n{console}").format(
                    timeout=timeout, message=error.message, console=console
                ),
                hint=_("pcapra-lab reset --vm {name}, ou la console : {console_log}").format(
                    name=vm.name, console_log=vm.console_log
                ),
            ) from error

    def await_restored(
        self, vm: VmPlan, timeout: float, cancel: threading.Event, waiting: Callable[[], None]
    ) -> None:
        """Wait until a restored machine answers, and tell it the time.

        Raises:
            VmError: it does not answer within ``timeout`` seconds, or keeps its old time.
            Cancelled: ``cancel`` was set.
        """
        self.await_shell(vm, timeout, cancel, waiting)
        self.set_clock(vm)

    def warm(self, vm: VmPlan) -> None:
        """Do once what every restore would pay for again: log in, load what grading needs.

        The page cache is saved with the memory. Measured: from a restore to the trainee's prompt,
        12 s without, 5 s with.

        Raises:
            VmError: a login does not work.
        """
        trainee, root = self._links.trainee(vm.name), self._links.root(vm.name)
        for link, argv, stdin in (
            (trainee, ["bash", "-lic", "true"], b""),
            (root, PYTHON, b"import hashlib, json, subprocess"),
        ):
            result = link.run(argv, stdin=stdin, timeout=WARM_TIMEOUT)
            if result.exit_status != 0:
                raise VmError(
                    vm.name,
                    _("« {argv} » échoue : {stderr}").format(
                        argv=" ".join(argv), stderr=result.stderr.decode(errors="replace")[:200]
                    ),
                    hint=_("pcapra-lab down --delete, puis up, repart d'une machine neuve"),
                )

    def set_clock(self, vm: VmPlan) -> None:
        """A restored guest lives in the past; nothing is graded before it is told the time.

        Raises:
            VmError: it keeps its old time.
        """
        self._links.root(vm.name).set_clock(time.time, CLOCK_TIMEOUT)
