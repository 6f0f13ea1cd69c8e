"""``python -m bench.drills EXERCISE``: each drill of an exercise lived several times, measured.

The trainee is a script with nothing to think about: it does what the lesson asks for before the
drill, says that something is wrong as soon as the fault has happened, then runs the step's own
solution. RTO and outage are therefore the tool's and the commands' time, not a person's. In a watch
(a surprise drill) it finds what is wrong by asking the machines what each fault of the pool would
break, and names the first that fits.

Each run begins where its step does: the machines are brought back there. One line a run.
"""

import argparse
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from bench.home import own_application
from pcapra_lab.content.blocks import CommandBlock, FileBlock, ShowBlock
from pcapra_lab.content.models import Step
from pcapra_lab.content.surprise import Surprise
from pcapra_lab.drills.result import DrillResult, Judged
from pcapra_lab.drills.surprises.assessment import Assessment
from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.lab.progress import ignore
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.drill_api import DrillView
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.surprising import is_gone
from pcapra_lab.session.trainee import LabSession

PATIENCE = 900.0
"""Seconds for the step's checks to pass once its solution has run."""
RTO, RPO = 600.0, 60.0
"""Targets, in seconds: a drill asks for some."""
START = "pcapra-lab drill start"
"""What the lesson shows where the drill begins."""
NEVER = threading.Event()


class Trainee:
    """A scripted trainee of one exercise."""

    def __init__(self, app: LabApplication, exercise: str) -> None:
        self._app, self._id = app, exercise
        self._session: LabSession = app.open(exercise)
        self._hands = self._own_way()

    def start(self) -> None:
        """Make the machines."""
        self._session.start(ignore, NEVER)

    def close(self) -> None:
        """Remove the machines."""
        self._hands.close()
        self._session.delete()
        self._session.close()

    def drills(self) -> list[Step]:
        """The steps that have one."""
        return [step for step in self._session.exercise.steps if step.drill is not None]

    def reach(self, step: Step) -> None:
        """The machines at the beginning of a step."""
        while (report := self._session.solve_until(step.id, ignore, NEVER)) is not None:
            self._passes(report)

    def back(self, step: Step) -> None:
        """The machines at the beginning of a step that was begun."""
        self._session.rewind(step.id, ignore, NEVER)

    def live(self, step: Step, seed: str) -> DrillView:
        """A step's drill, from the step's beginning to its measures."""
        drill, drills = step.drill, self._session.drills
        if drill is None:
            raise ValueError(step.id)
        # Machines that were brought back answer at other ports.
        self._hands.close()
        self._hands = self._own_way()
        self._get_ready(step)
        drills.declare(RTO, None if drill.writer is None else RPO, seed if drill.surprise else None)
        if drill.surprise is not None:
            self._watch(drill.surprise)
        else:
            drills.start(ignore, NEVER)
            drills.diagnose("vu par le banc")
        self._repair(step)
        self._passes(self._session.check())
        view = drills.view(step.id)
        if view is None:
            raise ValueError(step.id)
        return view

    def _own_way(self) -> Playground:
        """A way into the machines beside the session's, which is busy looking at them."""
        seed = self._app.progress.seed(self._id)
        return Playground(self._app.installation, self._id, self._id, seed, exclusive=False)

    def _repair(self, step: Step) -> None:
        """Run the step's solution; the session looks on meanwhile, and so dates what it sees."""
        _meanwhile(
            lambda: self._hands.run(step.solution),
            lambda: self._session.check(observe_only=True),
            pause=0.5,
        )

    def _get_ready(self, step: Step) -> None:
        """What the step's lesson has the trainee do before the drill is started."""
        [section] = [one for one in self._session.lesson.sections if one.step == step.id]
        for block in section.blocks:
            if isinstance(block, ShowBlock) and START in block.code:
                return
            if isinstance(block, FileBlock):
                self._session.write_file(block.vm, block.path, block.content, block.mode)
            elif isinstance(block, CommandBlock):
                done = self._run(block.vm, ["bash", "-s"], block.code.encode(), 300.0)
                if done.exit_status != 0:
                    raise SystemExit(f"{section.anchor}, line {block.line}: {done}")
        raise SystemExit(f"{section.anchor}: « {START} » is nowhere in the lesson")

    def _passes(self, report: StepReport) -> None:
        """Wait for a step whose solution has run: a service may take its time."""
        deadline = time.monotonic() + PATIENCE
        while not report.green:
            if time.monotonic() > deadline:
                seen = "; ".join(f"{one.id}: {one.observed}" for one in report.results)
                raise SystemExit(f"{report.step}: not green after its solution: {seen}")
            report = self._session.check()

    def _watch(self, surprise: Surprise) -> None:
        """Name what is seen wrong while things happen, and once more when all has."""
        named: set[str] = set()
        _meanwhile(
            lambda: self._session.drills.start(ignore, NEVER),
            lambda: self._look(surprise, named),
            pause=2.0,
        )
        self._look(surprise, named)

    def _look(self, surprise: Surprise, named: set[str]) -> None:
        for vm in surprise.machines:
            cause = None if vm in named else self._wrong(surprise, vm)
            if cause is None:
                continue
            # Before the watch has begun it is refused, and not counted.
            with contextlib.suppress(LabError):
                self._session.drills.accuse(vm, cause)
                named.add(vm)

    def _wrong(self, surprise: Surprise, vm: str) -> str | None:
        """What a machine seems to suffer from; None if nothing."""
        faults = [one for one in surprise.faults if vm in one.vms]
        try:
            self._run(vm, ["true"], b"", 10.0)
        except LabError:
            return next((one.cause for one in faults if one.inject is not None), None)
        return next((one.cause for one in faults if not is_gone(self._run, one, vm)), None)

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._hands.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)


def _meanwhile(act: Callable[[], object], look: Callable[[], object], *, pause: float) -> None:
    """Look, every ``pause`` seconds at most, as long as an act lasts; what it raises is raised."""
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        while not acting.done():
            look()
            wait([acting], timeout=pause)
        acting.result()


def told(result: DrillResult) -> list[str]:
    """The measures in words: RTO, outages, RPO, detection."""
    outages = "; ".join(f"{one.outage.title}: {span(one.judged)}" for one in result.seen)
    seen = "—" if result.detection is None else f"{result.detection.seconds:.1f} s"
    return [span(result.rto), outages or "—", span(result.rpo), seen]


def span(judged: Judged | None) -> str:
    """A measure with its uncertainty, in seconds."""
    if judged is None:
        return "—"
    data = judged.to_data()
    if data["uncertainty"] is None:
        return f"> {data['low']:.1f} s"
    return f"{data['seconds']:.2f} ± {data['uncertainty']:.2f} s"


def graded(assessment: Assessment | None) -> str:
    """How a watch was diagnosed."""
    if assessment is None:
        return ""
    found = ", ".join(
        f"{one.vm} {one.title} ({one.verdict.value if one.verdict else 'not found'})"
        for one in assessment.incidents
    )
    lures = len(assessment.lures)
    return (
        f"{found}; {lures} decoys, {sum(one.accused for one in assessment.lures)} accused, "
        f"{assessment.wrong} wrong, score {assessment.score:.2f}"
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.drills", description=__doc__)
    parser.add_argument("exercise", help="whose drills are lived")
    parser.add_argument("--runs", type=int, default=3, help="of each drill (3)")
    options = parser.parse_args()
    with own_application("bench-") as app:
        trainee = Trainee(app, options.exercise)
        try:
            trainee.start()
            print("| step | run | RTO | outage | RPO | detection | watch |", flush=True)
            print("|---|---|---|---|---|---|---|", flush=True)
            for step in trainee.drills():
                trainee.reach(step)
                for number in range(1, options.runs + 1):
                    if number > 1:
                        trainee.back(step)
                    view = trainee.live(step, f"graine-{number}")
                    if view.result is None:
                        raise SystemExit(f"{step.id}: nothing measured: {view.problem}")
                    cells = [step.id, str(number), *told(view.result), graded(view.assessment)]
                    print("| " + " | ".join(cells) + " |", flush=True)
        finally:
            trainee.close()


if __name__ == "__main__":
    main()
