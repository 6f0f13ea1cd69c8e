"""A surprise drill in words: what may be answered, what was answered, and how it was graded."""

from pcapra_lab.drills.measures import Verdict as Met
from pcapra_lab.drills.surprises.assessment import Assessment, Incident, Lure
from pcapra_lab.drills.surprises.watch import Verdict
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.session.drill_api import OnCall
from pcapra_lab.session.measure_words import Line, against_target, duration, joined, measure_words

VERDICTS = {
    Verdict.RIGHT: _("juste : réparez"),
    Verdict.LATE: _("juste, mais la panne était déjà réparée"),
    Verdict.MACHINE: _("la machine est la bonne, la cause non"),
    Verdict.DECOY: _("fausse piste : un leurre"),
    Verdict.WRONG: _("non"),
}
_FOUND = {
    None: _("jamais diagnostiquée"),
    Verdict.LATE: _("diagnostiquée après la réparation : ne compte pas"),
    Verdict.MACHINE: _("la machine a été trouvée, pas la cause"),
}
_SIGNS = {Verdict.RIGHT: Met.MET, None: Met.MISSED, Verdict.LATE: Met.MISSED}
_TOLD = {Verdict.RIGHT: Met.MET, Verdict.MACHINE: Met.UNDECIDED, Verdict.LATE: Met.UNDECIDED}


def left_words(on_call: OnCall) -> str:
    """How long the watch still lasts; empty before it has begun."""
    if on_call.left is None:
        return ""
    if on_call.left <= 0:
        return _("finie : il ne se passera plus rien")
    return _("encore {left}").format(left=duration(round(on_call.left)))


def on_call_lines(on_call: OnCall) -> list[Line]:
    """What the trainee may answer, and what they did answer."""
    lines = []
    if left := left_words(on_call):
        lines.append(Line(_("Garde"), left))
    if on_call.left is not None:
        lines.append(Line(_("Machines"), ", ".join(on_call.machines)))
        for number, (_id, words) in enumerate(on_call.causes, 1):
            lines.append(Line(_("Cause {number}").format(number=number), words))
    for one in on_call.told:
        said = _("{machine}, {cause} : {verdict}").format(
            machine=one.machine, cause=one.cause, verdict=VERDICTS[one.verdict]
        )
        lines.append(Line(_("Diagnostic"), said, _TOLD.get(one.verdict, Met.MISSED)))
    return lines


def assessed_lines(graded: Assessment) -> list[Line]:
    """What the diagnoses were worth, each fault, each decoy."""
    lines = [Line(_("Note"), _grade(graded))]
    lines += [_incident(one) for one in graded.incidents]
    lines += [_lure(one) for one in graded.lures]
    lines.append(Line(_("Graine"), graded.seed))
    return lines


def _grade(graded: Assessment) -> str:
    right = sum(one.verdict is Verdict.RIGHT for one in graded.incidents)
    percent = round(100 * graded.score)
    found = ngettext(
        "{percent} % : {right} panne diagnostiquée sur {count}",
        "{percent} % : {right} pannes diagnostiquées sur {count}",
        right,
    ).format(percent=percent, right=right, count=len(graded.incidents))
    wrong = ngettext("{count} diagnostic faux", "{count} diagnostics faux", graded.wrong)
    return joined(found, wrong.format(count=graded.wrong) if graded.wrong else "")


def _incident(one: Incident) -> Line:
    what = _("{machine} : {title} (« {cause} »)").format(
        machine=one.vm, title=one.title, cause=one.cause
    )
    if one.verdict is Verdict.RIGHT and one.detection is not None:
        found = _("diagnostiquée en {length}").format(length=measure_words(one.detection))
    else:
        found = _FOUND[one.verdict]
    repaired = _("défaite par le laboratoire")
    if one.repair is not None:
        repaired = _("réparée en {length}").format(length=against_target(one.repair))
    return Line(_("Panne"), joined(what, found, repaired), _SIGNS.get(one.verdict, Met.UNDECIDED))


def _lure(one: Lure) -> Line:
    what = _("{machine} : {title}").format(machine=one.vm, title=one.title)
    accused = _("accusé à tort") if one.accused else ""
    sign = Met.MISSED if one.accused else None
    return Line(_("Leurre"), joined(what, accused, one.innocent), sign)
