"""A live shell of a machine, that comes back by itself."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.timer import Timer
from textual.widgets import Static

from pcapra_lab.content.models import Vm
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import TraineeSession
from pcapra_lab.terminal.recording import SUFFIX, Recorder
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.focus import CAPTURES_KEYS
from pcapra_lab.ui.lesson.reconnect import Backoff
from pcapra_lab.ui.messages import Action, ActionFailed, ShellOpened
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane
from pcapra_lab.ui.text import POWERS, short_seconds


class ShellNote(Static):
    """The line under a shell. What is clicked in it is an action of its own, not of a parent's."""

    class ReconnectAsked(Message):
        """The trainee wants the shell to be tried again."""

    class RelaunchAsked(Message):
        """The trainee wants the machines that stopped or froze to run again."""

    def on_mount(self) -> None:
        """Keep the text's colours: Textual would paint what is clickable in one of its own."""
        self.auto_links = False

    def action_reconnect(self) -> None:
        """The end of a lost shell's line was clicked."""
        self.post_message(self.ReconnectAsked())

    def action_relaunch(self) -> None:
        """The end of a fallen machine's line was clicked."""
        self.post_message(self.RelaunchAsked())


RECORDED = _("● enregistrement")


def slot_key(vm: str, number: int = 1) -> str:
    """What names a machine's shell; its first one has the machine's name."""
    # No machine has a low line in its name.
    return vm if number == 1 else f"{vm}_{number}"


class ShellSlot(Vertical):
    """One machine's shell and, when it is lost, a line that says so and what happens next.

    Args:
        vm: the machine.
        session: opens the shell.
        pacing: clock and delays.
        number: which of the machine's shells, from 1.
    """

    def __init__(self, vm: Vm, session: TraineeSession, pacing: Pacing, number: int = 1) -> None:
        self.key = slot_key(vm.name, number)
        super().__init__(id=f"shell-{self.key}")
        self.vm = vm
        self.number = number
        self.label = vm.name if number == 1 else f"{vm.name} ({number})"
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._backoff = Backoff(pacing.clock, pacing.reconnect, pacing.reconnect_deadline)
        self._timer: Timer | None = None
        self._wanted = False
        self._opening = False
        self._power = VmPower.ABSENT
        self._patience = pacing.prompt
        self._link_patience = pacing.link
        self._linked = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Lay out the terminal and the line below."""
        yield TerminalPane(classes=CAPTURES_KEYS)
        yield ShellNote(classes="shell-note")

    def on_mount(self) -> None:
        """Name the pane."""
        self.draw_title()
        self._say(None)

    def draw_title(self) -> None:
        """Tell the machine, and whether the shell is recorded."""
        self.border_title = Content.assemble(
            (self.label, "bold"),
            (f" — {self.vm.title} · {self.vm.address}", "$muted"),
            (f" {RECORDED}" if self.terminal.recording else "", "bold $error"),
        )

    def toggle_recording(self, folder: Path) -> str:
        """Start or end a recording; what is to be told.

        Raises:
            OSError: no file can be made there.
        """
        terminal = self.terminal
        if terminal.recording:
            terminal.stop_recording()
            said = _("Enregistrement terminé : pcapra-lab record list le montre.")
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{self.key}{SUFFIX}"
            terminal.record(Recorder(folder / name, self.label, terminal.grid_size))
            said = _("Ce que {label} affiche est enregistré ; ce que vous tapez, non.").format(
                label=self.label
            )
        self.draw_title()
        return said

    @property
    def terminal(self) -> TerminalPane:
        """The emulator's widget."""
        return self.query_one(TerminalPane)

    def connect_shell(self) -> None:
        """Open the shell, and keep it open from now on."""
        self._wanted = True
        self._backoff.reset()
        if self._timer is not None:
            self._timer.stop()
        if not self.live and not self._opening:
            self._open()

    def release_shell(self) -> None:
        """The machine is about to change: ``connect_shell`` will open another shell.

        Until then a lost link is no news; after a reset it may even not be noticed.
        """
        self._wanted = False
        self._linked.clear()
        if self._timer is not None:
            self._timer.stop()
        self._say(None)

    def show_power(self, power: VmPower) -> None:
        """Follow the machine: say that it fell, and open its shell again when it is back."""
        before, self._power = self._power, power
        if power is before or not self._wanted:
            return
        if power is not VmPower.RUNNING:
            self._say(self._fallen())
        elif self.live:
            self._say(None)
        else:
            self.connect_shell()

    @property
    def live(self) -> bool:
        """Whether there is a shell."""
        return self._linked.is_set()

    async def linked(self) -> bool:
        """Whether there is a shell; one that is being opened is awaited for a while."""
        if self._wanted and self._power in (VmPower.ABSENT, VmPower.RUNNING):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._link_patience):
                    await self._linked.wait()
        return self.live

    async def at_prompt(self, *, fresh: bool = False) -> bool:
        """Whether a command can be typed; a prompt still to come is awaited for a while.

        Args:
            fresh: the shell was opened just now, and its first prompt is seconds away.
        """
        return await self.terminal.at_prompt(self._link_patience if fresh else self._patience)

    def type_text(self, text: str, *, run: bool) -> bool:
        """Type into the shell. False when there is none."""
        if self.live:
            return self.terminal.type_text(text, run=run)
        return False

    def _open(self) -> None:
        self._opening = True
        work = partial(self._bridge.open_shell, self.vm.name, *self.terminal.grid_size)
        self.run_worker(work, thread=True, group="shell", exit_on_error=False)

    @on(ShellOpened)
    def _opened(self, message: ShellOpened) -> None:
        message.stop()
        self._opening = False
        if not self._wanted:
            message.shell.close()
            return
        self._backoff.reset()
        self._power = VmPower.RUNNING
        self._say(None)
        self.terminal.attach(message.shell)
        self._linked.set()

    @on(TerminalPane.LinkLost)
    def _lost(self, message: TerminalPane.LinkLost) -> None:
        message.stop()
        self._linked.clear()
        if self._wanted and not self._opening:
            self._try_later(message.reason)

    @on(ShellNote.ReconnectAsked)
    def _clicked(self, message: ShellNote.ReconnectAsked) -> None:
        message.stop()
        self.connect_shell()

    @on(TerminalPane.ReconnectRequested)
    def _asked_again(self, message: TerminalPane.ReconnectRequested) -> None:
        message.stop()
        if self._wanted and self._power is not VmPower.RUNNING:
            self.post_message(ShellNote.RelaunchAsked())
        elif self._wanted:
            self.connect_shell()

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action is Action.SHELL:
            message.stop()
            self._opening = False
            if self._wanted:
                self._try_later(message.error.message)

    def _try_later(self, reason: str) -> None:
        delay = self._backoff.next_delay()
        self._timer = self.set_timer(delay, self._retry) if delay is not None else None
        if self._power is not VmPower.RUNNING:
            self._say(self._fallen())
            return
        if delay is None:
            click = Style.from_meta({"@click": "reconnect"})
            again = Content.styled(_("Cliquez ici ou F3 pour réessayer."), "bold").stylize(click)
            self._say(Content.assemble((_("✘ Pas de lien. "), "$error"), f"{reason} ", again))
            return
        self._say(
            Content.assemble(
                (_("⚠ Lien perdu. "), "bold $warning"),
                f"{reason} ",
                (
                    _("Nouvel essai dans {short_seconds} (n° {attempts}).").format(
                        short_seconds=short_seconds(delay), attempts=self._backoff.attempts
                    ),
                    "$muted",
                ),
            )
        )

    def _fallen(self) -> Content:
        sign = POWERS[self._power]
        click = Style.from_meta({"@click": "relaunch"})
        if self._power is VmPower.PAUSED:
            what = _(
                "Figée, souvent par un disque plein sur l'hôte : libérez de la place (df -h), "
                "puis elle reprend où elle en était. "
            )
            how = _("Cliquez ici, ou F12 puis F8, pour la relancer.")
        else:
            what = _("Lien perdu. ")
            how = _("Cliquez ici ou Entrée pour la relancer, disque gardé.")
        return Content.assemble(
            (
                _("{glyph} {name} : la machine est ").format(glyph=sign.glyph, name=self.vm.name),
                sign.colour,
            ),
            (f"{sign.word}. ", f"bold {sign.colour}"),
            what,
            Content.styled(how, "bold").stylize(click),
        )

    def _retry(self) -> None:
        if self._wanted and not self.live and not self._opening:
            self._open()

    def _say(self, note: Content | None) -> None:
        line = self.query_one(ShellNote)
        line.display = note is not None
        if note is not None:
            line.update(note)
