"""Pausing a lesson, and coming back to it."""

from typing import TYPE_CHECKING

from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.lesson.lab import LabPhase

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class PauseDialog(Dialog[bool]):
    """Stands over the lesson while its clock stands still. True resumes, False goes home."""

    def __init__(self, *, asleep: bool) -> None:
        where = (
            _("Les machines dorment, rien n'y est perdu.")
            if asleep
            else _("Les machines continuent : rien n'y change.")
        )
        choices: list[Choice[bool]] = [
            Choice("z", _("Reprendre"), True, "primary"),
            Choice("a", _("Revenir à l'accueil, en pause"), False),
        ]
        body = _("Le temps n'est plus compté, même si vous quittez. {where}").format(where=where)
        super().__init__(_("‖ En pause"), body, choices)


def in_exam() -> Dialog[bool]:
    """Ask before the machines of an exam are put to sleep."""
    return Dialog(
        _("Mettre l'examen en pause"),
        _(
            "L'horloge s'arrête et les machines sont endormies, terminaux compris. La pause est "
            "écrite au journal de l'examen."
        ),
        [
            Choice("o", _("Mettre en pause"), True, "primary"),
            Choice("escape", _("Continuer"), False),
        ],
    )


class Breaks:
    """The pauses of a ``LessonScreen`` that has a session."""

    def __init__(self, screen: "LessonScreen") -> None:
        self._screen = screen

    def ask(self) -> None:
        """Pause, at once in practice, after a question in an exam."""
        screen = self._screen
        state = screen.state
        if state is None or screen.lab.phase in (LabPhase.WORKING, LabPhase.SAVING):
            return
        if screen.checks.asked:
            screen.notify(_("Une action est en cours : réessayez dans un instant."))
        elif not state.in_exam:
            screen.work(screen.bridge.pause, "pause")
        elif screen.lab.phase is LabPhase.READY:
            screen.app.push_screen(in_exam(), self._answered)

    def _answered(self, sure: bool | None) -> None:
        if sure:
            self._screen.show_view("lab" if self._screen.machines else "checks")
            self._screen.lab.sleep_for_pause()

    def began(self) -> None:
        """The clock stands still."""
        if isinstance(self._screen.app.screen, PauseDialog):
            return
        asleep = self._screen.machines and self._screen.lab.phase is LabPhase.DOWN
        self._screen.app.push_screen(PauseDialog(asleep=asleep), self._over)

    def _over(self, resume: bool | None) -> None:
        screen = self._screen
        if not resume:
            screen.action_home()
        elif screen.lab.phase is LabPhase.DOWN:
            screen.lab.start()
        else:
            screen.work(screen.bridge.resume, "pause")
