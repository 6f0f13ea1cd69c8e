"""A hypervisor in memory: machines whose disk and memory are lists of words.

Each QEMU that starts is a new incarnation; a forwarded port leads to one incarnation only, as a
``hostfwd`` does, so that a link kept across a power cut is seen to be dead.
"""

import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.lab.hypervisor import Machine, PowerListener
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.link import Endpoint
from pcapra_lab.remote.result import CommandResult


class Killed(BaseException):
    """The program is killed here: no handler of the code under test may run its clean-up."""


@dataclass
class Saved:
    disk: tuple[str, ...]
    memory: tuple[str, ...] | None


@dataclass
class Domain:
    name: str
    power: VmPower = VmPower.STOPPED
    disk: list[str] = field(default_factory=list)
    memory: list[str] | None = None
    snapshots: dict[str, Saved] = field(default_factory=dict)
    unrecorded: list[str] = field(default_factory=list)
    incarnation: int = 0
    ports: dict[int, tuple[str, int]] = field(default_factory=dict)
    memory_mib: int = 0
    unplugged: set[str] = field(default_factory=set)


@dataclass
class FakeHypervisor:
    """``lab.hypervisor.Hypervisor``; ``calls`` are those that change something, in order."""

    domains: dict[str, Domain] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failures: dict[tuple[str, str], BaseException] = field(default_factory=dict)
    """Raised once, by operation and machine, instead of doing it."""
    version: str = "qemu 7.2.0"
    closed: int = 0
    commands: list[tuple[str, list[str]]] = field(default_factory=list)
    """What was run in machines, by whichever link."""
    listeners: list[PowerListener] = field(default_factory=list)
    before: Callable[[str, str], None] = lambda _op, _vm: None
    _next_port: int = 40000
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def vm(self, name: str) -> Domain:
        """The machine called ``name`` in its topology."""
        [found] = [d for key, d in self.domains.items() if key.endswith(f"-{name}")]
        return found

    def count(self, operation: str) -> int:
        return sum(op == operation for op, _ in self.calls)

    def work(self, name: str, word: str) -> None:
        """Somebody works on a running machine: its memory and its disk know ``word``."""
        domain = self.vm(name)
        assert domain.power is VmPower.RUNNING and domain.memory is not None
        domain.memory.append(word)
        domain.disk.append(word)

    def power(self, domain: str) -> VmPower:
        with self._lock:
            found = self.domains.get(domain)
            return found.power if found else VmPower.ABSENT

    def define(self, xml: str) -> None:
        root = ET.fromstring(xml)  # noqa: S314 - the plan's own
        name, memory = root.findtext("name") or "", int(root.findtext("memory") or 0)
        with self._lock:
            self._note("define", name)
            self.domains.setdefault(name, Domain(name, memory_mib=memory))

    def start(self, domain: str) -> None:
        with self._lock:
            found = self._get(domain)
            if found.power is VmPower.STOPPED:
                self._note("start", domain)
                self._run(found, ["amorcé"], VmPower.RUNNING)

    def pause(self, domain: str) -> None:
        with self._lock:
            found = self._get(domain)
            if found.power is VmPower.RUNNING:
                self._note("pause", domain)
                found.power = VmPower.PAUSED

    def resume(self, domain: str) -> None:
        with self._lock:
            found = self._get(domain)
            if found.power is VmPower.PAUSED:
                self._note("resume", domain)
                found.power = VmPower.RUNNING

    def destroy(self, domain: str) -> None:
        with self._lock:
            found = self.domains.get(domain)
            if found and found.power in (VmPower.RUNNING, VmPower.PAUSED):
                self._note("destroy", domain)
                found.power, found.memory, found.ports = VmPower.STOPPED, None, {}

    def undefine(self, domain: str) -> None:
        with self._lock:
            if domain in self.domains:
                self._note("undefine", domain)
                del self.domains[domain]

    def snapshot(self, domain: str, name: str) -> None:
        with self._lock:
            found = self._get(domain)
            self._note("snapshot", domain)
            memory = tuple(found.memory) if found.memory is not None else None
            found.snapshots[name] = Saved(tuple(found.disk), memory)

    def snapshots(self, domain: str) -> list[str]:
        with self._lock:
            return list(self.domains[domain].snapshots) if domain in self.domains else []

    def revert(self, domain: str, name: str, *, paused: bool) -> None:
        with self._lock:
            found = self._get(domain)
            self._note("revert", domain)
            saved = found.snapshots.get(name)
            if saved is None:
                raise VmError(domain, f"pas d'instantané {name}", hint="-")
            found.disk = list(saved.disk)
            memory = list(saved.memory) if saved.memory is not None else ["amorcé"]
            self._run(found, memory, VmPower.PAUSED if paused else VmPower.RUNNING)

    def delete_snapshot(self, domain: str, name: str) -> None:
        with self._lock:
            if domain in self.domains and name in self.domains[domain].snapshots:
                self._note("delete_snapshot", domain)
                del self.domains[domain].snapshots[name]

    def drop_unrecorded(self, domain: str) -> list[str]:
        with self._lock:
            found = self._get(domain)
            if found.power not in (VmPower.RUNNING, VmPower.PAUSED):
                raise VmError(domain, "la machine est éteinte", hint="-")
            dropped, found.unrecorded = found.unrecorded, []
            return dropped

    def forward(self, domain: str, guest_address: str, guest_port: int) -> int:
        with self._lock:
            found = self._get(domain)
            if found.power not in (VmPower.RUNNING, VmPower.PAUSED):
                raise VmError(domain, "la machine est éteinte", hint="-")
            for port, wanted in found.ports.items():
                if wanted == (guest_address, guest_port):
                    return port
            self._next_port += 1
            found.ports[self._next_port] = (guest_address, guest_port)
            return self._next_port

    def channel(self, domain: str) -> Path | None:
        return None

    def set_link(self, domain: str, link: str, *, up: bool) -> None:
        with self._lock:
            found = self._get(domain)
            if found.power not in (VmPower.RUNNING, VmPower.PAUSED):
                raise VmError(domain, "la machine est éteinte", hint="-")
            self._note("plug" if up else "unplug", domain)
            found.unplugged = found.unplugged - {link} if up else found.unplugged | {link}

    def machines(self) -> list[Machine]:
        with self._lock:
            return [Machine(d.name, d.power, d.memory_mib) for d in self.domains.values()]

    def watch(self, listener: PowerListener, lost: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def active(self) -> int:
        awake = (VmPower.RUNNING, VmPower.PAUSED)
        return sum(d.power in awake for d in self.domains.values())

    def versions(self) -> str:
        return self.version

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        self.closed += 1

    def answers(self, port: int) -> bool:
        """Whether a running machine is behind a host port."""
        with self._lock:
            return any(
                port in d.ports and d.power is VmPower.RUNNING for d in self.domains.values()
            )

    def _run(self, domain: Domain, memory: list[str], power: VmPower) -> None:
        domain.memory, domain.power, domain.ports = memory, power, {}
        domain.incarnation += 1
        domain.unplugged = set()

    def _get(self, domain: str) -> Domain:
        found = self.domains.get(domain)
        if found is None:
            raise VmError(domain, "la machine n'existe pas", hint="-")
        return found

    def _note(self, operation: str, domain: str) -> None:
        name = domain.rpartition("-")[2]
        self.before(operation, name)
        if failure := self.failures.pop((operation, name), None):
            raise failure
        self.calls.append((operation, name))


@dataclass
class FakeLink:
    """``remote.link.SshLink``: answers as long as a running machine is behind its port."""

    hypervisor: FakeHypervisor
    endpoint: Endpoint
    user: str

    def wait(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        self.hypervisor.before("wait", self.endpoint.vm)
        if not self.hypervisor.answers(self.endpoint.port):
            if waiting is not None:
                waiting()
            raise VmError(self.endpoint.vm, f"rien derrière le port {self.endpoint.port}", hint="-")

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 60.0,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        self.wait(timeout)
        self.hypervisor.commands.append((self.endpoint.vm, list(argv)))
        return CommandResult(0, b"", b"")

    def close(self) -> None:
        """Nothing is kept open."""
