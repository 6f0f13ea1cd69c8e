"""« Drills »: what was measured, with its ribbon; and « Écarts »: how far from the targets."""

from pcapra_lab.i18n import _
from pcapra_lab.progress.records import DrillState
from pcapra_lab.report.document import (
    Block,
    Cell,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
    Tone,
)
from pcapra_lab.report.document import Facts as FactRows
from pcapra_lab.report.text import visible
from pcapra_lab.session.drill_words import duration, measure_words, result_lines, targets_words
from pcapra_lab.session.reporting.facts import DrillFacts, Facts
from pcapra_lab.session.reporting.words import gap, moment, plain_gap
from pcapra_lab.session.ribbon_picture import ribbon_figure
from pcapra_lab.session.ribbon_words import labelled, ribbon_lines


def drills(facts: Facts) -> Section:
    """The section of the drills, measured ones first."""
    measured = [one for one in facts.drills if one.record.state is DrillState.ENDED]
    others = [one for one in facts.drills if one.record.state is not DrillState.ENDED]
    blocks: list[Block] = []
    if not facts.drills:
        blocks.append(Paragraph(_("Aucun drill n'a été fait dans ce parcours.")))
    blocks += [_measured(number, one) for number, one in enumerate(measured, 1)]
    if others:
        head = (_("Drill"), _("Déclaré le"), _("Ce qu'il en est"))
        rows: list[tuple[str | Cell, ...]] = [
            (one.view.title, moment(one.record.declared_at), _unmeasured(one)) for one in others
        ]
        blocks += [Paragraph(_("Drills sans mesure :")), Table.of(head, rows)]
    return Section("drills", _("Drills : ce qui a été mesuré"), tuple(blocks))


def _measured(number: int, one: DrillFacts) -> Section:
    blocks: list[Block] = [
        Paragraph(
            _("Étape « {step} », le {when}. Objectifs déclarés avant la panne : {targets}.").format(
                step=one.step_title,
                when=moment(one.record.ended_at or one.record.declared_at),
                targets=targets_words(one.view),
            )
        ),
        FactRows.of([(line.label, line.text) for line in result_lines(one.view)]),
    ]
    ribbon = one.view.ribbon
    if ribbon is not None and ribbon.lanes:
        told = tuple(labelled(line.label, line.text) for line in ribbon_lines(ribbon))
        # A state's value is what a machine said: it must not spoil the picture.
        svg = visible(ribbon_figure(one.view))
        caption = _("Ruban de disponibilité : {title}").format(title=one.view.title)
        blocks.append(Figure(f"ruban-{number}.svg", svg, caption, told))
    return Section(f"drill-{number}", one.view.title, tuple(blocks))


def _unmeasured(one: DrillFacts) -> Cell:
    if one.record.state is DrillState.INTERRUPTED:
        why = one.view.problem or _("sans raison connue")
        return Cell(_("interrompu : {why}").format(why=why), Tone.DOUBT)
    return Cell(_("en cours"), Tone.DOUBT)


def gaps(facts: Facts) -> Section:
    """The section of the gaps to the targets: of drills, and of steps with an objective."""
    head = (_("Quoi"), _("Grandeur"), _("Objectif"), _("Mesuré"), _("Écart"))
    rows: list[tuple[str | Cell, ...]] = []
    for one in facts.drills:
        result = one.view.result
        if one.record.state is not DrillState.ENDED or result is None:
            continue
        for name, target, judged in (
            ("RTO", one.view.rto_target, result.rto),
            ("RPO", one.view.rpo_target, result.rpo),
        ):
            if name == "RPO" and not one.view.writes:
                continue
            said = measure_words(judged.measure) if judged else "—"
            aim = "—" if target is None else duration(target)
            rows.append((one.view.title, name, aim, said, gap(target, judged)))
    for step in facts.reached:
        if (rto := step.rto) is not None:
            cell = plain_gap(rto.target, rto.seconds)
            measured = duration(rto.seconds)
            rows.append((step.step.title, "RTO", duration(rto.target), measured, cell))
    blocks: list[Block] = [
        Table.of(head, rows) if rows else Paragraph(_("Aucune mesure : aucun écart à constater."))
    ]
    if rows:
        blocks.append(
            Note(
                _(
                    "Chaque mesure est un intervalle. Un objectif qui tombe dedans reste indécis : "
                    "il n'est ni tenu ni manqué."
                )
            )
        )
    return Section("ecarts", _("Écarts aux objectifs"), tuple(blocks))
