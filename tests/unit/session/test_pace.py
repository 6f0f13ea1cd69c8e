"""Ahead or behind, in numbers and in words; a session's clock over programs and pauses."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_playground import Desk, open_desk

from pcapra_lab.errors import LabError
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.pace import Pace, pace_of
from pcapra_lab.session.pace_words import ahead_words, minutes, pace_words
from pcapra_lab.session.timekeeper import ABSENCE

NOBODY = threading.Event()
MINUTE = 60.0


@dataclass(frozen=True)
class Timed:
    id: str
    seconds: float
    planned: float | None


def steps(*times: tuple[float, float | None]) -> list[Timed]:
    return [
        Timed(name, used * MINUTE, None if planned is None else planned * MINUTE)
        for name, (used, planned) in zip("abcdef", times, strict=False)
    ]


def pace(current: str | None, *times: tuple[float, float | None]) -> Pace:
    found = pace_of(steps(*times), current)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("current", "times", "ahead"),
    [
        ("a", [(0, 30), (0, 30)], 0),
        ("a", [(29, 30), (0, 30)], 0),
        ("a", [(42, 30), (0, 30)], -12),
        ("b", [(20, 30), (0, 30)], 10),
        ("b", [(20, 30), (35, 30)], 5),
        ("b", [(45, 30), (10, 30)], -15),
        (None, [(20, 30), (20, 30)], 20),
        # Gone back to the first step: what was spent further on is not behind.
        ("a", [(30, 30), (10, 30)], -10),
    ],
)
def test_the_steps_behind_and_the_late_part_of_the_current_one_count(
    current: str | None, times: list[tuple[float, float | None]], ahead: float
) -> None:
    assert pace(current, *times).ahead == ahead * MINUTE


def test_a_plan_with_a_hole_is_no_plan() -> None:
    assert pace_of(steps((0, 30), (0, None)), "a") is None


def test_time_that_passes_costs_once_the_room_is_used() -> None:
    now = pace("b", (25, 30), (20, 30))
    assert now.room == 10 * MINUTE
    assert now.after(10 * MINUTE).ahead == 5 * MINUTE
    later = now.after(16 * MINUTE)
    assert (later.ahead, later.used) == (-MINUTE, 61 * MINUTE)
    assert later.after(MINUTE).ahead == -2 * MINUTE
    over = pace(None, (20, 30))
    assert over.after(600) == over


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (0, "dans les temps"),
        (0.9, "dans les temps"),
        (-0.9, "dans les temps"),
        (4, "en avance de 4 min"),
        (-12, "en retard de 12 min"),
        (-95, "en retard de 1 h 35"),
    ],
)
def test_a_pace_is_told_in_words(ahead: float, words: str) -> None:
    known = Pace(41 * MINUTE, 150 * MINUTE, ahead * MINUTE, 0.0)
    assert ahead_words(known) == words
    assert pace_words(known) == f"41 min sur 2 h 30 prévues, {words}"
    assert pace_words(known, paused=True).endswith("en pause")


def test_minutes_are_whole() -> None:
    assert [minutes(s) for s in (0, 29, 31, 3600, 5400, -5)] == [
        "0 min", "0 min", "1 min", "1 h", "1 h 30", "0 min",
    ]  # fmt: skip


@dataclass
class Clock:
    now: float = 10_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(tmp_path, monkeypatch) as opened:
        opened.progress.pace._clock = Clock()
        yield opened


def clock(desk: Desk) -> Clock:
    known = desk.progress.pace._clock
    assert isinstance(known, Clock)
    return known


def used(desk: Desk) -> float:
    return desk.progress.steps("panne")["avant"].seconds


def test_time_counts_from_up_to_down_whatever_programs_come_and_go(desk: Desk) -> None:
    session = desk.session()
    clock(desk).now += 500
    session.start(ignore, NOBODY)
    clock(desk).now += 100
    assert session.state().seconds == 100
    session.close()
    clock(desk).now += 50
    command = desk.session()
    command.check()
    assert used(desk) == 150
    clock(desk).now += 5
    command.stop(ignore)
    clock(desk).now += 86_400
    assert command.state().seconds == used(desk) == 155
    command.start(ignore, NOBODY)
    clock(desk).now += 10
    assert command.state().seconds == 165
    command.close()


def test_who_only_looks_sees_the_time_and_counts_none(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    session.close()
    clock(desk).now += 40
    looked = desk.session()
    assert looked.state().seconds == 40
    assert used(desk) == 0


def test_a_long_silence_is_an_absence(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    clock(desk).now += 8 * 3600
    session.check()
    assert used(desk) == ABSENCE
    session.close()


def test_machines_that_went_down_unseen_took_no_time(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    clock(desk).now += 20
    session.close()
    desk.ground.powers = dict.fromkeys(desk.ground.powers, VmPower.STOPPED)
    clock(desk).now += 300
    again = desk.session()
    again.start(ignore, NOBODY)
    assert again.state().seconds == 20
    again.close()


def test_a_pause_stops_the_clock_until_the_trainee_is_back(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    clock(desk).now += 30
    session.pause(ignore)
    clock(desk).now += 3600
    state = session.state()
    assert (state.paused, state.seconds) == (True, 30)
    assert state.ready, "the machines go on"
    session.resume(ignore, NOBODY)
    clock(desk).now += 5
    assert session.state().seconds == 35
    session.pause(ignore)
    clock(desk).now += 3600
    session.check()
    assert not session.state().paused, "checking is being at work again"
    assert used(desk) == 35
    session.close()


def test_asking_for_the_solution_is_being_at_work_again(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    session.pause(ignore)
    session.solution()
    assert not session.state().paused
    session.close()


def test_a_pause_outlives_its_program_and_ends_with_the_next_start(desk: Desk) -> None:
    session = desk.session()
    session.start(ignore, NOBODY)
    session.pause(ignore)
    session.close()
    clock(desk).now += 3600
    again = desk.session()
    assert again.state().paused
    again.start(ignore, NOBODY)
    clock(desk).now += 5
    assert (again.state().paused, again.state().seconds) == (False, 5)
    again.close()


def test_what_cannot_be_paused_says_why(desk: Desk) -> None:
    session = desk.session()
    with pytest.raises(LabError, match="n'est pas commencé"):
        session.pause(ignore)
    session.start(ignore, NOBODY)
    with pytest.raises(LabError, match="n'est pas en pause"):
        session.resume(ignore, NOBODY)
    session.pause(ignore)
    with pytest.raises(LabError, match="déjà en pause"):
        session.pause(ignore)
    session.close()


def test_a_program_that_stays_gives_signs_of_life(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcapra_lab.session.timekeeper.BEAT", 0.01)
    counted, closed = threading.Event(), threading.Event()
    spend = desk.progress.pace.spend

    def told(*args: object, **named: object) -> float:
        counted.set()
        # Still at it while the session closes, as on a database that another program holds.
        closed.wait(0.3)
        assert not closed.is_set()
        return spend(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.progress.pace, "spend", told)
    session = desk.session()
    session.start(ignore, NOBODY)
    assert counted.wait(10)
    session.close()
    closed.set()
    assert not any(t.name.startswith("clock-") for t in threading.enumerate())
