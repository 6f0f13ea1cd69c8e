"""An exam in plain mode: begun, handed in, finished, in sentences."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from pcapra_lab.cli.plain_voice import Voice
from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.exam_api import ExamView
from pcapra_lab.session.exam_words import LIMITS, RULES, exam_lines, verdict_words


class PlainExam:
    """Serves the answer ``x``.

    Args:
        session: whose exam.
        voice: who is spoken with.
        cancellable: gives an event that Ctrl-C sets while machines are moved.
        drop: closes the shells: the machines go back to their prepared state.
    """

    def __init__(
        self,
        session: TraineeSession,
        voice: Voice,
        cancellable: Callable[[], AbstractContextManager[threading.Event]],
        drop: Callable[[], None],
    ) -> None:
        self._session = session
        self._voice = voice
        self._cancellable = cancellable
        self._drop = drop

    def serve(self, request: str) -> bool:
        """Do what was asked, or tell where the exam is.

        Returns:
            Whether one has begun, which brings all back to the first step.

        Raises:
            LabError: it cannot be done now.
        """
        acts: dict[str, Callable[[], bool | None]] = {
            _("commencer"): self._start,
            _("rendre"): self._submit,
            _("finir"): self._finish,
            _("abandonner"): self._abandon,
        }
        if request and request not in acts:
            self._voice.say(_("x est suivi de : {acts}.").format(acts=", ".join(acts)))
        elif request:
            return bool(acts[request]())
        else:
            self._tell(self._session.exams.view())
        return False

    def _start(self) -> bool:
        for rule in RULES:
            self._voice.say(rule)
        self._voice.say(LIMITS)
        if not self._voice.agrees(_("Commencer l'examen ?")):
            return False
        self._drop()
        with self._cancellable() as cancel:
            self._tell(self._session.exams.start(self._voice.progress, cancel))
        return True

    def _submit(self) -> None:
        if self._voice.agrees(_("Rendre cette étape ? On n'y revient qu'à la notation finale.")):
            self._tell(self._session.exams.submit(self._voice.progress))

    def _finish(self) -> None:
        if self._voice.agrees(_("Terminer l'examen ? Rien ne pourra plus être corrigé.")):
            self._tell(self._session.exams.finish(self._voice.progress))

    def _abandon(self) -> None:
        if self._voice.agrees(_("Abandonner l'examen ? Il n'aura pas de résultat.")):
            self._tell(self._session.exams.abandon())

    def _tell(self, view: ExamView | None) -> None:
        if view is None:
            self._voice.say(_("Pas d'examen en cours : x commencer en commence un."))
            return
        for one in view.verdicts:
            word = _("Réussie") if one.green else _("Pas réussie")
            self._voice.say(
                _("{word} : {title}, {verdict}.").format(
                    word=word, title=one.title, verdict=verdict_words(one)
                )
            )
        titles = {step.id: step.title for step in self._session.exercise.steps}
        for line in exam_lines(view, titles):
            self._voice.say(line)
