"""The current step's drill: one line above its checks, and the only place that drives it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.drill_api import DrillPhase, DrillView
from pcapra_lab.session.drill_words import PHASES, clock, targets_words
from pcapra_lab.session.surprise_words import left_words
from pcapra_lab.ui.bridge import guarded
from pcapra_lab.ui.messages import Action, ActionFailed, DrillSeen
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.widgets.ribbon import RibbonView

COLOURS = {
    DrillPhase.TO_DECLARE: "$accent",
    DrillPhase.DECLARED: "$accent",
    DrillPhase.STARTING: "$accent",
    DrillPhase.CALM: "$success",
    DrillPhase.STRUCK: "$error",
    DrillPhase.RESTORED: "$success",
    DrillPhase.ON_CALL: "$accent",
    DrillPhase.ENDED: "$muted",
    DrillPhase.INTERRUPTED: "$warning",
}


class DrillStrip(Static):
    """Says where the drill is; a click opens it. Nothing is shown for a step without one.

    Calls to the session are made in workers; each answers ``DrillSeen`` or ``Refused``, which go on
    to the screen.

    Args:
        session: the open session.
        pacing: clock and delays.
    """

    class Asked(Message):
        """The trainee wants to see the drill."""

    class Refused(Message):
        """What was asked for was not done."""

        def __init__(self, error: LabError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="drill")
        self._drills = session.drills
        self._clock = pacing.clock
        self._tick = pacing.tick
        self._cancel = threading.Event()
        self._following = False
        self._going = False
        self._seen = 0.0
        self.ribbon: RibbonView | None = None
        """Where the lanes are drawn beside the lesson, while the drill runs."""
        self.drill: DrillView | None = None
        """As it was last seen."""
        self.display = False

    def on_mount(self) -> None:
        """Let time be seen to pass, and look at the machines while it does."""
        self.auto_links = False
        self.set_interval(self._tick, self._ticked)

    def on_unmount(self) -> None:
        """A start that waits for its moment must not outlive the screen."""
        self._cancel.set()

    def look(self) -> None:
        """The session moved on: draw the drill of the step that is current now."""
        try:
            view = self._drills.view()
        except LabError as error:
            # What was last seen stays: a drill that runs goes on being followed.
            self.post_message(self.Refused(error))
        else:
            self._show(view)

    @property
    def since_fault(self) -> float | None:
        """The running clock, in seconds."""
        view = self.drill
        if view is None or view.since_fault is None:
            return None
        running = view.phase is DrillPhase.STRUCK
        return view.since_fault + (self._clock() - self._seen if running else 0.0)

    # What can be asked for

    def declare(self, rto: float | None, rpo: float | None, seed: str | None = None) -> None:
        """Declare targets."""
        self._work(partial(self._drills.declare, rto, rpo, seed))

    def start(self) -> None:
        """Start, unless that is under way; the fault comes when it comes."""
        if self._going:
            # A second start would be refused, and take away what cancels the first.
            return
        self._going = True
        self._cancel = threading.Event()
        cancel = self._cancel
        # Each event is a moment to look: the phase changes while the call goes on.
        self._work(partial(self._start, cancel), "drill-start")

    def diagnose(self, words: str) -> None:
        """Say what it is."""
        self._work(partial(self._drills.diagnose, words))

    def accuse(self, machine: str, cause: str) -> None:
        """Say which machine it is, and what it suffers from."""
        self._work(partial(self._drills.accuse, machine, cause))

    def end(self) -> None:
        """Measure now."""
        self._work(self._drills.end)

    def give_up(self) -> None:
        """Give up: a start under way is cancelled, and undoes what it began."""
        starting = (DrillPhase.STARTING, DrillPhase.CALM)
        if self._going or (self.drill is not None and self.drill.phase in starting):
            self._cancel.set()
        else:
            self._work(self._drills.give_up)

    def follow(self) -> None:
        """Look at the machines once, unless that is being done."""
        view = self.drill
        # While it starts, the starting itself looks.
        looked_at = (DrillPhase.STRUCK, DrillPhase.RESTORED, DrillPhase.ON_CALL)
        if self._going or self._following or view is None or view.phase not in looked_at:
            return
        self._following = True
        self._work(self._drills.follow, "drill-follow")

    def action_open(self) -> None:
        """The line was clicked."""
        self.post_message(self.Asked())

    def on_click(self) -> None:
        """All of the line opens it."""
        self.post_message(self.Asked())

    # Details

    def _start(self, cancel: threading.Event) -> DrillView:
        try:
            return self._drills.start(lambda _event: self._told(), cancel)
        finally:
            self._going = False

    def _told(self) -> None:
        guarded(self.post_message, Action.DRILL, lambda: DrillSeen(self._drills.view()))

    def _work(self, call: Callable[[], DrillView | None], group: str = "drill") -> None:
        work = partial(guarded, self.post_message, Action.DRILL, lambda: DrillSeen(call()))
        self.run_worker(work, thread=True, group=group, exit_on_error=False)

    @on(DrillSeen)
    def _drill_seen(self, message: DrillSeen) -> None:
        self._following = False
        self._show(message.view)

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        message.stop()
        self._following = False
        self.look()
        self.post_message(self.Refused(message.error))

    def _show(self, view: DrillView | None) -> None:
        self.drill, self._seen = view, self._clock()
        self._draw()

    def _ticked(self) -> None:
        if self.drill is not None:
            self._draw()
            self.follow()

    def _draw(self) -> None:
        view = self.drill
        self.display = view is not None
        if self.ribbon is not None:
            self.ribbon.show(view.ribbon if view is not None and view.phase.running else None)
        if view is None:
            return
        parts: list[tuple[str, str] | str] = [
            (_("⚑ Drill : {words}").format(words=PHASES[view.phase]), f"bold {COLOURS[view.phase]}")
        ]
        length = self.since_fault
        if length is not None:
            parts.append((f"  {clock(length)}", "bold"))
        if view.on_call is not None and view.phase is DrillPhase.ON_CALL:
            parts.append((f"  {left_words(view.on_call)}", "bold"))
        # What a narrow pane may cut off comes last: the window has it all.
        parts.append(("  d", "bold $accent"))
        if view.phase.running and view.writes:
            text = _("  {count} écritures").format(count=view.acknowledged)
            parts.append((text, "$muted" if view.writing else "$warning"))
        if view.rto_target is not None or view.rpo_target is not None:
            parts.append((f"  {targets_words(view)}", "$muted"))
        self.update(Content.assemble(*parts))
