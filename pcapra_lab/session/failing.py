"""Failchecks: states that going on cannot repair, looked for in the same trip as the checks."""

from dataclasses import replace

from pcapra_lab.content.models import Step
from pcapra_lab.grading.results import StepReport


def watched(step: Step) -> Step:
    """The step as it is asked of the machines: its failchecks among its checks."""
    if not step.failchecks:
        return step
    checks = [*step.checks, *(one.check for one in step.failchecks)]
    return step.model_copy(update={"checks": checks})


def told(step: Step, report: StepReport) -> StepReport:
    """The report on ``watched(step)`` with the failchecks taken apart, their words kept."""
    if not step.failchecks:
        return report
    words = {one.check.id: one.check.hint for one in step.failchecks}
    apart = {result.id: result for result in report.results if result.id in words}
    return replace(
        report,
        results=tuple(result for result in report.results if result.id not in words),
        # What holds has no hint for the grader: here it is what the trainee is told.
        watched=tuple(replace(apart[name], hint=hint) for name, hint in words.items()),
    )
