"""An exercise that draws its target architecture: two load balancers, two sites, a backup."""

from collections.abc import Iterable

from pcapra_lab.content.architecture import Architecture, Element, ElementKind, Link, Probe
from pcapra_lab.content.models import Topology, Vm
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.health import Listener, Service, ServiceState, Vitals, VmHealth

VIP = "192.168.1.100"
ADDRESSES = {
    "client": 50,
    "lb1": 21,
    "lb2": 22,
    "web1": 11,
    "web2": 12,
    "sauvegarde": 31,
    "sup": 41,
}

TOPOLOGY = Topology(
    schema_version=1,
    id="tp",
    title="L'infrastructure complète",
    vms=[
        Vm(name=name, title=name, address=f"192.168.1.{host}", memory_mib=256)
        for name, host in ADDRESSES.items()
    ],
)


_BORG = Probe(check="depot/chiffre")


def _box(name: str, tier: int, kind: ElementKind = ElementKind.MACHINE) -> Element:
    return Element(id=name, kind=kind, title=name, tier=tier, seen_by=[Probe(vm=name)])


def _line(name: str, box: str, title: str, kind: ElementKind, probe: Probe) -> Element:
    return Element(id=f"{box}-{name}", kind=kind, title=title, part_of=box, seen_by=[probe])


def _link(title: str, first: str, second: str, probe: Probe) -> Link:
    name = f"{first}-{second}"
    return Link(id=name, title=title, between=[first, second], seen_by=[probe])


def _elements() -> Iterable[Element]:
    yield _box("client", 1, ElementKind.CLIENT)
    held = Probe(address=VIP)
    yield Element(id="vip", kind=ElementKind.VIP, title=f"VIP {VIP}", tier=2, seen_by=[held])
    for lb in ("lb1", "lb2"):
        yield _box(lb, 3)
        for unit, title in (("haproxy", "HAProxy"), ("keepalived", "Keepalived")):
            yield _line(unit, lb, title, ElementKind.SERVICE, Probe(vm=lb, service=unit))
    for web in ("web1", "web2"):
        yield _box(web, 4)
        pool = Probe(check="restauration/archive")
        yield _line("pool", web, "dans la répartition", ElementKind.MEMBER, pool)
    yield _box("sauvegarde", 5)
    yield _line("borg", "sauvegarde", "Borg", ElementKind.BACKUP, Probe(check="depot/chiffre"))
    yield _box("sup", 5)
    alert = Probe(vm="sup", port=9093)
    yield _line("alerte", "sup", "alertes", ElementKind.ALERT, alert)


ARCHITECTURE = Architecture(
    elements=list(_elements()),
    links=[
        _link("HTTP", "client", "vip", Probe(address=VIP)),
        _link("VRRP", "lb1", "lb2", Probe(check="depot/chiffre")),
        *(_link("VIP", "vip", lb, Probe(vm=lb, address=VIP)) for lb in ("lb1", "lb2")),
        *(
            _link("HTTP interne", lb, web, Probe(vm=web, port=80))
            for lb in ("lb1", "lb2")
            for web in ("web1", "web2")
        ),
        *(
            _link("Borg", web, "sauvegarde", Probe(check="depot/chiffre"))
            for web in ("web1", "web2")
        ),
    ],
)


def vitals(
    vm: str, *more: str, services: tuple[str, ...] = (), ports: tuple[int, ...] = ()
) -> Vitals:
    """A machine with its own address, those in ``more``, and what works on it."""
    return Vitals(
        addresses=(f"192.168.1.{ADDRESSES[vm]}", *more),
        services=tuple(Service(name, ServiceState.ACTIVE) for name in services),
        listeners=tuple(Listener(port) for port in ports),
    )


def up(vm: str, known: Vitals) -> VmHealth:
    """A machine that runs and answers."""
    return VmHealth(vm, VmPower.RUNNING, vitals=known)
