"""Going back: what to reset is asked, after whether to relaunch what fell."""

from functools import partial
from typing import TYPE_CHECKING

from pcapra_lab.i18n import _
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.lesson.lab import LabPhase, relaunch_question

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


class Resetting:
    """The ways back of a ``LessonScreen`` that has a session."""

    def __init__(self, screen: "LessonScreen") -> None:
        self._screen = screen

    def ask(self, vm: str) -> None:
        """Ask what to reset, or whether to reset ``vm``; first whether to relaunch what fell."""
        screen = self._screen
        if screen.state is None:
            return
        if screen.lab.phase in (LabPhase.WORKING, LabPhase.SAVING) or screen.checks.busy:
            self._say_busy()
            return
        if screen.lab.fallen:
            answered = partial(self._relaunch_answered, vm)
            screen.app.push_screen(relaunch_question(screen.lab.fallen), answered)
        else:
            self._ask_what(vm)

    def relaunch(self) -> None:
        """Start again the machines that fell."""
        screen = self._screen
        if screen.checks.busy:
            self._say_busy()
        elif screen.lab.fallen:
            screen.show_view("lab")
            screen.lab.relaunch()

    def _say_busy(self) -> None:
        self._screen.notify(_("Une action est en cours : réessayez dans un instant."))

    def _relaunch_answered(self, vm: str, relaunch: bool | None) -> None:
        if relaunch:
            self.relaunch()
        elif relaunch is not None:
            self._ask_what(vm)

    def _ask_what(self, vm: str) -> None:
        screen = self._screen

        def answered(what: str | None) -> None:
            if what is not None:
                screen.show_view("lab" if screen.machines else "checks")
                screen.lab.reset(what or None)

        if screen.state is not None:
            vms = [one for one in screen.state.vms if vm in ("", one.name)]
            screen.app.push_screen(questions.reset(vms), answered)
