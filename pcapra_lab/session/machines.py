"""A session's machines by name, and how they are. Looking starts nothing."""

from collections.abc import Collection

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import Active
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import VmStatus
from pcapra_lab.session.health import VmHealth, examine
from pcapra_lab.session.playground import Playground

_HOLD_DOWN = ("power-cut", "freeze")


class Machines:
    """The machines of one exercise; an exercise made of quizzes has none."""

    def __init__(self, play: Playground, exercise_id: str) -> None:
        self._play = play
        self._id = exercise_id

    def statuses(self) -> tuple[VmStatus, ...]:
        """Every machine, in the topology's order."""
        power = self.power()
        return tuple(
            VmStatus(vm.name, vm.title, vm.address, power.get(vm.name, VmPower.ABSENT))
            for vm in self._play.topology.vms
        )

    def power(self) -> dict[str, VmPower]:
        """Every machine's state; empty when none can exist."""
        if not self._play.has_lab:
            return {}
        lab = self._play.lab
        if self._play.installation.daemons.running():
            return lab.power()
        return lab.power_at_rest()

    @property
    def running(self) -> bool:
        """All of them run, as they were prepared. True where there are none."""
        if not self._play.machines:
            return True
        power = self.power()
        awake = bool(power) and all(one is VmPower.RUNNING for one in power.values())
        return awake and self._play.lab.prepared

    def must_run(self) -> None:
        """Raise ``LabError`` with the way to bring them up, unless all of them run.

        A machine that a fault of the lab holds down is where it must be: in a drill, the others
        are what is looked at.
        """
        if self.running or self._down_by_fault():
            return
        power = self.power()
        off = [name for name, state in power.items() if state is not VmPower.RUNNING]
        if power and all(state is VmPower.SAVED for state in power.values()):
            message = _("le laboratoire {id} est endormi").format(id=self._id)
        else:
            message = _("le laboratoire {id} n'est pas démarré").format(id=self._id)
            message += _(" ({off} à l'arrêt)").format(off=", ".join(off)) if off else ""
        raise LabError(message, hint=f"pcapra-lab up {self._id}")

    def _down_by_fault(self) -> bool:
        """Some do not run, each by a fault; others do."""
        if not self._play.has_lab or not self._play.lab.prepared:
            return False
        power = self.power()
        down = {vm for vm, state in power.items() if state is not VmPower.RUNNING}
        held = {
            vm
            for fault in self.active_faults()
            if fault.spec.kind in _HOLD_DOWN
            for vm in fault.vms
        }
        return down <= held and down != set(power)

    def active_faults(self) -> list[Active]:
        """The faults in effect, oldest first. Cheap."""
        return self._play.lab.faults.active() if self._play.has_lab else []

    def health(self, vms: Collection[str]) -> tuple[VmHealth, ...]:
        """See ``TraineeSession.health``."""
        known = [self.known(vm) for vm in vms]
        power, faults = self.power(), self.active_faults()
        return examine(known, power, faults, self._play.lab.links.root)

    def known(self, vm: str) -> str:
        """``vm``, which is the name of a machine. Raises ``LabError`` when it is not."""
        names = [v.name for v in self._play.topology.vms]
        if vm not in names:
            raise LabError(
                _("la machine « {vm} » n'existe pas dans cet exercice").format(vm=vm),
                hint=_("machines : {names}").format(names=", ".join(names))
                if names
                else _("il n'a pas de machines"),
            )
        return vm
