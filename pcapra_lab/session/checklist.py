"""The PCA/PRA checklist of an exercise, evaluated on its machines: one round trip to each.

What acts on them, when it is asked for, follows apart.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from pcapra_lab.content.base import PLACEHOLDER
from pcapra_lab.content.checklist import ChecklistLine as DeclaredLine
from pcapra_lab.content.checklist import split_reference
from pcapra_lab.content.checks import Check
from pcapra_lab.content.models import Exercise, Step
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.session.checklist_api import ChecklistLine, ChecklistView, Evidence, LineState

STEP = "checklist"
"""The name under which the grader is asked: no step of the exercise is meant."""


class Checklist:
    """Evaluates an exercise's checklist.

    Args:
        exercise: whose checklist.
        parameters: the trainee's, for the lines' titles.
        grade: grades the checks of a step, as ``Playground.grade`` does.
        running: names of the machines that run.
    """

    def __init__(
        self,
        exercise: Exercise,
        parameters: Mapping[str, str],
        grade: Callable[[Step, bool], StepReport],
        running: Callable[[], set[str]],
    ) -> None:
        self._exercise = exercise
        self._parameters = parameters
        self._grade = grade
        self._running = running

    def evaluate(self, *, act: bool = False) -> ChecklistView:
        """Look at the machines that run, and say what each line is.

        A check of a machine that does not run is not asked, and so is what needs it: its line is
        unknown unless another of its checks fails.

        Args:
            act: run the checks that act on the machines too (a backup triggered, a restore);
                without it, their lines are unknown.

        Raises:
            LabError: the exercise has no checklist, or the lab's state cannot be read.
        """
        if not self._exercise.checklist:
            raise LabError(
                _("l'exercice {id} n'a pas de checklist").format(id=self._exercise.id),
                hint=_("pcapra-lab status montre ses étapes"),
            )
        at = time.time()
        proofs = evidence_of(self._exercise)
        checks = {name: check for line in proofs.values() for name, check in line.items()}
        running = self._running()
        asked = _reachable(checks, running)
        results: dict[str, CheckResult] = {}
        trips = self._ask(list(asked.values()), results, observe_only=True)
        for acting in _by_step(asked, results) if act else ():
            trips += self._ask(acting, results, observe_only=False)
        lines = (
            self._line(line, proofs[line.id], results, running) for line in self._exercise.checklist
        )
        return ChecklistView(self._exercise.id, at, tuple(lines), trips, acted=act)

    def _ask(
        self, checks: list[Check], results: dict[str, CheckResult], *, observe_only: bool
    ) -> int:
        """Grade checks into ``results``; the number of round trips it took."""
        if not checks:
            return 0
        step = Step.model_construct(id=STEP, title=STEP, checks=checks)
        report = self._grade(step, observe_only)
        results.update((one.id, one) for one in report.results)
        return report.round_trips

    def _line(
        self,
        line: DeclaredLine,
        proofs: Mapping[str, Check],
        results: Mapping[str, CheckResult],
        running: set[str],
    ) -> ChecklistLine:
        state, reason = LineState.NOT_APPLICABLE, line.not_applicable or ""
        if line.not_applicable is None:
            state, reason = _state(proofs, results, running)
        return ChecklistLine(
            line.id,
            self._filled(line.category),
            self._filled(line.title),
            state,
            self._filled(reason),
            tuple(self._seen(name, proofs[name], results.get(name)) for name in proofs),
        )

    def _seen(self, name: str, check: Check, result: CheckResult | None) -> Evidence:
        title = self._filled(check.title)
        if result is None:
            return Evidence(name, title, check.vm, None)
        return Evidence(name, title, check.vm, result.outcome, result.expected, result.observed)

    def _filled(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda m: self._parameters.get(m[1], m[0]), text)


def evidence_of(exercise: Exercise) -> dict[str, dict[str, Check]]:
    """What each line stands on: checks by a name that is theirs alone, those they need before them.

    A check of two lines has one name, so that it is asked once.
    """
    steps = {step.id: {check.id: check for check in step.checks} for step in exercise.steps}
    found: dict[str, dict[str, Check]] = {}
    for line in exercise.checklist:
        mine: dict[str, Check] = {}
        for reference in line.proved_by:
            step, check = split_reference(reference)
            mine.update(_with_needs(check, steps[step], f"{step}/"))
        own = {check.id: check for check in line.checks}
        for check in own:
            mine.update(_with_needs(check, own, f"{line.id}:"))
        found[line.id] = mine
    return found


def _with_needs(name: str, known: Mapping[str, Check], prefix: str) -> Iterator[tuple[str, Check]]:
    for one, check in _needed(name, known):
        needs = [f"{prefix}{need}" for need in check.needs]
        yield f"{prefix}{one}", check.model_copy(update={"id": f"{prefix}{one}", "needs": needs})


def _reachable(checks: Mapping[str, Check], running: set[str]) -> dict[str, Check]:
    """The checks that can be asked: their machines run, and so do those of what they need."""
    asked: dict[str, Check] = {}
    for name, check in checks.items():
        # What is needed comes first: see ``evidence_of``.
        if running.issuperset(check.machines()) and all(need in asked for need in check.needs):
            asked[name] = check
    return asked


def _by_step(
    asked: Mapping[str, Check], results: Mapping[str, CheckResult]
) -> Iterator[list[Check]]:
    """What waits for an act, step by step, with what it needs: steps were never meant to act at
    the same time, and one that stops a service would spoil what another one sees."""
    steps: dict[str, dict[str, Check]] = {}
    for name in asked:
        if results[name].outcome is Outcome.PENDING:
            step = re.split("[/:]", name)[0]
            steps.setdefault(step, {}).update(_needed(name, asked))
    yield from (list(checks.values()) for checks in steps.values())


def _needed(name: str, known: Mapping[str, Check]) -> Iterator[tuple[str, Check]]:
    for need in known[name].needs:
        yield from _needed(need, known)
    yield name, known[name]


def _state(
    proofs: Mapping[str, Check], results: Mapping[str, CheckResult], running: set[str]
) -> tuple[LineState, str]:
    seen = [results.get(name) for name in proofs]
    outcomes = {one.outcome if one else None for one in seen}
    if Outcome.FAIL in outcomes:
        return LineState.FALSE, ""
    if outcomes == {Outcome.PASS}:
        return LineState.TRUE, ""
    wanted = (vm for name, one in proofs.items() if name not in results for vm in one.machines())
    absent = dict.fromkeys(vm for vm in wanted if vm not in running)
    if absent:
        said = ngettext(
            "non sondé : {vms} ne tourne pas", "non sondé : {vms} ne tournent pas", len(absent)
        )
        return LineState.UNKNOWN, said.format(vms=", ".join(absent))
    return LineState.UNKNOWN, _why(one for one in seen if one is not None)


def _why(results: Iterable[CheckResult]) -> str:
    by_outcome = {one.outcome: one for one in results}
    for outcome in (Outcome.ERROR, Outcome.PENDING, Outcome.SKIP):
        if outcome in by_outcome:
            one = by_outcome[outcome]
            return _("non sondé : {title} ({why})").format(title=one.title, why=one.observed)
    raise AssertionError("a line that is neither true nor false has a reason")
