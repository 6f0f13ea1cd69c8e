"""The map: what is where, how it is, and the way to each machine."""

from collections.abc import Callable
from math import ceil
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.session.health import VmHealth
from pcapra_lab.ui.layout import NORMAL
from pcapra_lab.ui.machines.screen import PERIOD, MachinesScreen
from pcapra_lab.ui.machines.wishes import Deed, Wish
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.topology.bus import Bus, Hook
from pcapra_lab.ui.topology.card import VmCard
from pcapra_lab.ui.topology.readings import Readings
from pcapra_lab.ui.topology.words import cut_word
from pcapra_lab.ui.widgets.keybar import Key, KeyBar

_COLUMN = 40
"""Cells that a box needs to be read at ease: beyond, a second row."""
_COLUMN_LEAST = 24
_BOX_LEAST, _BOX_MOST = 12, 16
"""Lines of a box."""

_TARGET = Key("T", _("architecture visée"), "screen.target", rank=2)


class TopologyScreen(MachinesScreen):
    """The lab as a map, or as a list where there is no room for one.

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
        super().__init__(session, pacing, ready)
        self._vms = tuple(session.topology.vms)
        self._lab_title = session.topology.title
        self._readings = Readings(self._vms, pacing.clock, PERIOD)
        for vm in state.vms:
            self._readings.power(vm.name, vm.power)
        self._has_target = session.blueprint is not None
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
        """Place the machines."""
        self._lay_out()

    # What is known

    def keep(self, health: VmHealth, at: float) -> None:
        """Values stay, with their age, when a machine does not answer."""
        self._readings.take(health, at)

    def keep_failure(self, vm: str, error: LabError) -> None:
        """Why its values are old."""
        self._readings.failed(vm, error.message)

    def keep_power(self, vm: str, power: VmPower, state: SessionState) -> None:
        """What does not run has no values any more."""
        self._readings.power(vm, power)

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
        self.draw()
        # Boxes are drawn again, and the line, once they have their new size and place.
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Title, machines and segment."""
        measuring = self.may_ask()
        title = Content.assemble(
            (_("Carte du labo"), "bold $accent"),
            f" · {self._lab_title}",
            (f" · {self.rhythm}", "$muted"),
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

    def action_target(self) -> None:
        """Leave for the target architecture, where there is one."""
        if self._has_target:
            self.dismiss(Wish(Deed.TARGET))
