"""The right side: the lab's life, from its preparation to its sleep, and the shells."""

import threading
from collections.abc import Callable, Collection, Sequence
from enum import Enum
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState, TraineeSession, VmStatus
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.lesson.provision import ProvisionView
from pcapra_lab.ui.lesson.shells import ShellsPane
from pcapra_lab.ui.messages import (
    Action,
    ActionFailed,
    LabProgressed,
    LabSaved,
    LabStarted,
    Paused,
    PowerChanged,
)
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import POWERS

_SAVING = _("Mise en sommeil des machines…")


class LabPhase(Enum):
    """Where the lab stands."""

    DOWN = "down"
    WORKING = "working"
    """A start or a reset, which can be cancelled."""
    READY = "ready"
    SAVING = "saving"


def relaunch_question(fallen: Sequence[VmStatus]) -> Dialog[bool | None]:
    """Ask whether to let machines run again (True) or to reset (False); None to give up."""
    states = "\n".join(
        _("{glyph} {name} est {word}").format(
            glyph=POWERS[vm.power].glyph, name=vm.name, word=POWERS[vm.power].word
        )
        for vm in fallen
    )
    names = ", ".join(vm.name for vm in fallen)
    choices: list[Choice[bool | None]] = [
        Choice("r", _("Relancer {names}").format(names=names), True, "primary"),
        # Not T, which resets everything in the question that may follow.
        Choice("i", _("Réinitialiser…"), False, "warning"),
        Choice("escape", _("Annuler"), None),
    ]
    return Dialog(
        _("Relancer"),
        _(
            "{states}\n\nRelancée, une machine éteinte démarre de son disque et une machine en "
            "pause "
            "reprend où elle en était : ce que vous y avez fait est gardé. Réinitialiser le perd."
        ).format(states=states),
        choices,
    )


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
        self._vms: tuple[VmStatus, ...] = ()
        self._unfollow: Callable[[], None] = lambda: None
        self.phase = LabPhase.DOWN

    def compose(self) -> ComposeResult:
        """Lay out both views; one is shown at a time."""
        yield ProvisionView(self._pacing)
        yield ShellsPane(self._session, self._pacing)

    def on_mount(self) -> None:
        """Nothing is up yet; once it is, machines that fall will be told."""
        self._show_shells(False)
        self._unfollow = self._bridge.follow()

    def on_unmount(self) -> None:
        """A worker still running has nobody to work for."""
        self._unfollow()
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
        self._begin(_("Préparation du labo"), LabPhase.WORKING, None)
        self._bring_up()

    @property
    def fallen(self) -> tuple[VmStatus, ...]:
        """The machines that should run and do not; none while the lab is not ready."""
        if self.phase is not LabPhase.READY:
            return ()
        return tuple(vm for vm in self._vms if vm.power is not VmPower.RUNNING)

    def relaunch(self) -> None:
        """Let the fallen machines run again, disks kept, in a worker.

        The others' shells stay open, and so does that of a frozen machine: it goes on.
        """
        fallen, self._resetting = self.fallen, False
        names = ", ".join(vm.name for vm in fallen)
        off = [vm.name for vm in fallen if vm.power is not VmPower.PAUSED]
        self._begin(_("Relance de {names}").format(names=names), LabPhase.WORKING, off)
        self._bring_up()

    def _bring_up(self) -> None:
        self.run_worker(
            partial(self._bridge.start, self._cancel), thread=True, group="lab", exit_on_error=False
        )

    def reset(self, vm: str | None) -> None:
        """Bring one machine, or the whole lab, back to its prepared state, in a worker."""
        self._resetting, self._last_reset = True, vm
        title = _("Réinitialisation de {vm}").format(vm=vm) if vm else _("Réinitialisation du labo")
        self._begin(title, LabPhase.WORKING, [vm] if vm else None)
        self.run_worker(
            partial(self._bridge.reset, self._cancel, vm),
            thread=True,
            group="lab",
            exit_on_error=False,
        )

    def begin_exam(self) -> None:
        """Bring the whole lab back to its prepared state for an exam, in a worker."""
        self._resetting = False
        self._begin(_("Préparation de l'examen"), LabPhase.WORKING, None)
        self.run_worker(
            partial(self._bridge.begin_exam, self._cancel),
            thread=True,
            group="lab",
            exit_on_error=False,
        )

    def sleep_for_pause(self) -> None:
        """Pause an exam: the machines are put to sleep, in a worker."""
        self._resetting = False
        self._begin(_SAVING, LabPhase.SAVING, None)
        self.run_worker(self._bridge.pause, thread=True, group="lab", exit_on_error=False)

    def rewind(self, step: str, title: str) -> None:
        """Bring the whole lab back to the beginning of a step, in a worker."""
        self._resetting = False
        self._begin(_("Retour au début de « {title} »").format(title=title), LabPhase.WORKING, None)
        self.run_worker(
            partial(self._bridge.rewind, self._cancel, step),
            thread=True,
            group="lab",
            exit_on_error=False,
        )

    def announce_save(self) -> None:
        """Say that the machines will be put to sleep as soon as the running check has ended."""
        self.shells.release()
        self._show_shells(False)
        waiting = _("La vérification en cours se termine d'abord…")
        self.provision.begin(_SAVING, cancellable=False, waiting=waiting)

    def save(self) -> None:
        """Put the machines to sleep, in a worker."""
        self._begin(_SAVING, LabPhase.SAVING, None)
        self.run_worker(self._bridge.stop, thread=True, group="lab", exit_on_error=False)

    def cancel(self) -> None:
        """Ask the worker to stop; it answers with ``ActionFailed`` (``Cancelled``)."""
        if self.phase is LabPhase.WORKING:
            self._cancel.set()
            self.provision.cancelling()

    def show(self, state: SessionState) -> None:
        """Draw the machines' states."""
        self._vms = state.vms
        self.shells.show(state.vms)

    def _begin(self, title: str, phase: LabPhase, vms: Collection[str] | None) -> None:
        self.phase = phase
        self._cancel = threading.Event()
        self.shells.release(vms)
        in_shell = self.shells.has_focus_within
        self._show_shells(False)
        self.provision.begin(title, cancellable=phase is LabPhase.WORKING)
        if in_shell:
            self.provision.take_focus()
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

    @on(PowerChanged)
    def _power_changed(self, message: PowerChanged) -> None:
        # A start, a reset or a save that fails says itself what became of the machines.
        if self.phase is LabPhase.READY:
            self._tell(message.vm, message.power)

    def _tell(self, vm: str, power: VmPower) -> None:
        glyph = POWERS[power].glyph
        toast = self._pacing.toast
        if power is VmPower.RUNNING:
            title = _("{glyph} {vm} est de nouveau en marche").format(glyph=glyph, vm=vm)
            self.notify(_("Son terminal se relie tout seul."), title=title, timeout=toast)
            return
        # A shell takes every key but F12.
        key = _("F12 puis F8") if self.shells.has_focus_within else "F8"
        if power is VmPower.PAUSED:
            title = _("{glyph} {vm} s'est figée (pause non demandée ici)").format(
                glyph=glyph, vm=vm
            )
            text = _(
                "Le plus souvent, le disque de l'hôte est plein : libérez de la place (df -h), "
                "puis {key} la relance où elle en était."
            ).format(key=key)
        else:
            title = _("{glyph} {vm} s'est éteinte (arrêt non demandé ici)").format(
                glyph=glyph, vm=vm
            )
            text = _("{key} la relance : son disque est gardé.").format(key=key)
        self.notify(text, title=title, severity="error", timeout=2 * toast, markup=False)

    @on(LabSaved)
    @on(Paused)
    def _saved(self) -> None:
        self.phase = LabPhase.DOWN

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action in (Action.START, Action.RESET, Action.REWIND, Action.STOP, Action.PAUSE):
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
