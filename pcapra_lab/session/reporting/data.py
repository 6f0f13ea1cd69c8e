"""The report for programs: the same facts as JSON."""

from dataclasses import asdict
from typing import Any

from pcapra_lab.session.reporting.checklist import lines_of
from pcapra_lab.session.reporting.facts import DrillFacts, Facts, StepFacts

SCHEMA = 1


def as_data(facts: Facts, fingerprint: str) -> dict[str, Any]:
    """The facts; figures as they are kept, without rounding.

    Args:
        fingerprint: of the key that signs.
    """
    seen = facts.seen
    return {
        "schema": SCHEMA,
        "exercise": facts.exercise.id,
        "title": facts.exercise.title,
        "lesson": facts.exercise.lesson,
        "level": facts.exercise.level.value,
        "author": facts.author,
        "signer": fingerprint,
        "at": facts.at,
        "run": facts.run,
        "earned": sum(one.status.earned for one in facts.steps),
        "points": sum(one.status.points for one in facts.steps),
        "steps": [_step(one) for one in facts.steps],
        "drills": [_drill(one) for one in facts.drills],
        "machines": asdict(seen.machines) if seen.machines else None,
        "checklist": [asdict(line) for line in lines_of(facts)],
        "checklist_at": seen.checklist.at if seen.checklist else None,
        "host": dict(facts.host),
    }


def _step(one: StepFacts) -> dict[str, Any]:
    return {
        **asdict(one.status),
        "entered_at": one.record.entered_at if one.record else None,
        "finished_at": one.record.finished_at if one.record else None,
        "helped": one.record.helped if one.record else False,
        "attempts": [asdict(attempt) for attempt in one.attempts],
        "rto": asdict(one.rto) if one.rto else None,
    }


def _drill(one: DrillFacts) -> dict[str, Any]:
    result = one.view.result
    return {
        "step": one.record.step,
        "title": one.view.title,
        "state": one.record.state.value,
        "declared_at": one.record.declared_at,
        "ended_at": one.record.ended_at,
        "rto_target": one.view.rto_target,
        "rpo_target": one.view.rpo_target,
        "diagnosis": one.view.diagnosis,
        "result": result.to_data() if result else None,
    }
