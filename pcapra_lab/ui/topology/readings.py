"""What is known of the machines: the last values, their age, and who holds which address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pcapra_lab.content.models import Vm
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.health import LinkState, Vitals, VmHealth


@dataclass(frozen=True, slots=True)
class Reading:
    """The last that is known of a machine."""

    power: VmPower
    faults: tuple[str, ...] = ()
    cable_out: bool = False
    vitals: Vitals | None = None
    at: float = 0.0
    """When ``vitals`` were read."""
    problem: str = ""
    """Why they could not be read again since."""

    @property
    def unplugged(self) -> bool:
        """Cut from the segment, by a fault or as the machine itself sees it."""
        link = self.vitals.link if self.vitals is not None else None
        return self.cable_out or link not in (None, LinkState.UP)


class Readings:
    """One reading a machine.

    Args:
        vms: the machines, in the topology's order.
        clock: the interface's.
        period: seconds between two rounds of questions.
    """

    def __init__(self, vms: Sequence[Vm], clock: Callable[[], float], period: float) -> None:
        self._vms = {vm.name: vm for vm in vms}
        self._clock = clock
        self._period = period
        self._last = {name: Reading(VmPower.ABSENT) for name in self._vms}

    def __getitem__(self, vm: str) -> Reading:
        return self._last[vm]

    def power(self, vm: str, power: VmPower) -> None:
        """A machine's state has changed. One that does not run keeps no values: they are over."""
        last = self._last[vm]
        if power is not VmPower.RUNNING:
            last = replace(last, vitals=None, problem="")
        self._last[vm] = replace(last, power=power)

    def take(self, health: VmHealth, at: float) -> None:
        """A machine has been asked; when it did not answer, its last values stay."""
        self.power(health.vm, health.power)
        last = replace(
            self._last[health.vm],
            faults=health.faults,
            cable_out=health.cable_out,
            problem=health.problem,
        )
        if health.vitals is not None:
            last = replace(last, vitals=health.vitals, at=at)
        self._last[health.vm] = last

    def failed(self, vm: str, problem: str) -> None:
        """The question itself failed."""
        self._last[vm] = replace(self._last[vm], problem=problem)

    def age(self, vm: str) -> float | None:
        """How old a machine's values are, in seconds; None while they are fresh."""
        last = self._last[vm]
        age = self._clock() - last.at
        return age if last.vitals is not None and age >= 2 * self._period else None

    def addresses(self, vm: str) -> tuple[str, ...] | None:
        """The addresses it has now, its own first; None when unknown."""
        vitals = self._last[vm].vitals
        if vitals is None or vitals.addresses is None:
            return None
        own = self._vms[vm].address
        return tuple(sorted(vitals.addresses, key=lambda address: address != own))

    def extras(self) -> tuple[tuple[str, str], ...]:
        """The addresses that are no machine's own, each with the machine that holds it now."""
        own = {vm.address for vm in self._vms.values()}
        return tuple(
            (address, vm)
            for vm in self._vms
            for address in self.addresses(vm) or ()
            if address not in own
        )

    def rivals(self, vm: str, address: str) -> tuple[str, ...]:
        """The other machines that held ``address`` in the same round: it is there twice.

        An address that moves is seen on both sides when one is older: not told.
        """
        here = self._last[vm]
        return tuple(
            name
            for name, last in self._last.items()
            if name != vm
            and address in (self.addresses(name) or ())
            and abs(last.at - here.at) < self._period / 2
        )
