"""Leaving a lesson: nothing is cut short, nothing is lost, and the machines are asked about."""

from functools import partial
from typing import TYPE_CHECKING

from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.dialogs.base import Choice
from pcapra_lab.ui.dialogs.failure import FailureDialog
from pcapra_lab.ui.dialogs.questions import Leaving
from pcapra_lab.ui.lesson.lab import LabPane, LabPhase
from pcapra_lab.ui.messages import ActionFailed

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class Departure:
    """The way out of a ``LessonScreen`` that has a session.

    The session is closed only once no worker uses it: leaving waits for the check, or the
    preparation, that is running.
    """

    def __init__(self, screen: "LessonScreen") -> None:
        self._screen = screen
        self._quitting = False
        self._asked = False
        self._closing = False
        self._saving = False
        self.decided = False
        """The trainee is on the way out; what ends now lets them go."""

    @property
    def _lab(self) -> LabPane:
        return self._screen.lab

    def ask(self, *, quitting: bool) -> None:
        """Ask what must be asked, then leave: the application, or the lesson for home."""
        if self.decided or self._asked:
            return
        self._quitting = quitting
        app = self._screen.app
        if self._lab.phase is LabPhase.WORKING:
            self._asked = True
            app.push_screen(questions.interrupt(), self._interrupted)
        elif self._lab.phase is LabPhase.READY and self._screen.machines:
            self._asked = True
            app.push_screen(questions.leave(quitting=quitting), self._answered)
        else:
            self._decide()

    def _interrupted(self, sure: bool | None) -> None:
        self._asked = False
        if sure:
            self.decided = True
            self._lab.cancel()
            self.proceed()

    def _answered(self, answer: Leaving | None) -> None:
        self._asked = False
        if answer is Leaving.SAVE:
            self._save()
        elif answer is Leaving.KEEP:
            self._decide()

    def _save(self) -> None:
        self._saving = True
        self._decide()

    def _decide(self) -> None:
        self.decided = True
        self._screen.checks.enable(False)
        if self._screen.checks.busy:
            self._say_waiting()
        self.proceed()

    def _say_waiting(self) -> None:
        if self._saving:
            self._screen.show_view("lab")
            self._lab.announce_save()
        else:
            self._screen.notify(_("Départ dès la fin de la vérification en cours…"))

    def proceed(self) -> None:
        """Take the next step out if nothing is running any more. Called when something ends."""
        busy = self._screen.checks.busy or self._lab.phase in (LabPhase.WORKING, LabPhase.SAVING)
        if not self.decided or busy or self._closing:
            return
        if self._saving:
            self._saving = False
            self._screen.show_view("lab")
            self._lab.save()
        else:
            self._closing = True
            self._screen.close_session()

    def save_failed(self, message: ActionFailed) -> None:
        """Offer to try again, to leave anyway, or to stay."""

        def answered(answer: Leaving | None) -> None:
            if answer is Leaving.SAVE:
                self._save()
            elif answer is Leaving.KEEP:
                self.proceed()
            else:
                self.decided = False

        choices: list[Choice[Leaving]] = [
            Choice("r", _("Réessayer"), Leaving.SAVE, "primary"),
            Choice("l", _("Partir quand même"), Leaving.KEEP),
            Choice("escape", _("Rester"), Leaving.STAY),
        ]
        dialog = FailureDialog(_("La mise en sommeil"), message.error, choices)
        self._screen.app.push_screen(dialog, answered)

    def closed(self) -> None:
        """The session is closed: go."""
        app = self._screen.app
        if self._quitting:
            app.exit()
        else:
            # A dialog may have opened meanwhile: home is under all of them.
            app.call_later(partial(_back_to, self._screen))


def _back_to(screen: "LessonScreen") -> None:
    while screen.app.screen is not screen and screen in screen.app.screen_stack:
        screen.app.pop_screen()
    if screen.app.screen is screen:
        screen.app.pop_screen()
