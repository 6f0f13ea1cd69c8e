"""The steps beside the drawing: planned time, time used, pace. Pure."""

from textual.content import Content

from pcapra_lab.i18n import _
from pcapra_lab.session.api import SessionState, StepState, StepStatus
from pcapra_lab.session.exam_words import clock_words
from pcapra_lab.session.pace_words import ahead_words, minutes
from pcapra_lab.ui.text import STEPS

_HOUR = 3600.0


def step_lines(state: SessionState, width: int, more: float = 0.0) -> Content:
    """A line a step, then the whole.

    Args:
        state: the session as last seen.
        width: cells of a line.
        more: seconds that the clock has run since.
    """
    lines = [_line(number, step, state, width, more) for number, step in enumerate(state.steps, 1)]
    return Content("\n").join([*lines, Content(), _whole(state, more)])


def _line(number: int, step: StepStatus, state: SessionState, width: int, more: float) -> Content:
    current = step.id == state.current_step
    sign = STEPS[step.state]
    used = step.seconds + (more if current else 0.0)
    time = minutes(used)
    late = step.planned is not None and used > step.planned
    if step.planned is not None:
        time = f"{'⚠ ' if late else ''}{_of(used, step.planned)}"
    room = max(8, width - len(time) - 6)
    title = step.title if len(step.title) <= room else f"{step.title[: room - 1]}…"
    return Content.assemble(
        (f"{sign.glyph} ", sign.colour),
        (f"{number} {title:<{room}} ", "bold" if step.state is StepState.CURRENT else ""),
        (f"{time:>{max(0, width - room - 5)}}", "$warning" if late else "$muted"),
    )


def _of(used: float, planned: float) -> str:
    """« 12/30 min », « 41 min/2 h 30 »."""
    if max(used, planned) < _HOUR:
        return f"{round(used / 60)}/{minutes(planned)}"
    return f"{minutes(used)}/{minutes(planned)}"


def _whole(state: SessionState, more: float) -> Content:
    parts: list[Content] = []
    if state.in_exam and state.exam is not None:
        parts.append(Content.styled(_("Examen : {clock}").format(clock=clock_words(state.exam))))
    if (pace := state.pace) is not None:
        pace = pace.after(more)
        colour = "$success" if pace.ahead >= 0 or pace.on_time else "$warning"
        said = f"{_of(pace.used, pace.planned)} · "
        parts.append(Content.assemble((said, "bold"), (ahead_words(pace), f"bold {colour}")))
    if state.paused:
        parts.append(Content.styled(_("‖ en pause"), "bold $warning"))
    return Content("\n").join(parts)
