"""The line above the lesson: where, how long, how many points, which machines."""

from collections.abc import Callable
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from pcapra_lab.content.models import LessonMeta
from pcapra_lab.grading.results import Outcome, StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState, StepState, VmStatus
from pcapra_lab.session.exam_words import clock_words
from pcapra_lab.session.pace_words import ahead_words
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.text import OUTCOMES, POWERS, STEPS, level_word, stopwatch


class LessonHeader(Horizontal):
    """Module, lesson, step; time, points, checks, machines, level.

    Args:
        module: the module's number.
        meta: the lesson's front matter.
        clock: the interface's clock, in seconds.
    """

    state: reactive[SessionState | None] = reactive(None, init=False)
    report: reactive[StepReport | None] = reactive(None, init=False)

    def __init__(self, module: str, meta: LessonMeta, clock: Callable[[], float]) -> None:
        super().__init__()
        self._module = module
        self._meta = meta
        self._clock = clock
        self._since = clock()

    def compose(self) -> ComposeResult:
        """Lay out both ends."""
        yield Static(id="where")
        yield Static(id="facts")

    def on_mount(self) -> None:
        """Draw."""
        self.redraw()

    def watch_state(self) -> None:
        """Start the stopwatch again from what the session counted."""
        self._since = self._clock()
        self.redraw()

    def watch_report(self) -> None:
        """Draw the summary of the checks."""
        self.redraw()

    def redraw(self) -> None:
        """Draw; also called each second, for the stopwatch."""
        if self.is_mounted:
            self.query_one("#where", Static).update(self._where())
            self.query_one("#facts", Static).update(self._facts())

    def _where(self) -> Content:
        lesson = Content.assemble(
            (f"{self._meta.number} ", "bold $primary"), (self._meta.title, "bold")
        )
        state = self.state
        if state is None:
            return lesson
        if state.current_step is None and state.in_exam:
            return Content.assemble(lesson, " › ", (_("▷ tout est rendu"), "bold $accent"))
        if state.current_step is None:
            return Content.assemble(lesson, " › ", (_("✔ exercice terminé"), "bold $success"))
        index = next(i for i, s in enumerate(state.steps) if s.id == state.current_step)
        step = _("étape {index}/{count}").format(index=index + 1, count=len(state.steps))
        title = state.steps[index].title
        if self.app.size.width < NORMAL:
            return Content.assemble(
                (f"{self._meta.number} ", "bold $primary"),
                _("› {step} : {title}").format(step=step, title=title),
            )
        module = Content.styled(f"Module {self._module} › ", "$muted")
        return Content.assemble(
            module, lesson, _(" › {step} : ").format(step=step), (title, "bold $accent")
        )

    def _facts(self) -> Content:
        parts: list[Content] = []
        state, wide = self.state, self.app.size.width >= NORMAL
        if self.report is not None and not wide:
            parts.append(_summary(self.report))
        if state is not None:
            running = state.current_step is not None and state.ready and not state.paused
            seconds = state.seconds + (self._clock() - self._since if running else 0)
            if wide:
                parts.append(Content(f"◷ {stopwatch(seconds)}"))
            parts += self._pace(state, running=running, wide=wide)
            parts.append(Content.assemble(("★ ", "$warning"), f"{state.earned}/{state.total}"))
            parts += [_power(vm) for vm in state.vms if wide or _fell(vm, state)]
        parts.append(Content.styled(level_word(self._meta.level), "bold $secondary"))
        if state is not None and state.ungraded:
            parts.append(Content.styled(_("○ non noté"), "bold $warning"))
        return Content("  ").join(parts)

    def _pace(self, state: SessionState, *, running: bool, wide: bool) -> list[Content]:
        """Pause, time left of an exam, pace: only what the exercise has."""
        more = self._clock() - self._since if running else 0.0
        parts: list[Content] = []
        if state.paused:
            parts.append(Content.styled(_("‖ en pause"), "bold $warning"))
        if state.exam is not None and state.in_exam:
            exam = replace(state.exam, used=state.exam.used + more)
            colour = "$error" if exam.left < 0 else "$warning"
            parts.append(Content.styled(f"⧗ {clock_words(exam)}", f"bold {colour}"))
        elif state.pace is not None and not state.paused:
            pace = state.pace.after(more)
            late = pace.ahead < 0 and not pace.on_time
            if wide or not pace.on_time:
                colour = "$warning" if late else "$muted"
                parts.append(Content.styled(ahead_words(pace), colour))
        return parts


def _fell(vm: VmStatus, state: SessionState) -> bool:
    """Worth saying even where there is room for little."""
    return state.ready and vm.power is not VmPower.RUNNING


def _power(vm: VmStatus) -> Content:
    sign = POWERS[vm.power]
    word = "" if vm.power is VmPower.RUNNING else f" {sign.word}"
    return Content.assemble((f"{sign.glyph} ", sign.colour), vm.name, (word, "$muted"))


def _summary(report: StepReport) -> Content:
    counts = {o: sum(r.outcome is o for r in report.results) for o in Outcome}
    waiting = counts[Outcome.SKIP] + counts[Outcome.PENDING]
    shown = [
        (OUTCOMES[Outcome.PASS], counts[Outcome.PASS]),
        (OUTCOMES[Outcome.FAIL], counts[Outcome.FAIL]),
        (OUTCOMES[Outcome.ERROR], counts[Outcome.ERROR]),
        (OUTCOMES[Outcome.SKIP], waiting),
    ]
    return Content(" ").join(
        Content.styled(f"{sign.glyph}{count}", sign.colour) for sign, count in shown if count
    )


class StepRail(Static):
    """All steps in a line; a click goes to a step's section."""

    state: reactive[SessionState | None] = reactive(None, init=False)

    def on_mount(self) -> None:
        """Keep the steps' colours: Textual would paint clickable text in one of its own."""
        self.auto_links = False

    def watch_state(self, state: SessionState | None) -> None:
        """Draw."""
        if state is None:
            return
        parts: list[Content] = []
        for number, step in enumerate(state.steps, start=1):
            sign = STEPS[step.state]
            current = step.state is StepState.CURRENT
            label = f"{sign.glyph} {number}" + (f" {step.title}" if current else "")
            if step.state is StepState.HELPED:
                label += f" {sign.word}"
            click = Style.from_meta({"@click": f"screen.go_to_step('{step.id}')"})
            style = f"bold {sign.colour}" if current else sign.colour
            parts.append(Content.styled(label, style).stylize(click))
        self.update(Content.styled(" ─ ", "$muted").join(parts))
