"""Words that several parts of a report use."""

import time

from pcapra_lab.drills.measures import Verdict
from pcapra_lab.drills.result import Judged
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.report.document import Cell, Tone
from pcapra_lab.session.checklist_api import LineState
from pcapra_lab.session.drill_words import duration
from pcapra_lab.session.views import StepState

UNKNOWN = _("inconnu")
POWER = {
    VmPower.RUNNING: _("en marche"),
    VmPower.PAUSED: _("en pause"),
    VmPower.STOPPED: _("à l'arrêt"),
    VmPower.SAVED: _("en sommeil"),
    VmPower.ABSENT: _("pas créée"),
}
STEPS = {
    StepState.DONE: Cell(_("✔ réussie"), Tone.GOOD),
    StepState.HELPED: Cell(_("✔ aidée"), Tone.DOUBT),
    StepState.CURRENT: Cell(_("▶ en cours"), Tone.DOUBT),
    StepState.LOCKED: Cell(_("○ à venir")),
    StepState.UNGRADED: Cell(_("○ non notée")),
}
LINES = {
    LineState.TRUE: Cell(_("✔ vrai"), Tone.GOOD),
    LineState.FALSE: Cell(_("✘ faux"), Tone.BAD),
    LineState.NOT_APPLICABLE: Cell(_("– sans objet")),
    LineState.UNKNOWN: Cell(_("? inconnu"), Tone.DOUBT),
}


def moment(at: float) -> str:
    """A date and a time of day, on this host's clock."""
    return time.strftime(_("%d/%m/%Y à %H:%M"), time.localtime(at))


def hour(at: float) -> str:
    """A time of day, with the day: « 30/11 14:03:27 »."""
    return time.strftime("%d/%m %H:%M:%S", time.localtime(at))


def gap(target: float | None, judged: Judged | None) -> Cell:
    """How far a measure is from its target."""
    if target is None:
        return Cell(_("pas d'objectif déclaré"))
    if judged is None or judged.verdict is None:
        return Cell(_("? non mesuré"), Tone.DOUBT)
    length = duration(abs(judged.measure.seconds - target))
    match judged.verdict:
        case Verdict.MET:
            return Cell(_("✔ tenu, {length} de marge").format(length=length), Tone.GOOD)
        case Verdict.MISSED:
            return Cell(_("✘ manqué de {length}").format(length=length), Tone.BAD)
        case Verdict.UNDECIDED:
            return Cell(_("? indécis : la mesure ne tranche pas"), Tone.DOUBT)


def plain_gap(target: float, seconds: float) -> Cell:
    """The same for a recovery time that the program measured alone."""
    length = duration(abs(seconds - target))
    if seconds <= target:
        return Cell(_("✔ tenu, {length} de marge").format(length=length), Tone.GOOD)
    return Cell(_("✘ manqué de {length}").format(length=length), Tone.BAD)
