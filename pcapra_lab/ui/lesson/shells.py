"""Live shells, one a machine, that come back by themselves."""

from collections.abc import Collection
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.timer import Timer
from textual.widgets import Static

from pcapra_lab.content.models import Vm
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import TraineeSession, VmStatus
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.focus import CAPTURES_KEYS
from pcapra_lab.ui.lesson.reconnect import Backoff
from pcapra_lab.ui.messages import Action, ActionFailed, ShellOpened
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane
from pcapra_lab.ui.text import POWERS, short_seconds
from pcapra_lab.ui.widgets.tabstrip import Tab, TabStrip


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


class ShellSlot(Vertical):
    """One machine's shell and, when it is lost, a line that says so and what happens next."""

    def __init__(self, vm: Vm, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id=f"shell-{vm.name}")
        self.vm = vm
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._backoff = Backoff(pacing.clock, pacing.reconnect, pacing.reconnect_deadline)
        self._timer: Timer | None = None
        self._wanted = False
        self._opening = False
        self._power = VmPower.ABSENT
        self._patience = pacing.prompt
        self.live = False

    def compose(self) -> ComposeResult:
        """Lay out the terminal and the line below."""
        yield TerminalPane(classes=CAPTURES_KEYS)
        yield ShellNote(classes="shell-note")

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = Content.assemble(
            (self.vm.name, "bold"), (f" — {self.vm.title} · {self.vm.address}", "$muted")
        )
        self._say(None)

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
        self._wanted = self.live = False
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

    async def at_prompt(self) -> bool:
        """Whether a command can be typed; a prompt still to come is awaited for a while."""
        return await self.terminal.at_prompt(self._patience)

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
        self.live, self._power = True, VmPower.RUNNING
        self._say(None)
        self.terminal.attach(message.shell)

    @on(TerminalPane.LinkLost)
    def _lost(self, message: TerminalPane.LinkLost) -> None:
        message.stop()
        self.live = False
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
            again = Content.styled("Cliquez ici ou F3 pour réessayer.", "bold").stylize(click)
            self._say(Content.assemble(("✘ Pas de lien. ", "$error"), f"{reason} ", again))
            return
        self._say(
            Content.assemble(
                ("⚠ Lien perdu. ", "bold $warning"),
                f"{reason} ",
                (
                    f"Nouvel essai dans {short_seconds(delay)} (n° {self._backoff.attempts}).",
                    "$muted",
                ),
            )
        )

    def _fallen(self) -> Content:
        sign = POWERS[self._power]
        click = Style.from_meta({"@click": "relaunch"})
        if self._power is VmPower.PAUSED:
            what = (
                "Figée, souvent par un disque plein sur l'hôte : libérez de la place (df -h), "
                "puis elle reprend où elle en était. "
            )
            how = "Cliquez ici, ou F12 puis F8, pour la relancer."
        else:
            what = "Lien perdu. "
            how = "Cliquez ici ou Entrée pour la relancer, disque gardé."
        return Content.assemble(
            (f"{sign.glyph} {self.vm.name} : la machine est ", sign.colour),
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


class ShellsPane(Vertical):
    """One tab a machine; on a large screen, up to two shells one above the other."""

    active: reactive[str] = reactive("", init=False)

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="shells")
        self._session = session
        self._pacing = pacing
        self._vms = session.topology.vms
        self.set_class(len(self._vms) <= 2, "-few")

    def compose(self) -> ComposeResult:
        """Lay out the tabs and the shells."""
        yield TabStrip(id="shell-tabs")
        for vm in self._vms:
            yield ShellSlot(vm, self._session, self._pacing)

    def on_mount(self) -> None:
        """Show the first machine."""
        self.active = self._vms[0].name

    def watch_active(self, active: str) -> None:
        """Show one machine's shell."""
        self.query_one(TabStrip).active = active
        for slot in self.slots:
            slot.set_class(slot.vm.name == active, "-active")

    @property
    def slots(self) -> list[ShellSlot]:
        """All shells, in the topology's order."""
        return list(self.query(ShellSlot))

    def slot(self, vm: str) -> ShellSlot:
        """The shell of ``vm``."""
        return self.query_one(f"#shell-{vm}", ShellSlot)

    def show(self, vms: tuple[VmStatus, ...]) -> None:
        """Draw the machines' states on the tabs; their shells follow."""
        tabs = []
        for vm in vms:
            self.slot(vm.name).show_power(vm.power)
            sign = POWERS[vm.power]
            word = "" if vm.power is VmPower.RUNNING else f" {sign.word}"
            label = Content.assemble((sign.glyph, sign.colour), f" {vm.name}", (word, "$muted"))
            tabs.append(Tab(vm.name, label))
        self.query_one(TabStrip).tabs = tuple(tabs)

    def connect_all(self) -> None:
        """Open every shell."""
        for slot in self.slots:
            slot.connect_shell()

    def release(self, vms: Collection[str] | None = None) -> None:
        """Give up the shells of ``vms``, or of every machine: see ``ShellSlot.release_shell``."""
        for slot in self.slots:
            if vms is None or slot.vm.name in vms:
                slot.release_shell()

    def next_vm(self) -> None:
        """Go to the next machine's shell."""
        names = [vm.name for vm in self._vms]
        self.active = names[(names.index(self.active) + 1) % len(names)]

    def focus_active(self) -> None:
        """Put the focus in the active shell; a shell given up on is tried again."""
        slot = self.slot(self.active)
        if not slot.live:
            slot.connect_shell()
        slot.terminal.focus()

    def search_active(self) -> None:
        """Open the search bar of the active shell."""
        self.slot(self.active).terminal.action_search()

    @on(TerminalPane.PasteAsked)
    def _ask_paste(self, message: TerminalPane.PasteAsked) -> None:
        def answered(yes: bool | None) -> None:
            if yes and not message.accept():
                self.notify("Rien n'a été collé : le terminal est fermé.", severity="warning")

        self.app.push_screen(questions.paste(message.lines, message.removed), answered)

    @on(TerminalPane.LinkClicked)
    def _ask_link(self, message: TerminalPane.LinkClicked) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.app.copy_to_clipboard(message.url)

        self.app.push_screen(questions.link(message.url), answered)

    @on(TabStrip.Chosen)
    def _chosen(self, message: TabStrip.Chosen) -> None:
        message.stop()
        self.active = message.id
        self.focus_active()
