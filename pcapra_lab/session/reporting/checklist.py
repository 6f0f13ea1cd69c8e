"""« Checklist PCA/PRA »: each line as probes last found it."""

from pcapra_lab.grading.results import Outcome
from pcapra_lab.i18n import _
from pcapra_lab.report.document import Block, Cell, Note, Paragraph, Section, Table
from pcapra_lab.session.checklist import evidence_of
from pcapra_lab.session.checklist_api import (
    ChecklistLine,
    ChecklistView,
    Evidence,
    LineState,
)
from pcapra_lab.session.reporting.facts import Facts
from pcapra_lab.session.reporting.words import LINES, moment
from pcapra_lab.session.ribbon_words import labelled


def lines_of(facts: Facts) -> tuple[ChecklistLine, ...]:
    """The checklist's lines, as last evaluated; those that never were are unknown."""
    kept = facts.seen.checklist
    seen = {line.id: line for line in kept.lines} if kept else {}
    proofs = evidence_of(facts.exercise)
    found = []
    for line in facts.exercise.checklist:
        state, reason = LineState.UNKNOWN, _("jamais sondé")
        if line.not_applicable is not None:
            state, reason = LineState.NOT_APPLICABLE, line.not_applicable
        bare = ChecklistLine(line.id, line.category, line.title, state, reason)
        # A line that is proved otherwise since then was not evaluated.
        known = seen.get(line.id)
        same = known is not None and [x.check for x in known.evidence] == list(proofs[line.id])
        found.append(known if known is not None and same else bare)
    return tuple(found)


def checklist(facts: Facts) -> Section | None:
    """The section; None for an exercise without a checklist."""
    if not facts.exercise.checklist:
        return None
    kept = facts.seen.checklist
    blocks: list[Block] = []
    if kept is None:
        blocks.append(Note(_("La checklist n'a jamais été sondée sur des machines en marche.")))
    else:
        said = _(
            "Évaluée le {when} par des sondes sur les machines en marche, jamais par une case "
            "cochée. Une ligne est vraie si tout ce qui la prouve a été constaté."
        )
        blocks.append(Paragraph(said.format(when=moment(kept.at))))
        if facts.seen.checklist_run != facts.run:
            blocks.append(Note(_("L'exercice a été recommencé depuis : ces états datent d'avant.")))
        if not kept.acted:
            blocks.append(
                Note(
                    _(
                        "Les contrôles qui agissent sur les machines n'ont pas été lancés "
                        "(option --act) : les lignes qui en dépendent sont inconnues."
                    )
                )
            )
    acted = facts.seen.acted if facts.seen.checklist_run == facts.run else None
    head = (_("Catégorie"), _("Vérification"), _("État"), _("Constaté"))
    rows: list[tuple[str | Cell, ...]] = [
        (line.category, line.title, LINES[line.state], _found(line, acted))
        for line in lines_of(facts)
    ]
    blocks.append(Table.of(head, rows))
    return Section("checklist", _("Checklist PCA/PRA"), tuple(blocks))


def _found(line: ChecklistLine, acted: ChecklistView | None) -> str:
    if line.state is LineState.NOT_APPLICABLE:
        return line.reason
    if line.state is LineState.UNKNOWN:
        return reason_of(line, acted)
    return " ; ".join(map(_evidence, line.evidence))


def reason_of(line: ChecklistLine, acted: ChecklistView | None) -> str:
    """Why a line is unknown, and what was found of it when what acts was last run."""
    known = next((one for one in acted.lines if one.id == line.id), None) if acted else None
    if acted is None or known is None:
        return line.reason
    if known.state is LineState.TRUE:
        text = _("{reason} ; trouvée vraie le {when}, avec --act")
    elif known.state is LineState.FALSE:
        text = _("{reason} ; trouvée fausse le {when}, avec --act")
    else:
        return line.reason
    return text.format(reason=line.reason, when=moment(acted.at))


def _evidence(one: Evidence) -> str:
    text = f"{one.title} [{one.vm}]"
    if one.outcome is Outcome.PASS:
        return f"✔ {text}"
    if one.outcome is Outcome.FAIL:
        return labelled(f"✘ {text}", one.observed)
    return _("? {evidence}, non évalué").format(evidence=text)
