"""What a replay wants of a checklist: nothing true on blank machines, all true once all is done."""

from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.checklist import Checklist
from pcapra_lab.session.checklist_api import ChecklistLine, ChecklistView, LineState
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.ribbon_words import labelled

BEFORE = N_("checklist fausse avant")
AFTER = N_("checklist vraie après")
"""The stages, as proofs keep them."""


def before(play: Playground) -> str:
    """What is wrong with the checklist on prepared machines: the lines that are true already."""
    view = _evaluated(play, act=False)
    return _complaint(_("vraie avant que rien ne soit fait"), view, {LineState.TRUE})


def after(play: Playground) -> str:
    """What is wrong once every step is solved: the lines that are not true."""
    view = _evaluated(play, act=True)
    return _complaint(_("n'est pas vraie à la fin"), view, {LineState.FALSE, LineState.UNKNOWN})


def _evaluated(play: Playground, *, act: bool) -> ChecklistView:
    def running() -> set[str]:
        return {vm for vm, power in play.lab.power().items() if power is VmPower.RUNNING}

    checklist = Checklist(
        play.exercise,
        play.parameters,
        lambda step, observe_only: play.grade(step, observe_only=observe_only),
        running,
    )
    return checklist.evaluate(act=act)


def _complaint(what: str, view: ChecklistView, states: set[LineState]) -> str:
    return " ; ".join(
        f"{line.id} {what}{_seen(line)}" for line in view.lines if line.state in states
    )


def _seen(line: ChecklistLine) -> str:
    failed = [one for one in line.evidence if one.outcome == "fail"]
    why = line.reason or ", ".join(labelled(one.check, one.observed) for one in failed)
    return f" ({why})" if why else ""
