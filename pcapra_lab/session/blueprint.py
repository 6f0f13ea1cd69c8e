"""The target architecture as it is now: which of its parts probes have seen."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pcapra_lab.content.architecture import Architecture, Element, ElementKind, Link, Probe
from pcapra_lab.grading.results import Outcome
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.health import ServiceState, Vitals, VmHealth
from pcapra_lab.session.sightings import Sightings


class Sight(StrEnum):
    """What is known of a part."""

    WAITING = "waiting"
    """Not seen yet."""
    PARTLY = "partly"
    """Some of its probes hold."""
    SEEN = "seen"
    """All of them hold."""
    LOST = "lost"
    """They held, and do not any more."""
    UNKNOWN = "unknown"
    """They held, and cannot be asked now."""
    HIDDEN = "hidden"
    """An exam tells nothing before its end."""


@dataclass(frozen=True, slots=True)
class Part:
    """An element or a link, now."""

    id: str
    title: str
    kind: ElementKind | None
    """None for a link."""
    sight: Sight
    detail: str = ""
    """A VIP's holder, by name."""
    at: float | None = None
    """When its oldest check was last looked at, in seconds since the epoch; None: live."""


@dataclass(frozen=True, slots=True)
class Box:
    """An element with its own box, and the lines in it."""

    part: Part
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole drawing."""

    tiers: tuple[tuple[Box, ...], ...]
    """Rows of boxes, from the top."""
    links: tuple[tuple[Part, tuple[str, str]], ...]
    """With the ids of the boxes they join."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """All there is to be seen."""
        boxes = [box for tier in self.tiers for box in tier]
        lines = [part for box in boxes for part in box.parts]
        return (*(box.part for box in boxes), *lines, *(link for link, __ in self.links))

    @property
    def seen(self) -> int:
        """How many parts are there."""
        return sum(part.sight is Sight.SEEN for part in self.parts)


class Blueprint:
    """Draws an architecture from what was seen last.

    Args:
        architecture: the exercise's.
        sightings: of its checks.
    """

    def __init__(self, architecture: Architecture, sightings: Sightings) -> None:
        self.architecture = architecture
        self._sightings = sightings

    @property
    def checks(self) -> frozenset[str]:
        """The checks that it looks at, as ``<step>/<check>``."""
        lists = [one.seen_by for one in self.architecture.elements]
        lists += [one.seen_by for one in self.architecture.links]
        return frozenset(
            probe.check for probes in lists for probe in probes if probe.check is not None
        )

    def plan(self, health: Mapping[str, VmHealth], *, hidden: bool = False) -> Plan:
        """The drawing now.

        Args:
            health: the last that is known of machines, by name; those never asked are absent.
            hidden: what checks say is not told: an exam is running.
        """
        tiers: dict[int, list[Box]] = {}
        for element in self.architecture.boxes:
            lines = self.architecture.parts(element.id)
            parts = tuple(self._part(line, health, hidden=hidden) for line in lines)
            box = Box(self._part(element, health, hidden=hidden), parts)
            tiers.setdefault(element.tier or 0, []).append(box)
        links = tuple(
            (self._part(link, health, hidden=hidden), (link.between[0], link.between[1]))
            for link in self.architecture.links
        )
        return Plan(tuple(tuple(boxes) for __, boxes in sorted(tiers.items())), links)

    def _part(self, item: Element | Link, health: Mapping[str, VmHealth], *, hidden: bool) -> Part:
        kind = item.kind if isinstance(item, Element) else None
        if hidden and any(probe.check is not None for probe in item.seen_by):
            return Part(item.id, item.title, kind, Sight.HIDDEN)
        answers = [self._holds(probe, health) for probe in item.seen_by]
        sight = self._sight(item.id, answers, item.seen_by)
        looks = [self._sightings.last(probe.check) for probe in item.seen_by if probe.check]
        times = [look.at for look in looks if look is not None]
        holder = _holder(item.seen_by, health) if kind is ElementKind.VIP else ""
        return Part(item.id, item.title, kind, sight, holder, min(times) if times else None)

    def _sight(self, name: str, answers: list[bool | None], probes: Iterable[Probe]) -> Sight:
        whole = all(answers)
        once = self._sightings.was_whole(name, now=whole)
        if whole:
            return Sight.SEEN
        checks = [probe.check for probe in probes]
        once = once or all(check is not None and self._sightings.ever(check) for check in checks)
        if not once:
            return Sight.PARTLY if any(answers) else Sight.WAITING
        return Sight.LOST if False in answers else Sight.UNKNOWN

    def _holds(self, probe: Probe, health: Mapping[str, VmHealth]) -> bool | None:
        """Whether a probe holds; None when nobody knows."""
        if probe.check is not None:
            seen = self._sightings.last(probe.check)
            if seen is None or seen.outcome is Outcome.ERROR:
                return None
            return seen.outcome is Outcome.PASS
        if probe.vm is None:
            return _held_once(probe.address or "", health.values())
        one = health.get(probe.vm)
        if one is None:
            return None
        if one.power is not VmPower.RUNNING:
            return False
        return None if one.vitals is None else _fact(probe, one.vitals)


def _fact(probe: Probe, vitals: Vitals) -> bool | None:
    if probe.service is not None:
        if vitals.services is None:
            return None
        return any(
            service.name == probe.service and service.state is ServiceState.ACTIVE
            for service in vitals.services
        )
    if probe.port is not None:
        if vitals.listeners is None:
            return None
        return any(one.port == probe.port and not one.loopback for one in vitals.listeners)
    if probe.address is not None:
        return None if vitals.addresses is None else probe.address in vitals.addresses
    return True


def _holders(address: str, machines: Iterable[VmHealth]) -> list[str]:
    return [
        one.vm
        for one in machines
        if one.power is VmPower.RUNNING and address in ((one.vitals and one.vitals.addresses) or ())
    ]


def _held_once(address: str, machines: Collection[VmHealth]) -> bool | None:
    """Whether exactly one machine holds it; None when none does among those that answered, and
    another did not."""
    holders = _holders(address, machines)
    silent = any(
        one.power is VmPower.RUNNING and (one.vitals is None or one.vitals.addresses is None)
        for one in machines
    )
    if not holders and (silent or not machines):
        return None
    return len(holders) == 1


def _holder(probes: Iterable[Probe], health: Mapping[str, VmHealth]) -> str:
    names: dict[str, None] = {}
    for probe in probes:
        if probe.address is not None:
            names |= dict.fromkeys(_holders(probe.address, health.values()))
    return ", ".join(names)
