"""« Architecture constatée »: machines, addresses and services as they were last seen."""

from pcapra_lab.i18n import _
from pcapra_lab.report.document import Block, Cell, Note, Paragraph, Section, Table, Tone
from pcapra_lab.session.last_seen import SeenMachines, SeenVm
from pcapra_lab.session.reporting.facts import Facts
from pcapra_lab.session.reporting.words import POWER, UNKNOWN, moment


def architecture(facts: Facts) -> Section:
    """The section."""
    title, machines = _("Architecture constatée"), facts.seen.machines
    if not facts.topology.vms:
        none = Paragraph(_("Cet exercice n'a pas de machines."))
        return Section("architecture", title, (none,))
    blocks: list[Block] = []
    if machines is None:
        blocks.append(
            Note(
                _(
                    "Les machines n'ont jamais été regardées en marche : ce qui suit est ce que "
                    "l'exercice prévoit, rien n'a été constaté."
                )
            )
        )
    else:
        blocks.append(
            Paragraph(
                _(
                    "État constaté le {when} en interrogeant chaque machine. Une valeur inconnue "
                    "n'a pas pu être lue ; rien n'est supposé."
                ).format(when=moment(machines.at))
            )
        )
        if machines.run != facts.run:
            blocks.append(
                Note(
                    _(
                        "L'exercice a été recommencé depuis cette date : cet état est celui du "
                        "parcours n° {run}."
                    ).format(run=machines.run)
                )
            )
    blocks.append(_machines(facts, machines))
    blocks.append(_services(facts, machines))
    return Section("architecture", title, tuple(blocks))


def _machines(facts: Facts, machines: SeenMachines | None) -> Table:
    seen = _by_name(machines)
    head = (_("Machine"), _("Rôle"), _("Adresse prévue"), _("Adresses vues"), _("État"))
    rows: list[tuple[str | Cell, ...]] = []
    for vm in facts.topology.vms:
        one = seen.get(vm.name)
        power = Cell(UNKNOWN, Tone.DOUBT) if one is None else Cell(POWER[one.power])
        rows.append((vm.name, vm.title, vm.address, _known(one.addresses if one else None), power))
    return Table.of(head, rows)


def _services(facts: Facts, machines: SeenMachines | None) -> Table:
    seen = _by_name(machines)
    head = (_("Machine"), _("Services en marche"), _("Ports ouverts au réseau"), _("À savoir"))
    rows: list[tuple[str | Cell, ...]] = []
    for vm in facts.topology.vms:
        one = seen.get(vm.name)
        services = _known(one.services if one else None)
        ports = _known(one.ports if one else None)
        rows.append((vm.name, services, ports, _news(one)))
    return Table.of(head, rows)


def _news(one: SeenVm | None) -> Cell:
    if one is None:
        return Cell("")
    said = [
        *(_("en échec : {unit}").format(unit=unit) for unit in one.failed),
        *(_("panne injectée : {label}").format(label=label) for label in one.faults),
        *([one.problem] if one.problem else []),
    ]
    return Cell(" ; ".join(said), Tone.BAD if said else Tone.PLAIN)


def _known(values: tuple[str, ...] | None) -> Cell:
    if values is None:
        return Cell(UNKNOWN, Tone.DOUBT)
    return Cell(", ".join(values) or _("aucun"))


def _by_name(machines: SeenMachines | None) -> dict[str, SeenVm]:
    return {one.name: one for one in machines.vms} if machines else {}
