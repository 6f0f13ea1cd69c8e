"""Grade a step on its VMs, and run an exercise's scripts there."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pcapra_lab.content.checks import Check
from pcapra_lab.content.models import GuestScript, Mutant, Step
from pcapra_lab.errors import Cancelled, LabError, VmError
from pcapra_lab.grading.compile import check_items, plan
from pcapra_lab.grading.facts import ErrorFact, Fact, RunFact, explain
from pcapra_lab.grading.judge import judge, pending, root_cause_first, skipped, unreachable
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.grading.scripts import script_item
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.transport import RunRemote, ask
from pcapra_lab.grading.unit import Context, Item, Parameters
from pcapra_lab.i18n import _


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """A script of the exercise that ended well on a VM."""

    vm: str
    script: str
    seconds: float
    output: str
    """Its last lines."""


class Grader:
    """Grades steps over any link to the VMs. Holds no state: safe to share between threads.

    Args:
        run_remote: the way to the VMs.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self, run_remote: RunRemote, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._run_remote = run_remote
        self._clock = clock

    def grade(
        self, step: Step, parameters: Parameters, folder: Path, *, observe_only: bool = False
    ) -> StepReport:
        """Evaluate the checks of ``step``: one round trip per VM and wave, VMs in parallel.

        A VM that cannot be reached makes its checks ERROR, not an exception.

        Args:
            step: the step to grade.
            parameters: the trainee's.
            folder: the exercise's folder.
            observe_only: leave what acts on the machines PENDING.

        Raises:
            ContentError: the exercise is malformed.
            Cancelled: the person asked to stop.
        """
        started = self._clock()
        planned = plan(step.checks, parameters)
        results: dict[str, CheckResult] = {}
        trips = 0
        for wave in sorted({one.wave for one in planned}):
            checks = [one.check for one in planned if one.wave == wave]
            if wave and observe_only:
                results |= {check.id: pending(check) for check in checks}
                continue
            trips += self._wave(checks, parameters, folder, results)
        return StepReport(
            step=step.id,
            results=root_cause_first([results[one.check.id] for one in planned]),
            round_trips=trips,
            seconds=self._clock() - started,
        )

    def _wave(
        self,
        checks: Sequence[Check],
        parameters: Parameters,
        folder: Path,
        results: dict[str, CheckResult],
    ) -> int:
        """Evaluate one wave into ``results``; the number of round trips it took."""
        for check in checks:
            if blocker := _blocker(check, results):
                results[check.id] = skipped(check, blocker)
        waiting = [check for check in checks if check.id not in results]
        asked = {check.id: check_items(check, parameters, folder) for check in waiting}
        items: dict[str, list[Item]] = {}
        for by_vm in asked.values():
            for vm, item in by_vm.items():
                items.setdefault(vm, []).append(item)
        if not items:
            return 0

        def trip(vm: str) -> Mapping[str, Fact] | LabError:
            try:
                return ask(self._run_remote, vm, items[vm])
            except Cancelled:
                raise
            except LabError as error:
                return error

        with ThreadPoolExecutor(len(items), thread_name_prefix="grade") as pool:
            answers = dict(zip(items, pool.map(trip, items), strict=True))
        for check in waiting:
            facts: dict[str, Fact | None] = {}
            broken: LabError | None = None
            for vm in asked[check.id]:
                answer = answers[vm]
                if isinstance(answer, LabError):
                    broken = broken or answer
                else:
                    facts[vm] = answer.get(check.id)
            if broken:
                results[check.id] = unreachable(check, broken)
            elif blocker := _blocker(check, results):
                results[check.id] = skipped(check, blocker)
            else:
                results[check.id] = judge(check, facts, parameters)
        return len(items)

    def run_scripts(
        self, scripts: Sequence[GuestScript | Mutant], parameters: Parameters, folder: Path
    ) -> tuple[ScriptRun, ...]:
        """Run setups, a solution or a mutant, in order, up to the first that fails.

        Neighbours on the same VM share a round trip.

        Raises:
            VmError: names the VM, the script, its exit status and its last output lines.
            ContentError: a script cannot be read.
            LabError: a VM cannot be reached.
        """
        runs: list[ScriptRun] = []
        for vm, neighbours in groupby(scripts, key=lambda script: script.vm):
            items = [script_item(script, Context(parameters, folder)) for script in neighbours]
            names = [str(item["id"]) for item in items]
            for number, item in enumerate(items):
                # The same script may stand twice in a list.
                item["id"] = str(number)
            facts = ask(self._run_remote, vm, items, stop_on_failure=True)
            for number, name in enumerate(names):
                runs.append(_script_run(vm, name, facts.get(str(number))))
        return tuple(runs)


def _blocker(check: Check, results: Mapping[str, CheckResult]) -> CheckResult | None:
    for need in check.needs:
        result = results.get(need)
        if result and result.outcome is not Outcome.PASS:
            return result
    return None


def _script_run(vm: str, script: str, fact: Fact | None) -> ScriptRun:
    if isinstance(fact, RunFact) and fact.exit == 0 and not fact.timed_out:
        return ScriptRun(vm, script, fact.seconds, last_lines(fact.stdout))
    said = ""
    if isinstance(fact, RunFact):
        how = (
            _("n'a pas fini après {seconds:.0f} s").format(seconds=fact.seconds)
            if fact.timed_out
            else _("a échoué (code de sortie {exit})").format(exit=fact.exit)
        )
        said = last_lines(f"{fact.stdout}\n{fact.stderr}", 8)
    elif isinstance(fact, ErrorFact):
        how = _("n'a pas pu être lancé : {explain}").format(explain=explain(fact))
    else:
        how = _("n'a pas été lancé : l'agent n'en dit rien")
    raise VmError(
        vm,
        _("le script {script} {how}").format(script=script, how=how)
        + (f"\n{said}" if said else ""),
        hint=_(
            "Ces lignes disent ce qui gêne : retirez-le, puis relancez. En dernier recours,"
            " réinitialisez le laboratoire."
        ),
    )
