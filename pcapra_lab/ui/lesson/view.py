"""What the lesson screen is made of, how it is laid out, and who has the focus."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus, Resize
from textual.screen import Screen
from textual.widgets import Markdown, Static

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.glossary import Lexicon
from pcapra_lab.i18n import _
from pcapra_lab.session.api import LessonCard, SessionState, TraineeSession
from pcapra_lab.ui.dialogs.web import WebScreen
from pcapra_lab.ui.focus import CAPTURES_KEYS
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.lesson import keys
from pcapra_lab.ui.lesson.checks import ChecksPane
from pcapra_lab.ui.lesson.dead_end import offer_way_back
from pcapra_lab.ui.lesson.document import LessonPane
from pcapra_lab.ui.lesson.drill import DrillStrip
from pcapra_lab.ui.lesson.header import LessonHeader, StepRail
from pcapra_lab.ui.lesson.lab import LabPane, LabPhase
from pcapra_lab.ui.lesson.reading import follow_link, show_contents, show_glossary
from pcapra_lab.ui.lesson.shell_slot import ShellSlot
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.terminal import TerminalPane
from pcapra_lab.ui.widgets.keybar import KeyBar
from pcapra_lab.ui.widgets.ribbon import RibbonView
from pcapra_lab.ui.widgets.tabstrip import Tab, TabStrip

_VIEWS = {"lesson": _("Leçon"), "lab": "Terminal", "checks": _("Vérifications")}
_WITHOUT_MACHINES = {"lesson": _("Leçon"), "checks": "Questions"}


class LessonView(Screen[None]):
    """Header, lesson, checks, lab and footer, in three layouts.

    Args:
        card: where the lesson stands in the course.
        document: the lesson, parameters filled in.
        session: the open session; None for reading only.
        pacing: clock and delays.
        lexicon: the course's glossary.
    """

    CSS_PATH = "../styles/lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keys.BINDINGS
    AUTO_FOCUS = ""

    def __init__(
        self,
        card: LessonCard,
        document: LessonDocument,
        session: TraineeSession | None,
        pacing: Pacing,
        lexicon: Lexicon,
    ) -> None:
        super().__init__()
        self._card = card
        self.document = document
        self._session = session
        self._pacing = pacing
        self.lexicon = lexicon
        self.state: SessionState | None = None
        """The session's last state drawn; None without a session."""
        self.view = "lesson"

    def compose(self) -> ComposeResult:
        """Lay out header, lesson, checks, lab and footer."""
        meta = self.document.meta
        yield LessonHeader(self._card.module.split("-")[0], meta, self._pacing.clock)
        if self._session is None:
            yield Static(
                _("Lecture seule : les commandes peuvent être copiées (c), pas exécutées."),
                id="reading",
            )
            yield LessonPane(self.document, self._pacing, self.lexicon)
        else:
            yield StepRail()
            yield TabStrip(id="views")
            with Horizontal(id="body", classes="" if self.machines else "-no-machines"):
                with Vertical(id="left"):
                    yield LessonPane(self.document, self._pacing, self.lexicon)
                    yield DrillStrip(self._session, self._pacing)
                    yield RibbonView(compact=True, id="lanes")
                    yield ChecksPane(self._session, self._pacing)
                yield LabPane(self._session, self._pacing)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Name the panes, and let time be seen to pass."""
        self.lesson.border_title = Content(_("Leçon"))
        self.set_interval(self._pacing.tick, self.header.redraw)
        if self._session is not None:
            self.drill.ribbon = self.query_one("#lanes", RibbonView)
        self.show_view("lesson")
        self.draw_keys()

    # Parts

    @property
    def lesson(self) -> LessonPane:
        """The text."""
        return self.query_one(LessonPane)

    @property
    def checks(self) -> ChecksPane:
        """The checks; only with a session."""
        return self.query_one(ChecksPane)

    @property
    def drill(self) -> DrillStrip:
        """The current step's drill; only with a session."""
        return self.query_one(DrillStrip)

    @property
    def has_drill(self) -> bool:
        """The current step has one."""
        return self._session is not None and self.drill.drill is not None

    @property
    def lab(self) -> LabPane:
        """The machines; only with a session."""
        return self.query_one(LabPane)

    @property
    def header(self) -> LessonHeader:
        """What stands above all."""
        return self.query_one(LessonHeader)

    @property
    def current_step(self) -> str | None:
        """Its id; None without a session or at the end."""
        return self.state.current_step if self.state is not None else None

    @property
    def pacing(self) -> Pacing:
        """Clock and delays."""
        return self._pacing

    @property
    def place(self) -> tuple[str, str]:
        """The ids of the module and of the lesson."""
        return self._card.module, self.document.meta.id

    @property
    def reading(self) -> bool:
        """There is no session: the lesson is only read."""
        return self._session is None

    @property
    def has_consoles(self) -> bool:
        """There are web consoles, and machines to serve them."""
        return self._session is not None and bool(self.document.meta.consoles)

    @property
    def in_exam(self) -> bool:
        """An exam is being taken."""
        return self.state is not None and self.state.in_exam

    @property
    def has_target(self) -> bool:
        """The exercise draws its target architecture."""
        return self._session is not None and self._session.blueprint is not None

    @property
    def machines(self) -> bool:
        """There are some; an exercise made of quizzes has none."""
        return self._session is not None and bool(self._session.topology.vms)

    @property
    def shells_usable(self) -> bool:
        """There are machines, up and prepared."""
        return self.machines and self.lab.phase is LabPhase.READY

    @property
    def narrow(self) -> bool:
        """One pane at a time."""
        return self.app.size.width < NORMAL

    async def follow(self, state: SessionState) -> None:
        """Draw the session's state everywhere."""
        self.state = state
        self.header.state = state
        self.query_one(StepRail).state = state
        self.lesson.show(state)
        self.lab.show(state)
        self.drill.look()
        await self.checks.show(state)

    # Layout and focus

    def show_view(self, view: str) -> None:
        """On a narrow screen, the one pane shown: ``lesson``, ``lab`` or ``checks``."""
        self.view = view
        if self._session is None:
            return
        strip = self.query_one("#views", TabStrip)
        views = _VIEWS if self.machines else _WITHOUT_MACHINES
        strip.tabs = tuple(Tab(name, Content(label)) for name, label in views.items())
        strip.active = view
        # Not by CSS classes: each change of one would restyle the whole screen.
        narrow = self.narrow
        strip.display = narrow
        self.lesson.display = not narrow or view == "lesson"
        self.checks.display = not narrow or view == "checks"
        self.query_one("#left").display = not narrow or view != "lab" or not self.machines
        self.lab.display = self.machines and (not narrow or view == "lab")

    def on_resize(self, event: Resize) -> None:
        """Show one pane or all; the header says less on a narrow screen."""
        self.show_view(self.view)
        self.header.redraw()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The footer tells which keys work here."""
        for slot in self.query(ShellSlot):
            if slot.has_focus_within:
                self.lab.shells.active = slot.key
        self.draw_keys()

    def draw_keys(self) -> None:
        """Show in the footer the keys that work here and now."""
        bar = self.query_one(KeyBar)
        if self._session is None:
            bar.keys = keys.READING
        elif self.focused is not None and self.focused.has_class(CAPTURES_KEYS):
            shells = self.lab.shells
            bar.keys = keys.in_shell(
                shells.slot(shells.active).label, web=self.has_consoles, drill=self.has_drill
            )
        elif self.lab.phase is LabPhase.WORKING:
            bar.keys = keys.WORKING
        else:
            more = keys.also(
                exam=self.in_exam,
                target=self.has_target,
                paced=self.state is not None and self.state.pace is not None,
            )
            bar.keys = keys.lesson(web=self.has_consoles, drill=self.has_drill, more=more)

    @on(TabStrip.Chosen, "#views")
    def _view_chosen(self, message: TabStrip.Chosen) -> None:
        if message.id == "lab":
            self.action_terminal()
        elif message.id == "lesson":
            self.action_lesson()
        else:
            self.show_view(message.id)

    @on(ChecksPane.StateLost)
    def _state_lost(self, message: ChecksPane.StateLost) -> None:
        if self._session is not None:
            offer_way_back(self, self._session, message.report)

    @on(TerminalPane.EscapePressed)
    def _shell_left(self) -> None:
        self.action_lesson()

    def action_lesson(self) -> None:
        """Go to the lesson, where the trainee was in it; if there already, to what is next."""
        again = self.lesson.has_focus_within
        self.show_view("lesson")
        if again:
            self.lesson.next_unsent(self.current_step)
        else:
            self.lesson.take_focus(self.current_step)

    def action_terminal(self) -> None:
        """Go to the active machine's shell, or to what stands in its place."""
        if self._session is None:
            return
        if not self.machines:
            self.show_view("checks")
            self.checks.verify()
            return
        self.show_view("lab")
        if self.lab.phase is LabPhase.READY:
            self.lab.shells.focus_active()
        else:
            self.lab.provision.take_focus()

    def action_next_vm(self) -> None:
        """Go to the next shell, of this machine or of the next."""
        if self.machines:
            self.lab.shells.next_shell()
            self.action_terminal()

    async def action_new_shell(self) -> None:
        """Open one more shell on the active machine."""
        if self.shells_usable:
            self.show_view("lab")
            await self.lab.shells.open_extra()

    async def action_close_shell(self) -> None:
        """Close the active shell, unless it is its machine's first."""
        if self.shells_usable:
            self.show_view("lab")
            await self.lab.shells.close_extra()

    def action_record_shell(self) -> None:
        """Start or end the recording of the active shell."""
        if self.shells_usable:
            self.lab.shells.toggle_recording()

    def action_split_shells(self) -> None:
        """Show two shells side by side, or one again."""
        if self.shells_usable:
            self.show_view("lab")
            self.lab.shells.toggle_split()

    def action_contents(self) -> None:
        """Show the table of contents."""
        show_contents(self)

    def action_glossary(self) -> None:
        """Explain the terms of the section being read."""
        show_glossary(self)

    def action_web(self) -> None:
        """Show the lesson's web consoles, to be opened in the trainee's browser."""
        if not self.document.meta.consoles:
            self.notify(_("Cette leçon n'a pas de console web."))
        elif self._session is None:
            self.notify(_("Lecture seule : aucune machine n'est liée."), severity="warning")
        elif self.lab.phase is not LabPhase.READY:
            self.notify(_("Les machines ne sont pas prêtes."), severity="warning")
        else:
            self.app.push_screen(WebScreen(self._session, self._pacing))

    @on(Markdown.LinkClicked)
    def _link_clicked(self, message: Markdown.LinkClicked) -> None:
        follow_link(self, message.href)

    def action_go_to_step(self, anchor: str) -> None:
        """Bring a section to the top: a step's id is its section's anchor."""
        self.show_view("lesson")
        if anchor:
            self.lesson.go_to_step(anchor)
        else:
            self.lesson.go_home()
