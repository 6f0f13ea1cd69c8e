"""Solving step after step, for a trainee who joins the group."""

import threading
from collections.abc import Callable

from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import _
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.walk import FINISH, Walk


def solve_until(
    walk: Walk,
    solve: Callable[[EventSink, threading.Event], StepReport],
    step_id: str,
    on_event: EventSink,
    cancel: threading.Event,
) -> StepReport | None:
    """Solve the steps before ``step_id``, or every step for ``fin``.

    Args:
        solve: solves the current step.

    Returns:
        The report of the step that its solution did not turn green; None once there.

    Raises:
        LabError: that step is behind.
        Cancelled: ``cancel`` was set; the steps done stay done.
    """
    count = walk.count
    wanted = count if step_id == FINISH else walk.index(step_id)
    current = walk.current_id()
    if (count if current is None else walk.index(current)) > wanted:
        raise LabError(
            _("l'étape « {step_id} » est déjà passée").format(step_id=step_id),
            hint=_("pcapra-lab rewind {step_id} y revient").format(step_id=step_id),
        )
    while (current := walk.current_id()) and walk.index(current) < wanted:
        if cancel.is_set():
            raise Cancelled
        report = solve(on_event, cancel)
        if not report.green:
            return report
    return None
