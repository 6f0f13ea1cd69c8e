"""Takes a trainee through an exam: nothing is told before the end, and all of it is on record."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol

from pcapra_lab.content.base import seconds
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.progress.exams import ExamRecord, ExamState
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.exam_api import ExamView
from pcapra_lab.session.exam_data import Graded, judged, unreached
from pcapra_lab.session.exam_record import Register
from pcapra_lab.session.views import QuestionState, QuestionView

logger = logging.getLogger(__name__)


class Bench(Protocol):
    """What an exam needs of the session that it runs in."""

    def prepare(self, on_event: EventSink, cancel: threading.Event) -> None:
        """All machines as prepared, progress at the first step of a new run."""
        ...

    def count(self) -> None:
        """The lab is up: from now on time is the trainee's."""
        ...

    def enter(self, on_event: EventSink) -> None:
        """Make the current step ready: its setup, once."""
        ...

    def judge(self, step: Step) -> StepReport:
        """Grade a step, whichever is current, acting checks too; its drill ends if it is green.

        Raises:
            LabError: the machines do not run.
        """
        ...

    def still(self) -> AbstractContextManager[None]:
        """Count the trainee's time until now; what happens in it is the program's."""
        ...

    def score(self, step: Step) -> float | None:
        """Of a quiz, the part of its points that its answers earned."""
        ...


class Examining:
    """``session.exam_api.Exams`` in a session.

    Args:
        exercise: what is examined.
        register: the exams on record, and their journals.
        bench: the session's machines and grading.
        current: the current step's id; None when all are handed in.
        turn: held while machines are changed.
    """

    def __init__(
        self,
        exercise: Exercise,
        register: Register,
        bench: Bench,
        current: Callable[[], str | None],
        turn: AbstractContextManager[object],
    ) -> None:
        self._exercise = exercise
        self._register = register
        self._bench = bench
        self._current = current
        self._turn = turn

    # -- what a front asks for ------------------------------------------------------------------

    def view(self) -> ExamView | None:
        """See ``Exams.view``."""
        return self._register.view()

    def start(self, on_event: EventSink, cancel: threading.Event) -> ExamView:
        """See ``Exams.start``."""
        with self._turn:
            if self.running:
                raise LabError(
                    _("un examen de cet exercice est déjà en cours"),
                    hint=_("pcapra-lab exam status dit où il en est"),
                )
            self._bench.prepare(on_event, cancel)
            planned = self._exercise.planned or seconds(self._exercise.duration)
            view = self._register.open(planned)
            self._bench.count()
            return view

    def submit(self, on_event: EventSink) -> ExamView:
        """See ``Exams.submit``."""
        with self._turn:
            self._must_go_on()
            step = self._step()
            with self._bench.still():
                report = self._graded(step, on_event)
                self._register.submitted(step, report, self._bench.score(step))
                if self._current() is not None:
                    self._bench.enter(on_event)
            return self._known()

    def finish(self, on_event: EventSink) -> ExamView:
        """See ``Exams.finish``."""
        with self._turn:
            self._must_go_on()
            handed = self._register.handed()
            graded: list[Graded] = []
            with self._bench.still():
                for step in self._exercise.steps:
                    before = handed.get(step.id)
                    if before is None and self._never_came(step):
                        graded.append(unreached(step))
                        continue
                    report = self._graded(step, on_event)
                    graded.append(judged(step, report, self._bench.score(step), before))
                return self._register.close(graded)

    def abandon(self) -> ExamView:
        """See ``Exams.abandon``."""
        with self._turn:
            self._must_run()
            return self._register.abandon()

    # -- what the session asks ------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """An exam is being taken."""
        return self._register.running

    def forbid(self, what: str) -> None:
        """Refuse what an exam does without.

        Args:
            what: the sentence's beginning, such as « aucun indice ».

        Raises:
            LabError: an exam is running.
        """
        if self.running:
            raise LabError(
                _("{what} pendant un examen").format(what=what),
                hint=_("exam submit rend l'étape, exam finish note tout et termine l'examen"),
            )

    def untold(self, step: Step) -> StepReport:
        """What a look at a step says during an exam: nothing, and no machine is asked."""
        why = _("noté à la fin de l'examen")
        results = (
            CheckResult(one.id, one.title, one.vm, Outcome.PENDING, observed=why)
            for one in step.checks
        )
        return StepReport(step.id, tuple(results), 0, 0.0)

    def masked(self, question: QuestionView) -> QuestionView:
        """A question as it may be seen: during an exam, that it was answered and no more."""
        if not self.running or question.state is QuestionState.OPEN:
            return question
        return replace(
            question,
            state=QuestionState.GIVEN,
            feedback="",
            solution="",
            explanation="",
        )

    def may_answer(self, questions: tuple[QuestionView, ...], question: str) -> None:
        """Refuse, in an exam, a second answer to a question, or one given during a pause.

        Raises:
            LabError: it is refused.
        """
        if not self.running:
            return
        self._must_go_on()
        if question in {one.id for one in questions if one.attempts}:
            raise LabError(
                _("une seule réponse par question pendant un examen"),
                hint=_("passez à la suivante ; tout est noté à la fin"),
            )

    def must_not_have_begun(self) -> None:
        """The machines had to be made again: what an exam was taken on is gone.

        Raises:
            LabError: an exam is running.
        """
        if self.running:
            raise LabError(
                _("les machines de cet examen n'existent plus : il ne peut pas être repris"),
                hint=_("pcapra-lab exam abandon {id} y met fin").format(id=self._exercise.id),
            )

    def note(self, kind: str) -> None:
        """As ``tell``, of what happens whether or not it can be written down."""
        try:
            self.tell(kind)
        except LabError as error:
            logger.warning("%s", error)

    def tell(self, kind: str, **data: Any) -> None:
        """Write in the journal that something happened, if an exam is running."""
        if self.running:
            self._register.tell(kind, **data)

    # -- details ----------------------------------------------------------------------------

    def _graded(self, step: Step, on_event: EventSink) -> StepReport:
        began = time.monotonic()
        said = _("notation de l'étape « {title} »").format(title=step.title)
        on_event(LabEvent(Phase.PREPARE, detail=said))
        report = self._bench.judge(step)
        on_event(LabEvent(Phase.READY, fraction=1.0, elapsed=time.monotonic() - began))
        return report

    def _never_came(self, step: Step) -> bool:
        """What the step is about never happened: its setup did not run, its drill was not led."""
        reached = self._current() in (None, step.id)
        return not reached and bool(step.setup or step.drill is not None)

    def _step(self) -> Step:
        current = self._current()
        for step in self._exercise.steps:
            if step.id == current:
                return step
        raise LabError(
            _("toutes les étapes sont rendues"), hint=_("pcapra-lab exam finish note l'examen")
        )

    def _must_run(self) -> ExamRecord:
        record = self._register.record
        if record is None or record.state is not ExamState.RUNNING:
            raise LabError(
                _("aucun examen de cet exercice n'est en cours"),
                hint=_("pcapra-lab exam start {id} en commence un").format(id=self._exercise.id),
            )
        return record

    def _must_go_on(self) -> None:
        self._must_run()
        if self._register.paused:
            raise LabError(
                _("l'examen est en pause"),
                hint=_("pcapra-lab resume {id} le reprend").format(id=self._exercise.id),
            )

    def _known(self) -> ExamView:
        view = self.view()
        assert view is not None  # noqa: S101 - an exam is running
        return view
