"""A machine in words and signs: in a box of the map, or in a few lines of the list."""

from typing import Final

from textual.content import Content

from pcapra_lab.content.models import Vm
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.health import LinkState, Listener, Service, ServiceState, Usage, Vitals
from pcapra_lab.ui.text import POWERS, Sign, ago, bar, decimal, duration, size
from pcapra_lab.ui.topology.readings import Readings

SERVICES: Final[dict[ServiceState, Sign]] = {
    ServiceState.FAILED: Sign("✘", _("en échec"), "$error"),
    ServiceState.CHANGING: Sign("◐", _("en transition"), "$warning"),
    ServiceState.INACTIVE: Sign("○", _("arrêté"), "$muted"),
    ServiceState.ACTIVE: Sign("●", _("actif"), "$success"),
}

_UNPLUGGED: Final = _("débranchée")
_LINKS: Final[dict[LinkState, str]] = {
    LinkState.UNPLUGGED: _UNPLUGGED,
    LinkState.OFF: _("eth0 désactivée"),
    LinkState.ABSENT: _("sans eth0"),
}
_FULL = 0.9
_BAR = 8
_BAR_FITS = 34


def heading(vm: Vm, readings: Readings) -> Content:
    """Name and power."""
    sign = POWERS[readings[vm.name].power]
    return Content.assemble(
        (sign.glyph, sign.colour), " ", (vm.name, "bold"), (f" · {sign.word}", sign.colour)
    )


def cut_word(vm: Vm, readings: Readings) -> str:
    """How it is cut from the segment; empty when it is not."""
    reading = readings[vm.name]
    link = reading.vitals.link if reading.vitals is not None else None
    if link is not None and link is not LinkState.UP:
        return _LINKS[link]
    return _UNPLUGGED if reading.cable_out else ""


def details(vm: Vm, readings: Readings, *, measuring: bool, width: int) -> list[Content]:
    """The rest, most telling first, a line each.

    Args:
        measuring: machines are being asked; otherwise nothing more is to come.
        width: cells of a line; 0 when lines will be put one after another.
    """
    reading = readings[vm.name]
    lines = [Content.styled(vm.title, "$muted")]
    vitals = reading.vitals
    if cut := cut_word(vm, readings):
        lines.append(
            Content.styled(
                _("╳ {cut} du réseau").format(cut=cut) if cut == _UNPLUGGED else f"╳ {cut}"
            )
        )
        lines[-1] = lines[-1].stylize("bold $error")
    if vitals is not None:
        lines.append(_addresses(vm, readings))
    else:
        lines.append(Content.styled(_("{address} (prévue)").format(address=vm.address), "$muted"))
    lines += [
        Content.styled(_("⚠ panne : {label}").format(label=label), "bold $warning")
        for label in reading.faults
    ]
    if reading.power is not VmPower.RUNNING:
        return lines
    age = readings.age(vm.name)
    if vitals is None:
        words = (
            _("⚠ inconnu : {problem}").format(problem=reading.problem)
            if reading.problem
            else _("mesure en cours…")
        )
        if not measuring and not reading.problem:
            words = _("pas encore mesurée")
        return [*lines, Content.styled(words, "$warning" if reading.problem else "$muted")]
    if age is not None or reading.problem:
        since = (
            _("valeurs lues {ago}").format(ago=ago(age))
            if age is not None
            else _("valeurs d'avant")
        )
        why = f" : {reading.problem}" if reading.problem else _(", réponse attendue")
        lines.append(Content.styled(f"⚠ {since}{why}", "$warning"))
    return lines + _vitals(vitals, width)


def _vitals(vitals: Vitals, width: int) -> list[Content]:
    load = _("inconnue") if vitals.load is None else decimal(f"{vitals.load:.2f}")
    up = _("inconnu") if vitals.uptime is None else duration(vitals.uptime)
    parting = "\n" if 0 < width < _BAR_FITS else " · "
    return [
        _services(vitals.services, width),
        Content(
            _("charge {load}{parting}allumée depuis {up}").format(load=load, parting=parting, up=up)
        ),
        _usage(_("mémoire"), vitals.memory, width),
        _usage(_("disque /"), vitals.disk, width),
        _listeners(vitals.listeners),
    ]


def _addresses(vm: Vm, readings: Readings) -> Content:
    addresses = readings.addresses(vm.name)
    if addresses is None:
        return Content.styled(_("adresses inconnues"), "$warning")
    parts: list[Content] = []
    if vm.address not in addresses:
        parts.append(
            Content.styled(_("⚠ {address} absente").format(address=vm.address), "$warning")
        )
    for address in addresses:
        own = address == vm.address
        word = Content(address) if own else Content.styled(f"VIP {address}", "bold $accent")
        if rivals := readings.rivals(vm.name, address):
            twice = Content.styled(
                _(" ⚠ aussi sur {rivals}").format(rivals=", ".join(rivals)), "bold $error"
            )
            word = Content.assemble(word, twice)
        parts.append(word)
    return Content(" + ").join(parts)


def _services(services: tuple[Service, ...] | None, width: int) -> Content:
    if services is None:
        return Content.styled(_("services inconnus"), "$warning")
    parts = []
    for service in services:
        sign = SERVICES[service.state]
        word = "" if service.state is ServiceState.ACTIVE else f" {sign.word}"
        parts.append(Content.assemble((sign.glyph, sign.colour), f" {service.name}{word}"))
    if not parts:
        return Content.styled(_("aucun service notable"), "$muted")
    # A sign is never parted from its service: Textual's wrapping would.
    rows = [parts[0]]
    for part in parts[1:]:
        if width and rows[-1].cell_length + 2 + part.cell_length > width:
            rows.append(part)
        else:
            rows[-1] = Content.assemble(rows[-1], "  ", part)
    return Content("\n").join(rows)


def _usage(name: str, usage: Usage | None, width: int) -> Content:
    if usage is None:
        return Content.assemble(f"{name} ", (_("inconnu"), "$warning"))
    full, bars = usage.fraction >= _FULL, width >= _BAR_FITS
    colour = "$warning" if full else "$accent"
    drawn = f"{bar(usage.fraction, _BAR)} " if bars else ""
    mark = "⚠ " if full else ""
    # In a narrow box, what would only wrap is left to the list.
    total = (
        ""
        if 0 < width < _BAR_FITS
        else _(" de {total_kib}").format(total_kib=size(usage.total_kib // 1024))
    )
    return Content.assemble(
        f"{name:<8} " if bars else f"{name} ",
        (drawn + mark, colour),
        f"{usage.fraction * 100:.0f} %{total}",
    )


def _listeners(listeners: tuple[Listener, ...] | None) -> Content:
    if listeners is None:
        return Content.styled(_("ports inconnus"), "$warning")
    words = []
    for one in listeners:
        program = f" {one.program}" if one.program else ""
        words.append(f"{one.port}{program}{' (local)' if one.loopback else ''}")
    return Content.assemble(("TCP ", "$muted"), " · ".join(words) or _("aucun port"))
