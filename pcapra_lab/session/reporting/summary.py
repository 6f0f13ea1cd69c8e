"""« Synthèse »: the whole in a few figures, and what is left to work on."""

from pcapra_lab.drills.measures import Verdict
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.progress.records import DrillState, StepMark
from pcapra_lab.report.document import Block, Bullets, Cell, Paragraph, Section, Tone
from pcapra_lab.report.document import Facts as FactRows
from pcapra_lab.session.checklist_api import LineState
from pcapra_lab.session.drill_words import duration
from pcapra_lab.session.reporting.checklist import lines_of
from pcapra_lab.session.reporting.facts import DrillFacts, Facts


def summary(facts: Facts) -> Section:
    """The section."""
    records = [one.record for one in facts.reached if one.record is not None]
    done = sum(one.mark is not StepMark.CURRENT for one in records)
    helped = sum(one.mark is StepMark.HELPED for one in records)
    attempts = sum(len(one.attempts) for one in facts.steps)
    rows: list[tuple[str, str | Cell]] = [
        (_("Étapes réussies"), _done(done, len(facts.steps), helped)),
        (_("Points"), f"{_earned(facts)}/{sum(one.status.points for one in facts.steps)}"),
        (_("Temps passé"), duration(sum(one.seconds for one in records))),
        (_("Vérifications demandées"), str(attempts)),
        (_("Indices pris"), str(sum(one.hints_used for one in records))),
        (_("Drills"), _drills(facts)),
    ]
    if facts.exercise.checklist:
        rows.append((_("Checklist"), _checklist(facts)))
    left = tuple(_left(facts))
    blocks: list[Block] = [FactRows.of(rows)]
    if left:
        blocks += [Paragraph(_("À reprendre :")), Bullets(left)]
    else:
        blocks.append(Paragraph(_("Rien n'est resté en suspens.")))
    return Section("synthese", _("Synthèse"), tuple(blocks))


def _done(done: int, total: int, helped: int) -> str:
    text = f"{done}/{total}"
    if helped:
        text += ngettext(", dont {count} aidée", ", dont {count} aidées", helped).format(
            count=helped
        )
    return text


def _earned(facts: Facts) -> int:
    return sum(one.status.earned for one in facts.steps)


def _verdicts(one: DrillFacts) -> list[Verdict | None]:
    """Of each target that was declared; None: nothing was measured for it."""
    result = one.view.result
    found: list[Verdict | None] = []
    for target, judged in (
        (one.view.rto_target, result.rto if result else None),
        (one.view.rpo_target, result.rpo if result else None),
    ):
        if target is not None:
            found.append(judged.verdict if judged else None)
    return found


def _drills(facts: Facts) -> Cell:
    measured = [one for one in facts.drills if one.record.state is DrillState.ENDED]
    verdicts = [verdict for one in measured for verdict in _verdicts(one)]
    if not measured:
        return Cell(_("aucun n'a été mesuré"))
    met, missed = verdicts.count(Verdict.MET), verdicts.count(Verdict.MISSED)
    text = _(
        "mesurés : {drills} ; objectifs tenus : {met}, manqués : {missed}, "
        "indécis ou non mesurés : {rest}"
    ).format(drills=len(measured), met=met, missed=missed, rest=len(verdicts) - met - missed)
    return Cell(text, Tone.BAD if missed else Tone.PLAIN)


def _checklist(facts: Facts) -> Cell:
    states = [line.state for line in lines_of(facts)]
    text = _(
        "vraies : {true}, fausses : {false}, inconnues : {unknown}, sans objet : {none}"
    ).format(
        true=states.count(LineState.TRUE),
        false=states.count(LineState.FALSE),
        unknown=states.count(LineState.UNKNOWN),
        none=states.count(LineState.NOT_APPLICABLE),
    )
    return Cell(text, Tone.BAD if LineState.FALSE in states else Tone.PLAIN)


def _left(facts: Facts) -> list[str]:
    """What an after-action review comes back to."""
    found = []
    for one in facts.steps:
        mark = one.record.mark if one.record else None
        if mark is None or mark is StepMark.CURRENT:
            found.append(_("étape à finir : {title}").format(title=one.step.title))
        elif mark is StepMark.HELPED:
            found.append(_("étape à refaire sans aide : {title}").format(title=one.step.title))
    for drill in facts.drills:
        if drill.record.state is DrillState.ENDED and Verdict.MISSED in _verdicts(drill):
            found.append(_("objectif manqué : {title}").format(title=drill.view.title))
    for step in facts.reached:
        if step.rto is not None and not step.rto.met:
            found.append(_("objectif manqué : {title}").format(title=step.step.title))
    for line in lines_of(facts):
        if line.state is LineState.FALSE:
            found.append(_("checklist, faux : {title}").format(title=line.title))
        elif line.state is LineState.UNKNOWN:
            found.append(_("checklist, inconnu : {title}").format(title=line.title))
    return found
