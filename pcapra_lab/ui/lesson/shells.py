"""The machines' live shells: tabs, extra shells on a machine, two side by side."""

from collections.abc import Collection

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import TraineeSession, VmStatus
from pcapra_lab.ui.dialogs import questions
from pcapra_lab.ui.layout import WIDE
from pcapra_lab.ui.lesson.shell_slot import RECORDED, ShellSlot
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane
from pcapra_lab.ui.text import POWERS, count_characters
from pcapra_lab.ui.widgets.tabstrip import Tab, TabStrip

MOST_SHELLS = 4
"""On one machine. Each holds an SSH channel (sshd refuses the eleventh) and a scrollback."""

_NEW = "+"
"""The tab that opens a shell. No machine has such a name."""
_CLOSE = "×"


class ShellsPane(Vertical):
    """One tab a shell; on a large screen up to two machines' one above the other, or any two
    side by side. A hidden shell goes on: its state and its history are kept."""

    active: reactive[str] = reactive("", init=False)
    """The key of the shell that takes what is typed."""
    split: reactive[bool] = reactive(False, init=False)
    """Two shells side by side, where there is room for them."""

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__(id="shells")
        self._session = session
        self._pacing = pacing
        self._vms = session.topology.vms
        self._states: tuple[VmStatus, ...] = ()
        self._beside = ""
        """The key of the other shell shown while split."""

    def compose(self) -> ComposeResult:
        """Lay out the tabs and the shells."""
        yield TabStrip(id="shell-tabs")
        with Vertical(id="shell-slots"):
            for vm in self._vms:
                yield ShellSlot(vm, self._session, self._pacing)

    def on_mount(self) -> None:
        """Show the first machine."""
        if self._vms:
            self.active = self._vms[0].name
        self._arrange()

    def watch_active(self, before: str, active: str) -> None:
        """Show one shell; while split, in place of the one that was active."""
        if active == self._beside:
            self._beside = before
        self.query_one(TabStrip).active = active
        self._arrange()

    def watch_split(self) -> None:
        """Show the next shell beside the active one."""
        keys = [slot.key for slot in self.slots]
        if self._beside not in keys or self._beside == self.active:
            self._beside = keys[(keys.index(self.active) + 1) % len(keys)]
        self._arrange()

    def _arrange(self) -> None:
        slots = self.slots
        self.set_class(len(slots) <= 2 and not self.split, "-few")
        self.set_class(self.split, "-split")
        for slot in slots:
            slot.set_class(slot.key == self.active, "-active")
            slot.set_class(self.split and slot.key == self._beside, "-beside")

    @on(TerminalPane.Resized)
    def _resized(self, message: TerminalPane.Resized) -> None:
        """The hidden shells take the size they will be shown with.

        A shell draws its line anew when its size changes: a block typed then would be seen twice.
        """
        message.stop()
        for slot in self.slots:
            if not slot.terminal.size.area:
                slot.terminal.take_grid(*message.pane.size)

    @property
    def slots(self) -> list[ShellSlot]:
        """All shells, in the topology's order."""
        return list(self.query(ShellSlot))

    def slot(self, key: str) -> ShellSlot:
        """The shell of that key; a machine's name is the key of its first one."""
        return self.query_one(f"#shell-{key}", ShellSlot)

    def slot_for(self, vm: str) -> ShellSlot:
        """The shell of ``vm`` to type into: the active one if it is its own, else its first."""
        active = self.slot(self.active)
        return active if active.vm.name == vm else self.slot(vm)

    def show(self, vms: tuple[VmStatus, ...]) -> None:
        """Draw the machines' states on the tabs; their shells follow."""
        self._states = vms
        powers = {vm.name: vm.power for vm in vms}
        for slot in self.slots:
            slot.show_power(powers[slot.vm.name])
        self._draw_tabs()

    def _draw_tabs(self) -> None:
        powers = {vm.name: vm.power for vm in self._states}
        tabs = []
        for slot in self.slots:
            if (power := powers.get(slot.vm.name)) is None:
                continue
            sign = POWERS[power]
            word = "" if power is VmPower.RUNNING else f" {sign.word}"
            label = Content.assemble((sign.glyph, sign.colour), f" {slot.label}", (word, "$muted"))
            if slot.terminal.recording:
                label = Content.assemble(label, " ", (RECORDED, "bold $error"))
            if slot.number > 1:
                label = Content.assemble(label, " ", (_CLOSE, "$muted"))
            tabs.append(Tab(slot.key, label))
        self.query_one(TabStrip).tabs = (*tabs, Tab(_NEW, Content(_NEW)))

    async def open_extra(self) -> None:
        """Open one more shell on the active machine, and go to it."""
        vm = self.slot(self.active).vm
        mine = [slot for slot in self.slots if slot.vm.name == vm.name]
        if len(mine) >= MOST_SHELLS:
            self.notify(
                _("{name} a déjà {most_shells} terminaux : fermez-en un d'abord.").format(
                    name=vm.name, most_shells=MOST_SHELLS
                )
            )
            return
        taken = {slot.number for slot in mine}
        number = next(n for n in range(2, MOST_SHELLS + 1) if n not in taken)
        slot = ShellSlot(vm, self._session, self._pacing, number)
        await self.query_one("#shell-slots").mount(slot, after=mine[-1])
        self._draw_tabs()
        self.active = slot.key
        # The shell is asked for at the size it will have, known once laid out.
        self.call_after_refresh(self.focus_active)

    async def close_extra(self) -> None:
        """Close the active shell and go to the machine's first one, which stays."""
        slot = self.slot(self.active)
        if slot.number == 1:
            self.notify(_("Le premier terminal de {name} reste ouvert.").format(name=slot.vm.name))
            return
        slot.release_shell()
        self.active = slot.vm.name
        await slot.remove()
        if len(self.slots) < 2:
            self.split = False
        elif self._beside == slot.key:
            self.watch_split()
        self._arrange()
        self._draw_tabs()
        self.focus_active()

    def toggle_recording(self) -> None:
        """Start or end the recording of the active shell."""
        try:
            said = self.slot(self.active).toggle_recording(default_paths().recordings)
        except OSError as error:
            self.notify(
                _("Rien n'est enregistré : {error}").format(error=error),
                severity="error",
                markup=False,
            )
        else:
            self.notify(said)
        self._draw_tabs()

    @on(TerminalPane.RecordingEnded)
    def _recording_ended(self, message: TerminalPane.RecordingEnded) -> None:
        for slot in self.slots:
            slot.draw_title()
        self._draw_tabs()
        self.notify(
            _("Enregistrement arrêté : {reason}.").format(reason=message.reason),
            severity="warning",
            markup=False,
        )

    def toggle_split(self) -> None:
        """Two shells side by side, or one again; refused where they could not be read."""
        if not self.split and self.app.size.width < WIDE:
            self.notify(
                _(
                    "L'écran est trop étroit pour deux terminaux côte à côte : il faut {wide} "
                    "colonnes, il y en a {width}."
                ).format(wide=WIDE, width=self.app.size.width),
                severity="warning",
            )
        elif not self.split and len(self.slots) < 2:
            self.notify(_("Il n'y a qu'un terminal : ouvrez-en un autre d'abord (Ctrl+T)."))
        else:
            self.split = not self.split

    def connect_all(self) -> None:
        """Open every shell."""
        for slot in self.slots:
            slot.connect_shell()

    def release(self, vms: Collection[str] | None = None) -> None:
        """Give up the shells of ``vms``, or of every machine: see ``ShellSlot.release_shell``."""
        for slot in self.slots:
            if vms is None or slot.vm.name in vms:
                slot.release_shell()

    def next_shell(self) -> None:
        """Go to the next shell: the machine's next one, or the next machine's."""
        keys = [slot.key for slot in self.slots]
        self.active = keys[(keys.index(self.active) + 1) % len(keys)]

    def focus_active(self) -> None:
        """Put the focus in the active shell; a shell given up on is tried again."""
        slot = self.slot(self.active)
        if not slot.live:
            slot.connect_shell()
        slot.terminal.focus()

    def search_active(self) -> None:
        """Open the search bar of the active shell."""
        self.slot(self.active).terminal.action_search()

    @on(TerminalPane.TextCopied)
    def _copied(self, message: TerminalPane.TextCopied) -> None:
        if message.by_program:
            size = count_characters(len(message.text))
            self.notify(
                _("Un programme de la machine a copié {size}.").format(size=size), timeout=4
            )
        else:
            self.notify(_("Texte copié."), timeout=2)

    @on(TerminalPane.CopyRefused)
    def _copy_refused(self) -> None:
        self.notify(_("Sélection trop longue pour être copiée."), severity="warning")

    @on(TerminalPane.PasteAsked)
    def _ask_paste(self, message: TerminalPane.PasteAsked) -> None:
        def answered(yes: bool | None) -> None:
            if yes and not message.accept():
                self.notify(_("Rien n'a été collé : le terminal est fermé."), severity="warning")

        self.app.push_screen(questions.paste(message.lines, message.removed), answered)

    @on(TerminalPane.LinkClicked)
    def _ask_link(self, message: TerminalPane.LinkClicked) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self.app.copy_to_clipboard(message.url)

        self.app.push_screen(questions.link(message.url), answered)

    @on(TabStrip.Chosen)
    async def _chosen(self, message: TabStrip.Chosen) -> None:
        message.stop()
        if message.id == _NEW:
            await self.open_extra()
        else:
            self.active = message.id
            self.focus_active()
