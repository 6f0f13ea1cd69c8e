"""What the lab asks of a hypervisor. One back end: libvirt; tests have libvirt's own fake."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pcapra_lab.lab.power import VmPower


@dataclass(frozen=True, slots=True)
class Forward:
    """A host port of 127.0.0.1 forwarded to a guest's management address."""

    host_port: int
    guest_address: str
    guest_port: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A domain the hypervisor knows, of this lab or not."""

    name: str
    power: VmPower
    memory_mib: int
    """Of the guest."""


PowerListener = Callable[[str, VmPower], None]
"""Called with a domain's name and its new state, from a thread of the hypervisor's."""


class Hypervisor(Protocol):
    """Domains by name. Every method raises ``VmError`` or ``EnvironmentProblem``."""

    def power(self, domain: str) -> VmPower:
        """A domain's state; ABSENT when it is not defined."""
        ...

    def define(self, xml: str) -> None:
        """Define a domain, or redefine it."""
        ...

    def start(self, domain: str) -> None:
        """Boot. Nothing happens when it is running."""
        ...

    def pause(self, domain: str) -> None:
        """Freeze a running domain."""
        ...

    def resume(self, domain: str) -> None:
        """Let a frozen domain run."""
        ...

    def destroy(self, domain: str) -> None:
        """Cut the power. Nothing happens when it is off."""
        ...

    def undefine(self, domain: str) -> None:
        """Forget the domain and its snapshots' records (the files are the lab's)."""
        ...

    def snapshot(self, domain: str, name: str) -> None:
        """Save memory and disks under ``name``; the domain is left as it was (paused, running)."""
        ...

    def snapshots(self, domain: str) -> list[str]:
        """Names of the domain's snapshots."""
        ...

    def revert(self, domain: str, name: str, *, paused: bool) -> None:
        """Bring memory and disks back to a snapshot, paused or running."""
        ...

    def delete_snapshot(self, domain: str, name: str) -> None:
        """Drop a snapshot; nothing happens when it does not exist."""
        ...

    def drop_unrecorded(self, domain: str) -> list[str]:
        """Drop the snapshots that a kill left in the disks of a domain that is on, written but
        recorded nowhere: ``snapshots`` does not know them, and they keep their room for ever.

        Returns:
            Their names.
        """
        ...

    def forward(self, domain: str, guest_address: str, guest_port: int) -> int:
        """Make sure a host port leads to the guest's port; returns it.

        An existing forward to the same place is reused.
        """
        ...

    def channel(self, domain: str) -> Path | None:
        """The Unix socket that leads to the agent's port of a domain that is on, if it has one."""
        ...

    def set_link(self, domain: str, link: str, *, up: bool) -> None:
        """Plug or unplug a network link (``lan``) of a domain that is on."""
        ...

    def machines(self) -> list[Machine]:
        """Every domain there is."""
        ...

    def watch(self, listener: PowerListener, lost: Callable[[], None]) -> Callable[[], None]:
        """Tell ``listener`` each change of a domain's power, and ``lost``, once, that the daemon is
        gone. Both are called from a thread of the hypervisor's: they return at once and ask it
        nothing.

        Returns:
            What ends it.
        """
        ...

    def active(self) -> int:
        """How many domains are on, of this lab or not."""
        ...

    def versions(self) -> str:
        """The hypervisor's version, in words: part of the key of a saved memory state."""
        ...

    def alive(self) -> bool:
        """Whether the connection still leads somewhere."""
        ...

    def close(self) -> None:
        """Drop the connection, alive or not; domains go on."""
        ...
