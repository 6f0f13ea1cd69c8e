"""The map: what is where, how it is, and the way to each machine."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from pcapra_lab.i18n import _
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.messages import ActionFailed, PowerChanged
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.topology.bus import Bus, Hook
from pcapra_lab.ui.topology.card import VmCard
from pcapra_lab.ui.topology.feed import HealthFeed, HealthRead
from pcapra_lab.ui.topology.readings import Readings
from pcapra_lab.ui.topology.words import cut_word
from pcapra_lab.ui.widgets.keybar import Key, KeyBar

PERIOD = 5.0
"""Seconds between two rounds of questions."""
_COLUMN = 40
"""Cells that a box needs to be read at ease: beyond, a second row."""
_COLUMN_LEAST = 24
_BOX_LEAST, _BOX_MOST = 12, 16
"""Lines of a box."""

_TARGET = Key("T", _("architecture visée"), "screen.target", rank=2)


class Deed(Enum):
    """What the trainee wants done."""

    SHELL = "shell"
    RESET = "reset"
    MAP = "map"
    TARGET = "target"
    HOME = "home"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the trainee left the map for; the lesson does it."""

    deed: Deed
    vm: str = ""


class TopologyScreen(Screen[Wish | None]):
    """Dismissed with a ``Wish``, or None to go back to the lesson.

    Machines are asked only while this screen is the one seen.

    Args:
        session: who is asked; not closed here.
        state: the machines as last seen.
        pacing: the clock.
        ready: whether the machines may be asked: not while they are restored.
    """

    CSS_PATH = "../styles/topology.tcss"
    AUTO_FOCUS = "VmCard"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f3", "shell", "terminal", show=False),
        Binding("r,f8", "reset", _("réinitialiser"), show=False),
        Binding("a,f5", "ask", _("actualiser"), show=False),
        Binding("l", "list", _("liste"), show=False),
        Binding("t", "target", _("architecture visée"), show=False),
        Binding("left", "move(-1, 0)", show=False),
        Binding("right", "move(1, 0)", show=False),
        Binding("up", "move(0, -1)", show=False),
        Binding("down", "move(0, 1)", show=False),
        Binding("escape,f2,f11", "back", _("leçon"), show=False),
        Binding("f9", "wish('home')", _("accueil"), show=False),
    ]

    def __init__(
        self,
        session: TraineeSession,
        state: SessionState,
        pacing: Pacing,
        ready: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._vms = tuple(session.topology.vms)
        self._lab_title = session.topology.title
        self._may_ask = ready
        self._readings = Readings(self._vms, pacing.clock, PERIOD)
        for vm in state.vms:
            self._readings.power(vm.name, vm.power)
        self._has_target = session.blueprint is not None
        self._feed = HealthFeed(session, self.post_message, pacing.clock)
        self._bridge = SessionBridge(session, self.post_message, pacing.clock)
        self._unfollow: Callable[[], None] = lambda: None
        self._columns = 0
        """In a row of the map; 0 for the list."""
        self._as_list = False
        """The trainee prefers it."""

    def compose(self) -> ComposeResult:
        """Lay out title, segment and machines."""
        yield Static(id="topology-title")
        with Container(id="map"):
            yield Bus()
            for vm in self._vms:
                yield VmCard(vm, self._readings)
        yield KeyBar(
            (
                Key("F1", _("aide"), "app.help", rank=5),
                Key(_("Entrée"), "terminal", "screen.shell"),
                Key("R", _("réinitialiser"), "screen.reset"),
                Key("A", _("actualiser"), "screen.ask", rank=3),
                Key("L", _("liste ou carte"), "screen.list", rank=4),
                *((_TARGET,) if self._has_target else ()),
                Key(_("Échap"), _("leçon"), "screen.back"),
                Key("F9", _("accueil"), "screen.wish('home')", rank=6),
                Key("F10", _("quitter"), "screen.leave", rank=6),
            )
        )

    def on_mount(self) -> None:
        """Ask now and then; hear at once of machines that fall."""
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
                self._feed.ask(vm.name for vm in self._vms)
            self._draw()

    # What comes back

    @on(HealthRead)
    def _heard(self, message: HealthRead) -> None:
        self._feed.answered(message.health.vm)
        self._readings.take(message.health, message.at)
        self._draw()

    @on(ActionFailed)
    def _failed(self, message: ActionFailed) -> None:
        message.stop()
        if message.vm is not None:
            self._feed.answered(message.vm)
            self._readings.failed(message.vm, message.error.message)
            self._draw()

    @on(PowerChanged)
    def _power_changed(self, message: PowerChanged) -> None:
        self._readings.power(message.vm, message.power)
        self._draw()
        if self.is_active and self._may_ask():
            self._feed.ask([message.vm])

    # Layout

    @property
    def _cards(self) -> list[VmCard]:
        return list(self.query(VmCard))

    def on_resize(self, event: Resize) -> None:
        """A map, or a list where there is no room for one."""
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.app.size
        count = len(self._vms)
        one_row = count <= max(1, width // _COLUMN)
        columns = count if one_row else ceil(count / 2)
        lines = (height - 5) // (1 if one_row else 2)
        fits = width >= NORMAL and width // columns >= _COLUMN_LEAST and lines >= _BOX_LEAST
        self._columns = 0 if self._as_list or not fits else columns
        lab, bus, cards = self.query_one("#map"), self.query_one(Bus), self._cards
        if self._columns and not one_row:
            lab.move_child(bus, after=cards[columns - 1])
        else:
            lab.move_child(bus, before=cards[0])
        lab.styles.layout = "grid" if self._columns else "vertical"
        box = min(lines, _BOX_MOST)
        if self._columns:
            lab.styles.grid_size_columns = columns
            lab.styles.grid_rows = f"2 {box}" if one_row else f"{box} 3 {box}"
            bus.styles.column_span = columns
        bus.styles.height = "100%" if self._columns else 1
        self._draw()
        # Boxes are drawn again, and the line, once they have their new size and place.
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        measuring = self._may_ask()
        rhythm = (
            _("mesuré toutes les {period:.0f} s").format(period=PERIOD)
            if measuring
            else _("labo en préparation")
        )
        title = Content.assemble(
            (_("Carte du labo"), "bold $accent"),
            f" · {self._lab_title}",
            (f" · {rhythm}", "$muted"),
        )
        self.query_one("#topology-title", Static).update(title)
        for card in self._cards:
            card.draw(boxed=bool(self._columns), measuring=measuring)
        self._draw_bus()

    def _draw_bus(self) -> None:
        bus = self.query_one(Bus)
        hooks = []
        if self._columns:
            hooks = [
                Hook(
                    card.region.x + card.region.width // 2 - bus.content_region.x,
                    card.region.y < bus.region.y,
                    cut_word(card.vm, self._readings),
                )
                for card in self._cards
            ]
        bus.draw(hooks, self._readings.extras())

    # Actions

    @property
    def _chosen(self) -> str:
        """The machine that has the focus, or the first."""
        focused = self.focused
        return (focused if isinstance(focused, VmCard) else self._cards[0]).vm.name

    def action_move(self, right: int, down: int) -> None:
        """Go to another machine."""
        names = [vm.name for vm in self._vms]
        target = names.index(self._chosen) + right + down * (self._columns or 1)
        if 0 <= target < len(names):
            self._cards[target].focus()

    def action_ask(self) -> None:
        """Ask now."""
        self._tick()

    def action_list(self) -> None:
        """The list in place of the map, or back."""
        self._as_list = not self._as_list
        self._lay_out()

    @on(VmCard.Opened)
    def _opened(self, message: VmCard.Opened) -> None:
        self.dismiss(Wish(Deed.SHELL, message.vm))

    def action_shell(self) -> None:
        """Go to the chosen machine's shell."""
        self.dismiss(Wish(Deed.SHELL, self._chosen))

    def action_reset(self) -> None:
        """Reset the chosen machine; one that fell may also be let run again."""
        self.dismiss(Wish(Deed.RESET, self._chosen))

    def action_back(self) -> None:
        """Back to the lesson."""
        self.dismiss(None)

    def action_target(self) -> None:
        """Leave for the target architecture, where there is one."""
        if self._has_target:
            self.dismiss(Wish(Deed.TARGET))

    def action_wish(self, deed: str) -> None:
        """Leave for something that is no machine's."""
        self.dismiss(Wish(Deed(deed)))

    def action_leave(self) -> None:
        """Quit; the lesson asks what becomes of the machines."""
        self.dismiss(Wish(Deed.LEAVE))
