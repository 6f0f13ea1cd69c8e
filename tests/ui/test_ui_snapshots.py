"""What the screens look like, frozen: the clock stands still and nothing blinks."""

from collections.abc import Callable

import pytest
from driver import Trainee, held_pacing
from fake_application import FakeApplication
from fake_clock import FakeClock
from fakes_session import FakeSession
from textual.pilot import Pilot

from pcapra_lab.ui.app import PcapraApp

SnapCompare = Callable[..., bool]

SIZES = [(80, 24), (120, 40), (200, 60)]


def frozen() -> tuple[PcapraApp, FakeApplication, FakeClock]:
    session = FakeSession(done=1, passing={"archive"})
    application, clock = FakeApplication(session), FakeClock()
    return PcapraApp(application, held_pacing(clock)), application, clock


def test_home_looks_as_before(snap_compare: SnapCompare) -> None:
    app, application, clock = frozen()

    async def shown(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, application.session, clock)
        await t.until(lambda: app.focused is not None and "TCG" in t.text("#host"), "home")

    assert snap_compare(app, terminal_size=(120, 40), run_before=shown)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_lesson_looks_as_before(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app, application, clock = frozen()

    async def shown(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, application.session, clock)
        await t.open_lesson()
        await t.until(lambda: "srv:~$" in t.lesson.lab.shells.slots[0].terminal.history_text, "$")
        await t.pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=shown)
