"""The TP screen: the architecture filling up as probes see it, steps and pace beside it."""

import time
from collections.abc import Callable, Iterator

import pytest
from drawn_course import ARCHITECTURE, TOPOLOGY, VIP, vitals
from driver import Trainee, held_pacing, trainee
from fake_application import FakeApplication
from fake_clock import FakeClock
from fakes_session import FakeSession
from textual.pilot import Pilot

from pcapra_lab.errors import LabError
from pcapra_lab.grading.results import CheckResult, Outcome, StepReport
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState
from pcapra_lab.session.blueprint import Blueprint
from pcapra_lab.session.exam_api import ExamPhase, ExamView
from pcapra_lab.session.sightings import Sightings
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.machines.feed import HealthRead
from pcapra_lab.ui.messages import Surveyed
from pcapra_lab.ui.target.screen import TargetScreen
from pcapra_lab.ui.target.steps import step_lines
from pcapra_lab.ui.topology.screen import TopologyScreen

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (120, 40), (200, 60)]
SEEN_AT = 1_700_000_000.0


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are told: the same on every machine."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def sighted(**checks: Outcome) -> Sightings:
    sightings = Sightings(clock=lambda: SEEN_AT)
    for name, outcome in checks.items():
        step, __, check = name.partition("__")
        sightings.take(StepReport(step, (CheckResult(check, check, "srv", outcome),), 1, 0.1))
    return sightings


def building(sightings: Sightings | None = None) -> FakeSession:
    """Half built: lb1 holds the VIP, lb2 is dead, web1 serves, Borg works."""
    known = sightings or sighted(depot__chiffre=Outcome.PASS)
    session = FakeSession(
        done=1,
        topology=TOPOLOGY,
        power=VmPower.RUNNING,
        ready=True,
        planned=(1800.0, 1200.0, 600.0),
        blueprint=Blueprint(ARCHITECTURE, known),
    )
    session.vitals = {vm.name: vitals(vm.name) for vm in TOPOLOGY.vms}
    session.vitals["lb1"] = vitals("lb1", VIP, services=("haproxy", "keepalived"))
    session.vitals["web1"] = vitals("web1", ports=(80,))
    session.powers["lb2"] = VmPower.STOPPED
    return session


async def open_target(t: Trainee, ready: Callable[[], bool] = lambda: True) -> TargetScreen:
    await t.until(lambda: t.app.focused is not None, "home")
    blueprint = t.session.blueprint
    assert blueprint is not None
    screen = TargetScreen(t.session, blueprint, held_pacing(t.clock), ready)
    t.app.push_screen(screen)
    await t.until(lambda: t.app.screen is screen and t.text("#steps"), "target")
    return screen


async def filled(t: Trainee) -> TargetScreen:
    screen = await open_target(t)
    names = {vm.name for vm in TOPOLOGY.vms}
    await t.until(lambda: {m.health.vm for m in t.posted(HealthRead)} == names, "answers")
    await t.pilot.pause()
    return screen


async def test_what_probes_see_fills_up_and_the_rest_waits() -> None:
    async with trainee(building()) as t:
        await filled(t)
        drawn = t.text("#plan")
        assert "✔ VIP 192.168.1.100" in drawn and "portée par lb1" in drawn
        assert "✔ HAProxy" in drawn and "○ HAProxy" in drawn
        assert "○ dans la répartition" in drawn and "✔ Borg" in drawn
        assert "╭" in drawn and "╌┐" in drawn, "what waits has another border, not only a colour"
        assert "HTTP interne 2/4 en partie" in t.text("#links")
        assert "en place · mesuré toutes les 5 s, contrôles vus depuis" in t.text("#target-title")


async def test_what_falls_is_lost_at_once_and_told_in_words() -> None:
    async with trainee(building()) as t:
        await filled(t)
        t.session.become("lb1", VmPower.STOPPED)
        await t.until(lambda: "✘ lb1" in t.text("#plan"), "the fall")
        drawn = t.text("#plan")
        assert "✘ HAProxy perdu" in drawn and "╔" in drawn
        assert "✘ VIP 192.168.1.100" in drawn


async def test_steps_time_and_pace_stand_beside() -> None:
    async with trainee(building()) as t:
        screen = await filled(t)
        steps = t.text("#steps")
        assert "✔ 1 Initialiser le dépôt" in steps and "2/30 min" in steps
        assert "en avance de 28 min" in steps
        # The clock runs while one looks, and a step that takes too long says so in a sign.
        t.clock.now += 1500
        screen.ask_all()
        assert "⚠ 26/20 min" in t.text("#steps")
        assert "en avance de 22 min" in t.text("#steps")
        t.session.paused = True
        await t.press("a")
        await t.until(lambda: t.posted(Surveyed), "looked")
        await t.pilot.pause()
        assert "‖ en pause" in t.text("#steps")


async def test_looking_again_asks_the_checks_of_the_steps_behind() -> None:
    session = building()
    async with trainee(session) as t:
        await filled(t)
        await t.press("a")
        await t.until(lambda: "survey" in session.calls, "survey")
        session.health_errors.append(LabError("les machines ne tournent pas"))
        session.mute.update(vm.name for vm in TOPOLOGY.vms)
        await t.press("a")
        await t.until(lambda: "ne tournent pas" in t.text("#target-title"), "told")
        session.heard.set()


async def test_an_exam_shows_no_check() -> None:
    session = building()
    session.exams.exam = ExamView(ExamPhase.RUNNING, 0.0, 3600.0, 600.0, ("depot",), "j", "f" * 64)
    async with trainee(session) as t:
        await filled(t)
        assert "▫ Borg" in t.text("#plan") and "✔ Borg" not in t.text("#plan")
        assert "Examen : reste 50 min sur 1 h" in t.text("#steps")
        assert "▷ 1 Initialiser" in t.text("#steps")


async def test_nothing_is_asked_while_hidden_or_while_the_lab_is_at_work() -> None:
    session, able = building(), [False]
    async with trainee(session) as t:
        screen = await open_target(t, lambda: able[0])
        assert "labo en préparation" in t.text("#target-title")
        await t.press("a")
        assert session.asked == [] and "survey" not in session.calls
        able[0] = True
        screen.ask_all()
        await t.until(lambda: len(session.asked) == len(TOPOLOGY.vms), "asked")
        await t.press("f1")
        await t.until(lambda: t.app.screen is not screen, "help")
        await t.pilot.pause()
        asked = len(session.asked)
        screen.ask_all()
        assert len(session.asked) == asked


async def test_a_machine_that_does_not_answer_is_unknown_not_lost() -> None:
    session = building()
    async with trainee(session) as t:
        await filled(t)
        session.vitals["lb1"] = None
        await t.press("a")
        await t.until(lambda: "⚠ lb1" in t.text("#plan"), "unknown")
        assert "✘ HAProxy" not in t.text("#plan")


async def test_the_way_there_and_back_from_the_lesson_and_the_map() -> None:
    session = building()
    # The lesson's own two machines: its shells are theirs.
    session.topology = FakeSession().topology
    session.powers.clear()
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("f2", "t")
        await t.until(lambda: isinstance(t.app.screen, TargetScreen), "target")
        await t.press("m")
        await t.until(lambda: isinstance(t.app.screen, TopologyScreen), "map")
        await t.press("t")
        await t.until(lambda: isinstance(t.app.screen, TargetScreen), "target")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: len(session.followers) == 1, "nobody else listens")


async def test_a_session_that_cannot_be_read_is_told_in_the_lesson(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = building()
    session.topology = FakeSession().topology
    session.powers.clear()

    def locked(_session: FakeSession) -> SessionState:
        raise LabError("la progression est verrouillée")

    async with trainee(session) as t:
        await t.open_lesson()
        with monkeypatch.context() as broken:
            broken.setattr(FakeSession, "state", locked)
            await t.press("f2", "t")
            await t.until(lambda: t.notified("verrouillée"), "told")
        assert isinstance(t.app.screen, LessonScreen)


async def test_an_exercise_without_a_drawing_says_so() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f2", "t")
        assert isinstance(t.app.screen, LessonScreen)
        await t.press("f11")
        await t.until(lambda: isinstance(t.app.screen, TopologyScreen), "map")
        await t.press("t")
        assert isinstance(t.app.screen, TopologyScreen)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_everything_is_reached_at_every_size(size: tuple[int, int]) -> None:
    async with trainee(building(), size=size) as t:
        screen = await filled(t)
        drawing, steps = screen.query_one("#drawing"), screen.query_one("#steps")
        assert drawing.region.height >= 8 and drawing.region.width >= 60
        assert steps.region.height >= 5
        assert screen.region.contains_region(steps.region)
        assert not drawing.region.overlaps(steps.region)
        assert drawing.max_scroll_x == 0
        await t.press("end")
        assert ("╭" in t.text("#plan")) == (size[0] >= 100)
        if size[0] >= 100:
            await t.press("l")
            assert "╭" not in t.text("#plan")
            await t.pilot.resize_terminal(80, 24)
            await t.until(lambda: steps.region.y > drawing.region.y, "below")


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_tp_screen_looks_as_before(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    session, clock = building(), FakeClock()
    pacing = held_pacing(clock)
    app = PcapraApp(FakeApplication(session), pacing)

    async def ready(pilot: Pilot[None]) -> None:
        t = Trainee(app, pilot, session, clock)
        screen = await open_target(t)
        await t.until(lambda: "portée par lb1" in t.text("#plan"), "values")
        await t.until(lambda: len(screen._health) == len(TOPOLOGY.vms), "all")
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ready)


def test_a_terminal_of_a_few_columns_does_not_end_the_application() -> None:
    lines = step_lines(FakeSession(done=1).state(), 8).plain.splitlines()
    assert lines[0].endswith("2 min")
