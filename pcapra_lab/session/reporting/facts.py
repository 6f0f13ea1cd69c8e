"""All that a report tells, gathered: from the progress, the course, and what was last seen."""

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass

from pcapra_lab import __version__
from pcapra_lab.content.base import PLACEHOLDER
from pcapra_lab.content.blocks import CommandBlock, FileBlock, LessonDocument
from pcapra_lab.content.fill import fill
from pcapra_lab.content.models import Exercise, Step, Topology
from pcapra_lab.content.parameters import draw_all
from pcapra_lab.i18n import _
from pcapra_lab.progress.records import Attempt, DrillRecord, RtoRecord, StepRecord
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.drill_api import DrillView
from pcapra_lab.session.last_seen import Seen
from pcapra_lab.session.trainee import LabSession
from pcapra_lab.session.views import StepStatus


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One step, and what became of it in the current run."""

    step: Step
    """Its title and hints filled in."""
    status: StepStatus
    record: StepRecord | None
    """None: it was never reached."""
    attempts: tuple[Attempt, ...]
    """Checks that were asked for, oldest first."""
    rto: RtoRecord | None
    """The last recovery time, of a step with an objective."""
    blocks: tuple[CommandBlock | FileBlock, ...]
    """What its lesson has the trainee type and write; never its solution."""
    titles: Mapping[str, str]
    """Of its checks."""


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """A drill of the current run."""

    record: DrillRecord
    view: DrillView
    step_title: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a report is written."""

    at: float
    """Seconds since the epoch."""
    author: str
    """As they call themselves: nobody verified it."""
    exercise: Exercise
    lesson: LessonDocument
    module: str
    topology: Topology
    run: int
    """The current run; 0 when nothing was begun."""
    position: str | None
    """Where the machines were last brought back to, when they were: see ``ProgressStore``."""
    steps: tuple[StepFacts, ...]
    drills: tuple[DrillFacts, ...]
    seen: Seen
    host: tuple[tuple[str, str], ...]
    """Versions of what runs on this host, by label."""

    @property
    def reached(self) -> tuple[StepFacts, ...]:
        """The steps that were."""
        return tuple(one for one in self.steps if one.record is not None)

    @property
    def vm_titles(self) -> dict[str, str]:
        """The role of each machine."""
        return {vm.name: vm.title for vm in self.topology.vms}


def gather(app: LabApplication, session: LabSession, author: str, seen: Seen) -> Facts:
    """The facts of an exercise's current run. Looks at no machine.

    Args:
        seen: what is known of the machines: ``Inspection.look`` or ``last``.
    """
    exercise = session.exercise
    progress, catalogue = app.progress, app.installation.catalogue
    run = progress.run_number(exercise.id)
    module, _sep, name = exercise.lesson.partition("/")
    public = _public(exercise, progress.seed(exercise.id))
    lesson = fill(catalogue.lesson(module, name), public)
    records = progress.steps(exercise.id)
    attempts = [one for one in progress.attempts(exercise.id) if one.run == run]
    rtos = {one.step: one for one in progress.rto_results(exercise.id) if one.run == run}
    statuses = {one.id: one for one in session.state().steps}
    steps = tuple(
        StepFacts(
            step,
            statuses[step.id],
            records.get(step.id),
            tuple(one for one in attempts if one.step == step.id),
            rtos.get(step.id),
            _blocks(lesson, step.id),
            {check.id: _put(check.title, public) for check in step.checks},
        )
        for step in exercise.steps
    )
    titles = {step.id: step.title for step in exercise.steps}
    drills = tuple(
        DrillFacts(record, view, titles[record.step])
        for record, view in session.drills.told()
        if record.run == run
    )
    return Facts(
        at=time.time(),
        author=author,
        exercise=exercise,
        lesson=lesson,
        module=catalogue.module(module).title,
        topology=session.topology,
        run=run,
        position=progress.position(exercise.id),
        steps=steps,
        drills=drills,
        seen=seen,
        host=_host(),
    )


def _public(exercise: Exercise, seed: str) -> dict[str, str]:
    """The trainee's parameters; secrets of the lab keep their name only, as a runbook should."""
    secret = {name for name, kind in exercise.parameters.items() if kind == "random-token"}
    drawn = draw_all(exercise, seed)
    return {name: f"{{{{{name}}}}}" if name in secret else drawn[name] for name in drawn}


def _put(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda m: values.get(m[1], m[0]), text)


def _blocks(lesson: LessonDocument, step: str) -> tuple[CommandBlock | FileBlock, ...]:
    return tuple(
        block
        for section in lesson.sections
        if section.step == step
        for block in section.blocks
        if isinstance(block, CommandBlock | FileBlock)
    )


def _host() -> tuple[tuple[str, str], ...]:
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        system = "Linux"
    return (
        ("pcapra-lab", __version__),
        ("Python", platform.python_version()),
        (_("Système hôte"), f"{system}, {platform.machine()}, {platform.release()}"),
    )
