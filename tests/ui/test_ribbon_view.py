"""The availability ribbon in the app: signs first, colours after, at any width."""

from dataclasses import replace

import pytest
from drawn_ribbon import FAILOVER
from driver import Trainee, held_pacing, trainee
from fake_application import FakeApplication
from fake_clock import FakeClock
from test_drills import RESULT, opened, with_drill
from test_ui_snapshots import SnapCompare
from textual.pilot import Pilot
from textual.widgets import Static

from pcapra_lab.drills.ribbon import Cell, Lane, Ribbon
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.session.drill_api import DrillPhase
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.dialogs.drill import DrillScreen
from pcapra_lab.ui.lesson.drill import DrillStrip
from pcapra_lab.ui.widgets.ribbon import SIGNS, RibbonView, drawn


def rows(ribbon: Ribbon, columns: int) -> list[str]:
    return drawn(ribbon, columns).plain.splitlines()


def test_every_state_is_told_without_a_colour() -> None:
    assert set(SIGNS) == set(Cell)
    assert len({sign.glyph for sign in SIGNS.values()}) == len(SIGNS)
    assert all(len(sign.glyph) == 1 and sign.word for sign in SIGNS.values())


def test_a_failover_drawn() -> None:
    assert [row.rstrip() for row in rows(FAILOVER, 60)] == [
        "                        ▼▒▒▒▒▒▒▲",
        "Page d'accue… ━━━━━━━━━━✘✘✘✘✘✘≈━━━━━━━━━━━━·",
        "Écriture      ━━━━━━━━━✘✘✘✘✘✘✘✘✘━━━━━━━━━━━━",
        "VIP           │lb1───────│∅───│lb2──────────",
        "              -5 s      panne          +10 s",
        "              ━ répond  ≈ répond lentement  ✘ ne répond pas  · rien n'est su  "
        "∅ personne  ▼▒▲ panne",
    ]


@pytest.mark.parametrize("columns", [24, 40, 60, 200])
def test_no_row_is_wider_than_its_room_and_no_failure_is_lost(columns: int) -> None:
    told = rows(FAILOVER, columns)
    assert all(len(row.rstrip()) <= columns for row in told[:-1]), told
    assert all("✘" in row for row in told[1:3])


def test_before_the_fault_there_is_no_window() -> None:
    calm = Ribbon(0.0, 0.5, (Lane("page", "Page", (Cell.UP,) * 8),))
    told = "\n".join(rows(calm, 60))
    assert "▼" not in told and "panne" not in told and "━━━━━━━━" in told


async def test_the_ribbon_is_live_in_the_lesson_and_in_the_drill() -> None:
    session, drills = with_drill(
        phase=DrillPhase.STRUCK, since_fault=3.0, ribbon=replace(FAILOVER, back=None), writes=False
    )
    async with trainee(session) as t:
        await t.open_lesson()
        lanes = t.lesson.query_one("#lanes", RibbonView)
        assert lanes.display and "✘✘✘" in t.text("#lanes") and "Écriture" in t.text("#lanes")
        assert "écritures" not in t.text("#drill"), "nothing is written in this drill"
        await opened(t)
        assert "▼▒" in t.text("#drill-ribbon") and "▲" not in t.text("#drill-ribbon").split("\n")[0]
        drills.seen = replace(drills.seen, ribbon=FAILOVER, phase=DrillPhase.RESTORED)
        strip = t.app.screen_stack[-2].query_one(DrillStrip)
        strip.look()
        screen = t.app.screen
        assert isinstance(screen, DrillScreen)
        screen.show()
        assert "▲" in t.text("#drill-ribbon").split("\n")[0]
        await t.press("escape")
        drills.seen = replace(drills.seen, phase=DrillPhase.ENDED, result=RESULT)
        strip.look()
        assert not lanes.display, "what is over is shown with its result"


async def test_a_drill_without_a_writer_asks_for_no_rpo() -> None:
    session, _drills = with_drill(writes=False)
    async with trainee(session) as t:
        await t.open_lesson()
        await opened(t)
        assert not t.app.screen.query_one("#drill-rpo").display
        assert t.app.screen.query_one("#drill-rto").display


async def test_its_picture_is_written_where_it_is_said() -> None:
    session, _drills = with_drill(phase=DrillPhase.ENDED, result=RESULT, ribbon=FAILOVER)
    async with trainee(session, size=(200, 60)) as t:
        await t.open_lesson()
        await opened(t)
        await t.pilot.click("#drill-picture")
        await t.until(lambda: "L'image est dans" in t.text("#drill-said"), "written")
        [picture] = default_paths().pictures.glob("restauration-*.svg")
        assert str(picture) in t.text("#drill-said").replace("\n", "")
        assert picture.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_drill_looks_as_before(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    session, _drills = with_drill(
        phase=DrillPhase.RESTORED, since_fault=63.0, ribbon=FAILOVER, rto_target=15.0, writes=False,
        detection=6.0, diagnosis="lb1 est éteint",
    )  # fmt: skip
    application, clock = FakeApplication(session), FakeClock()
    app = PcapraApp(application, held_pacing(clock))

    async def shown(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, application.session, clock)
        await t.open_lesson()
        await opened(t)
        await t.until(lambda: "━" in str(app.screen.query_one("#drill-ribbon", Static).content), "")
        await t.pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=shown)
