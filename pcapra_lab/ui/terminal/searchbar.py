"""The search bar at the bottom of a terminal pane."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from pcapra_lab.i18n import _
from pcapra_lab.terminal import MOST_MATCHES


class SearchBar(Horizontal):
    """A field, and how many matches there are.

    | Key(s) | Description |
    | :- | :- |
    | up, enter | Go to the match before, towards the past. |
    | down | Go to the match after. |
    | escape | Close. |
    """

    DEFAULT_CSS = """
    SearchBar {
        dock: bottom;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .search-label { width: auto; padding: 0 1; }
        & > Input {
            width: 1fr;
            height: 1;
            border: none;
            padding: 0;
            background: $surface;
        }
        & > Input:focus { border: none; }
        & > .search-count { width: auto; padding: 0 1; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(True)", _("précédent"), show=False),
        Binding("down", "go(False)", _("suivant"), show=False),
        Binding("escape", "close", _("fermer"), show=False),
    ]

    class Searched(Message):
        """A text is to be searched."""

        def __init__(self, bar: "SearchBar", text: str, *, backwards: bool, again: bool) -> None:
            super().__init__()
            self.bar = bar
            """Where to tell what was found."""
            self.text = text
            self.backwards = backwards
            """Towards the past."""
            self.again = again
            """Another match than the one gone to."""

    class Closed(Message):
        """The person is done."""

    def __init__(self) -> None:
        super().__init__()
        self._field = Input(placeholder=_("texte · ↑ ↓ · Échap"), select_on_focus=False)
        self._count = Static("", classes="search-count")

    def compose(self) -> ComposeResult:
        """Lay out the field between its label and the count."""
        yield Static(_("Chercher"), classes="search-label")
        yield self._field
        yield self._count

    def on_mount(self) -> None:
        """Take what is typed."""
        self.focus_field()

    def focus_field(self) -> None:
        """Put the focus in the field."""
        self._field.focus()

    def tell(self, count: int, current: int | None) -> None:
        """Show how many matches there are, and which one is gone to, from 0."""
        if current is not None:
            more = _(" et plus") if count >= MOST_MATCHES else ""
            said = _("{current} sur {count}{more}").format(
                current=current + 1, count=count, more=more
            )
        else:
            said = _("rien trouvé") if self._field.value else ""
        self._count.update(Content(said))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search at each letter."""
        event.stop()
        self.post_message(self.Searched(self, event.value, backwards=True, again=False))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on towards the past."""
        event.stop()
        self.action_go(True)

    def action_go(self, backwards: bool) -> None:
        """Go to another match."""
        text = self._field.value
        self.post_message(self.Searched(self, text, backwards=backwards, again=True))

    def action_close(self) -> None:
        """Ask to be closed."""
        self.post_message(self.Closed())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Keep the mouse from the terminal behind."""
        event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Keep the mouse from the terminal behind."""
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """Keep the mouse from the terminal behind."""
        event.stop()
