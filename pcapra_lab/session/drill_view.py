"""From what is kept of a drill to what a front sees of it."""

import time

from pcapra_lab.content.drill import Drill
from pcapra_lab.drills.ribbon import Ribbon
from pcapra_lab.drills.timeline import Moment
from pcapra_lab.i18n import _
from pcapra_lab.progress.records import DrillRecord, DrillState
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_book import Page, host_boot
from pcapra_lab.session.on_call import as_on_call

_STATES = {
    DrillState.DECLARED: DrillPhase.DECLARED,
    DrillState.ENDED: DrillPhase.ENDED,
    DrillState.INTERRUPTED: DrillPhase.INTERRUPTED,
}


def phase_of(record: DrillRecord | None) -> DrillPhase:
    """Where a drill stands; that of a step without one is to be declared."""
    if record is None:
        return DrillPhase.TO_DECLARE
    if record.state in _STATES:
        return _STATES[record.state]
    page = Page.from_data(record.data)
    marks = page.timeline.marks
    if page.watch is not None and Moment.BEGUN in marks:
        return DrillPhase.ON_CALL
    for moment, phase in (
        (Moment.RESTORED, DrillPhase.RESTORED),
        (Moment.FAULT, DrillPhase.STRUCK),
        (Moment.BEGUN, DrillPhase.CALM),
    ):
        if moment in marks:
            return phase
    return DrillPhase.STARTING


def as_view(
    step: str, drill: Drill, record: DrillRecord | None, ribbon: Ribbon | None = None
) -> DrillView:
    """A drill as it stands. What it was and what is usual are told once it is over.

    Args:
        ribbon: so far; once it is measured, the one kept with its result is shown.
    """
    phase = phase_of(record)
    writes = drill.writer is not None
    if record is None:
        none = as_on_call(drill.surprise, None, over=False) if drill.surprise is not None else None
        return DrillView(step, drill.title, phase, writes=writes, on_call=none)
    page = Page.from_data(record.data)
    marks = page.timeline.marks
    fault = marks.get(Moment.FAULT)
    stopped = marks.get(Moment.ENDED) or marks.get(Moment.RESTORED)
    diagnosed = marks.get(Moment.DIAGNOSED)
    here = page.timeline.boot == host_boot()
    now = time.monotonic() if here else None
    until = stopped.at if stopped else now
    over = record.state.over
    if drill.surprise is not None and not over:
        # What has happened, and when, is what the trainee looks for.
        fault = diagnosed = None
    return DrillView(
        step=step,
        title=drill.title,
        phase=phase,
        rto_target=page.timeline.targets.rto,
        rpo_target=page.timeline.targets.rpo,
        bands=tuple(drill.expected.in_seconds().items()) if over else (),
        reason=(drill.expected.reason or "") if over else "",
        writes=writes,
        acknowledged=page.acknowledged,
        refused=page.refused,
        writing=page.writing,
        since_ack=None if now is None or page.last_ack is None else max(0.0, now - page.last_ack),
        since_fault=None if fault is None or until is None else max(0.0, until - fault.at),
        detection=diagnosed.at - fault.at if fault and diagnosed else None,
        diagnosis=page.timeline.diagnosis,
        fault=_fault(drill) if over and fault is not None else "",
        problem=page.problem,
        result=page.result,
        ribbon=page.result.ribbon if page.result is not None else ribbon,
        on_call=None
        if drill.surprise is None
        else as_on_call(drill.surprise, page, over=record.state is DrillState.ENDED),
        assessment=page.assessment,
    )


def _fault(drill: Drill) -> str:
    if drill.fault is None:
        return ""
    if drill.fault.inject is not None:
        return drill.fault.inject.label()
    return _("ce que le scénario a fait subir aux machines")
