"""Pace in the header, pauses, and an exam taken in the lesson."""

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession

from pcapra_lab.errors import LabError
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.failure import FailureDialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.breaks import PauseDialog
from pcapra_lab.ui.lesson.exam import ExamResult
from pcapra_lab.ui.lesson.screen import LessonScreen

PLAN = (300.0, 30.0, 600.0)
"""Seconds: the first step took 2 minutes of 5, the current one takes longer than planned."""


def planned(**more: object) -> FakeSession:
    return FakeSession(done=1, planned=PLAN, **more)  # type: ignore[arg-type]


def facts(t: Trainee) -> str:
    return t.text("#facts")


async def in_exam(t: Trainee) -> None:
    await t.open_lesson()
    await t.press("f2", "x")
    await t.dialog(Dialog)
    await t.press("o")
    await t.until(lambda: "start" in t.session.exams.calls, "exam")
    await t.until(lambda: isinstance(t.app.screen, LessonScreen) and t.lesson.in_exam, "begun")
    await t.until(lambda: t.lesson.shells_usable, "shells")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_pace_is_told_in_the_header_and_runs(size: tuple[int, int]) -> None:
    async with trainee(planned(), size=size) as t:
        await t.open_lesson()
        await t.until(lambda: "en avance de 3 min" in facts(t), "pace")
        t.clock.now += 300
        t.lesson.header.redraw()
        assert "en retard de 2 min" in facts(t)


async def test_an_exercise_without_a_plan_tells_no_pace() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert "avance" not in facts(t) and "temps" not in facts(t)


async def test_a_pause_stops_the_clock_and_stands_over_the_lesson() -> None:
    async with trainee(planned()) as t:
        await t.open_lesson()
        await t.press("f2", "z")
        await t.dialog(PauseDialog)
        assert "Les machines continuent" in t.text(".dialog-body")
        t.clock.now += 600
        await t.press("z")
        await t.until(lambda: "resume" in t.session.calls, "resumed")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: not (t.lesson.state and t.lesson.state.paused), "clock")
        assert t.session.power.value == "running" and "stop" not in t.session.calls


async def test_a_pause_can_be_left_for_home_and_lasts() -> None:
    async with trainee(planned()) as t:
        await t.open_lesson()
        await t.press("f2", "z")
        await t.dialog(PauseDialog)
        await t.press("a")
        await t.dialog(Dialog)
        await t.press("l")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        assert t.session.paused and t.session.closed


async def test_a_pause_taken_elsewhere_can_be_ended_here() -> None:
    async with trainee(planned()) as t:
        await t.open_lesson()
        t.session.paused = True
        await t.press("f2", "z")
        await t.dialog(PauseDialog)
        await t.press("z")
        await t.until(lambda: "resume" in t.session.calls, "resumed")
        assert "pause" not in t.session.calls


async def test_a_pause_that_is_refused_says_why() -> None:
    session = planned()
    session.pause_errors.append(LabError("un drill est en cours"))
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("f2", "z")
        await t.dialog(FailureDialog)
        assert "un drill est en cours" in t.text(".dialog")


async def test_an_exam_says_its_rules_and_its_limits_before_it_begins() -> None:
    async with trainee(planned()) as t:
        await t.open_lesson()
        await t.press("f2", "x")
        await t.dialog(Dialog)
        said = t.text(".dialog-body")
        assert "Ni indice, ni solution" in said
        assert "Ce que l'examen n'empêche pas : vous êtes root" in said
        await t.press("escape")
        assert t.session.exams.calls == []


async def test_an_exam_tells_nothing_and_helps_with_nothing() -> None:
    async with trainee(planned()) as t:
        await in_exam(t)
        looks = t.session.calls.count("look")
        assert "⧗ reste 50 min sur 1 h" in facts(t)
        assert "▫ examen : noté à la fin" in t.text("#check-state")
        t.lesson.checks.request_watch()
        await t.press("f6", "f7", "f8")
        await t.pilot.pause()
        assert isinstance(t.app.screen, LessonScreen)
        assert t.session.calls.count("look") == looks
        assert not {"check", "solve", "reset lab"} & set(t.session.calls)
        t.clock.now += 3300
        t.lesson.header.redraw()
        assert "⧗ temps dépassé de 5 min" in facts(t)


async def test_f5_hands_the_step_in_and_the_end_tells_all() -> None:
    async with trainee(planned()) as t:
        await in_exam(t)
        await t.press("f5")
        await t.dialog(Dialog)
        assert "Étapes rendues : aucune" in t.text(".dialog-body")
        await t.press("r")
        await t.until(lambda: "submit" in t.session.exams.calls, "handed in")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        assert "check" not in t.session.calls
        await t.press("x")
        await t.dialog(Dialog)
        assert "Étapes rendues : Initialiser le dépôt" in t.text(".dialog-body")
        await t.press("t")
        await t.dialog(ExamResult)
        said = t.text(".dialog-body")
        assert "✔ Initialiser le dépôt : réussie" in said and "2/2 contrôles, 10/10" in said
        assert "✘ Automatiser : pas réussie" in said
        assert "Résultat : 10/20 points" in said
        assert "Empreinte à donner au formateur : 9f3c 0a77 d2b1 e644" in said
        await t.press("escape")
        await t.until(lambda: not t.lesson.in_exam, "practice again")


async def test_a_grading_that_fails_leaves_the_exam_as_it_was() -> None:
    async with trainee(planned()) as t:
        await in_exam(t)
        t.session.exams.error = LabError("srv ne répond pas")
        await t.press("f5")
        await t.dialog(Dialog)
        await t.press("t")
        await t.dialog(FailureDialog)
        assert "srv ne répond pas" in t.text(".dialog")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        assert t.lesson.in_exam and not t.lesson.checks.busy


async def test_pausing_an_exam_puts_its_machines_to_sleep_and_back() -> None:
    async with trainee(planned()) as t:
        await in_exam(t)
        await t.press("f2", "z")
        await t.dialog(Dialog)
        assert "écrite au journal" in t.text(".dialog-body")
        await t.press("o")
        await t.dialog(PauseDialog)
        assert "Les machines dorment" in t.text(".dialog-body")
        assert "stop" in t.session.calls
        starts = t.session.calls.count("start")
        await t.press("z")
        await t.until(lambda: t.session.calls.count("start") == starts + 1, "start")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: t.lesson.shells_usable, "shells")
        assert not t.session.paused
