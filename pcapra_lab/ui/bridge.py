"""Session calls made from worker threads, answered by messages.

Every method blocks: run it in a thread worker. None touches a widget.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from pcapra_lab.errors import LabError, VmError
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.browser import show_page
from pcapra_lab.ui import messages
from pcapra_lab.ui.home.warmup import warm_up
from pcapra_lab.ui.messages import Action
from pcapra_lab.ui.text import POWERS

if TYPE_CHECKING:
    from pcapra_lab.content.blocks import FileBlock
    from pcapra_lab.lab.events import LabEvent
    from pcapra_lab.session.api import Application, LessonCard, TraineeSession

logger = logging.getLogger(__name__)

Post = Callable[[Message], bool]
"""``Widget.post_message``: safe from any thread, False once the widget is closing."""


def guarded(post: Post, action: Action, work: Callable[[], Message], vm: str | None = None) -> None:
    """Post what ``work`` returns, or ``ActionFailed`` with the error it raised.

    A defect of ours becomes a ``LabError`` too: it is logged and shown, and whoever waits for an
    answer gets one, instead of a screen that stays busy for ever.
    """
    try:
        message = work()
    except LabError as error:
        message = messages.ActionFailed(action, error, vm)
    except Exception as error:
        logger.exception("defect during %s", action.name)
        message = messages.ActionFailed(action, _defect(error), vm)
    post(message)


def _defect(error: Exception) -> LabError:
    return LabError(
        _("Erreur interne : {name} : {error}").format(name=type(error).__name__, error=error),
        hint=_(
            "C'est un défaut de pcapra-lab, pas de votre travail. Le journal en garde le détail ; "
            "vous pouvez réessayer."
        ),
    )


class ApplicationBridge:
    """The home screen's calls."""

    def __init__(self, application: Application, post: Post) -> None:
        self._application = application
        self._post = post

    def load_course(self) -> None:
        """Answer ``CourseLoaded``."""
        application = self._application
        guarded(
            self._post,
            Action.HOME,
            lambda: messages.CourseLoaded(application.modules(), application.resume()),
        )

    def examine_host(self) -> None:
        """Answer ``HostExamined``. The first time, a boot under KVM is tried: seconds."""
        guarded(self._post, Action.HOST, lambda: messages.HostExamined(self._application.host()))

    def warm_up(self) -> None:
        """Load what a lesson needs. Answer ``WarmedUp``, or why no lesson can open here."""

        def work() -> Message:
            warm_up()
            return messages.WarmedUp()

        guarded(self._post, Action.OPEN, work)

    def open_lesson(self, card: LessonCard, *, read_only: bool) -> None:
        """Answer ``LessonOpened``; without an exercise a lesson can only be read."""

        def work() -> Message:
            lexicon = self._application.lexicon()
            if read_only or card.exercise is None:
                document = self._application.read_only(card.module, card.id)
                return messages.LessonOpened(card, document, None, lexicon)
            warm_up()
            session = self._application.open(card.exercise)
            try:
                state = session.state()
            except BaseException:
                # Where it stands cannot be told: the lab must not stay taken.
                session.close()
                raise
            return messages.LessonOpened(card, session.lesson, session, lexicon, state)

        guarded(self._post, Action.OPEN, work)


class SessionBridge:
    """The lesson screen's calls."""

    def __init__(self, session: TraineeSession, post: Post, clock: Callable[[], float]) -> None:
        self._session = session
        self._post = post
        self._clock = clock

    def _progress(self, event: LabEvent) -> None:
        self._post(messages.LabProgressed(event, self._clock()))

    def start(self, cancel: threading.Event) -> None:
        """Answer ``LabProgressed`` as it goes, then ``LabStarted``."""

        def work() -> Message:
            self._session.start(self._progress, cancel)
            return messages.LabStarted(self._session.state())

        guarded(self._post, Action.START, work)

    def reset(self, cancel: threading.Event, vm: str | None) -> None:
        """Answer as ``start`` does."""

        def work() -> Message:
            self._session.reset(self._progress, cancel, vm)
            return messages.LabStarted(self._session.state())

        guarded(self._post, Action.RESET, work, vm)

    def rewind(self, cancel: threading.Event, step: str) -> None:
        """Answer as ``start`` does."""

        def work() -> Message:
            self._session.rewind(step, self._progress, cancel)
            return messages.LabStarted(self._session.state())

        guarded(self._post, Action.REWIND, work)

    def pause(self) -> None:
        """Answer ``Paused``; in an exam ``LabProgressed`` as the machines go to sleep."""

        def work() -> Message:
            # Paused from elsewhere, or its resumption failed: what is left is to resume.
            if not self._session.state().paused:
                self._session.pause(self._progress)
            return messages.Paused(self._session.state())

        guarded(self._post, Action.PAUSE, work)

    def resume(self) -> None:
        """Answer ``Resumed``. Not in an exam: its machines are to be started."""

        def work() -> Message:
            self._session.resume(self._progress, threading.Event())
            return messages.Resumed(self._session.state())

        guarded(self._post, Action.PAUSE, work)

    def begin_exam(self, cancel: threading.Event) -> None:
        """Answer as ``start`` does."""

        def work() -> Message:
            self._session.exams.start(self._progress, cancel)
            return messages.LabStarted(self._session.state())

        guarded(self._post, Action.RESET, work)

    def hand_in(self) -> None:
        """Hand in the current step of an exam. Answer ``ExamMoved``."""

        def work() -> Message:
            exam = self._session.exams.submit(self._progress)
            return messages.ExamMoved(exam, self._session.state())

        guarded(self._post, Action.EXAM, work)

    def end_exam(self) -> None:
        """Grade everything and end the exam. Answer ``ExamMoved``."""

        def work() -> Message:
            exam = self._session.exams.finish(self._progress)
            return messages.ExamMoved(exam, self._session.state())

        guarded(self._post, Action.EXAM, work)

    def survey(self) -> None:
        """Look again at what the target architecture shows. Answer ``Surveyed``."""

        def work() -> Message:
            self._session.survey()
            return messages.Surveyed(self._session.state())

        guarded(self._post, Action.SURVEY, work)

    def stop(self) -> None:
        """Answer ``LabProgressed`` as it goes, then ``LabSaved``."""

        def work() -> Message:
            self._session.stop(self._progress)
            return messages.LabSaved()

        guarded(self._post, Action.STOP, work)

    def follow(self) -> Callable[[], None]:
        """Answer ``PowerChanged`` each time a machine falls or comes back; returns what ends it.

        Unlike the others this one returns at once.
        """

        def heard(vm: str, power: VmPower) -> None:
            guarded(
                self._post,
                Action.FOLLOW,
                lambda: messages.PowerChanged(vm, power, self._session.state()),
                vm,
            )

        return self._session.follow(heard)

    def close(self) -> None:
        """Answer ``SessionClosed``."""

        def work() -> Message:
            self._session.close()
            return messages.SessionClosed()

        guarded(self._post, Action.CLOSE, work)

    def check(self, cancel: threading.Event) -> None:
        """Grade for good. Answer ``StepGraded``."""

        def work() -> Message:
            report = self._session.check(on_event=self._progress, cancel=cancel)
            return messages.StepGraded(report, self._session.state(), recorded=True)

        guarded(self._post, Action.CHECK, work)

    def watch(self) -> None:
        """Look without recording; grade for good only what is seen green.

        Both happen in this one worker, so that no other check comes in between.
        """

        def work() -> Message:
            report = self._session.check(observe_only=True)
            recorded = report.green
            if recorded:
                report = self._session.check()
            return messages.StepGraded(report, self._session.state(), recorded=recorded)

        guarded(self._post, Action.WATCH, work)

    def solve(self, cancel: threading.Event) -> None:
        """Run the current step's solution. Answer ``StepGraded``."""

        def work() -> Message:
            report = self._session.solve(self._progress, cancel)
            return messages.StepGraded(report, self._session.state(), recorded=True, helped=True)

        guarded(self._post, Action.SOLVE, work)

    def answer(self, question: str, answer: str | None) -> None:
        """Judge an answer, or with None give the question up.

        Answer ``QuestionAnswered``, or ``QuestionRefused``.
        """

        def refused(message: Message) -> bool:
            if isinstance(message, messages.ActionFailed):
                return self._post(messages.QuestionRefused(question, message.error))
            return self._post(message)

        def work() -> Message:
            if answer is None:
                return messages.QuestionAnswered(self._session.give_up(question))
            return messages.QuestionAnswered(self._session.answer(question, answer))

        guarded(refused, Action.ANSWER, work)

    def hint(self, step: str) -> None:
        """Answer ``HintGiven``, or ``HintMoot`` if a check running meanwhile passed ``step``.

        What comes after a passed step takes seconds: until then it still seems to be current.
        """

        def work() -> Message:
            if self._session.state().current_step != step:
                return messages.HintMoot()
            hint = self._session.hint()
            return messages.HintGiven(step, hint, self._session.state())

        guarded(self._post, Action.HINT, work)

    def open_shell(self, vm: str, columns: int, rows: int) -> None:
        """Answer ``ShellOpened``, once the machine runs. The shell is closed if nobody listens."""

        def work() -> Message:
            power = next(v.power for v in self._session.state().vms if v.name == vm)
            if power is not VmPower.RUNNING:
                raise VmError(vm, _("la machine est {word}.").format(word=POWERS[power].word))
            return messages.ShellOpened(vm, self._session.open_shell(vm, columns, rows))

        def post(message: Message) -> bool:
            heard = self._post(message)
            if not heard and isinstance(message, messages.ShellOpened):
                message.shell.close()
            return heard

        guarded(post, Action.SHELL, work, vm)

    def read_file(self, block: FileBlock) -> None:
        """Answer ``FileRead``."""
        guarded(
            self._post,
            Action.READ,
            lambda: messages.FileRead(block, self._session.read_file(block.vm, block.path)),
            block.vm,
        )

    def write_file(self, block: FileBlock) -> None:
        """Answer ``FileWritten``."""

        def work() -> Message:
            self._session.write_file(block.vm, block.path, block.content, block.mode)
            return messages.FileWritten(block)

        guarded(self._post, Action.WRITE, work, block.vm)

    def open_console(self, console: str) -> None:
        """Open a web console, and the browser where there is one. Answer ``ConsoleOpened``."""

        def work() -> Message:
            opened = self._session.web.open(console)
            return messages.ConsoleOpened(opened, bool(opened.url and show_page(opened.url)))

        guarded(self._post, Action.WEB, work)


def awaits_key(report: StepReport) -> bool:
    """Everything that only observes has passed; acting checks wait for the trainee."""
    outcomes = {result.outcome for result in report.results}
    return outcomes <= {Outcome.PASS, Outcome.PENDING} and Outcome.PENDING in outcomes
