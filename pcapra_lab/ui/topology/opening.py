"""From the lesson to the map, and back with what the trainee wants done."""

from typing import TYPE_CHECKING

from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.topology.screen import Deed, TopologyScreen, Wish

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


def show_map(
    screen: "LessonScreen", session: TraineeSession, state: SessionState, pacing: Pacing
) -> None:
    """Open the map over the lesson."""

    def wished(wish: Wish | None) -> None:
        if wish is None:
            return
        match wish.deed:
            case Deed.SHELL:
                screen.lab.shells.active = wish.vm
                screen.action_terminal()
            case Deed.RESET:
                screen.action_reset(wish.vm)
            case Deed.HOME:
                screen.action_home()
            case Deed.LEAVE:
                screen.action_leave()

    def ready() -> bool:
        return screen.lab.phase is LabPhase.READY

    screen.app.push_screen(TopologyScreen(session, state, pacing, ready), wished)
