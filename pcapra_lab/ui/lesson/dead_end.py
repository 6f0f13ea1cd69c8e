"""A state that going on cannot repair: told once, with the way back."""

from typing import TYPE_CHECKING

from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.lesson.lab import LabPhase

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.view import LessonView


def way_back_question(report: StepReport, title: str) -> Dialog[bool | None]:
    """Ask whether to go back to the beginning of a step (True)."""
    told = "\n\n".join(f"✖ {result.title}\n{result.hint}" for result in report.lost)
    choices: list[Choice[bool | None]] = [
        Choice("r", _("Revenir au début de « {title} »").format(title=title), True, "primary"),
        Choice("escape", _("Rester dans cet état"), None),
    ]
    return Dialog(
        _("Sans retour"),
        _(
            "{told}\n\nContinuer ne le réparera pas. Revenir ramène toutes les machines à ce "
            "point : "
            "ce qui y a été fait depuis est perdu, pas vos points."
        ).format(told=told),
        choices,
    )


def offer_way_back(screen: "LessonView", session: TraineeSession, report: StepReport) -> None:
    """Ask, and go back if that is wanted; without a checkpoint, say what is left to do."""
    step = session.way_back()
    if step is None:
        words = _("{title} : F8 réinitialise le labo.").format(title=report.lost[0].title)
        screen.notify(words, title=_("Sans retour"), severity="error", markup=False)
        return
    title = next(one.title for one in session.exercise.steps if one.id == step)

    def answered(back: bool | None) -> None:
        if back and screen.lab.phase is LabPhase.READY and not screen.checks.busy:
            screen.show_view("lab")
            screen.lab.rewind(step, title)
        elif back:
            screen.notify(_("Une action est en cours : réessayez dans un instant."))
            # It is told once only: an answer that comes too early is asked for again.
            ask()

    def ask() -> None:
        screen.app.push_screen(way_back_question(report, title), answered)

    ask()
