"""The home screen."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.session.api import Application, LessonCard
from pcapra_lab.ui.bridge import ApplicationBridge
from pcapra_lab.ui.dialogs.base import Choice
from pcapra_lab.ui.dialogs.failure import CLOSE, FailureDialog, explained
from pcapra_lab.ui.home.rows import LessonRow, ModulePanel
from pcapra_lab.ui.messages import (
    Action,
    ActionFailed,
    CourseLoaded,
    HostExamined,
    LessonOpened,
)
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.text import size
from pcapra_lab.ui.widgets.keybar import Key, KeyBar

_KEYS = (
    Key("F1", _("aide"), "app.help"),
    Key("↑↓", _("choisir"), "screen.move(1)", rank=2),
    Key(_("Entrée"), _("ouvrir"), "screen.open"),
    Key("/", _("chercher dans le cours"), "app.search", rank=3),
    Key("Ctrl+P", _("commandes"), "app.commands", rank=4),
    Key("F10", _("quitter"), "app.leave"),
)


class HomeScreen(Screen[None]):
    """Modules, progress, what to resume, and the machine in a line."""

    CSS_PATH = "../styles/home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: a course longer than the screen would take them to scroll.
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]
    AUTO_FOCUS = ""

    def __init__(self, application: Application, pacing: Pacing) -> None:
        super().__init__()
        self._bridge = ApplicationBridge(application, self.post_message)
        self._pacing = pacing
        self._opening: LessonCard | None = None
        self._stale = True
        """The course is to be read when this screen is next seen."""
        self._warm = False

    def compose(self) -> ComposeResult:
        """Lay out what needs no reading: the first paint waits for nothing."""
        title = Content.assemble(
            ("pcapra-lab", "bold $accent"),
            (_("  Continuité et reprise d'activité, sur de vraies machines"), "$muted"),
        )
        yield Static(title, id="home-title")
        yield Static(Content.styled(_("Examen de cette machine…"), "$muted"), id="host")
        with VerticalScroll(id="course", can_focus=False):
            yield Static(Content.styled(_("Lecture du parcours…"), "$muted"), id="loading")
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        """Ask for the machine once; the course is asked for on each return."""
        self.call_after_refresh(self._call, self._bridge.examine_host, "host")

    def on_screen_resume(self) -> None:
        """Read the course, again after each lesson: progress may have changed.

        Once this screen is painted: the first call loads modules, and painting would wait for
        the interpreter.
        """
        if self._stale:
            self.call_after_refresh(self._call, self._bridge.load_course, "course")

    def _call(self, work: Callable[[], None], group: str) -> None:
        self.run_worker(work, thread=True, group=group, exclusive=True, exit_on_error=False)

    @on(CourseLoaded)
    async def _show_course(self, message: CourseLoaded) -> None:
        self._stale = False
        course = self.query_one("#course", VerticalScroll)
        kept = self.focused.card.id if isinstance(self.focused, LessonRow) else None
        await course.remove_children()
        rows: list[LessonRow | ModulePanel] = []
        if message.resume is not None:
            rows.append(LessonRow(message.resume, resume=True))
        rows.extend(ModulePanel(module) for module in message.modules)
        await course.mount_all(rows)
        if not self._warm:
            self._warm = True
            self._call(self._bridge.warm_up, "warm-up")
        lessons = list(course.query(LessonRow))
        if lessons and self.is_current:
            next((row for row in lessons if row.card.id == kept), lessons[0]).focus()

    @on(HostExamined)
    def _show_host(self, message: HostExamined) -> None:
        host = message.summary
        images = (
            Content.styled(_("✔ images prêtes"), "$success")
            if host.images_ready
            else Content.styled(_("○ images à construire"), "$warning")
        )
        parts = [
            Content(f"⚙ {host.accelerator}"),
            Content(
                _("mémoire libre {memory_free_mib}").format(
                    memory_free_mib=size(host.memory_free_mib)
                )
            ),
            Content(
                _("disque libre {disk_free_mib}").format(disk_free_mib=size(host.disk_free_mib))
            ),
            images,
        ]
        self.query_one("#host", Static).update(Content.styled(" · ", "$muted").join(parts))

    @on(LessonRow.Chosen)
    def _open(self, message: LessonRow.Chosen) -> None:
        if self._opening is None:
            self._start_opening(message.card, read_only=False)

    def _start_opening(self, card: LessonCard, *, read_only: bool) -> None:
        self._opening = card
        self._call(partial(self._bridge.open_lesson, card, read_only=read_only), "open")

    @on(LessonOpened)
    def _opened(self, message: LessonOpened) -> None:
        # Markdown, highlighting and the emulator are not needed to paint the home screen.
        from pcapra_lab.ui.lesson.screen import LessonScreen

        self._opening = None
        self._stale = True
        self.app.push_screen(
            LessonScreen(
                message.card,
                message.document,
                message.session,
                self._pacing,
                message.lexicon,
                state=message.state,
            )
        )

    @on(ActionFailed)
    async def _failed(self, message: ActionFailed) -> None:
        if message.action is Action.HOST:
            self.query_one("#host", Static).update(explained(message.error))
        elif message.action is Action.HOME:
            # In place: closing a dialog would read the course again, and bring the dialog back.
            course = self.query_one("#course", VerticalScroll)
            await course.remove_children()
            await course.mount(Static(explained(message.error)))
        elif message.action is Action.OPEN and self._opening is not None:
            self._offer_reading(self._opening, message)
        else:
            self.app.push_screen(
                FailureDialog(message.action.words.capitalize(), message.error, [CLOSE])
            )

    def _offer_reading(self, card: LessonCard, message: ActionFailed) -> None:
        def answered(read: bool | None) -> None:
            self._opening = None
            if read is not None:
                self._start_opening(card, read_only=read)

        choices: list[Choice[bool | None]] = [
            Choice("r", _("Réessayer"), False, "primary"),
            Choice("l", _("Lire sans machine"), True),
            Choice("escape", _("Fermer"), None),
        ]
        dialog = FailureDialog(_("L'ouverture de la leçon"), message.error, choices)
        self.app.push_screen(dialog, answered)

    def action_move(self, step: int) -> None:
        """Focus the next or previous lesson."""
        rows = list(self.query(LessonRow))
        if not rows:
            return
        here = rows.index(self.focused) if isinstance(self.focused, LessonRow) else -1
        rows[(here + step) % len(rows)].focus()

    def action_open(self) -> None:
        """Open the focused lesson."""
        if isinstance(self.focused, LessonRow):
            self.focused.action_open()
