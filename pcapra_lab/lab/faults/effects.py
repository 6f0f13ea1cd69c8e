"""How faults take effect and are undone: by the hypervisor, or inside the machines."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.guest_call import Errand, send
from pcapra_lab.lab.faults.model import FaultSpec, Freeze, Partition, PowerCut
from pcapra_lab.lab.faults.record import Active, Moment, Undo
from pcapra_lab.lab.hypervisor import Hypervisor
from pcapra_lab.lab.plan import LabPlan
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.result import RunInGuest

LAN = "lan"
"""The segment's link, as the hypervisor names it (``lab/domain.py``)."""
LAN_DEVICE = "eth0"
"""The segment's link, as the guests name it."""
_STATES = {
    VmPower.ABSENT: _("la machine n'existe pas encore"),
    VmPower.STOPPED: _("la machine est à l'arrêt"),
    VmPower.SAVED: _("la machine est en sommeil"),
    VmPower.PAUSED: _("la machine est figée"),
    VmPower.RUNNING: _("la machine est en marche"),
}


class Effects(Protocol):
    """One way of making faults. All methods raise ``LabError``."""

    def prepare(self, spec: FaultSpec) -> Undo:
        """Make sure that the fault is possible, change nothing; what undoing it will need."""
        ...

    def act(self, fault: Active) -> Moment:
        """Inject it; when it took effect on all its machines."""
        ...

    def undo(self, fault: Active, vm: str) -> str:
        """Free one machine of it, whether or not it ever took effect; a note in French or none.

        Nothing happens when it is moot.
        """
        ...


class HostEffects:
    """Power cut, freeze, cable.

    Args:
        revive: boots one machine that is off to a working shell.
        set_clock: tells one machine the time.
    """

    def __init__(
        self,
        plan: LabPlan,
        hypervisor: Callable[[], Hypervisor],
        revive: Callable[[str], None],
        set_clock: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._hypervisor = hypervisor
        self._revive = revive
        self._set_clock = set_clock

    def prepare(self, spec: FaultSpec) -> Undo:
        """See ``Effects.prepare``."""
        for vm in spec.vms:
            power = self._power(vm)
            on = (VmPower.RUNNING,) if isinstance(spec, Freeze) else _AWAKE
            if power not in on:
                raise _not_running(vm, power)
        return {}

    def act(self, fault: Active) -> Moment:
        """See ``Effects.act``."""
        [vm] = fault.spec.vms
        domain, hypervisor = self._plan.vm(vm).domain, self._hypervisor()
        before = Moment.now()
        if isinstance(fault.spec, PowerCut):
            hypervisor.destroy(domain)
        elif isinstance(fault.spec, Freeze):
            hypervisor.pause(domain)
        else:
            hypervisor.set_link(domain, LAN, up=False)
        after = Moment.now()
        self._check(fault.spec, vm)
        return Moment.between(before, after)

    def undo(self, fault: Active, vm: str) -> str:
        """See ``Effects.undo``."""
        domain, power = self._plan.vm(vm).domain, self._power(vm)
        if power is VmPower.ABSENT:
            return _("{vm} n'existe plus").format(vm=vm)
        if isinstance(fault.spec, PowerCut):
            if power is not VmPower.STOPPED:
                return _("{vm} n'était plus à l'arrêt").format(vm=vm)
            self._revive(vm)
        elif power not in _AWAKE:
            # Its next QEMU runs, with the cable plugged in.
            return _("{vm} n'était plus en marche").format(vm=vm)
        elif isinstance(fault.spec, Freeze):
            self._hypervisor().resume(domain)
            # It stood still with the machine; a lift that failed here is tried again.
            self._set_clock(vm)
            return "" if power is VmPower.PAUSED else _("{vm} n'était plus figée").format(vm=vm)
        else:
            self._hypervisor().set_link(domain, LAN, up=True)
        return ""

    def _power(self, vm: str) -> VmPower:
        return self._hypervisor().power(self._plan.vm(vm).domain)

    def _check(self, spec: FaultSpec, vm: str) -> None:
        """Success is what was seen, not what was asked for."""
        expected = VmPower.STOPPED if isinstance(spec, PowerCut) else VmPower.PAUSED
        if isinstance(spec, PowerCut | Freeze) and (power := self._power(vm)) is not expected:
            raise VmError(
                vm,
                _("la panne n'a pas eu d'effet : {power}").format(power=_STATES[power]),
                hint=_("pcapra-lab doctor examine l'hôte"),
            )


class GuestEffects:
    """Everything that is done inside the machines."""

    def __init__(
        self, plan: LabPlan, hypervisor: Callable[[], Hypervisor], run: RunInGuest
    ) -> None:
        self._plan = plan
        self._hypervisor = hypervisor
        self._run = run

    def prepare(self, spec: FaultSpec) -> Undo:
        """See ``Effects.prepare``."""
        for vm in spec.vms:
            power = self._power(vm)
            if power is not VmPower.RUNNING:
                raise _not_running(vm, power)
        # The connections are made here, not while the deed is being timed.
        done = self._on_each(spec, lambda vm: self._send(vm, "prepare", spec, "", {}))
        return {vm: errand.undo for vm, errand in done.items()}

    def act(self, fault: Active) -> Moment:
        """See ``Effects.act``."""
        done = self._on_each(
            fault.spec,
            lambda vm: self._send(vm, "act", fault.spec, fault.id, _undo_of(fault, vm)),
        )
        return Moment.covering(errand.at for errand in done.values())

    def undo(self, fault: Active, vm: str) -> str:
        """See ``Effects.undo``."""
        power = self._power(vm)
        if power is VmPower.ABSENT:
            return _("{vm} n'existe plus").format(vm=vm)
        if power is VmPower.STOPPED and not fault.spec.survives_boot:
            return _("{vm} est à l'arrêt : la panne est partie avec sa mémoire").format(vm=vm)
        if power is not VmPower.RUNNING:
            raise VmError(
                vm,
                _("{power} : rien ne peut y être défait").format(power=_STATES[power]),
                hint=_("pcapra-lab up {id}, puis pcapra-lab fault lift {fault_id}").format(
                    id=self._plan.id, fault_id=fault.id
                ),
            )
        return self._send(vm, "undo", fault.spec, fault.id, _undo_of(fault, vm)).note

    def set_clock(self, vm: str, ahead: float) -> None:
        """Set a machine's clock to the host's, plus ``ahead`` seconds.

        Raises:
            LabError: it cannot be reached, or refused.
        """
        send(self._run, vm, {"kind": "clock-jump", "verb": "undo", "now": time.time() + ahead})

    def _send(
        self, vm: str, verb: str, spec: FaultSpec, fault_id: str, undo: Mapping[str, Any]
    ) -> Errand:
        job = {
            **spec.model_dump(mode="json"),
            "verb": verb,
            "id": fault_id,
            "undo": undo,
            "device": LAN_DEVICE,
            "now": time.time(),
        }
        if isinstance(spec, Partition):
            job["table"] = f"pcapra_fault_{fault_id.rpartition('-')[2] or 'trial'}"
            job["peers"] = [self._plan.vm(other).lan_mac for other in spec.across(vm)]
        return send(self._run, vm, job)

    def _on_each(self, spec: FaultSpec, act: Callable[[str], Errand]) -> dict[str, Errand]:
        """At once on all machines, so that the event is short; the first failure is raised."""
        with ThreadPoolExecutor(len(spec.vms)) as pool:
            futures = {vm: pool.submit(act, vm) for vm in spec.vms}
        return {vm: future.result() for vm, future in futures.items()}

    def _power(self, vm: str) -> VmPower:
        return self._hypervisor().power(self._plan.vm(vm).domain)


_AWAKE = (VmPower.RUNNING, VmPower.PAUSED)


def _undo_of(fault: Active, vm: str) -> Mapping[str, Any]:
    undo = fault.undo.get(vm)
    return undo if isinstance(undo, dict) else {}


def _not_running(vm: str, power: VmPower) -> VmError:
    hint = _("pcapra-lab up démarre ou réveille les machines")
    if power is VmPower.PAUSED:
        hint = _("levez d'abord la panne qui la fige : pcapra-lab fault list")
    return VmError(
        vm, _("{power} : il faut qu'elle tourne").format(power=_STATES[power]), hint=hint
    )
