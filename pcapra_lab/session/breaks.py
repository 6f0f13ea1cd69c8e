"""A trainee's pauses: the clock stops, and in an exam the machines sleep with it."""

import threading
from collections.abc import Callable

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.progress.exam_entries import Kind
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drilling import Drilling
from pcapra_lab.session.examining import Examining
from pcapra_lab.session.timekeeper import Timekeeper


class Breaks:
    """Pauses of one session.

    Args:
        exercise: its id.
        time: the clock.
        exams: the exam that may be running.
        drills: a drill that runs is not paused: its own clock would go on.
    """

    def __init__(self, exercise: str, time: Timekeeper, exams: Examining, drills: Drilling) -> None:
        self._id = exercise
        self._time = time
        self._exams = exams
        self._drills = drills

    def begin(self, sleep: Callable[[], None]) -> None:
        """Pause.

        Args:
            sleep: puts the machines to sleep: in an exam nobody works on the sly.

        Raises:
            LabError: the exercise was not begun, is paused already, or a drill runs.
        """
        view = self._drills.view()
        if view is not None and view.phase.running:
            raise LabError(
                _("un drill est en cours : son horloge ne s'arrête pas"),
                hint=_("terminez-le, ou « pcapra-lab drill give-up » l'abandonne"),
            )
        try:
            fresh = self._time.pause()
        except KeyError as error:
            raise LabError(
                _("cet exercice n'est pas commencé"),
                hint=_("pcapra-lab up {id} le commence").format(id=self._id),
            ) from error
        if not fresh:
            raise LabError(
                _("l'exercice est déjà en pause"),
                hint=_("pcapra-lab resume {id} le reprend").format(id=self._id),
            )
        if self._exams.running:
            self._exams.tell(Kind.PAUSE)
            sleep()

    def end(
        self,
        start: Callable[[EventSink, threading.Event], None],
        on_event: EventSink,
        cancel: threading.Event,
    ) -> None:
        """Resume.

        Args:
            start: brings the machines up, and ends the pause with it: in an exam only.
            on_event: told how far it is.
            cancel: stops it.

        Raises:
            LabError: there is no pause.
        """
        if self._time.paused_since is None:
            raise LabError(
                _("l'exercice n'est pas en pause"),
                hint=_("pcapra-lab pause {id} arrête l'horloge").format(id=self._id),
            )
        if self._exams.running:
            start(on_event, cancel)
        else:
            self._time.resume()

    def over(self) -> None:
        """The trainee is back at work: a pause that was forgotten ends."""
        pause = self._time.resume()
        if pause is not None:
            self._exams.tell(Kind.RESUME, paused=round(pause, 1))
