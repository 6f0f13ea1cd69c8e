"""The lesson screen: what follows from what."""

from collections.abc import Callable

from textual import on

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.glossary import NO_TERMS, Lexicon
from pcapra_lab.errors import Cancelled
from pcapra_lab.i18n import _
from pcapra_lab.session.api import LessonCard, SessionState, StepState, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs.failure import CLOSE, FailureDialog
from pcapra_lab.ui.lesson.advance import Advance
from pcapra_lab.ui.lesson.breaks import Breaks
from pcapra_lab.ui.lesson.cards import CommandCard, FileCard
from pcapra_lab.ui.lesson.checks import ChecksPane
from pcapra_lab.ui.lesson.departure import Departure
from pcapra_lab.ui.lesson.drill import DrillStrip
from pcapra_lab.ui.lesson.drill_desk import DrillDesk
from pcapra_lab.ui.lesson.exam import ExamDesk
from pcapra_lab.ui.lesson.helping import Helping
from pcapra_lab.ui.lesson.lab import LabPane, LabPhase
from pcapra_lab.ui.lesson.refusals import refused_in_exam, say_not_ready
from pcapra_lab.ui.lesson.resetting import Resetting
from pcapra_lab.ui.lesson.sending import Sender
from pcapra_lab.ui.lesson.shell_slot import ShellNote
from pcapra_lab.ui.lesson.view import LessonView
from pcapra_lab.ui.lesson.writing import Writer
from pcapra_lab.ui.messages import (
    Action,
    ActionFailed,
    DrillSeen,
    ExamMoved,
    FileRead,
    FileWritten,
    HintGiven,
    HintMoot,
    LabSaved,
    LabStarted,
    Paused,
    PowerChanged,
    Resumed,
    SessionClosed,
    StepGraded,
)
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane
from pcapra_lab.ui.topology.opening import show_map, show_target


class LessonScreen(LessonView):
    """A lesson with its machines, or for reading only when ``session`` is None.

    Args:
        card: where the lesson stands in the course.
        document: the lesson, parameters filled in.
        session: the open session, closed by this screen; None for reading only.
        pacing: clock and delays.
        lexicon: the course's glossary.
        state: where the session stands; None without one.
        anchor: the section to begin with; None for where the trainee stands.
    """

    def __init__(
        self,
        card: LessonCard,
        document: LessonDocument,
        session: TraineeSession | None,
        pacing: Pacing,
        lexicon: Lexicon = NO_TERMS,
        *,
        state: SessionState | None = None,
        anchor: str | None = None,
    ) -> None:
        super().__init__(card, document, session, pacing, lexicon)
        self._at_first = state
        self._anchor = anchor
        self._session_over = session is None
        self._departure = Departure(self)
        self._resetting = Resetting(self)
        self._sender = Sender(self)
        self._writer = Writer(self)
        self._breaks = Breaks(self)
        if session is not None:
            self._bridge = SessionBridge(session, self.post_message, pacing.clock)
            self._advance = Advance(self, session.exercise.title)
            self._drills = DrillDesk(self, session)
            self._exam = ExamDesk(self, session)
            self._helping = Helping(self, session.exercise)

    async def on_mount(self) -> None:
        """Show where the trainee stands, and start the lab."""
        if self._at_first is not None:
            await self.follow(self._at_first)
            self.lab.start()
        if self._anchor is not None:
            self.lesson.stay_at_top()
            self.action_go_to_step(self._anchor)
        elif self._first_visit:
            self.lesson.stay_at_top()
        else:
            self.lesson.take_focus(self.current_step)
            self.lesson.go_to_step(self.current_step)
        self.draw_keys()

    def on_unmount(self) -> None:
        """Whatever way the screen goes, the lab's lock goes with it."""
        if self._session is not None and not self._session_over:
            self._session_over = True
            self._session.close()

    @property
    def bridge(self) -> SessionBridge:
        """The session's calls; only with a session."""
        return self._bridge

    def work(self, call: Callable[[], None], group: str) -> None:
        """Run a call of the bridge in a worker."""
        self.run_worker(call, thread=True, group=group, exit_on_error=False)

    @property
    def _first_visit(self) -> bool:
        """Nothing was done here yet: no step, and no hint."""
        steps = self.state.steps if self.state is not None else ()
        return bool(steps) and steps[0].state is StepState.CURRENT and not steps[0].hints_used

    # The lab

    @on(LabPane.Began)
    def _lab_began(self) -> None:
        self.checks.enable(False)
        self.draw_keys()

    @on(LabStarted)
    async def _lab_started(self, message: LabStarted) -> None:
        await self._advance.lead(message.state)
        self.draw_keys()
        if self._departure.decided:
            self._departure.proceed()
        else:
            self.checks.enable(True)

    @on(PowerChanged)
    async def _power_changed(self, message: PowerChanged) -> None:
        await self.follow(message.state)

    @on(ShellNote.RelaunchAsked)
    def _relaunch_asked(self) -> None:
        self._resetting.relaunch()

    @on(LabSaved)
    def _lab_saved(self) -> None:
        self._departure.proceed()

    @on(SessionClosed)
    def _session_closed(self) -> None:
        self._session_over = True
        self._departure.closed()

    def close_session(self) -> None:
        """Close the session in a worker; ``Departure`` calls it once nothing uses it."""
        self.lab.shells.release()
        self.run_worker(self._bridge.close, thread=True, group="close", exit_on_error=False)

    @on(ChecksPane.WentIdle)
    def _checks_idle(self) -> None:
        self._departure.proceed()

    @on(TerminalPane.ShellIdle)
    def _shell_idle(self) -> None:
        self.checks.request_watch()

    def action_search_shell(self) -> None:
        """Search in the active shell's history."""
        if self.shells_usable:
            self.show_view("lab")
            self.lab.shells.search_active()

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        self.draw_keys()
        match message.action:
            case Action.START | Action.RESET | Action.REWIND:
                if self.narrow and not self._departure.decided:
                    what = _("Les machines ne sont pas prêtes : F3 pour lire pourquoi.")
                    self.notify(what, severity="error", timeout=self._pacing.toast)
                self._departure.proceed()
            case Action.STOP:
                self._departure.save_failed(message)
            case Action.FOLLOW:
                what = _("Le suivi des machines a échoué : {message}").format(
                    message=message.error.message
                )
                self.notify(what, severity="warning", markup=False)
            case Action.CLOSE:
                self._session_over = True
                self._departure.closed()
            case Action.CHECK if isinstance(message.error, Cancelled):
                self.notify(_("Vérification interrompue : rien n'a été noté."))
            case Action.SOLVE if isinstance(message.error, Cancelled):
                what = _("Solution interrompue : ce qu'elle a déjà fait reste, F8 peut le défaire.")
                self.notify(what, severity="warning")
            case _:
                what = message.action.words
                dialog = FailureDialog(what[:1].upper() + what[1:], message.error, [CLOSE])
                self.app.push_screen(dialog)

    # Blocks

    @on(CommandCard.Sent)
    @on(FileCard.Edited)
    def _send(self, message: CommandCard.Sent | FileCard.Edited) -> None:
        if self._session is None or self.lab.phase is not LabPhase.READY:
            say_not_ready(self)
            return
        self.run_worker(self._sender.send(message), group="send")

    @on(FileCard.Compared)
    def _compare(self, message: FileCard.Compared) -> None:
        if self._session is None or self.lab.phase is not LabPhase.READY:
            say_not_ready(self)
            return
        self._writer.compare(message.block)

    @on(FileRead)
    def _file_read(self, message: FileRead) -> None:
        self._writer.ask(message)

    @on(FileWritten)
    def _file_written(self, message: FileWritten) -> None:
        self._writer.written(message.block)

    # Pauses and exams

    @on(Paused)
    async def _paused(self, message: Paused) -> None:
        await self.follow(message.state)
        self.draw_keys()
        self._breaks.began()

    @on(Resumed)
    async def _resumed(self, message: Resumed) -> None:
        await self.follow(message.state)

    @on(ExamMoved)
    async def _exam_moved(self, message: ExamMoved) -> None:
        self.header.report = None
        await self._advance.lead(message.state)
        self.draw_keys()
        self._exam.moved(message.exam)

    def action_pause(self) -> None:
        """Stop the clock until the trainee is back."""
        if self._session is not None:
            self._breaks.ask()

    def action_exam(self) -> None:
        """Begin an exam, hand in a step of it, or end it."""
        if self._session is None:
            self.notify(_("Lecture seule : aucune machine n'est liée."), severity="warning")
        else:
            self._exam.ask()

    # Drills

    def action_drill(self) -> None:
        """Show the current step's drill."""
        if self.has_drill:
            self._drills.open()
        else:
            self.notify(_("L'étape en cours n'a pas de drill."))

    @on(DrillStrip.Asked)
    def _drill_asked(self) -> None:
        self.action_drill()

    @on(DrillSeen)
    def _drill_seen(self, message: DrillSeen) -> None:
        self._drills.seen(message.view)

    @on(DrillStrip.Refused)
    def _drill_refused(self, message: DrillStrip.Refused) -> None:
        self._drills.refused(message.error)

    # Grading and help

    @on(StepGraded)
    async def _graded(self, message: StepGraded) -> None:
        await self._advance.graded(message)
        self._drills.graded(message)

    def action_verify(self) -> None:
        """Grade the current step; in an exam, hand it in."""
        if self._session is not None and self.in_exam:
            self._exam.ask()
        elif self._session is not None and self.state is not None and self.current_step is None:
            self._advance.sum_up()
        elif self._session is None or not self.checks.verify():
            say_not_ready(self)
        elif self.narrow:
            self.show_view("checks")

    def action_hint(self) -> None:
        """Show the hints so far, and offer the next one."""
        if self._session is None:
            say_not_ready(self)
        else:
            self._helping.ask_hint()

    @on(HintGiven)
    async def _hinted(self, message: HintGiven) -> None:
        await self.follow(message.state)
        self._helping.given(message)

    @on(HintMoot)
    def _hint_moot(self) -> None:
        self.notify(_("L'étape vient d'être réussie : aucun indice n'a été pris."))

    def action_solution(self) -> None:
        """Ask, then show or run the current step's solution."""
        if self._session is None:
            say_not_ready(self)
        else:
            self._helping.ask_solution()

    # Leaving, and coming back

    def action_reset(self, vm: str = "") -> None:
        """Ask what to reset, or whether to reset ``vm``; first whether to relaunch what fell."""
        if not refused_in_exam(self) or self.lab.fallen:
            self._resetting.ask(vm)

    def action_map(self) -> None:
        """Show the lab as a map."""
        if self._session is None or self.state is None or not self.machines:
            say_not_ready(self)
        else:
            show_map(self, self._session, self.state, self._pacing)

    def action_target(self) -> None:
        """Show the target architecture, filling up."""
        if self._session is None or self._session.blueprint is None:
            self.notify(_("Cet exercice ne dessine pas d'architecture."))
        else:
            show_target(self, self._session, self._pacing)

    def action_cancel(self) -> None:
        """Stop what the lab or a solution is doing, when that can be stopped."""
        if self._session is not None:
            self.lab.cancel()
            self.checks.cancel()

    def action_home(self) -> None:
        """Back to the home screen."""
        self._leave(quitting=False)

    def action_leave(self) -> None:
        """Quit the application."""
        self._leave(quitting=True)

    def _leave(self, *, quitting: bool) -> None:
        if self._session is not None:
            self._departure.ask(quitting=quitting)
            return
        self.app.pop_screen()
        if quitting:
            # What is beneath may be a lesson with machines, which asks what becomes of them.
            self.app.call_later(self.app.run_action, "app.leave")
