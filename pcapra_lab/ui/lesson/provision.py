"""Waiting, shown: what each machine is doing, since when, and for how long still."""

import re
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import Phase
from pcapra_lab.ui.dialogs.failure import explained
from pcapra_lab.ui.messages import LabProgressed
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import bar, duration

_BAR = 10
_CONTACT = _("Prise de contact avec l'hyperviseur…")
_NOISE = re.compile(r"BIOS[ -]?bug|firmware bug|BIOS error|vulnerab|tainted", re.IGNORECASE)
"""Warnings that a kernel prints about emulated hardware: harmless there, and frightening."""


class ProvisionView(Vertical):
    """Progress of a preparation, a reset or a save; or why it stopped, with a way on."""

    class RetryAsked(Message):
        """The trainee wants to try again."""

    class CancelAsked(Message):
        """The trainee wants to stop."""

    def __init__(self, pacing: Pacing) -> None:
        super().__init__(id="provision")
        self._clock = pacing.clock
        self._tick = pacing.tick
        self._last: dict[str, LabProgressed] = {}
        self._under_way = False
        self._cancelling = False
        self._began = 0.0
        self._title = ""
        self._waiting = _CONTACT

    def compose(self) -> ComposeResult:
        """Lay out title, rows and buttons."""
        yield Static(id="provision-title")
        yield Static(id="provision-rows")
        with Horizontal(id="provision-buttons"):
            yield Button(_("Annuler  Échap"), id="provision-cancel")
            yield Button(_("Réessayer"), id="provision-retry", variant="primary")

    def on_mount(self) -> None:
        """Keep the running times true."""
        self.set_interval(self._tick, self._draw)

    def begin(self, title: str, *, cancellable: bool, waiting: str = _CONTACT) -> None:
        """Show that ``title`` has begun; ``waiting`` is said until its first event."""
        self._waiting = waiting
        self._last.clear()
        self._title, self._under_way, self._cancelling = title, True, False
        self._began = self._clock()
        had_focus = self.has_focus_within
        self.query_one("#provision-cancel").display = cancellable
        self.query_one("#provision-retry").display = False
        if had_focus:
            self.take_focus()
        self._draw()

    def cancelling(self) -> None:
        """Show that the request to stop was heard."""
        self._cancelling = True
        self.query_one("#provision-cancel").display = False
        self._draw()

    def progress(self, message: LabProgressed) -> None:
        """Show the last event of a machine, or of the whole lab."""
        key, event = message.event.vm or "", message.event
        if _NOISE.search(event.detail):
            # The line before stays: nothing is wrong, and nothing is to be done.
            shown = self._last[key].event.detail if key in self._last else ""
            message = LabProgressed(replace(event, detail=shown), message.received)
        self._last[key] = message
        self._draw()

    def fail(self, error: LabError) -> None:
        """Show why it stopped, the remedy, and a way on."""
        self._under_way = False
        cancelled = isinstance(error, Cancelled)
        title = _("■ Interrompu") if cancelled else _("✘ {title} : échec").format(title=self._title)
        style = "bold $warning" if cancelled else "bold $error"
        note = _(
            "\n\nLa leçon reste lisible : F2. F8 réinitialise le labo, F9 revient à l'accueil."
        )
        self.query_one("#provision-title", Static).update(Content.styled(title, style))
        self.query_one("#provision-rows", Static).update(
            Content.assemble(explained(error), (note, "$muted"))
        )
        self.query_one("#provision-cancel").display = False
        self.query_one("#provision-retry").display = True

    def take_focus(self) -> None:
        """Focus the button that is shown."""
        for button in self.query(Button):
            if button.display:
                button.focus()

    def end(self) -> None:
        """It is done."""
        self._under_way = False

    @on(Button.Pressed, "#provision-retry")
    def _retry(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.RetryAsked())

    @on(Button.Pressed, "#provision-cancel")
    def _cancel(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.CancelAsked())

    def _draw(self) -> None:
        if not self._under_way or not self.is_mounted:
            return
        elapsed = duration(self._clock() - self._began)
        title = Content.assemble(
            ("● ", "bold $accent"), (self._title, "bold"), (f"  {elapsed}", "$muted")
        )
        if self._cancelling:
            title = Content.assemble(title, (_("  interruption demandée…"), "$warning"))
        width = max(len(name) for name in [*self._last, _("labo")]) + 2
        rows = [self._row(message, width) for _, message in sorted(self._last.items())]
        if not rows:
            rows = [Content.styled(self._waiting, "$muted")]
        self.query_one("#provision-title", Static).update(title)
        self.query_one("#provision-rows", Static).update(Content("\n\n").join(rows))

    def _row(self, message: LabProgressed, width: int) -> Content:
        event = message.event
        name = event.vm or _("labo")
        if event.phase is Phase.READY:
            return Content.assemble(
                ("✔ ", "bold $success"),
                (f"{name:<{width}}", "bold"),
                (event.phase.word, "$success"),
            )
        elapsed = event.elapsed + (self._clock() - message.received)
        fraction = event.fraction
        if fraction is None and event.expected:
            # A guess never reaches the end by itself.
            fraction = min(0.97, elapsed / event.expected)
        drawn = "┄" * _BAR if fraction is None else bar(fraction, _BAR)
        times = duration(elapsed)
        if event.expected:
            times += f" / ~{duration(event.expected)}"
        row = Content.assemble(
            ("● ", "$accent"),
            (f"{name:<{width}}", "bold"),
            (drawn, "$accent"),
            f" {event.phase.word}  ",
            (times, "$muted"),
        )
        if event.detail:
            row = Content.assemble(row, "\n", (f"  {event.detail}", "$muted italic"))
        return row
