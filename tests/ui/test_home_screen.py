"""The home screen: what it shows, and how a lesson opens from it."""

import threading
from dataclasses import dataclass, field

import pytest
from driver import trainee
from fake_application import FakeApplication
from fakes_session import FakeSession
from textual.message import Message
from textual.widgets import Static

from pcapra_lab.errors import LabBusy, LabError
from pcapra_lab.session.api import LessonCard, ModuleCard, SessionState
from pcapra_lab.ui.bridge import ApplicationBridge
from pcapra_lab.ui.dialogs.failure import FailureDialog
from pcapra_lab.ui.home.rows import LessonRow, ModulePanel
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.messages import Action, ActionFailed, CourseLoaded


async def test_resume_comes_first_and_has_the_focus() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        rows = list(t.app.screen.query(LessonRow))
        assert t.app.focused is rows[0]
        assert "Reprendre : 1.2 BorgBackup" in str(rows[0].content)
        assert "étape 2/3 : Restaurer un fichier et le prouver" in str(rows[0].content)
        assert "1/3 étapes · ★ 10/30 points · ◷ 12 min 41" in str(rows[0].content)
        assert "mémoire 768 Mio · prêt en quelques secondes" in str(rows[0].content)


async def test_a_lesson_not_written_yet_is_named_and_cannot_be_chosen() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.screen.query(ModulePanel), "modules")
        panels = list(t.app.screen.query(ModulePanel))
        assert [len(panel.query(LessonRow)) for panel in panels] == [2, 0]
        waiting = panels[1].query_one(".module-waiting", Static)
        assert str(waiting.content) == "○ en préparation : 2.1 HAProxy · 2.2 Keepalived"
        assert str(panels[1].border_subtitle) == "en préparation"


async def test_the_machine_is_told_in_words() -> None:
    async with trainee() as t:
        await t.until(lambda: "TCG" in t.text("#host"), "host line")
        assert t.text("#host") == (
            "⚙ émulation logicielle (TCG) · mémoire libre 12 Gio · disque libre 82 Gio"
            " · ✔ images prêtes"
        )


@dataclass
class SlowApplication(FakeApplication):
    """Answers only when let."""

    let: threading.Event = field(default_factory=threading.Event)

    def modules(self) -> tuple[ModuleCard, ...]:
        self.let.wait()
        return super().modules()


async def test_the_first_paint_waits_for_nothing() -> None:
    application = SlowApplication()
    async with trainee(application=application) as t:
        assert t.text("#course") == "Lecture du parcours…"
        application.let.set()
        await t.until(lambda: t.app.screen.query(ModulePanel), "modules")


async def test_arrows_choose_and_a_click_opens() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        await t.press("down")
        assert isinstance(t.app.focused, LessonRow)
        assert t.app.focused.card.id == "01-principes"
        await t.pilot.click(".-resume")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")


async def test_arrows_choose_also_where_the_course_is_longer_than_the_screen() -> None:
    async with trainee(size=(80, 12)) as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        course = t.app.screen.query_one("#course")
        assert course.max_scroll_y > 0
        rows = list(t.app.screen.query(LessonRow))
        for key, chosen in (("down", 1), ("down", 2), ("up", 1), ("up", 0), ("up", -1)):
            await t.press(key)
            assert t.app.focused is rows[chosen]
        last = rows[-1]
        await t.until(lambda: course.region.contains_region(last.region), "the last one in sight")


async def test_a_lab_held_elsewhere_can_still_be_read() -> None:
    application = FakeApplication()
    error = LabBusy("Le labo est tenu par le processus 4242.", hint="Fermez l'autre pcapra-lab.")
    application.open_errors.append(error)
    async with trainee(application=application) as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        await t.press("enter")
        await t.dialog(FailureDialog)
        assert "tenu par le processus 4242" in t.text(".dialog-body")
        assert "→ Fermez l'autre pcapra-lab." in t.text(".dialog-body")
        await t.press("l")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        assert "Lecture seule" in t.text("#reading")
        assert not t.app.screen.query("#lab")
        await t.press("enter")
        await t.until(lambda: t.notified("Lecture seule"), "no")
        await t.press("f9")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        await t.until(lambda: len(t.posted(CourseLoaded)) > 1, "course read again")


def test_a_session_that_cannot_tell_where_it_stands_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application, posted = FakeApplication(), list[Message]()

    def damaged() -> SessionState:
        raise LabError("lab.json vient d'une autre version du programme", hint="mettez à jour")

    def post(message: Message) -> bool:
        posted.append(message)
        return True

    card = application.card()
    monkeypatch.setattr(application.session, "state", damaged)
    ApplicationBridge(application, post).open_lesson(card, read_only=False)
    (failed,) = posted
    assert isinstance(failed, ActionFailed)
    assert failed.action is Action.OPEN, "home offers to read the lesson without machines"
    assert application.session.closed, "the lab is not left taken"


async def test_a_defect_is_reported_and_does_not_end_the_app() -> None:
    def broken() -> LessonCard:
        raise KeyError("oubli")

    application = FakeApplication()
    application.resume = broken  # type: ignore[method-assign]
    async with trainee(application=application) as t:
        await t.until(lambda: "Erreur interne : KeyError" in t.text("#course"), "error")
        await t.press("ctrl+q")
        await t.until(lambda: not t.app.is_running, "exit")


async def test_a_missing_emulator_is_said_at_once_and_lessons_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PCAPRA_EMULATOR", "inconnu")
    async with trainee() as t:
        await t.dialog(FailureDialog)
        assert "inconnu" in t.text(".dialog-body")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.focused, LessonRow), "home")
        await t.press("down", "enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "reading")


async def test_ctrl_c_outside_the_shell_answers_in_french() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        await t.press("ctrl+c")
        await t.until(lambda: t.notified("F10"), "answer")


async def test_quitting_home_asks_nothing() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "focus")
        await t.press("f10")
        await t.until(lambda: not t.app.is_running, "exit")
