"""Finding one's way: the table of contents, and the search over the whole course."""

import threading
from dataclasses import dataclass, field, replace

import pytest
from driver import Trainee, trainee
from fake_application import FakeApplication
from fakes_course import LESSON
from fakes_session import FakeSession
from textual.widgets import Input, OptionList

from pcapra_lab.content.blocks import LessonDocument
from pcapra_lab.content.search import CourseIndex, Hit
from pcapra_lab.errors import ContentError
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.contents import ContentsScreen
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.document import LessonPane
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.search.screen import SearchScreen

OTHER = replace(LESSON, meta=LESSON.meta.model_copy(update={"id": "03-restic", "title": "Restic"}))


@dataclass
class Course(FakeApplication):
    """The lesson that has machines, and another one that has the same text."""

    let: threading.Event = field(default_factory=threading.Event)
    broken: bool = False

    def __post_init__(self) -> None:
        self.let.set()

    def search(self, query: str) -> tuple[Hit, ...]:
        self.let.wait()
        lessons = [("1-sauvegarde", LESSON), ("1-sauvegarde", OTHER)]
        return CourseIndex(lessons).search(query)

    def read_only(self, module: str, lesson: str) -> LessonDocument:
        if self.broken:
            raise ContentError("La leçon est illisible.", hint="Réinstallez le cours.")
        return OTHER if lesson == OTHER.meta.id else LESSON


def lines(t: Trainee) -> list[str]:
    options = t.app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(i).prompt) for i in range(options.option_count)]


async def searched(t: Trainee, words: str) -> None:
    await t.press("slash")
    await t.until(lambda: isinstance(t.app.focused, Input), "search")
    await t.press(*words)
    await t.until(lambda: lines(t), "results")


def at_top(t: Trainee) -> str:
    return t.app.screen.query_one(LessonPane).visible_anchor()


async def test_the_contents_tell_the_state_of_each_step_and_lead_there() -> None:
    async with trainee(FakeSession(done=1), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2", "s")
        await t.until(lambda: isinstance(t.app.screen, ContentsScreen), "contents")
        assert lines(t) == [
            "     Introduction",
            "     Ce que Borg apporte",
            "✔ 1. Initialiser le dépôt  réussie",
            "● 2. Restaurer un fichier, et le prouver  en cours",
            "○ 3. Automatiser, sans exposer la phrase  à venir",
        ]
        assert t.app.screen.query_one(OptionList).highlighted == 3
        await t.press("up", "enter")
        await t.until(lambda: at_top(t) == "depot", "section")
        focused = t.app.focused
        assert isinstance(focused, CommandCard) and focused.block.key == "cmd-1"


async def test_a_section_without_a_block_leaves_none_under_enter() -> None:
    async with trainee(FakeSession(done=1), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2", "s")
        await t.until(lambda: isinstance(t.app.screen, ContentsScreen), "contents")
        await t.press("home", "down", "enter")
        await t.until(lambda: at_top(t) == "presentation", "section")
        assert isinstance(t.app.focused, LessonPane)


async def test_the_introduction_and_escape() -> None:
    async with trainee(FakeSession(done=1), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2", "s")
        await t.until(lambda: isinstance(t.app.screen, ContentsScreen), "contents")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "closed")
        assert at_top(t) == "restauration"
        await t.press("s", "home", "enter")
        await t.until(lambda: t.lesson.lesson.scroll_y == 0, "introduction")


async def test_the_contents_answer_to_the_mouse() -> None:
    async with trainee(FakeSession(done=1), size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2", "s")
        await t.until(lambda: isinstance(t.app.screen, ContentsScreen), "contents")
        await t.pilot.click(OptionList, offset=(8, 2))
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "closed")
        await t.until(lambda: at_top(t) == "depot", "section")


async def test_a_result_of_the_open_lesson_is_shown_in_it() -> None:
    async with trainee(FakeSession(done=1), application=None, size=(120, 24)) as t:
        await t.open_lesson()
        await t.press("f2")
        await searched(t, "dedupliqu")
        assert lines(t)[0].startswith("1.2 BorgBackup\nBorg déduplique")
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await t.until(lambda: t.lesson.lesson.scroll_y == 0, "introduction")
        assert not t.lesson.reading


async def test_another_lesson_is_read_over_the_one_that_has_machines() -> None:
    application = Course(FakeSession(done=1))
    async with trainee(application=application, size=(120, 24)) as t:
        await t.open_lesson()
        lesson = t.lesson
        await t.press("f2")
        await searched(t, "depot clé rangée")
        assert [line.split("\n")[0] for line in lines(t)] == [
            "1.2 BorgBackup › Initialiser le dépôt",
            "1.2 Restic › Initialiser le dépôt",
        ]
        await t.press("down", "enter")
        await t.until(lambda: t.app.screen is not lesson and at_top(t) == "depot", "reading")
        assert t.lesson.reading and t.lesson.place == ("1-sauvegarde", "03-restic")
        await t.press("f9")
        await t.until(lambda: t.app.screen is lesson, "back")
        assert not application.session.closed


async def test_quitting_while_reading_asks_what_becomes_of_the_machines() -> None:
    application = Course(FakeSession(done=1))
    async with trainee(application=application) as t:
        await t.open_lesson()
        await t.press("f2")
        await searched(t, "automatiser")
        await t.press("down", "enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen) and t.lesson.reading, "read")
        await t.press("f10")
        await t.dialog(Dialog)
        assert "en sommeil" in t.text(".dialog-body")


async def test_from_home_a_lesson_is_read_without_any_machine() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await searched(t, "automatiser")
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        assert t.lesson.reading
        assert "start" not in t.session.calls
        await t.press("f9")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")


async def test_one_lesson_is_read_at_a_time() -> None:
    async with trainee(application=Course()) as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await searched(t, "automatiser")
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        await searched(t, "automatiser")
        await t.press("down", "enter")
        await t.until(
            lambda: isinstance(t.app.screen, LessonScreen) and t.lesson.place[1] == "03-restic",
            "the other lesson",
        )
        await t.press("f9")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")


async def test_nothing_found_is_said_and_enter_then_does_nothing() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await t.press("slash")
        await t.until(lambda: isinstance(t.app.focused, Input), "search")
        await t.press(*"zzz")
        await t.until(lambda: "Rien de tel" in t.text("#search-state"), "answer")
        await t.press("enter", "down")
        assert isinstance(t.app.screen, SearchScreen)
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "closed")


async def test_enter_before_the_answer_waits_for_it() -> None:
    application = Course()
    application.let.clear()
    async with trainee(application=application) as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await t.press("slash")
        await t.until(lambda: isinstance(t.app.focused, Input), "search")
        await t.press(*"automatiser", "enter")
        assert isinstance(t.app.screen, SearchScreen)
        application.let.set()
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")


async def test_a_lesson_that_cannot_be_read_is_told_with_its_remedy() -> None:
    application = Course(broken=True)
    async with trainee(application=application) as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await searched(t, "automatiser")
        await t.press("enter")
        await t.until(lambda: "illisible" in t.text("#search-state"), "failure")
        assert "→ Réinstallez le cours." in t.text("#search-state")


@pytest.mark.parametrize("key", ["slash", "s"])
async def test_the_shell_keeps_these_keys(key: str) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f3", key)
        await t.until(lambda: t.received("srv"), "key")
        assert t.received("srv") == {"slash": b"/", "s": b"s"}[key]
        assert isinstance(t.app.screen, LessonScreen)


async def test_the_last_section_is_the_one_read_though_it_cannot_come_to_the_top() -> None:
    async with trainee(FakeSession(done=1), size=(120, 40)) as t:
        await t.open_lesson()
        t.lesson.action_go_to_step("cron")
        pane = t.lesson.lesson
        await t.until(lambda: pane.is_vertical_scroll_end, "the end")
        await t.until(lambda: at_top(t) == "cron", "section")
        pane.scroll_home(animate=False)
        await t.until(lambda: at_top(t) != "cron", "what is at the top")
