"""What is wrong with a step's report at each stage of a replay: in words, or nothing. Pure."""

from collections.abc import Iterable

from pcapra_lab.content.models import Mutant, Step
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import _


def must_be_red(report: StepReport, step: Step) -> str:
    """Before the solution: nothing passes but the guards, and nothing is lost."""
    guards = {check.id for check in step.checks if check.guard}
    red = (Outcome.FAIL, Outcome.SKIP)
    wrong = [
        r
        for r in report.results
        if r.outcome not in red and not (r.id in guards and r.outcome is Outcome.PASS)
    ]
    return _complaint(_("devrait échouer avant la solution"), wrong) or must_not_be_lost(report)


def must_be_seen(report: StepReport) -> str:
    """In front of a fault among several: one check at least sees it."""
    if any(r.outcome is Outcome.FAIL for r in report.results):
        return ""
    return _complaint(_("ne voit pas cette panne"), report.results)


def must_be_green(report: StepReport) -> str:
    """After a solution: everything passes, and nothing is lost."""
    wrong = [r for r in report.results if r.outcome is not Outcome.PASS]
    return _complaint(_("devrait réussir après la solution"), wrong) or must_not_be_lost(report)


def must_not_be_lost(report: StepReport, when: str = "") -> str:
    """On the right way: no failcheck calls the state a dead end.

    Args:
        when: said after the complaint, if the stage does not say it.
    """
    wrong = [r for r in report.watched if r.outcome is not Outcome.FAIL]
    said = _("annonce à tort un état sans retour {when}").format(when=when).rstrip()
    return _complaint(said, wrong)


def must_be_lost(report: StepReport, failcheck: str) -> str:
    """In a dead end: the failcheck of that id sees it."""
    blind = [r for r in report.watched if r.id == failcheck and r.outcome is not Outcome.PASS]
    return _complaint(_("ne voit pas l'état sans retour"), blind)


def must_kill(report: StepReport, mutant: Mutant) -> str:
    """In front of a mutant: the checks it names fail and say why, and none is in error."""
    by_id = {r.id: r for r in report.results}
    alive = [by_id[c] for c in mutant.killed_by if by_id[c].outcome is not Outcome.FAIL]
    broken = [r for r in report.results if r.outcome is Outcome.ERROR]
    mute = [by_id[c] for c in mutant.killed_by if not by_id[c].observed]
    return (
        _complaint(_("ne voit pas ce mutant"), alive)
        or _complaint(_("tombe en erreur devant ce mutant"), broken)
        or _complaint(_("échoue sans dire ce qu'elle a vu"), mute)
    )


def _complaint(what: str, results: Iterable[CheckResult]) -> str:
    return " ; ".join(
        f"{r.id} ({r.outcome.value}) {what}" + (f" : {r.observed}" if r.observed else "")
        for r in results
    )
