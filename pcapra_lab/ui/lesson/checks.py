"""The checks of the current step, and the only place from which grading is started."""

import threading
from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from pcapra_lab.content.models import Exercise
from pcapra_lab.grading.results import StepReport
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge, awaits_key
from pcapra_lab.ui.lesson.check_state import CheckState, Grading, under_way
from pcapra_lab.ui.lesson.quiz import QuizBoard
from pcapra_lab.ui.lesson.rows import CheckRow
from pcapra_lab.ui.lesson.watcher import WatchPolicy
from pcapra_lab.ui.messages import (
    Action,
    ActionFailed,
    ExamMoved,
    HintGiven,
    HintMoot,
    LabProgressed,
    StepGraded,
)
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import ago

_RUNS = {Action.CHECK, Action.WATCH, Action.SOLVE, Action.EXAM}


class ChecksPane(Vertical):
    """Results of the current step. At most one check runs at a time.

    Args:
        session: the open session.
        pacing: clock and delays.
    """

    class WentIdle(Message):
        """Nothing is being graded any more."""

    class StateLost(Message):
        """A failcheck holds that did not before: going on will not repair it."""

        def __init__(self, report: StepReport) -> None:
            super().__init__()
            self.report = report

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="checks")
        self._lost: set[str] = set()
        self._exercise: Exercise = session.exercise
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._clock = pacing.clock
        self._tick = pacing.tick
        self._policy = WatchPolicy(pacing.clock, pacing.watch, pacing.watch_share)
        self._began = 0.0
        self._hinting = False
        self._seen = 0.0
        """When the results shown were seen."""
        self._progress: LabEvent | None = None
        self._grading = Grading.IDLE
        self._check_wanted = False
        self._solve_wanted = False
        self._cancel = threading.Event()
        """Of the check or the solution under way."""
        self._exam_wanted: Callable[[], None] | None = None
        self._watch_wanted = False
        self._watch_timed = False
        self._enabled = False
        self._step: str | None = None
        self._report: StepReport | None = None
        self._trouble = ""
        self._in_exam = False
        """Nothing is told before its end."""
        self._quiz = False
        """The step is done by answering its questions."""
        self._board = QuizBoard(session, pacing)

    def compose(self) -> ComposeResult:
        """Lay out the state line and the list."""
        yield CheckState(id="check-state")
        with VerticalScroll(id="check-list", can_focus=False):
            yield Static()
        self._board.display = False
        yield self._board

    def on_mount(self) -> None:
        """Name the pane."""
        self._draw_state()
        self.set_interval(self._tick, self._draw_state)

    @property
    def busy(self) -> bool:
        """A worker of this pane is running."""
        return self._runs or self._hinting

    @property
    def _runs(self) -> bool:
        return self._grading is not Grading.IDLE

    def examine(self, call: Callable[[SessionBridge], None]) -> None:
        """Grade for an exam, at once or after the look in progress.

        Args:
            call: of this pane's bridge, so that the pane hears the end: answers ``ExamMoved``, or
                fails with ``Action.EXAM``.
        """
        work = partial(call, self._bridge)
        if self._runs:
            self._exam_wanted = work
        else:
            self._run(Grading.EXAMINING, work)

    @on(ExamMoved)
    def _exam_moved(self) -> None:
        self._finish()

    async def show(self, state: SessionState) -> None:
        """Follow the session: a new step shows its checks, not evaluated yet."""
        if state.in_exam != self._in_exam:
            self._in_exam, self._report = state.in_exam, None
            await self._draw_list()
        if state.current_step != self._step:
            self._step, self._report, self._trouble = state.current_step, None, ""
            await self._draw_list()
        self._draw_state()

    @property
    def asked(self) -> bool:
        """Something that the trainee asked for is under way; a watcher's look is not."""
        return self._hinting or self._grading not in (Grading.IDLE, Grading.WATCHING)

    def enable(self, enabled: bool) -> None:
        """Whether the lab is up: without it, nothing is graded."""
        self._enabled = enabled
        self._check_wanted = self._check_wanted and enabled
        self._solve_wanted = self._solve_wanted and enabled
        if enabled:
            self.request_watch()
            if self._quiz:
                # The answers given may be gone: a reset begins anew.
                self.call_later(self._read_again)
        self._draw_state()

    async def _read_again(self) -> None:
        await self._draw_list()
        self._draw_state()
        self.request_watch()

    def verify(self) -> bool:
        """Grade the step, at once or after the look in progress. False without a lab."""
        if not self._enabled or self._step is None:
            return False
        if self._quiz and self._board.unread is not None:
            self.call_later(self._read_again)
            return True
        if self._quiz and self._board.left:
            self._board.take_focus()
            return True
        if self._runs:
            self._check_wanted = True
        else:
            self._cancel = threading.Event()
            self._run(Grading.CHECKING, partial(self._bridge.check, self._cancel))
        return True

    def request_watch(self) -> None:
        """Look at the step soon: at most one look at a time, spaced out by the policy."""
        idle = self._watch_timed or self._quiz or self._in_exam
        if not self._enabled or self._step is None or idle:
            return
        if self._runs:
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
        if self._runs:
            self._watch_wanted = True
        elif self._enabled and self._step is not None and not (self._quiz or self._in_exam):
            self._run(Grading.WATCHING, self._bridge.watch)

    def solve(self) -> bool:
        """Run the solution, at once or after the look in progress, which nobody asked for.

        False when the lab is down or something that was asked for runs.
        """
        if not self._enabled or self._step is None:
            return False
        if self._quiz:
            self._board.give_up_all()
            return True
        if self._grading is Grading.WATCHING:
            self._solve_wanted = True
            return True
        if self._runs:
            return False
        self._cancel = threading.Event()
        self._run(Grading.SOLVING, partial(self._bridge.solve, self._cancel))
        return True

    def cancel(self) -> None:
        """End the check or the solution under way, or the wait for its turn.

        What a solution did stays done; what a check saw is not recorded.
        """
        self._solve_wanted = self._check_wanted = False
        self._cancel.set()
        self._draw_state()

    def hint(self) -> bool:
        """Ask for one more hint, also while something is graded. False while one is on its way."""
        step = self._step
        if step is None or self._hinting:
            return False
        self._hinting = True
        work = partial(self._bridge.hint, step)
        self.run_worker(work, thread=True, group="hint", exit_on_error=False)
        return True

    @on(CheckState.VerifyAsked)
    def _clicked(self, message: CheckState.VerifyAsked) -> None:
        message.stop()
        self.verify()

    @on(CheckState.CancelAsked)
    def _cancel_clicked(self, message: CheckState.CancelAsked) -> None:
        message.stop()
        self.cancel()

    def _run(self, grading: Grading, work: Callable[[], None]) -> None:
        self._grading = grading
        if grading is Grading.WATCHING:
            self._policy.begins()
        self._trouble, self._progress, self._began = "", None, self._clock()
        self._draw_state()
        self.run_worker(work, thread=True, group="grading", exit_on_error=False)

    @on(StepGraded)
    async def _graded(self, message: StepGraded) -> None:
        self._policy.ends()
        if message.report.green:
            # What was to be solved is done: never the next step instead.
            self._solve_wanted = False
        if message.report.step == self._step and not self._quiz:
            self._report, self._seen = message.report, self._clock()
            await self._draw_list()
            lost = {result.id for result in message.report.lost}
            if lost - self._lost:
                self.post_message(self.StateLost(message.report))
            self._lost = lost
        self._finish()

    @on(QuizBoard.Over)
    def _quiz_over(self, message: QuizBoard.Over) -> None:
        message.stop()
        self._draw_state()

    @on(HintGiven)
    async def _hint_given(self, message: HintGiven) -> None:
        if message.hint.is_solution and self._quiz:
            await self._board.load()
        self._hinted()

    @on(HintMoot)
    def _hinted(self) -> None:
        self._hinting = False
        if not self.busy:
            self.post_message(self.WentIdle())

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action is Action.HINT:
            self._hinted()
        if message.action not in _RUNS:
            return
        self._policy.ends()
        if message.action is Action.WATCH:
            message.stop()
            self._trouble = message.error.message
        self._finish()

    @on(LabProgressed)
    def _progressed(self, message: LabProgressed) -> None:
        message.stop()
        self._progress = message.event
        self._draw_state()

    def _finish(self) -> None:
        self._grading = Grading.IDLE
        self._draw_state()
        if self._exam_wanted is not None:
            work, self._exam_wanted = self._exam_wanted, None
            self._run(Grading.EXAMINING, work)
        elif self._solve_wanted:
            self._solve_wanted = self._check_wanted = False
            self.solve()
        elif self._check_wanted:
            self._check_wanted = False
            self.verify()
        elif self._watch_wanted:
            self._watch_wanted = False
            self.request_watch()
        if not self.busy:
            self.post_message(self.WentIdle())

    async def _draw_list(self) -> None:
        self._quiz = await self._board.load() and self._step is not None
        self.query_one("#check-list").display = not self._quiz
        if self._quiz:
            return
        box = self.query_one("#check-list", VerticalScroll)
        if self._report is not None:
            rows = [CheckRow.lost(result) for result in self._report.lost]
            rows += [CheckRow.of(result) for result in self._report.results]
        else:
            checks = (s.checks for s in self._exercise.steps if s.id == self._step)
            rows = [CheckRow.unchecked(check) for check in next(checks, [])]
        async with self.batch():
            await box.remove_children()
            await box.mount_all(rows)
        box.scroll_home(animate=False)

    def _draw_state(self) -> None:
        """Draw the line and the title; also called each second, for the times."""
        if not self.is_mounted:
            return
        self.query_one(CheckState).update(self._state())
        known = self._report is not None
        # What is shown was true before what runs now.
        self.query_one("#check-list").set_class(known and self._runs, "-old")
        title = Content("Questions" if self._quiz else _("Vérifications"))
        if known and not self._runs:
            when = _(" — vu {ago}").format(ago=ago(self._clock() - self._seen))
            title = Content.assemble(title, (when, "$muted"))
        self.border_title = title

    def _state(self) -> Content:
        click = Style.from_meta({"@click": "verify"})
        if self._runs:
            vm = self._progress.vm if self._progress else None
            cancelled = self._cancel.is_set()
            return under_way(self._grading, self._clock() - self._began, vm, cancelled=cancelled)
        if self._in_exam:
            text = _("▫ examen : noté à la fin · F5 rendre l'étape ou terminer")
            return Content.styled(text, "$accent").stylize(click)
        if self._step is None:
            return Content.styled(_("✔ toutes les étapes sont terminées"), "$success")
        if not self._enabled:
            return Content.styled(_("○ en attente des machines"), "$muted")
        if self._quiz and self._board.unread is not None:
            text = _("⚠ lecture impossible : F5 réessaie")
            return Content.styled(text, "$warning").stylize(click)
        if self._quiz and self._board.left:
            return Content.styled(_("● répondez : Entrée, ou le bouton"), "$accent")
        if self._quiz:
            text = _("▶ toutes les questions ont leur réponse : F5 continue")
            return Content.styled(text, "bold $success").stylize(click)
        if self._trouble:
            return Content.styled(
                _("⚠ vérification impossible : {trouble}").format(trouble=self._trouble), "$warning"
            )
        if self._report is not None and awaits_key(self._report):
            return Content.styled(_("▶ prêt à vérifier : F5"), "bold $success").stylize(click)
        return Content.assemble(
            (_("● en continu"), "$success"),
            (_("  quand le terminal se tait · "), "$muted"),
            Content.styled(_("F5 vérifier"), "$primary").stylize(click),
        )
