"""A quiz in the application, on a real session: no machine is needed for either."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from driver import Trainee, held_pacing
from fake_clock import FakeClock
from fakes_session import FakeSession
from quiz_course import plant_quiz, right_answers
from textual.widgets import Button, Checkbox, Input, RadioSet

from pcapra_lab.content.parameters import draw_all
from pcapra_lab.errors import LabError
from pcapra_lab.lab.paths import Paths
from pcapra_lab.progress.answers import AnswerStore
from pcapra_lab.progress.records import AnswerRecord
from pcapra_lab.session.application import LabApplication
from pcapra_lab.ui.app import PcapraApp
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.quiz import QuestionCard
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.lesson.summary import SummaryScreen


@dataclass
class Quiz:
    """A trainee before a quiz, and what is right."""

    trainee: Trainee
    application: LabApplication
    right: dict[str, str]

    def card(self, question: str) -> QuestionCard:
        return self.trainee.lesson.query_one(f"#question-{question}", QuestionCard)

    def outcome(self, question: str) -> str:
        return self.trainee.text(f"#question-{question} .question-outcome")


@asynccontextmanager
async def quiz(tmp_path: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Quiz]:
    paths = Paths(tmp_path / "cache", tmp_path / "data", tmp_path / "state")
    application = LabApplication(paths, plant_quiz(tmp_path / "cours"))
    looked = application.look("theorie")
    values = draw_all(looked.exercise, application.progress.seed("theorie"))
    right = right_answers(values, {one.id: one.options for one in looked.questions()})
    looked.close()
    clock = FakeClock()
    app = PcapraApp(application, held_pacing(clock), None)
    messages: list[Any] = []
    try:
        async with app.run_test(size=size, message_hook=messages.append) as pilot:
            trainee = Trainee(app, pilot, cast(FakeSession, None), clock, messages)
            await trainee.until(lambda: app.focused is not None, "home")
            await trainee.press("enter")
            await trainee.until(lambda: isinstance(app.screen, LessonScreen), "lesson")
            await trainee.until(lambda: "répondez" in trainee.text("#check-state"), "questions")
            yield Quiz(trainee, application, right)
    finally:
        application.close()


async def test_a_quiz_is_answered_by_keyboard_to_the_last_point(tmp_path: Path) -> None:
    async with quiz(tmp_path) as q:
        t = q.trainee
        await t.press("f5")
        await t.until(lambda: isinstance(t.app.focused, Input), "first question")
        await t.press(*"7777777", "enter")
        await t.until(lambda: "✘" in q.outcome("minutes"), "wrong")
        assert "Trente jours" not in q.outcome("minutes")
        field = q.card("minutes").query_one(Input)
        field.value = ""
        await t.press(*["comma" if c == "," else "full_stop" if c == "." else c
                        for c in q.right["minutes"].replace(" min", "")], "enter")  # fmt: skip
        await t.until(lambda: "Trente jours font" in q.outcome("minutes"), "right")
        assert not q.card("minutes").query_one(".question-means").display
        await t.press("f5")
        await t.until(lambda: isinstance(t.app.focused, RadioSet), "second question")
        for _ in range(int(q.right["frequence"]) - 1):
            await t.press("down")
        await t.press("space", "tab", "enter")
        await t.until(lambda: q.card("frequence").view.over, "chosen")
        await t.press("f5")
        await t.until(lambda: isinstance(t.app.focused, Checkbox), "third question")
        for number in range(1, 4):
            if str(number) in q.right["regle"].split():
                await t.press("space")
            await t.press("down")
        await t.press("tab", "enter")
        await t.until(lambda: q.card("regle").view.over, "several chosen")
        await t.press("f5")
        await t.until(lambda: isinstance(t.app.focused, Input), "fourth question")
        await t.press(*["space" if c == " " else c for c in q.right["ordre"]], "enter")
        await t.until(lambda: "F5 continue" in t.text("#check-state"), "all over")
        await t.press("f5")
        await t.dialog(SummaryScreen)
        assert "★ 10/10 points" in t.text(".dialog-summary"), "9.5, rounded"


async def test_a_quiz_is_answered_by_mouse(tmp_path: Path) -> None:
    async with quiz(tmp_path) as q:
        t = q.trainee
        card = q.card("frequence")
        card.scroll_visible(animate=False)
        await t.pilot.pause()
        buttons = list(card.query_one(RadioSet).query("RadioButton"))
        await t.pilot.click(buttons[int(q.right["frequence"]) - 1])
        assert not card.view.over, "nothing is given before the button"
        await t.pilot.click(card.query_one(".question-answer", Button))
        await t.until(lambda: q.card("frequence").view.over, "answered")
        assert "✔ Question 2  juste" in t.text("#question-frequence .question-title")


async def test_what_is_no_answer_is_told_beside_the_question(tmp_path: Path) -> None:
    async with quiz(tmp_path) as q:
        t = q.trainee
        await t.press("f5", *"beaucoup", "enter")
        await t.until(lambda: "n'est pas un nombre" in q.outcome("minutes"), "refused")
        assert isinstance(t.app.screen, LessonScreen)
        assert q.application.progress.answers.of("theorie", "disponibilite") == {}


async def test_questions_that_cannot_be_read_say_why_and_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_answers: AnswerStore, _exercise: str, _step: str) -> dict[str, AnswerRecord]:
        raise LabError("la progression est verrouillée", hint="fermez l'autre pcapra-lab")

    async with quiz(tmp_path) as q:
        t = q.trainee
        with monkeypatch.context() as broken:
            broken.setattr(AnswerStore, "of", locked)
            t.lesson.checks.enable(True)
            await t.until(lambda: "lecture impossible" in t.text("#check-state"), "told")
            assert "verrouillée" in t.text("#quiz") and "fermez l'autre" in t.text("#quiz")
        await t.press("f5")
        await t.until(lambda: "répondez" in t.text("#check-state"), "read again")
        assert q.card("minutes").display


async def test_a_solution_is_shown_on_demand_and_kept(tmp_path: Path) -> None:
    async with quiz(tmp_path) as q:
        t = q.trainee
        card = q.card("minutes")
        await t.pilot.click(card.query_one(".question-show", Button))
        await t.until(lambda: "réponse  " in q.outcome("minutes"), "shown")
        assert "▷ Question 1  réponse montrée" in t.text("#question-minutes .question-title")
        await t.press("f9")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home, nothing asked")
        await t.until(lambda: t.app.focused is not None, "home")
        await t.press("enter")
        await t.until(lambda: "réponse  " in q.outcome("minutes"), "kept")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nothing_of_the_lab_is_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    async with quiz(tmp_path, size) as q:
        t = q.trainee
        assert not t.lesson.lab.display
        await t.press("f3")
        await t.until(lambda: isinstance(t.app.focused, Input), "F3 goes to the questions")
        assert t.lesson.checks.display
        for key in ("f4", "f11", "ctrl+t", "ctrl+e", "ctrl+w", "ctrl+r", "f12"):
            await t.press(key)
        assert isinstance(t.app.screen, LessonScreen)
        await t.press("f2")
        assert t.lesson.lesson.display
