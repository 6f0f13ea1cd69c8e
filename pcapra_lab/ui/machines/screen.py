"""The machines over the lesson: asked how they are while they are looked at."""

from collections.abc import Callable

from textual import on
from textual.events import ScreenResume
from textual.screen import Screen

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.session.health import VmHealth
from pcapra_lab.ui.bridge import SessionBridge
from pcapra_lab.ui.machines.feed import HealthFeed, HealthRead
from pcapra_lab.ui.machines.wishes import Deed, Wish
from pcapra_lab.ui.messages import ActionFailed, PowerChanged
from pcapra_lab.ui.pacing import Pacing

PERIOD = 5.0
"""Seconds between two rounds of questions."""


class MachinesScreen(Screen[Wish | None]):
    """Dismissed with a ``Wish``, or None to go back to the lesson.

    Machines are asked only while this screen is the one seen; of those that fall or come back it
    hears even when it is hidden. A screen of this kind says what it keeps of each answer
    (``keep``, ``keep_failure``, ``keep_power``) and how it shows what it knows (``draw``).

    Args:
        session: who is asked; not closed here.
        pacing: the clock.
        ready: whether the machines may be asked: not while they are restored.
    """

    def __init__(self, session: TraineeSession, pacing: Pacing, ready: Callable[[], bool]) -> None:
        super().__init__()
        self.may_ask = ready
        """Whether the machines may be asked now."""
        self.bridge = SessionBridge(session, self.post_message, pacing.clock)
        """The session's calls, answered to this screen."""
        self._names = tuple(vm.name for vm in session.topology.vms)
        self._feed = HealthFeed(session, self.post_message, pacing.clock)
        self._unfollow: Callable[[], None] = lambda: None

    def on_mount(self) -> None:
        """Ask now and then; hear at once of machines that fall."""
        self._unfollow = self.bridge.follow()
        self.set_interval(PERIOD, self.ask_all)

    def on_unmount(self) -> None:
        """Nobody listens any more."""
        self._unfollow()

    @on(ScreenResume)
    def _seen_again(self) -> None:
        self.ask_all()

    def ask_all(self) -> None:
        """Begin a round of questions, and draw the time that passed. Hidden, do nothing."""
        if self.is_active:
            if self.may_ask():
                self._feed.ask(self._names)
            self.draw()

    @property
    def rhythm(self) -> str:
        """How often the machines are asked, in words; or why they are not."""
        if not self.may_ask():
            return _("labo en préparation")
        return _("mesuré toutes les {period:.0f} s").format(period=PERIOD)

    # What each screen does in its own way

    def draw(self) -> None:
        """Show what is known."""
        raise NotImplementedError

    def keep(self, health: VmHealth, at: float) -> None:
        """Keep an answer. It is drawn afterwards, as is what the next two keep.

        Args:
            health: how a machine is.
            at: when it came, a reading of the interface's clock.
        """
        raise NotImplementedError

    def keep_failure(self, vm: str, error: LabError) -> None:
        """Keep that a question to a machine failed."""
        raise NotImplementedError

    def keep_power(self, vm: str, power: VmPower, state: SessionState) -> None:
        """Keep that a machine fell or came back, and the session's state then."""
        raise NotImplementedError

    # What comes back

    @on(HealthRead)
    def _heard(self, message: HealthRead) -> None:
        self._feed.answered(message.health.vm)
        self.keep(message.health, message.at)
        self.draw()

    @on(ActionFailed)
    def _unheard(self, message: ActionFailed) -> None:
        message.stop()
        if message.vm is not None:
            self._feed.answered(message.vm)
            self.keep_failure(message.vm, message.error)
            self.draw()

    @on(PowerChanged)
    def _power_changed(self, message: PowerChanged) -> None:
        self.keep_power(message.vm, message.power, message.state)
        self.draw()
        if self.is_active and self.may_ask():
            self._feed.ask([message.vm])

    # Actions

    def action_ask(self) -> None:
        """Ask now."""
        self.ask_all()

    def action_back(self) -> None:
        """Back to the lesson."""
        self.dismiss(None)

    def action_wish(self, deed: str) -> None:
        """Leave for something that is no machine's: ``deed`` is the value of a ``Deed``."""
        self.dismiss(Wish(Deed(deed)))

    def action_leave(self) -> None:
        """Quit; the lesson asks what becomes of the machines."""
        self.dismiss(Wish(Deed.LEAVE))
