"""The course searched as words are typed; what is chosen opens for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.glossary import NO_TERMS, Lexicon
from pcapra_lab.content.search import Hit
from pcapra_lab.i18n import _
from pcapra_lab.session.api import Application
from pcapra_lab.ui.bridge import guarded
from pcapra_lab.ui.dialogs.base import closing
from pcapra_lab.ui.dialogs.failure import explained
from pcapra_lab.ui.messages import Action, ActionFailed
from pcapra_lab.ui.text import count_sections


@dataclass(frozen=True, slots=True)
class Found:
    """What was chosen. ``document`` is None for a section of the lesson already open."""

    hit: Hit
    document: LessonDocument | None = None
    lexicon: Lexicon = NO_TERMS


def entry(hit: Hit) -> Content:
    """A result: lesson and section, then the text around the words, which stand out."""
    where = Content.assemble((f"{hit.number} {hit.title}", "bold $primary"))
    if hit.section:
        where = Content.assemble(where, (" › ", "$muted"), (hit.section, "bold"))
    excerpt = Content(hit.excerpt)
    for begin, end in hit.spans:
        excerpt = excerpt.stylize("bold underline $accent", begin, end)
    return Content.assemble(where, "\n", excerpt) if hit.excerpt else where


class SearchScreen(ModalScreen[Found | None]):
    """A field, and the sections that have its words.

    Args:
        application: the course.
        here: module and id of the lesson beneath, which needs no reading again.
    """

    @dataclass
    class Searched(Message):
        """The sections that have the words of ``query``."""

        query: str
        hits: Sequence[Hit]

    @dataclass
    class Read(Message):
        """The chosen lesson is read."""

        found: Found

    CSS_PATH = "../styles/search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(6)", show=False),
        Binding("pageup", "move(-6)", show=False),
    ]

    def __init__(self, application: Application, here: tuple[str, str] | None = None) -> None:
        super().__init__()
        self._application = application
        self._here = here
        self._hits: Sequence[Hit] = ()
        self._asked = ""
        self._answered = ""
        self._enter = False
        """Enter came before the answer to what was typed."""

    def compose(self) -> ComposeResult:
        """Lay out field, state and results."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("Chercher dans tout le cours"))
            box.border_subtitle = closing(_("↑ ↓ choisir · Entrée lire"))
            yield Input(placeholder=_("mots à chercher, sans souci des accents"))
            yield Static(id="search-state")
            results = OptionList(markup=False)
            results.can_focus = False
            yield results

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._asked = event.value.strip()
        self._enter = False
        work = partial(self._search, self._asked)
        self.run_worker(work, thread=True, group="search", exit_on_error=False)

    def _search(self, query: str) -> None:
        guarded(
            self.post_message,
            Action.SEARCH,
            lambda: self.Searched(query, self._application.search(query)),
        )

    @on(Searched)
    def _show(self, message: Searched) -> None:
        if message.query != self._asked:
            return
        self._answered, self._hits = message.query, message.hits
        results = self.query_one(OptionList)
        results.clear_options()
        results.add_options([Option(entry(hit)) for hit in message.hits])
        results.highlighted = 0 if message.hits else None
        self._say(Content.styled(self._state(), "$muted"))
        if self._enter:
            self._choose()

    def _state(self) -> str:
        if not self._answered:
            return ""
        if not self._hits:
            return _("○ Rien de tel. Essayez un mot plus court, ou un seul mot.")
        return f"✔ {count_sections(len(self._hits))}"

    def _say(self, text: Content) -> None:
        self.query_one("#search-state", Static).update(text)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._answered == self._asked:
            self._choose()
        else:
            self._enter = True

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose()

    def _choose(self) -> None:
        self._enter = False
        chosen = self.query_one(OptionList).highlighted
        if chosen is None:
            return
        hit = self._hits[chosen]
        if (hit.module, hit.lesson) == self._here:
            self.dismiss(Found(hit))
            return
        self.run_worker(
            partial(self._read, hit), thread=True, group="read", exclusive=True, exit_on_error=False
        )

    def _read(self, hit: Hit) -> None:
        def work() -> Message:
            document = self._application.read_only(hit.module, hit.lesson)
            return self.Read(Found(hit, document, self._application.lexicon()))

        guarded(self.post_message, Action.OPEN, work)

    @on(Read)
    def _opened(self, message: Read) -> None:
        self.dismiss(message.found)

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        message.stop()
        self._say(explained(message.error))

    def action_move(self, step: int) -> None:
        """Choose another result."""
        results = self.query_one(OptionList)
        if results.highlighted is not None:
            last = len(self._hits) - 1
            results.highlighted = max(0, min(last, results.highlighted + step))

    def action_close(self) -> None:
        """Back to where the trainee was."""
        self.dismiss(None)
