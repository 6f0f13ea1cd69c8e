"""From the lesson to the map or the target architecture, and back with what is wanted done."""

from typing import TYPE_CHECKING

from pcapra_lab.errors import LabError
from pcapra_lab.session.api import SessionState, TraineeSession
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.machines.wishes import Deed, Wish
from pcapra_lab.ui.pacing import Pacing
from pcapra_lab.ui.target.screen import TargetScreen
from pcapra_lab.ui.topology.screen import TopologyScreen

if TYPE_CHECKING:
    from pcapra_lab.ui.lesson.screen import LessonScreen


def show_map(
    screen: "LessonScreen", session: TraineeSession, state: SessionState, pacing: Pacing
) -> None:
    """Open the map over the lesson."""

    def wished(wish: Wish | None) -> None:
        if wish is not None:
            _grant(screen, wish)

    def ready() -> bool:
        return screen.lab.phase is LabPhase.READY

    screen.app.push_screen(TopologyScreen(session, state, pacing, ready), wished)


def show_target(screen: "LessonScreen", session: TraineeSession, pacing: Pacing) -> None:
    """Open the target architecture over the lesson; without one, nothing."""

    def wished(wish: Wish | None) -> None:
        if wish is not None:
            _grant(screen, wish)

    def ready() -> bool:
        return screen.lab.phase is LabPhase.READY

    if session.blueprint is None:
        return
    try:
        target = TargetScreen(session, session.blueprint, pacing, ready)
    except LabError as error:
        # Where the session stands cannot be read.
        screen.notify(error.message, severity="error", markup=False)
        return
    screen.app.push_screen(target, wished)


def _grant(screen: "LessonScreen", wish: Wish) -> None:
    match wish.deed:
        case Deed.SHELL:
            screen.lab.shells.active = wish.vm
            screen.action_terminal()
        case Deed.RESET:
            screen.action_reset(wish.vm)
        case Deed.MAP:
            screen.action_map()
        case Deed.TARGET:
            screen.action_target()
        case Deed.HOME:
            screen.action_home()
        case Deed.LEAVE:
            screen.action_leave()
