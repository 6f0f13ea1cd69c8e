"""The target architecture over the lesson: what is in place, and where the trainee's time goes."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.blueprint_words import looked_words
from pcapra_lab.session.health import VmHealth
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.messages import ActionFailed, PowerChanged, Surveyed
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.target import words
from pcapra_lab.ui.target.drawing import as_list, draw, fits
from pcapra_lab.ui.target.steps import step_lines
from pcapra_lab.ui.topology.feed import HealthFeed, HealthRead
from pcapra_lab.ui.topology.screen import PERIOD, Deed, Wish
from pcapra_lab.ui.widgets.keybar import Key, KeyBar

_STEPS_WIDTH = 42
"""Cells of the steps beside the drawing."""
_STEPS_WIDE = 56
"""Where the terminal is wide."""
_WIDE = 160


class TargetScreen(Screen[Wish | None]):
    """Dismissed with a ``Wish``, or None to go back to the lesson.

    Machines are asked only while this screen is the one seen.

    Args:
        session: who is asked; not closed here.
        blueprint: what is drawn.
        pacing: the clock.
        ready: whether the machines may be asked: not while they are restored.
    """

    CSS_PATH = "../styles/target.tcss"
    AUTO_FOCUS = "#drawing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,f5", "ask", _("regarder de nouveau"), show=False),
        Binding("l", "list", _("liste"), show=False),
        Binding("m,f11", "wish('map')", _("carte"), show=False),
        Binding("escape,f2,t", "back", _("leçon"), show=False),
        Binding("f9", "wish('home')", _("accueil"), show=False),
    ]

    def __init__(
        self,
        session: TraineeSession,
        blueprint: Blueprint,
        pacing: Pacing,
        ready: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._session = session
        self._blueprint = blueprint
        self._clock = pacing.clock
        self._may_ask = ready
        self._vms = [vm.name for vm in session.topology.vms]
        self._health: dict[str, VmHealth] = {}
        self._feed = HealthFeed(session, self.post_message, pacing.clock)
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._unfollow: Callable[[], None] = lambda: None
        self._state: SessionState = session.state()
        self._since = pacing.clock()
        self._as_list = False
        """The trainee prefers it."""
        self._surveying = False
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Lay out title, drawing, steps and keys."""
        yield Static(id="target-title")
        with Container(id="target"):
            with VerticalScroll(id="drawing"):
                yield Static(id="plan")
                yield Static(id="links")
            yield Static(id="steps")
        yield KeyBar(
            (
                Key("F1", _("aide"), "app.help", rank=5),
                Key("A", _("regarder de nouveau"), "screen.ask"),
                Key("L", _("liste ou dessin"), "screen.list", rank=4),
                Key("M", _("carte du labo"), "screen.wish('map')"),
                Key(_("Échap"), _("leçon"), "screen.back"),
                Key("F9", _("accueil"), "screen.wish('home')", rank=6),
                Key("F10", _("quitter"), "screen.leave", rank=6),
            )
        )

    def on_mount(self) -> None:
        """Ask now and then; hear at once of machines that fall."""
        self.query_one("#drawing").border_title = Content(_("Architecture"))
        self.query_one("#steps").border_title = Content(_("Étapes"))
        self._unfollow = self._bridge.follow()
        self.set_interval(PERIOD, self._tick)
        self._lay_out()

    def on_unmount(self) -> None:
        """Nobody listens any more."""
        self._unfollow()

    @on(ScreenResume)
    def _seen_again(self) -> None:
        self._tick()

    def _tick(self) -> None:
        if self.is_active:
            if self._may_ask():
                self._feed.ask(self._vms)
            self._draw()

    # What comes back

    @on(HealthRead)
    def _heard(self, message: HealthRead) -> None:
        self._feed.answered(message.health.vm)
        self._health[message.health.vm] = message.health
        self._draw()

    @on(Surveyed)
    def _surveyed(self, message: Surveyed) -> None:
        self._surveying, self._trouble = False, ""
        self._take(message.state)
        self._draw()

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        message.stop()
        if message.vm is not None:
            self._feed.answered(message.vm)
            self._health.pop(message.vm, None)
        else:
            self._surveying, self._trouble = False, message.error.message
        self._draw()

    @on(PowerChanged)
    def _power_changed(self, message: PowerChanged) -> None:
        self._take(message.state)
        self._health[message.vm] = VmHealth(message.vm, message.power)
        self._draw()
        if self.is_active and self._may_ask():
            self._feed.ask([message.vm])

    def _take(self, state: SessionState) -> None:
        self._state, self._since = state, self._clock()

    # Layout

    def on_resize(self, event: Resize) -> None:
        """A drawing with the steps beside it, or a list with the steps under it."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.app.size.width
        narrow = width < NORMAL
        steps = self.query_one("#steps", Static)
        self.query_one("#target").styles.layout = "vertical" if narrow else "horizontal"
        steps.styles.width = "100%" if narrow else self._steps_width
        steps.styles.height = "auto" if narrow else "100%"
        steps.styles.max_height = "55%" if narrow else "100%"
        self._draw()
        # Drawn again at the size that the layout gives.
        self.call_after_refresh(self._draw)

    @property
    def _steps_width(self) -> int:
        return _STEPS_WIDE if self.app.size.width >= _WIDE else _STEPS_WIDTH

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        plan = self._blueprint.plan(self._health, hidden=self._state.in_exam)
        title = Content.assemble(
            (_("Architecture visée"), "bold $accent"),
            _(" · {seen}/{count} en place").format(seen=plan.seen, count=len(plan.parts)),
            (f" · {self._rhythm(looked_words(plan))}", "$muted"),
            (f" · ⚠ {self._trouble}" if self._trouble else "", "$warning"),
        )
        self.query_one("#target-title", Static).update(title)
        room = self.query_one("#drawing").content_size.width or self.app.size.width
        listed = self._as_list or self.app.size.width < NORMAL or not fits(plan, room)
        self.query_one("#plan", Static).update(as_list(plan) if listed else draw(plan, room))
        self.query_one("#links", Static).update(words.links(plan))
        steps = self.query_one("#steps", Static)
        width = steps.content_size.width or self._steps_width - 4
        running = self._may_ask() and not self._state.paused
        more = self._clock() - self._since if running else 0.0
        steps.update(step_lines(self._state, width, more))

    def _rhythm(self, looked: str) -> str:
        if self._surveying:
            return _("contrôles en cours…")
        if not self._may_ask():
            return _("labo en préparation")
        said = _("mesuré toutes les {period:.0f} s").format(period=PERIOD)
        return f"{said}, {looked}" if looked else said

    # Actions

    def action_ask(self) -> None:
        """Ask the machines now, and look again at the checks of the steps behind."""
        if self._may_ask() and not self._surveying:
            self._surveying = True
            self.run_worker(
                partial(self._bridge.survey), thread=True, group="survey", exit_on_error=False
            )
        self._tick()

    def action_list(self) -> None:
        """The list in place of the drawing, or back."""
        self._as_list = not self._as_list
        self._draw()

    def action_back(self) -> None:
        """Back to the lesson."""
        self.dismiss(None)

    def action_wish(self, deed: str) -> None:
        """Leave for the map, or for home."""
        self.dismiss(Wish(Deed(deed)))

    def action_leave(self) -> None:
        """Quit; the lesson asks what becomes of the machines."""
        self.dismiss(Wish(Deed.LEAVE))
