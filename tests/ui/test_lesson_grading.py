"""Checks, the watcher, hints and the solution."""

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession
from textual.content import Content
from textual.widget import Widget

from pcapra_lab.errors import LabError
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.failure import FailureDialog
from pcapra_lab.ui.dialogs.hints import HintDialog, SolutionDialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.lesson.summary import SummaryScreen
from pcapra_lab.ui.messages import HintMoot, StepGraded


async def apply_solution(t: Trainee) -> None:
    await t.press("f7")
    await t.dialog(Dialog)
    await t.press("a")


async def apply_solution_during_a_look(t: Trainee) -> None:
    t.session.holds.clear()
    t.lesson.checks.request_watch()
    await t.until(lambda: t.session.checking == 1, "look running")
    await apply_solution(t)
    await t.until(lambda: isinstance(t.app.screen, LessonScreen), "answered")


async def test_a_failed_check_says_what_was_expected_seen_and_where_to_look() -> None:
    async with trainee(FakeSession(done=1, passing={"archive"})) as t:
        await t.open_lesson()
        await t.press("f5")
        await t.until(lambda: any(m.recorded for m in t.posted(StepGraded)), "graded")
        text = t.text("#check-list")
        assert "✔\nune archive contient le canari  réussi · srv" in text
        assert "✘\nle canari est restauré, identique  à corriger · srv" in text
        assert "attendu\n/restore/srv/www/canari.txt, sha256 9f3c…" in text
        assert "vu\nfichier absent" in text
        assert "piste\nborg extract écrit dans le dossier courant" in text
        assert "○\ndroits et propriétaire conservés  attend la précédente · srv" in text


async def test_advice_stands_under_a_red_check() -> None:
    session = FakeSession(done=1, passing={"archive"}, advice={"canari": "`ls -l /restore` ?"})
    async with trainee(session) as t:
        await t.open_lesson()
        await t.until(lambda: "conseil\nls -l /restore ?" in t.text("#check-list"), "advice")


async def test_the_watcher_turns_a_step_green_without_the_key() -> None:
    async with trainee(FakeSession(done=1, passing={"archive"})) as t:
        await t.open_lesson()
        t.session.passing |= {"canari", "droits"}
        # The machine answers a command, then falls silent.
        t.session.shells["srv"].say(b"stagiaire@srv:/restore$ ")
        await t.until(lambda: t.session.done == 2, "green")
        await t.until(lambda: "étape 3/3" in t.text("LessonHeader"), "next step")
        assert "check" in t.session.calls
        assert t.session.most_checking == 1
        await t.until(lambda: t.notified("+10 points"), "praise")
        assert t.notified("RTO mesuré : 4 min 12")


async def test_the_watcher_records_nothing_while_a_check_fails() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        looks = t.session.calls.count("look")
        t.lesson.checks.request_watch()
        await t.until(lambda: t.session.calls.count("look") > looks, "look")
        assert "check" not in t.session.calls


async def test_an_acting_check_waits_for_the_key() -> None:
    async with trainee(FakeSession(done=2, passing={"script", "passe"})) as t:
        await t.open_lesson()
        await t.until(lambda: "prêt à vérifier : F5" in t.text("#check-state"), "ready")
        assert "se lance avec F5" in t.text("#check-list")
        assert t.session.done == 2
        await t.press("f5")
        await t.until(lambda: t.session.done == 3, "green")


async def test_a_key_during_a_look_is_served_after_it() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.holds.clear()
        t.lesson.checks.request_watch()
        await t.until(lambda: t.session.checking == 1, "look running")
        await t.press("f5", "f5")
        t.session.holds.set()
        await t.until(lambda: any(m.recorded for m in t.posted(StepGraded)), "graded")
        assert t.session.calls.count("check") == 1
        assert t.session.most_checking == 1


async def test_a_watch_that_cannot_be_made_is_said_quietly() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()

        def unreachable(**_options: object) -> None:
            raise LabError("srv : injoignable.", hint="Attendez.")

        t.session.check = unreachable  # type: ignore[assignment]
        t.lesson.checks.request_watch()
        await t.until(lambda: "injoignable" in t.text("#check-state"), "said")
        assert isinstance(t.app.screen, LessonScreen)
        await t.press("f5")
        await t.dialog(FailureDialog)
        assert "→ Attendez." in t.text(".dialog-body")


async def test_hints_come_one_at_a_time_and_are_free_to_read_again() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f6")
        await t.dialog(HintDialog)
        assert t.session.hints == {}
        assert "20 % des points de l'étape : 2 points sur 10" in t.text(".dialog-body")
        await t.press("i")
        await t.until(lambda: "Regardez borg list" in t.text(".dialog-body"), "first")
        assert t.session.hints == {"restauration": 1}
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "closed by Enter")
        await t.press("f6")
        await t.dialog(HintDialog)
        assert "Indice 1" in t.text(".dialog-body")
        assert t.session.hints == {"restauration": 1}
        await t.press("i")
        await t.until(lambda: "Indice 2" in t.text(".dialog-body"), "second")
        assert "Il n'y a plus d'indice" in t.text(".dialog-body")


async def test_the_solution_asks_first_and_marks_the_step() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f7")
        await t.dialog(Dialog)
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "refused by default")
        assert "solve" not in t.session.calls
        await apply_solution(t)
        await t.until(lambda: "étape 3/3" in t.text("LessonHeader"), "solved")
        assert t.session.helped == {"restauration"}
        assert "✔ 2 aidée" in t.text("StepRail")


async def test_a_hint_is_given_while_a_check_runs() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.holds.clear()
        await t.press("f5")
        await t.until(lambda: t.session.checking == 1, "checking")
        await t.press("f6")
        await t.dialog(HintDialog)
        await t.press("i")
        await t.until(lambda: "Regardez borg list" in t.text(".dialog-body"), "hint")
        assert t.session.checking == 1


async def test_a_step_passed_meanwhile_takes_no_hint() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f6")
        await t.dialog(HintDialog)
        t.session.done = 2
        await t.press("i")
        await t.until(lambda: t.posted(HintMoot), "moot")
        await t.until(lambda: t.notified("aucun indice"), "no")
        assert t.session.hints == {}


async def test_the_solution_can_be_read_once_all_hints_were() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f7")
        await t.dialog(Dialog)
        assert not t.app.screen.query("#answer-m")
        await t.press("escape")
        t.session.hints["restauration"] = 2
        await t.lesson.follow(t.session.state())
        await t.press("f7")
        await t.dialog(Dialog)
        await t.press("m")
        await t.dialog(SolutionDialog)
        assert "borg extract" in t.text(".dialog-body")
        assert "solve" not in t.session.calls


async def test_the_solution_says_how_long_it_has_been_played() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.solves.clear()
        await apply_solution(t)
        await t.until(lambda: "solve" in t.session.calls, "solving")
        t.clock.now += 12.0
        t.lesson.checks._draw_state()
        said = "● solution en cours… 12 s · srv · Échap l'interrompt"
        await t.until(lambda: t.text("#check-state") == said, "time")


@pytest.mark.parametrize("by", ["key", "mouse"])
async def test_a_solution_can_be_interrupted(by: str) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.solves.clear()
        await apply_solution(t)
        await t.until(lambda: "solve" in t.session.calls, "solving")
        if by == "key":
            await t.press("escape")
        else:
            await t.pilot.click("#check-state", offset=(4, 0))
        await t.until(lambda: t.notified("interrompue"), "told")
        await t.until(lambda: not t.lesson.checks.asked, "idle")
        assert t.session.done == 1
        # The next one begins as if nothing had been.
        t.session.solves.set()
        await apply_solution(t)
        await t.until(lambda: t.session.done == 2, "solved")


async def test_a_check_can_be_interrupted_and_records_nothing() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.until(lambda: not t.lesson.checks.busy, "first look over")
        t.session.holds.clear()
        await t.press("f5")
        await t.until(lambda: t.session.checking == 1, "checking")
        t.clock.now += 75.0
        t.lesson.checks._draw_state()
        said = "● vérification en cours… 1 min 15 · Échap l'interrompt"
        await t.until(lambda: t.text("#check-state") == said, "time")
        await t.press("escape")
        await t.until(lambda: t.notified("rien n'a été noté"), "told")
        assert not any(m.recorded for m in t.posted(StepGraded))
        t.session.holds.set()
        await t.press("f5")
        await t.until(lambda: any(m.recorded for m in t.posted(StepGraded)), "graded")


async def test_a_solution_that_waits_its_turn_can_be_given_up() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await apply_solution_during_a_look(t)
        await t.press("escape")
        t.session.holds.set()
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        assert "solve" not in t.session.calls and t.session.done == 1


async def test_the_solution_waits_for_a_look_that_nobody_asked_for() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await apply_solution_during_a_look(t)
        assert "solve" not in t.session.calls
        t.session.holds.set()
        await t.until(lambda: t.session.done == 2, "solved")
        assert t.session.most_checking == 1


async def test_a_step_passed_by_that_look_is_not_followed_by_the_next_one_s_solution() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await apply_solution_during_a_look(t)
        t.session.passing |= {check.id for check in t.session.exercise.steps[1].checks}
        t.session.holds.set()
        await t.until(lambda: t.session.done == 2, "passed by itself")
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        assert "solve" not in t.session.calls


def title(pane: Widget) -> str:
    return Content.from_markup(str(pane.border_title)).plain


async def test_old_results_look_old() -> None:
    async with trainee(FakeSession(done=1, passing={"archive"})) as t:
        await t.open_lesson()
        checks, results = t.lesson.checks, t.lesson.query_one("#check-list")
        assert title(checks) == "Vérifications — vu il y a moins de 5 s"
        assert not results.has_class("-old")
        t.clock.now += 12.0
        t.session.holds.clear()
        checks.request_watch()
        await t.until(lambda: t.session.checking == 1, "look running")
        assert t.text("#check-state") == "● vérification en cours…"
        assert title(checks) == "Vérifications"
        assert results.has_class("-old")
        assert results.query_one("CheckRow").opacity < 1.0
        t.session.holds.set()
        await t.until(lambda: not results.has_class("-old"), "new results")


async def test_the_line_of_the_checks_is_clickable() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.click_words("#check-state", "F5 vérifier")
        await t.until(lambda: "check" in t.session.calls, "check")


async def test_ready_to_verify_is_clickable() -> None:
    async with trainee(FakeSession(done=2, passing={"script", "passe"})) as t:
        await t.open_lesson()
        await t.until(lambda: "prêt à vérifier : F5" in t.text("#check-state"), "ready")
        await t.click_words("#check-state", "prêt à vérifier")
        await t.dialog(SummaryScreen)
        assert t.session.done == 3


async def test_the_end_is_summed_up() -> None:
    session = FakeSession(done=2, passing={"script", "passe"}, helped={"depot"})
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("f5")
        await t.dialog(SummaryScreen)
        assert "★ 20/30 points" in t.text(".dialog-summary")
        assert "1 étape avec la solution" in t.text(".dialog-summary")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.press("f5", "a")
        await t.dialog(Dialog)
        await t.press("l")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        assert t.session.closed
