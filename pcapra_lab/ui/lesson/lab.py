"""The right side: the lab's life, from its preparation to its sleep, and the shells."""

import threading
from enum import Enum
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.lesson.provision import ProvisionView
from pcapra_lab.ui.lesson.shells import ShellsPane
from pcapra_lab.ui.messages import Action, ActionFailed, LabProgressed, LabSaved, LabStarted
from pcapra_lab.ui.pacing import Pacing


class LabPhase(Enum):
    """Where the lab stands."""

    DOWN = "down"
    WORKING = "working"
    """A start or a reset, which can be cancelled."""
    READY = "ready"
    SAVING = "saving"


class LabPane(Vertical):
    """Starts, resets and saves the lab; shows the shells once it is ready."""

    class Began(Message):
        """A start, a reset or a save has begun: machines and shells are not to be used."""

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="lab")
        self._session = session
        self._pacing = pacing
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._cancel = threading.Event()
        self._last_reset: str | None = None
        self._resetting = False
        self._hand_over = False
        """The focus was on the progress view: the shell that replaces it takes it."""
        self.phase = LabPhase.DOWN

    def compose(self) -> ComposeResult:
        """Lay out both views; one is shown at a time."""
        yield ProvisionView(self._pacing)
        yield ShellsPane(self._session, self._pacing)

    def on_mount(self) -> None:
        """Nothing is up yet."""
        self._show_shells(False)

    def on_unmount(self) -> None:
        """A worker still running has nobody to work for."""
        self._cancel.set()

    @property
    def shells(self) -> ShellsPane:
        """The shells."""
        return self.query_one(ShellsPane)

    @property
    def provision(self) -> ProvisionView:
        """The progress view."""
        return self.query_one(ProvisionView)

    def start(self) -> None:
        """Bring the lab up, in a worker."""
        self._resetting = False
        self._begin("Préparation du labo", LabPhase.WORKING, None)
        self.run_worker(
            partial(self._bridge.start, self._cancel), thread=True, group="lab", exit_on_error=False
        )

    def reset(self, vm: str | None) -> None:
        """Bring one machine, or the whole lab, back to its prepared state, in a worker."""
        self._resetting, self._last_reset = True, vm
        title = f"Réinitialisation de {vm}" if vm else "Réinitialisation du labo"
        self._begin(title, LabPhase.WORKING, vm)
        self.run_worker(
            partial(self._bridge.reset, self._cancel, vm),
            thread=True,
            group="lab",
            exit_on_error=False,
        )

    def save(self) -> None:
        """Put the machines to sleep, in a worker."""
        self._begin("Mise en sommeil des machines", LabPhase.SAVING, None)
        self.run_worker(self._bridge.stop, thread=True, group="lab", exit_on_error=False)

    def cancel(self) -> None:
        """Ask the worker to stop; it answers with ``ActionFailed`` (``Cancelled``)."""
        if self.phase is LabPhase.WORKING:
            self._cancel.set()
            self.provision.cancelling()

    def show(self, state: SessionState) -> None:
        """Draw the machines' states."""
        self.shells.show(state.vms)

    def _begin(self, title: str, phase: LabPhase, vm: str | None) -> None:
        self.phase = phase
        self._cancel = threading.Event()
        self.shells.release(vm)
        self._show_shells(False)
        self.provision.begin(title, cancellable=phase is LabPhase.WORKING)
        self.post_message(self.Began())

    def _show_shells(self, shown: bool) -> None:
        self.shells.display = shown
        self.provision.display = not shown

    @on(LabProgressed)
    def _progressed(self, message: LabProgressed) -> None:
        self.provision.progress(message)

    @on(LabStarted)
    def _started(self, message: LabStarted) -> None:
        self.phase = LabPhase.READY
        self._hand_over = self.provision.has_focus_within
        self.provision.end()
        self._show_shells(True)
        self.show(message.state)
        # The shells are asked for at the size they will have, known once laid out.
        self.call_after_refresh(self._connect)

    def _connect(self) -> None:
        if self.phase is LabPhase.READY:
            self.shells.connect_all()
            if self._hand_over:
                self.shells.focus_active()

    @on(LabSaved)
    def _saved(self) -> None:
        self.phase = LabPhase.DOWN

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action in (Action.START, Action.RESET, Action.STOP):
            self.phase = LabPhase.DOWN
            self.provision.fail(message.error)

    @on(ProvisionView.RetryAsked)
    def _retry(self, message: ProvisionView.RetryAsked) -> None:
        message.stop()
        if self._resetting:
            self.reset(self._last_reset)
        else:
            self.start()

    @on(ProvisionView.CancelAsked)
    def _cancel_asked(self, message: ProvisionView.CancelAsked) -> None:
        message.stop()
        self.cancel()
