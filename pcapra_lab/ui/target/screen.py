"""The target architecture over the lesson: what is in place, and where the trainee's time goes."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.blueprint_words import looked_words
from pcapra_lab.session.health import VmHealth
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.machines.screen import MachinesScreen
from pcapra_lab.ui.messages import Action, ActionFailed, Surveyed
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.target import words
from pcapra_lab.ui.target.drawing import as_list, draw, fits
from pcapra_lab.ui.target.steps import step_lines
from pcapra_lab.ui.widgets.keybar import Key, KeyBar

_STEPS_WIDTH = 42
"""Cells of the steps beside the drawing."""
_STEPS_WIDE = 56
"""Where the terminal is wide."""
_WIDE = 160


class TargetScreen(MachinesScreen):
    """The target architecture, drawn or as a list, with the steps and their time beside it.

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
        super().__init__(session, pacing, ready)
        self._session = session
        self._blueprint = blueprint
        self._clock = pacing.clock
        self._health: dict[str, VmHealth] = {}
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
        """Name the panes."""
        self.query_one("#drawing").border_title = Content(_("Architecture"))
        self.query_one("#steps").border_title = Content(_("Étapes"))
        self._lay_out()

    # What is known

    def keep(self, health: VmHealth, at: float) -> None:
        """The last answer alone counts: what is seen now."""
        self._health[health.vm] = health

    def keep_failure(self, vm: str, error: LabError) -> None:
        """What was seen on it is unknown."""
        self._health.pop(vm, None)

    def keep_power(self, vm: str, power: VmPower, state: SessionState) -> None:
        """What was seen on it is over."""
        self._take(state)
        self._health[vm] = VmHealth(vm, power)

    @on(Surveyed)
    def _surveyed(self, message: Surveyed) -> None:
        self._surveying, self._trouble = False, ""
        self._take(message.state)
        self.draw()

    @on(ActionFailed)
    def _survey_failed(self, message: ActionFailed) -> None:
        if message.action is Action.SURVEY:
            self._surveying, self._trouble = False, message.error.message
            self.draw()

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
        self.draw()
        # Drawn again at the size that the layout gives.
        self.call_after_refresh(self.draw)

    @property
    def _steps_width(self) -> int:
        return _STEPS_WIDE if self.app.size.width >= _WIDE else _STEPS_WIDTH

    def draw(self) -> None:
        """Title, architecture and steps."""
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
        running = self.may_ask() and not self._state.paused
        more = self._clock() - self._since if running else 0.0
        steps.update(step_lines(self._state, width, more))

    def _rhythm(self, looked: str) -> str:
        if self._surveying:
            return _("contrôles en cours…")
        return f"{self.rhythm}, {looked}" if looked and self.may_ask() else self.rhythm

    # Actions

    def action_ask(self) -> None:
        """Ask the machines now, and look again at the checks of the steps behind."""
        if self.may_ask() and not self._surveying:
            self._surveying = True
            self.run_worker(self.bridge.survey, thread=True, group="survey", exit_on_error=False)
        super().action_ask()

    def action_list(self) -> None:
        """The list in place of the drawing, or back."""
        self._as_list = not self._as_list
        self.draw()
