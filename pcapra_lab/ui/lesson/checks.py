"""The checks of the current step, and the only place from which grading is started."""

from collections.abc import Callable
from enum import Enum

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from pcapra_lab.content.models import Exercise
from pcapra_lab.grading.results import StepReport
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge, awaits_key
from pcapra_lab.ui.lesson.rows import CheckRow
from pcapra_lab.ui.lesson.watcher import WatchPolicy
from pcapra_lab.ui.messages import Action, ActionFailed, HintGiven, LabProgressed, StepGraded
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import duration


class Grading(Enum):
    """What the grader is doing."""

    IDLE = ""
    WATCHING = "● regard en cours…"
    CHECKING = "● vérification en cours…"
    SOLVING = "● solution en cours…"
    HINTING = "● indice…"


_RUNS = {Action.CHECK, Action.WATCH, Action.SOLVE, Action.HINT}


class ChecksPane(Vertical):
    """Results of the current step. At most one check runs at a time.

    Args:
        session: the open session.
        pacing: clock and delays.
    """

    class WentIdle(Message):
        """Nothing is being graded any more."""

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="checks")
        self._exercise: Exercise = session.exercise
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._policy = WatchPolicy(pacing.clock, pacing.watch)
        self._grading = Grading.IDLE
        self._check_wanted = False
        self._watch_wanted = False
        self._watch_timed = False
        self._enabled = False
        self._step: str | None = None
        self._report: StepReport | None = None
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Lay out the state line and the list."""
        yield Static(id="check-state")
        with VerticalScroll(id="check-list", can_focus=False):
            yield Static()

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = "Vérifications"
        self.query_one("#check-state").auto_links = False
        self._draw_state()

    @property
    def busy(self) -> bool:
        """A worker of this pane is running."""
        return self._grading is not Grading.IDLE

    async def show(self, state: SessionState) -> None:
        """Follow the session: a new step shows its checks, not evaluated yet."""
        if state.current_step != self._step:
            self._step, self._report, self._trouble = state.current_step, None, ""
            await self._draw_list()
        self._draw_state()

    def enable(self, enabled: bool) -> None:
        """Whether the lab is up: without it, nothing is graded."""
        self._enabled = enabled
        self._check_wanted = self._check_wanted and enabled
        if enabled:
            self.request_watch()
        self._draw_state()

    def verify(self) -> bool:
        """Grade the step, at once or after the look in progress. False without a lab."""
        if not self._enabled or self._step is None:
            return False
        if self.busy:
            self._check_wanted = True
        else:
            self._run(Grading.CHECKING, self._bridge.check)
        return True

    def request_watch(self) -> None:
        """Look at the step soon: at most one look at a time, spaced out by the policy."""
        if not self._enabled or self._step is None or self._watch_timed:
            return
        if self.busy:
            self._watch_wanted = True
            return
        delay = self._policy.delay()
        if delay > 0:
            self._watch_timed = True
            self.set_timer(delay, self._watch_now)
        else:
            self._watch_now()

    def _watch_now(self) -> None:
        self._watch_timed = False
        if self.busy:
            self._watch_wanted = True
        elif self._enabled and self._step is not None:
            self._run(Grading.WATCHING, self._bridge.watch)

    def solve(self) -> bool:
        """Run the solution. False when the lab is down or something is being graded."""
        if not self._enabled or self._step is None or self.busy:
            return False
        self._run(Grading.SOLVING, self._bridge.solve)
        return True

    def hint(self) -> bool:
        """Ask for one more hint. False when something is being graded."""
        step = self._step
        if step is None or self.busy:
            return False
        self._run(Grading.HINTING, lambda: self._bridge.hint(step))
        return True

    def action_verify(self) -> None:
        """The state line was clicked."""
        self.verify()

    def _run(self, grading: Grading, work: Callable[[], None]) -> None:
        self._grading = grading
        self._trouble = ""
        self._draw_state()
        self.run_worker(work, thread=True, group="grading", exit_on_error=False)

    @on(StepGraded)
    async def _graded(self, message: StepGraded) -> None:
        self._policy.ran()
        if message.report.step == self._step:
            self._report = message.report
            await self._draw_list()
        self._finish()

    @on(HintGiven)
    def _hinted(self) -> None:
        self._finish()

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action not in _RUNS:
            return
        self._policy.ran()
        if message.action is Action.WATCH:
            message.stop()
            self._trouble = message.error.message
        self._finish()

    @on(LabProgressed)
    def _progressed(self, message: LabProgressed) -> None:
        message.stop()
        event = message.event
        where = f"{event.vm} : " if event.vm else ""
        self._draw_state(f"● {where}{event.phase} {duration(event.elapsed)} {event.detail}")

    def _finish(self) -> None:
        self._grading = Grading.IDLE
        self._draw_state()
        if self._check_wanted:
            self._check_wanted = False
            self.verify()
        elif self._watch_wanted:
            self._watch_wanted = False
            self.request_watch()
        if not self.busy:
            self.post_message(self.WentIdle())

    async def _draw_list(self) -> None:
        box = self.query_one("#check-list", VerticalScroll)
        if self._report is not None:
            rows = [CheckRow.of(result) for result in self._report.results]
        else:
            checks = (s.checks for s in self._exercise.steps if s.id == self._step)
            rows = [CheckRow.unchecked(check) for check in next(checks, [])]
        async with self.batch():
            await box.remove_children()
            await box.mount_all(rows)
        box.scroll_home(animate=False)

    def _draw_state(self, progress: str = "") -> None:
        if self.is_mounted:
            self.query_one("#check-state", Static).update(self._state(progress))

    def _state(self, progress: str) -> Content:
        click = Style.from_meta({"@click": "verify"})
        if progress or self.busy:
            return Content.styled(progress or self._grading.value, "$accent")
        if self._step is None:
            return Content.styled("✔ toutes les étapes sont terminées", "$success")
        if not self._enabled:
            return Content.styled("○ en attente des machines", "$muted")
        if self._trouble:
            return Content.styled(f"⚠ pas de regard : {self._trouble}", "$warning")
        if self._report is not None and awaits_key(self._report):
            return Content.styled("▶ prêt à vérifier : F5", "bold $success").stylize(click)
        return Content.assemble(
            ("● en continu", "$success"),
            ("  quand le terminal se tait · ", "$muted"),
            Content.styled("F5 vérifier", "$primary").stylize(click),
        )
