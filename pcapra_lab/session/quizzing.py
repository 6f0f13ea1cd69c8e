"""A trainee's answers to a step's questions. Needs no machine."""

from collections.abc import Mapping

from pcapra_lab.content.drawn import Drawn
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.quiz import Posed, questionnaire
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.progress.points import share
from pcapra_lab.progress.records import AnswerRecord, AnswerState
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.api import QuestionState, QuestionView

_STATES = {
    AnswerState.WRONG: QuestionState.WRONG,
    AnswerState.RIGHT: QuestionState.RIGHT,
    AnswerState.SHOWN: QuestionState.SHOWN,
}
_OUTCOMES = {
    QuestionState.OPEN: Outcome.PENDING,
    QuestionState.WRONG: Outcome.FAIL,
    QuestionState.RIGHT: Outcome.PASS,
    QuestionState.SHOWN: Outcome.PASS,
}


class Quizzing:
    """Poses, judges and records. The step itself is finished by whoever asks for its report.

    Args:
        parameters: the trainee's, drawn from ``seed``.
    """

    def __init__(
        self,
        progress: ProgressStore,
        exercise: Exercise,
        parameters: Mapping[str, str],
        seed: str,
    ) -> None:
        self._answers = progress.answers
        self._exercise = exercise
        self._drawn = Drawn.of(exercise.numbers, parameters, seed)
        self._posed: dict[str, tuple[Posed, ...]] = {}

    def questions(self, step: Step) -> tuple[QuestionView, ...]:
        """The questions of a step and what became of them; none of a step on machines."""
        records = self._answers.of(self._exercise.id, step.id) if step.is_quiz else {}
        return tuple(_view(posed, records.get(posed.id)) for posed in self._of(step))

    def answer(self, step: Step, question: str, answer: str) -> QuestionView:
        """Judge and record an answer; the question as it is then.

        Raises:
            LabError: no such question, it is over, or the answer is none: nothing was counted.
        """
        posed = self._open(step, question)
        given = posed.read(answer)
        right = posed.judge(given).right
        self._answers.record(self._exercise.id, step.id, question, given, right=right)
        return self._one(step, question)

    def give_up(self, step: Step, question: str) -> QuestionView:
        """Show a question's solution: it earns nothing, and the step is marked as helped.

        Raises:
            LabError: no such question, or it is over.
        """
        self._open(step, question)
        self._answers.give_up(self._exercise.id, step.id, question)
        return self._one(step, question)

    def give_up_all(self, step: Step) -> str:
        """Show the solution of all that is not over; all the solutions, in words."""
        for view in self.questions(step):
            if not view.over:
                self._answers.give_up(self._exercise.id, step.id, view.id)
        return "\n\n".join(
            f"{v.text}\n→ {v.solution}\n{v.explanation}" for v in self.questions(step)
        )

    def report(self, step: Step) -> StepReport:
        """The step's questions as checks: green once all are over."""
        results = tuple(
            CheckResult(
                id=view.id,
                title=view.text,
                vm="",
                outcome=_OUTCOMES[view.state],
                observed=view.answer or _("pas encore de réponse"),
                hint=view.feedback,
            )
            for view in self.questions(step)
        )
        return StepReport(step.id, results, round_trips=0, seconds=0.0)

    def score(self, step: Step) -> float:
        """The part of the step's points that its answers earned so far, between 0 and 1."""
        records = self._answers.of(self._exercise.id, step.id)
        parts = [
            share(record.attempts, shown=record.state is AnswerState.SHOWN)
            for record in records.values()
            if record.state.over
        ]
        return sum(parts) / len(step.questions)

    def _of(self, step: Step) -> tuple[Posed, ...]:
        if step.id not in self._posed:
            self._posed[step.id] = questionnaire(step, self._drawn)
        return self._posed[step.id]

    def _open(self, step: Step, question: str) -> Posed:
        posed = {one.id: one for one in self._of(step)}
        if question not in posed:
            known = ", ".join(posed)
            hint = (
                _("questions : {known}").format(known=known)
                if known
                else _("cette étape se fait sur les machines")
            )
            raise LabError(
                _("la question « {question} » n'existe pas dans cette étape").format(
                    question=question
                ),
                hint=hint,
            )
        if self._one(step, question).over:
            raise LabError(_("cette question est terminée"), hint=_("passez à la suivante"))
        return posed[question]

    def _one(self, step: Step, question: str) -> QuestionView:
        return next(view for view in self.questions(step) if view.id == question)


def _view(posed: Posed, record: AnswerRecord | None) -> QuestionView:
    state = QuestionState.OPEN if record is None else _STATES[record.state]
    over = record is not None and record.state.over
    given = record.given if record else ""
    return QuestionView(
        id=posed.id,
        text=posed.text,
        unit=posed.unit,
        options=posed.options,
        many=posed.many,
        ordered=posed.ordered,
        state=state,
        attempts=record.attempts if record else 0,
        answer=posed.words(given) if given else "",
        given=given,
        feedback=posed.judge(given).feedback if state is QuestionState.WRONG else "",
        solution=posed.solution if over else "",
        explanation=posed.explanation if over else "",
    )
