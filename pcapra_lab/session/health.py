"""How machines are: one round trip each, a strict reading, « inconnu » for all that is odd."""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final, Protocol

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import Active
from pcapra_lab.lab.plan import MGMT_SSH_PORT
from pcapra_lab.lab.power import VmPower
from pcapra_lab.remote.result import CommandResult

GUEST_SECONDS = 6
"""A machine's measure is killed after this long, so that none is left behind in it."""
DEADLINE = 9.0
"""Seconds for the whole round trip, an open connection assumed."""
REPORT_LIMIT = 65_536
"""Bytes: the script cuts itself there, and what is longer is not its work."""
ARGV: Final = ("nice", "timeout", "-k", "1", str(GUEST_SECONDS), "sh")
"""What is measured must not be slowed down by measuring it."""

NOTABLE: Final = frozenset(
    (
        "alertmanager",
        "apache2",
        "auditd",
        "bacula-director",
        "bacula-fd",
        "bacula-sd",
        "bareos-director",
        "bareos-filedaemon",
        "bareos-storage",
        "bind9",
        "chrony",
        "corosync",
        "cron",
        "dnsmasq",
        "docker",
        "drbd",
        "etcd",
        "fail2ban",
        "glusterd",
        "grafana-server",
        "haproxy",
        "keepalived",
        "mariadb",
        "minio",
        "mysql",
        "named",
        "nfs-server",
        "nginx",
        "pacemaker",
        "patroni",
        "pcsd",
        "pgbouncer",
        "postgresql",
        "prometheus",
        "prometheus-node-exporter",
        "proxmox-backup",
        "proxmox-backup-proxy",
        "proxysql",
        "redis-sentinel",
        "redis-server",
        "repmgrd",
        "rsync",
        "rsyslog",
        "slapd",
        "varnish",
        "vsftpd",
    )
)
"""Services worth seeing while they work; any other is told only when it failed."""

_UNIT = re.compile(r"[A-Za-z0-9:_.@\\-]{1,255}")
_PROGRAM = re.compile(r'users:\(\("([A-Za-z0-9_.@:+ /-]{1,32})",pid=\d+')
_LOAD = re.compile(r"[0-9]{1,5}\.[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,10}(\.[0-9]{1,3})?")
_KIB = re.compile(r"[0-9]{1,15}")
_LINES = frozenset(
    ["load", "uptime", "memory", "disk", "link", "address", "unit", "listen", "seen"]
)


class LinkState(StrEnum):
    """What the machine sees of its own eth0."""

    UP = "up"
    UNPLUGGED = "unplugged"
    """No carrier."""
    OFF = "off"
    """Set down by the machine itself: « ip link set eth0 down »."""
    ABSENT = "absent"


class ServiceState(StrEnum):
    """A unit's state, less fine than systemd's."""

    ACTIVE = "active"
    FAILED = "failed"
    INACTIVE = "inactive"
    CHANGING = "changing"
    """Starting, stopping, reloading."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How full something is."""

    used_kib: int
    total_kib: int
    fraction: float
    """0 to 1, of what the machine's own programs may use."""


@dataclass(frozen=True, slots=True)
class Service:
    """A unit; a service's name goes without ``.service``."""

    name: str
    state: ServiceState


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP port that is listened to."""

    port: int
    program: str = ""
    """Empty when it could not be told."""
    loopback: bool = False
    """Not reached from the other machines."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What one round trip told. None is unknown: not measured there, or not understood."""

    load: float | None = None
    """Over the last minute."""
    uptime: float | None = None
    """Seconds."""
    memory: Usage | None = None
    disk: Usage | None = None
    """The file system of ``/``."""
    link: LinkState | None = None
    addresses: tuple[str, ...] | None = None
    """IPv4 addresses on eth0 now, in the machine's order."""
    services: tuple[Service, ...] | None = None
    """Failed units first, then the notable services that are there."""
    listeners: tuple[Listener, ...] | None = None


@dataclass(frozen=True, slots=True)
class VmHealth:
    """One machine, now."""

    vm: str
    power: VmPower
    faults: tuple[str, ...] = ()
    """Labels of the faults in effect on it, oldest first."""
    cable_out: bool = False
    """A fault unplugged it."""
    vitals: Vitals | None = None
    """None when it does not run, was not asked, or could not be understood: see ``problem``."""
    problem: str = ""
    """Why there is nothing to say about a machine that runs, in French."""


class RootLink(Protocol):
    """A way to run commands as root on one machine: ``remote.link.SshLink``."""

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = ...
    ) -> CommandResult:
        """See ``SshLink.run``."""
        ...


def examine(
    vms: Collection[str],
    power: Mapping[str, VmPower],
    faults: Iterable[Active],
    link: Callable[[str], RootLink],
) -> tuple[VmHealth, ...]:
    """See ``TraineeSession.health``.

    Args:
        vms: names of the machines to look at, side by side.
        power: every machine's state; only those that run are asked.
        faults: the lab's faults in effect, oldest first.
        link: the way to a machine as root.
    """
    known = tuple(faults)

    def one(vm: str) -> VmHealth:
        here = [fault for fault in known if vm in fault.vms]
        labels = tuple(fault.label for fault in here)
        cut = any(fault.spec.kind == "link-down" for fault in here)
        state = power.get(vm, VmPower.ABSENT)
        vitals, problem = None, ""
        if state is VmPower.RUNNING:
            try:
                vitals, problem = measure(link(vm))
            except LabError as error:
                problem = error.message
        return VmHealth(vm, state, labels, cut, vitals, problem)

    if len(vms) < 2:
        return tuple(one(vm) for vm in vms)
    with ThreadPoolExecutor(len(vms)) as pool:
        return tuple(pool.map(one, vms))


def measure(link: RootLink) -> tuple[Vitals | None, str]:
    """One round trip: the vitals, or None and why.

    Raises:
        VmError: the machine cannot be reached, or did not answer within ``DEADLINE``.
    """
    script = files("pcapra_lab.session.guest").joinpath("health.sh").read_bytes()
    result = link.run(ARGV, stdin=script, timeout=DEADLINE)
    vitals = read(result.stdout)
    if vitals is not None:
        return vitals, ""
    if result.exit_status in (124, 137):
        # timeout(1): 124 when it had to stop the command, 137 when it had to kill it.
        return None, _("la mesure n'a pas fini en {guest_seconds} s dans la machine").format(
            guest_seconds=GUEST_SECONDS
        )
    return None, _("réponse illisible à la mesure (code de sortie {exit_status})").format(
        exit_status=result.exit_status
    )


def read(report: bytes) -> Vitals | None:
    """The vitals in a report of ``guest/health.sh``, whatever the machine really sent.

    A fact that is missing, told twice or out of its format is unknown, alone.

    Returns:
        None when it is no report, or a cut one.
    """
    if len(report) > REPORT_LIMIT:
        return None
    lines = report.decode("utf-8", "replace").removesuffix("\n").split("\n")
    if len(lines) < 2 or lines[0] != "pcapra-health 1" or lines[-1] != "end":
        return None
    told: dict[str, list[str]] = {word: [] for word in _LINES}
    for line in lines[1:-1]:
        word, __, value = line.partition(" ")
        if word not in told:
            return None
        told[word].append(value.strip())
    load, uptime = _only(told["load"], _LOAD), _only(told["uptime"], _SECONDS)
    link = told["link"][0] if len(told["link"]) == 1 else None
    seen = told["seen"]
    return Vitals(
        load=float(load) if load is not None else None,
        uptime=float(uptime) if uptime is not None else None,
        memory=_memory(told["memory"]),
        disk=_disk(told["disk"]),
        link=LinkState(link) if link in set(LinkState) else None,
        addresses=_addresses(told["address"]) if "addresses" in seen else None,
        services=_services(told["unit"]) if "units" in seen else None,
        listeners=_listeners(told["listen"]) if "listeners" in seen else None,
    )


def _only(values: list[str], form: re.Pattern[str]) -> str | None:
    return values[0] if len(values) == 1 and form.fullmatch(values[0]) else None


def _kib(values: list[str], count: int) -> list[int] | None:
    words = values[0].split() if len(values) == 1 else []
    if len(words) != count or not all(_KIB.fullmatch(word) for word in words):
        return None
    return [int(word) for word in words]


def _memory(values: list[str]) -> Usage | None:
    numbers = _kib(values, 2)
    if numbers is None or not 0 <= numbers[1] <= numbers[0] or not numbers[0]:
        return None
    total, available = numbers
    return Usage(total - available, total, (total - available) / total)


def _disk(values: list[str]) -> Usage | None:
    numbers = _kib(values, 3)
    if numbers is None or max(numbers[1:]) > numbers[0] or not sum(numbers[1:]):
        return None
    size, used, free = numbers
    # As df(1) does: blocks reserved for root are neither.
    return Usage(used, size, used / (used + free))


def _addresses(values: list[str]) -> tuple[str, ...] | None:
    found: list[str] = []
    for value in values:
        try:
            found.append(str(ipaddress.IPv4Interface(value).ip))
        except ValueError:
            return None
    return tuple(dict.fromkeys(found))


def _services(values: list[str]) -> tuple[Service, ...] | None:
    failed: list[Service] = []
    notable: list[Service] = []
    for value in values:
        words = value.split()
        if len(words) != 3 or not _UNIT.fullmatch(words[0]):
            return None
        name, active = words[0].removesuffix(".service"), words[1]
        if active == "failed":
            failed.append(Service(name, ServiceState.FAILED))
        elif name.partition("@")[0] in NOTABLE:
            known = active in (ServiceState.ACTIVE, ServiceState.INACTIVE)
            state = ServiceState(active) if known else ServiceState.CHANGING
            notable.append(Service(name, state))
    names = {service.name for service in (*failed, *notable)}
    # Debian's postgresql.service stands for its clusters and is active whatever they do.
    instances = {name.partition("@")[0] for name in names if "@" in name}
    kept = [s for s in notable if s.name not in instances]
    return tuple(sorted(failed, key=_by_name) + sorted(kept, key=_by_name))


def _by_name(service: Service) -> str:
    return service.name


def _listeners(values: list[str]) -> tuple[Listener, ...] | None:
    ports: dict[int, Listener] = {}
    for value in values:
        local, __, users = value.partition(" ")
        host, __, number = local.rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", number) or int(number) > 65_535:
            return None
        port = int(number)
        if port == MGMT_SSH_PORT:
            # The lab's own way in.
            continue
        named = _PROGRAM.match(users.strip())
        loopback = host.startswith(("127.", "[::1]", "[::ffff:127."))
        before = ports.get(port)
        program = named[1] if named else before.program if before else ""
        ports[port] = Listener(port, program, loopback and (before is None or before.loopback))
    return tuple(ports[port] for port in sorted(ports))
