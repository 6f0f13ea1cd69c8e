"""The lesson's web consoles: opened in the trainee's browser, their addresses always told."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from pcapra_lab.i18n import _
from pcapra_lab.session.api import TraineeSession, WebConsole
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.dialogs.failure import explained
from pcapra_lab.ui.messages import Action, ActionFailed, ConsoleOpened
from pcapra_lab.ui.pacing import Pacing


def entry(console: WebConsole) -> Content:
    """A console: what it is, where it is served, and its address once it is open."""
    sign = ("●", "$success") if console.url else ("○", "$muted")
    where = (f"  {console.vm}, port {console.port}", "$muted")
    address = (console.url, "$accent") if console.url else (_("pas encore ouverte"), "$muted")
    return Content.assemble(sign, (f" {console.title}", "bold"), where, "\n  ", address)


class WebScreen(ModalScreen[None]):
    """The consoles. The only one of a lesson is opened at once.

    Args:
        session: the open session.
        pacing: clock and delays.
    """

    CSS_PATH = "../styles/search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w", "close", show=False),
        Binding("c", "copy", show=False),
    ]

    def __init__(self, session: TraineeSession, pacing: Pacing) -> None:
        super().__init__()
        self._web = session.web
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._consoles = self._web.listed()

    def compose(self) -> ComposeResult:
        """Lay out the list, what became of it, and what can be done."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(_("Consoles web"))
            box.border_subtitle = Content(_("↑ ↓ choisir · Entrée ouvrir · Échap fermer"))
            options = (Option(entry(console)) for console in self._consoles)
            yield OptionList(*options, markup=False)
            yield Static(id="web-said")
            copy = Content.assemble(("c", "bold $accent"), _(" copier l'adresse"))
            links = Static(copy.stylize(Style.from_meta({"@click": "screen.copy"})), id="web-keys")
            # Textual would paint what is clickable in a colour of its own.
            links.auto_links = False
            yield links

    def on_mount(self) -> None:
        """Choose at once; with nothing to choose, open."""
        self.query_one(OptionList).focus()
        if len(self._consoles) == 1:
            self._open(self._consoles[0])

    def _open(self, console: WebConsole) -> None:
        self._say(
            Content.styled(_("Ouverture de « {title} »…").format(title=console.title), "$muted")
        )
        work = partial(self._bridge.open_console, console.id)
        self.run_worker(work, thread=True, group="web", exit_on_error=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open(self._consoles[event.option_index])

    @on(ConsoleOpened)
    def _opened(self, message: ConsoleOpened) -> None:
        self._consoles = self._web.listed()
        options = self.query_one(OptionList)
        for place, console in enumerate(self._consoles):
            options.replace_option_prompt_at_index(place, entry(console))
        if message.shown:
            self._say(Content.styled(_("✔ Le navigateur s'ouvre sur cette adresse."), "$success"))
        else:
            self._say(
                Content(
                    _("○ Pas de navigateur ici : copiez l'adresse dans celui de cet ordinateur.")
                )
            )

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        if message.action is Action.WEB:
            message.stop()
            self._say(explained(message.error))

    def _say(self, text: Content) -> None:
        self.query_one("#web-said", Static).update(text)

    def action_copy(self) -> None:
        """Copy the chosen console's address."""
        chosen = self.query_one(OptionList).highlighted
        url = self._consoles[chosen].url if chosen is not None else None
        if url is None:
            self.notify(_("Cette console n'est pas encore ouverte : Entrée l'ouvre."))
        else:
            self.app.copy_to_clipboard(url)
            self.notify(_("Adresse copiée : {url}").format(url=url), timeout=4, markup=False)

    def action_close(self) -> None:
        """Back to the lesson; what is open stays open."""
        self.dismiss(None)
