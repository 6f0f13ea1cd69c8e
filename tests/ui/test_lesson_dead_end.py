"""A state that going on cannot repair, in the application."""

from driver import trainee
from fakes_session import FakeSession

from pcapra_lab.session.api import CheckResult, Outcome
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.lesson.screen import LessonScreen

LOST = CheckResult("cle", "La clé est perdue", "srv", Outcome.PASS, hint="Rien ne se relit plus.")


async def test_it_is_told_once_and_the_way_back_is_taken() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.lost = (LOST,)
        checks = t.lesson.checks
        checks.request_watch()
        await t.dialog(Dialog)
        assert "Rien ne se relit plus." in t.text(".dialog-body")
        await t.until(lambda: not checks.busy, "the look that saw it")
        await t.press("r")
        await t.until(lambda: "rewind restauration" in t.session.calls, "rewound")
        await t.until(lambda: t.lesson.lab.phase is LabPhase.READY, "ready again")
        await t.until(lambda: "sans retour" not in t.text("#check-list"), "looked at again")


async def test_an_answer_during_another_look_is_asked_for_again() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.lost = (LOST,)
        checks = t.lesson.checks
        checks.request_watch()
        await t.dialog(Dialog)
        await t.until(lambda: not checks.busy, "the look that saw it")
        t.session.holds.clear()
        checks.request_watch()
        await t.until(lambda: checks.busy, "another look")
        await t.press("r")
        await t.dialog(Dialog)
        assert not any(call.startswith("rewind") for call in t.session.calls)
        t.session.holds.set()
        await t.until(lambda: not checks.busy, "the end of that look")
        await t.press("r")
        await t.until(lambda: "rewind restauration" in t.session.calls, "rewound")


async def test_who_stays_is_not_asked_again_and_still_sees_it() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.lost = (LOST,)
        t.lesson.checks.request_watch()
        await t.dialog(Dialog)
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "stayed")
        looks = t.session.calls.count("look")
        t.lesson.checks.request_watch()
        await t.until(lambda: t.session.calls.count("look") > looks, "looked again")
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        assert isinstance(t.app.screen, LessonScreen)
        assert "✖\nLa clé est perdue  sans retour · srv" in t.text("#check-list")
        assert not any(call.startswith("rewind") for call in t.session.calls)
