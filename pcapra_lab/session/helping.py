"""Hints and solutions of an exercise's steps. Needs no machine."""

import shlex
from dataclasses import replace
from pathlib import Path

from pcapra_lab.content.models import Step
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import _
from pcapra_lab.progress.store import ProgressStore
from pcapra_lab.session.api import Hint
from pcapra_lab.session.quizzing import Quizzing


class Helping:
    """What a trainee may ask for, recorded as it is given.

    Args:
        folder: the exercise's, where its scripts are.
        quizzing: what shows the solutions of a quiz.
    """

    def __init__(
        self, progress: ProgressStore, exercise_id: str, folder: Path, quizzing: Quizzing
    ) -> None:
        self._quizzing = quizzing
        self._progress = progress
        self._id = exercise_id
        self._folder = folder

    def advised(self, step: Step, report: StepReport) -> StepReport:
        """The report with no more advice than the help taken allows: where to look is free, what
        to try follows the first hint."""
        record = self._progress.steps(self._id).get(step.id)
        level = record.hints_used if record else 0
        return replace(
            report,
            results=tuple(replace(r, advice=r.advice[: level + 1][-1:]) for r in report.results),
        )

    def hint(self, step: Step) -> Hint:
        """The next hint of a step that was entered; after the last, its solution."""
        record = self._progress.steps(self._id)[step.id]
        total = len(step.hints) + 1
        number = min(record.hints_used + 1, total)
        if number <= len(step.hints):
            self._progress.use_hint(self._id, step.id, number)
            return Hint(number, total, step.hints[number - 1])
        return self.solution(step)

    def solution(self, step: Step) -> Hint:
        """A step's solution in words; the step will be marked as helped."""
        total = len(step.hints) + 1
        if step.is_quiz:
            return Hint(total, total, self._quizzing.give_up_all(step), is_solution=True)
        self._progress.use_solution(self._id, step.id)
        return Hint(total, total, self._text(step), is_solution=True)

    def _text(self, step: Step) -> str:
        parts = []
        for script in step.solution:
            body = (self._folder / script.script).read_text(encoding="utf-8")
            where = _("# Sur {vm} ({user})").format(vm=script.vm, user=script.user.value)
            if script.args:
                # As the script's first line would set them.
                where += f"\nset -- {shlex.join(script.args)}"
            parts.append(f"{where}\n{body.strip()}")
        return "\n\n".join(parts)
