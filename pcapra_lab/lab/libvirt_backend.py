"""The libvirt back end. libvirt is imported lazily: reading and linting work without it."""

import json
import re
import socket
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcapra_lab.errors import EnvironmentProblem, VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.domain import AGENT_PORT
from pcapra_lab.lab.hypervisor import Forward, Machine, PowerListener
from pcapra_lab.lab.lease import Lease
from pcapra_lab.lab.libvirt_binding import load_libvirt, load_libvirt_qemu
from pcapra_lab.lab.libvirt_events import EventWatch, run_event_loop
from pcapra_lab.lab.power import VmPower

if TYPE_CHECKING:
    import libvirt

FORWARD_TRIES = 5
_FORWARD = re.compile(
    r"TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(?P<port>\d+)\s+(?P<guest>[\d.]+)\s+(?P<gport>\d+)"
)


class LibvirtHypervisor:
    """``Hypervisor`` over one libvirt connection. libvirt connections are thread-safe."""

    def __init__(self, uri: str, lease: Lease | None = None) -> None:
        self._lease = lease
        self._libvirt = load_libvirt()
        self._uri = uri
        self._connection = self._open()
        self._watches = ExitStack()

    def _open(self) -> "libvirt.virConnect":
        try:
            return self._libvirt.open(self._uri)
        except self._libvirt.libvirtError as error:
            raise EnvironmentProblem(
                _("libvirt ne répond pas ({uri}) : {error}").format(uri=self._uri, error=error),
                hint=_("pcapra-lab doctor dit ce qui manque"),
            ) from error

    def power(self, domain: str) -> VmPower:
        """See ``Hypervisor.power``."""
        found = self._find(domain)
        if found is None:
            return VmPower.ABSENT
        with self._errors(domain, _("lire son état")):
            state, _reason = found.state()
        return self._power(state)

    def _power(self, state: int) -> VmPower:
        lv = self._libvirt
        if state in (lv.VIR_DOMAIN_RUNNING, lv.VIR_DOMAIN_BLOCKED):
            return VmPower.RUNNING
        if state in (lv.VIR_DOMAIN_PAUSED, lv.VIR_DOMAIN_PMSUSPENDED):
            return VmPower.PAUSED
        return VmPower.STOPPED

    def define(self, xml: str) -> None:
        """See ``Hypervisor.define``."""
        name = ET.fromstring(xml).findtext("name")  # noqa: S314 - the lab's own
        with self._errors(name or "libvirt", _("définir la machine")):
            self._connection.defineXML(xml)

    def start(self, domain: str) -> None:
        """See ``Hypervisor.start``."""
        if self.power(domain) in (VmPower.RUNNING, VmPower.PAUSED):
            return
        self._do(domain, _("démarrer"), lambda d: d.create())

    def pause(self, domain: str) -> None:
        """See ``Hypervisor.pause``."""
        if self.power(domain) is VmPower.RUNNING:
            self._do(domain, _("mettre en pause"), lambda d: d.suspend())

    def resume(self, domain: str) -> None:
        """See ``Hypervisor.resume``."""
        if self.power(domain) is VmPower.PAUSED:
            self._do(domain, "reprendre", lambda d: d.resume())

    def destroy(self, domain: str) -> None:
        """See ``Hypervisor.destroy``."""
        if self.power(domain) in (VmPower.RUNNING, VmPower.PAUSED):
            self._do(domain, _("éteindre"), lambda d: d.destroy())

    def undefine(self, domain: str) -> None:
        """See ``Hypervisor.undefine``."""
        lv = self._libvirt
        flags = lv.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | lv.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
        if self._find(domain) is not None:
            self._do(domain, _("supprimer"), lambda d: d.undefineFlags(flags))

    def snapshot(self, domain: str, name: str) -> None:
        """See ``Hypervisor.snapshot``."""
        xml = f"<domainsnapshot><name>{name}</name></domainsnapshot>"
        self.delete_snapshot(domain, name)
        self._do(
            domain,
            _("prendre l'instantané {name}").format(name=name),
            lambda d: d.snapshotCreateXML(xml, 0),
        )

    def snapshots(self, domain: str) -> list[str]:
        """See ``Hypervisor.snapshots``."""
        found = self._find(domain)
        if found is None:
            return []
        with self._errors(domain, _("lister les instantanés")):
            return [str(name) for name in found.snapshotListNames()]

    def revert(self, domain: str, name: str, *, paused: bool) -> None:
        """See ``Hypervisor.revert``."""
        lv = self._libvirt
        flag = (
            lv.VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED
            if paused
            else lv.VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING
        )

        def act(found: "libvirt.virDomain") -> None:
            found.revertToSnapshot(found.snapshotLookupByName(name), flag)

        self._do(domain, _("revenir à l'instantané {name}").format(name=name), act)

    def delete_snapshot(self, domain: str, name: str) -> None:
        """See ``Hypervisor.delete_snapshot``."""
        if name in self.snapshots(domain):
            self._do(
                domain,
                _("supprimer l'instantané {name}").format(name=name),
                lambda d: d.snapshotLookupByName(name).delete(),
            )

    def drop_unrecorded(self, domain: str) -> list[str]:
        """See ``Hypervisor.drop_unrecorded``."""
        # QEMU's QMP reference: query-named-block-nodes; ``flat`` leaves the backing chain out.
        nodes = self._ask_qemu(domain, "query-named-block-nodes", flat=True)
        strays = sorted(names_in_disks(nodes) - set(self.snapshots(domain)))
        for name in strays:
            # qemu(1), monitor: on every disk that has it; says nothing when it worked.
            answer = self._monitor(domain, f"delvm {name}").strip()
            if answer:
                raise VmError(
                    domain,
                    _("l'instantané inachevé {name} n'a pas pu être supprimé : {answer}").format(
                        name=name, answer=answer
                    ),
                    hint="pcapra-lab reset",
                )
        return strays

    def forward(self, domain: str, guest_address: str, guest_port: int) -> int:
        """See ``Hypervisor.forward``."""
        wanted = (guest_address, guest_port)
        for found in parse_forwards(self._monitor(domain, "info usernet")):
            if (found.guest_address, found.guest_port) == wanted:
                return found.host_port
        answer = ""
        for _try in range(FORWARD_TRIES):
            port = _free_port()
            answer = self._monitor(
                domain, f"hostfwd_add mgmt tcp:127.0.0.1:{port}-{guest_address}:{guest_port}"
            )
            # The monitor says nothing when it worked; another program may have taken the port
            # between our look and QEMU's bind.
            if not answer.strip():
                return port
        raise VmError(
            domain,
            _("aucun port local n'a pu être relié à la machine : {answer}").format(
                answer=answer.strip()
            ),
            hint=_("pcapra-lab reset recrée les liens"),
        )

    def channel(self, domain: str) -> Path | None:
        """See ``Hypervisor.channel``."""
        # libvirt names the socket when the machine starts, and keeps the name short.
        text = str(self._do(domain, _("lire sa description"), lambda d: d.XMLDesc()))
        live = ET.fromstring(text)  # noqa: S314 - libvirt's own
        source = live.find(f"devices/channel/target[@name='{AGENT_PORT}']/../source")
        path = source.get("path") if source is not None else None
        return Path(path) if path else None

    def set_link(self, domain: str, link: str, *, up: bool) -> None:
        """See ``Hypervisor.set_link``."""
        # qemu(1), monitor: says nothing when it worked.
        state = "on" if up else "off"
        answer = self._monitor(domain, f"set_link {link} {state}").strip()
        if answer:
            raise VmError(
                domain,
                _("le lien {link} n'a pas pu être changé : {answer}").format(
                    link=link, answer=answer
                ),
                hint="pcapra-lab reset",
            )

    def machines(self) -> list[Machine]:
        """See ``Hypervisor.machines``."""
        with self._errors("libvirt", _("lister les machines")):
            seen = map(self._seen, self._connection.listAllDomains())
            return [machine for machine in seen if machine is not None]

    def _seen(self, found: "libvirt.virDomain") -> Machine | None:
        """A machine that was listed; None when another program has deleted it meanwhile."""
        try:
            info = found.info()
        except self._libvirt.libvirtError as error:
            if error.get_error_code() == self._libvirt.VIR_ERR_NO_DOMAIN:
                return None
            raise
        return Machine(found.name(), self._power(info[0]), info[1] // 1024)

    def watch(
        self, listener: PowerListener, lost: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """See ``Hypervisor.watch``."""
        run_event_loop()
        with self._errors("libvirt", _("suivre les machines")):
            watch = EventWatch(self._open(), listener, lost)
        self._watches.callback(watch.stop)
        return watch.stop

    def active(self) -> int:
        """See ``Hypervisor.active``."""
        with self._errors("libvirt", _("compter les machines")):
            return int(self._connection.numOfDomains())

    def versions(self) -> str:
        """See ``Hypervisor.versions``."""
        with self._errors("libvirt", _("lire sa version")):
            number = self._connection.getVersion()
        return f"qemu {number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"

    def alive(self) -> bool:
        """See ``Hypervisor.alive``."""
        # Asked, at 35 µs a time: outside the event loop a connection whose daemon is gone says
        # that it is alive (isAlive) until a call has failed.
        try:
            self._connection.getLibVersion()
        except self._libvirt.libvirtError:
            return False
        return True

    def close(self) -> None:
        """See ``Hypervisor.close``."""
        try:
            # Of a connection whose daemon is gone nothing is left to take back.
            if self.alive():
                self._watches.close()
                self._connection.close()
        finally:
            if self._lease is not None:
                self._lease.release()

    def _monitor(self, domain: str, command: str) -> str:
        libvirt_qemu = load_libvirt_qemu()
        flag = libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP
        return str(
            self._do(
                domain,
                _("parler au moniteur ({split})").format(split=command.split()[0]),
                lambda d: libvirt_qemu.qemuMonitorCommand(d, command, flag),
            )
        )

    def _ask_qemu(self, domain: str, command: str, **arguments: object) -> Any:
        libvirt_qemu = load_libvirt_qemu()
        request = json.dumps({"execute": command, "arguments": arguments})
        answer = self._do(
            domain,
            _("parler au moniteur ({split})").format(split=command),
            lambda d: libvirt_qemu.qemuMonitorCommand(
                d, request, libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT
            ),
        )
        return json.loads(answer)["return"]

    def _find(self, domain: str) -> "libvirt.virDomain | None":
        try:
            return self._connection.lookupByName(domain)
        except self._libvirt.libvirtError as error:
            if error.get_error_code() == self._libvirt.VIR_ERR_NO_DOMAIN:
                return None
            raise VmError(
                domain,
                _("libvirt ne répond plus ({error})").format(error=error),
                hint="pcapra-lab doctor",
            ) from error

    def _do(self, domain: str, what: str, act: "Callable[[libvirt.virDomain], Any]") -> Any:
        found = self._find(domain)
        if found is None:
            raise VmError(domain, _("la machine n'existe pas"), hint=_("pcapra-lab up la crée"))
        with self._errors(domain, what):
            return act(found)

    @contextmanager
    def _errors(self, domain: str, what: str) -> Iterator[None]:
        try:
            yield
        except self._libvirt.libvirtError as error:
            raise VmError(
                domain,
                _("impossible de {what} : {error}").format(what=what, error=error),
                hint=_(
                    "pcapra-lab doctor examine l'hôte ; pcapra-lab reset repart de l'état préparé"
                ),
            ) from error


def parse_forwards(text: str) -> list[Forward]:
    """The TCP forwards listed by QEMU's ``info usernet``."""
    return [Forward(int(m["port"]), m["guest"], int(m["gport"])) for m in _FORWARD.finditer(text)]


def names_in_disks(nodes: Iterable[Mapping[str, Any]]) -> set[str]:
    """The snapshots in a machine's own disks, from the answer to ``query-named-block-nodes``.

    What it cannot write, the image under its disk for one, is not its own.
    """
    return {
        str(snapshot["name"])
        for node in nodes
        if not node["ro"]
        for snapshot in node.get("image", {}).get("snapshots", [])
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
