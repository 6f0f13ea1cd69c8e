"""A question with a few answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Button, Static

from pcapra_lab.i18n import _

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """An answer: pressing ``key`` gives ``value``."""

    key: str
    """A Textual key name: ``o``, ``enter``, ``escape``."""
    label: str
    value: T
    variant: Literal["default", "primary", "success", "warning", "error"] = "default"


def closing(hint: str) -> Content:
    """``hint``, for the border of a screen that has an action ``close``, and the way out.

    A click takes it too.
    """
    click = Style.from_meta({"@click": "screen.close"})
    return Content.assemble(f"{hint} · ", Content(_("Échap fermer")).stylize(click))


_NAMES = {"escape": _("Échap"), "enter": _("Entrée")}


class Dialog(ModalScreen[T]):
    """A title, a body, and buttons with their keys. Arrows move between buttons.

    Args:
        title: a few words.
        body: what it is about; markup is not read.
        choices: the answers. The first has the focus; the one for ``escape`` is the way out.
    """

    def __init__(self, title: str, body: str | Content, choices: Sequence[Choice[T]]) -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """Lay out title, body and buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield from self.compose_body()
            with Horizontal(classes=f"dialog-buttons {'-many' if len(self._choices) > 2 else ''}"):
                for choice in self._choices:
                    name = _NAMES.get(choice.key, choice.key.upper())
                    label = Content.assemble((name, "bold"), f"  {choice.label}")
                    yield Button(label, variant=choice.variant, id=f"answer-{choice.key}")

    def compose_body(self) -> ComposeResult:
        """What stands above the buttons. Dialogs with more than text override it."""
        with VerticalScroll(classes="dialog-body", can_focus=False):
            yield Static(Content(self._body) if isinstance(self._body, str) else self._body)

    def on_mount(self) -> None:
        """Focus what answers first."""
        self.focus_first()

    def focus_first(self) -> None:
        """Focus the first answer. Dialogs that scroll override it."""
        for button in self.query(Button):
            button.focus()
            return

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer by mouse or Enter."""
        event.stop()
        self._answer((event.button.id or "").removeprefix("answer-"))

    def on_key(self, event: Key) -> None:
        """Answer by key; arrows move."""
        if event.key in ("left", "up", "right", "down"):
            self._move(-1 if event.key in ("left", "up") else 1)
            event.stop()
        elif event.key == "escape" or event.key in {
            c.key for c in self._choices if c.key != "enter"
        }:
            event.stop()
            self._answer(event.key)

    def _answer(self, key: str) -> None:
        for choice in self._choices:
            if choice.key == key:
                self.dismiss(choice.value)
                return

    def _move(self, step: int) -> None:
        buttons: list[Widget] = list(self.query(Button))
        if self.focused in buttons:
            buttons[(buttons.index(self.focused) + step) % len(buttons)].focus()
