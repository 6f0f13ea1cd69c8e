"""What an exam's journal tells of its beginning, and of what each step came to."""

import getpass
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pcapra_lab import __version__
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.content.planning import planned_seconds
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.progress.exam_entries import FORMAT
from pcapra_lab.session.exam_api import Counted, ExamView, StepVerdict
from pcapra_lab.session.views import StepState, StepStatus


@dataclass(frozen=True, slots=True)
class Graded:
    """A step's verdict, with what it stands on."""

    verdict: StepVerdict
    final: Mapping[str, str]
    """Outcomes by check at the final grading; none of a step that was not graded."""
    score: float | None = None
    """Of a quiz, the part of its points that was earned."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A step as it was when it was handed in."""

    outcomes: Mapping[str, str]
    """By check."""

    @property
    def green(self) -> bool:
        """Every check passed."""
        return all(one == Outcome.PASS for one in self.outcomes.values())


def handed_in(steps: Iterable[StepStatus], exam: ExamView) -> tuple[StepStatus, ...]:
    """Steps as they are seen in an exam: those handed in say no more than that."""
    return tuple(
        replace(step, state=StepState.SUBMITTED) if step.id in exam.submitted else step
        for step in steps
    )


def start_data(exercise: Exercise, planned: float, content: str) -> dict[str, Any]:
    """Who is examined, on what.

    Args:
        exercise: what is examined.
        planned: seconds given.
        content: the digest of the exercise, its lesson and what grades it.
    """
    return {
        "format": FORMAT,
        "program": __version__,
        "exercise": exercise.id,
        "title": exercise.title,
        "content": content,
        "account": getpass.getuser(),
        "host": socket.gethostname(),
        # Two exams of one account are never the same chain.
        "nonce": secrets.token_hex(16),
        "planned": planned,
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "points": step.points,
                "planned": None if step.planned is None else planned_seconds(step.planned),
            }
            for step in exercise.steps
        ],
    }


def outcomes(report: StepReport) -> dict[str, str]:
    """Outcome by check."""
    return {result.id: result.outcome.value for result in report.results}


def judged(step: Step, report: StepReport, score: float | None, before: Handed | None) -> Graded:
    """A step counts once it was green: when it was handed in, as in practice, or at the end.

    Args:
        step: what was graded.
        report: the final grading.
        score: of a quiz, what its answers earned: it counts whatever is left unanswered.
        before: how it was when it was handed in; None if it never was.
    """
    final = outcomes(report)
    counted, kept, green = Counted.FINAL, final, report.green
    if not green and before is not None and before.green:
        counted, kept, green = Counted.SUBMITTED, dict(before.outcomes), True
    earned = step.points if green else 0
    if score is not None:
        earned = round(step.points * score)
    passed = sum(one == Outcome.PASS for one in kept.values())
    verdict = StepVerdict(
        step.id, step.title, step.points, earned, green, counted, passed, len(kept)
    )
    return Graded(verdict, final, score)


def unreached(step: Step) -> Graded:
    """A step whose incident never happened."""
    count = len(step.checks) or len(step.questions)
    verdict = StepVerdict(step.id, step.title, step.points, 0, False, Counted.UNREACHED, 0, count)
    return Graded(verdict, {})


def verdict_data(graded: Graded, before: Handed | None) -> dict[str, Any]:
    """A verdict for the journal."""
    one = graded.verdict
    return {
        "step": one.step,
        "title": one.title,
        "points": one.points,
        "earned": one.earned,
        "green": one.green,
        "counted": one.counted.value,
        "passed": one.passed,
        "count": one.count,
        "final": dict(graded.final),
        "submitted": None if before is None else dict(before.outcomes),
    }


def verdict_of(data: Mapping[str, Any]) -> StepVerdict:
    """A verdict from what the journal or the database keeps of it."""
    return StepVerdict(
        step=str(data["step"]),
        title=str(data["title"]),
        points=int(data["points"]),
        earned=int(data["earned"]),
        green=bool(data["green"]),
        counted=Counted(data["counted"]),
        passed=int(data["passed"]),
        count=int(data["count"]),
    )
