"""Web consoles in the app: listed, opened, their addresses told and copied."""

from dataclasses import replace

import pytest
from driver import Trainee, trainee
from fake_consoles import FakeConsoles
from fakes_course import LESSON
from fakes_session import FakeSession
from textual.widgets import OptionList

from pcapra_lab.content.models import Console
from pcapra_lab.errors import VmError
from pcapra_lab.session.api import WebConsole
from pcapra_lab.ui import bridge
from pcapra_lab.ui.dialogs.web import WebScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.widgets.keybar import KeyBar

TITLES = {"stats": "Statistiques HAProxy", "grafana": "Grafana"}


def with_consoles(*ids: str) -> FakeSession:
    """A session on its second step whose lesson has these consoles."""
    declared = [Console(id=i, vm="srv", title=TITLES[i], port=8404) for i in ids]
    lesson = replace(LESSON, meta=LESSON.meta.model_copy(update={"consoles": declared}))
    known = {i: WebConsole(i, TITLES[i], "srv", 8404, None) for i in ids}
    return FakeSession(done=1, lesson=lesson, web=FakeConsoles(known))


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages given to a browser that is always there."""
    pages: list[str] = []

    def show(url: str) -> bool:
        pages.append(url)
        return True

    monkeypatch.setattr(bridge, "show_page", show)
    return pages


def lines(t: Trainee) -> list[str]:
    options = t.app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(i).prompt) for i in range(options.option_count)]


async def ask(t: Trainee) -> None:
    await t.open_lesson()
    await t.press("w")
    await t.until(lambda: isinstance(t.app.screen, WebScreen), "consoles")


async def test_the_only_console_is_opened_at_once(shown: list[str]) -> None:
    async with trainee(with_consoles("stats")) as t:
        await ask(t)
        await t.until(lambda: "Le navigateur s'ouvre" in t.text("#web-said"), "opened")
        assert shown == ["http://127.0.0.1:40000/stats"]
        assert lines(t) == [
            "● Statistiques HAProxy  srv, port 8404\n  http://127.0.0.1:40000/stats"
        ]
        await t.press("c")
        assert t.app.clipboard == "http://127.0.0.1:40000/stats"
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "back")


async def test_among_several_one_is_chosen_and_the_address_is_enough(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "show_page", lambda _url: False)
    async with trainee(with_consoles("stats", "grafana")) as t:
        await ask(t)
        assert [line.startswith("○") for line in lines(t)] == [True, True]
        await t.press("c")
        await t.until(lambda: t.notified("pas encore ouverte"), "not yet")
        await t.press("down", "enter")
        await t.until(lambda: "Pas de navigateur ici" in t.text("#web-said"), "opened")
        assert "http://127.0.0.1:40001/stats" in lines(t)[1]
        assert "pas encore ouverte" in lines(t)[0]
        assert shown == []


async def test_the_mouse_alone_opens_and_copies(shown: list[str]) -> None:
    async with trainee(with_consoles("stats", "grafana"), size=(200, 60)) as t:
        await t.open_lesson()
        await t.click_words("KeyBar", "console web")
        await t.until(lambda: isinstance(t.app.screen, WebScreen), "consoles")
        await t.pilot.click(OptionList, offset=(4, 2))
        await t.until(lambda: shown, "opened")
        await t.until(lambda: "127.0.0.1:40001" in lines(t)[1], "told")
        await t.click_words("#web-keys", "copier")
        await t.until(lambda: t.app.clipboard == shown[0], "copied")


async def test_a_machine_that_does_not_answer_is_told_there(shown: list[str]) -> None:
    session = with_consoles("stats")
    session.web.errors.append(VmError("srv", "la machine est éteinte", hint="F8 la relance"))
    async with trainee(session) as t:
        await ask(t)
        await t.until(lambda: "srv : la machine est éteinte" in t.text("#web-said"), "told")
        assert "→ F8 la relance" in t.text("#web-said")
        await t.press("enter")
        await t.until(lambda: shown, "opened the second time")


async def test_a_lesson_without_console_says_so_and_shows_no_key() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert all(key.action != "screen.web" for key in t.app.screen.query_one(KeyBar).keys)
        await t.press("w")
        await t.until(lambda: t.notified("pas de console web"), "told")


async def test_the_palette_has_it_where_there_is_one(shown: list[str]) -> None:
    async with trainee(with_consoles("stats")) as t:
        await t.open_lesson()
        await t.press("ctrl+p", *"console")
        await t.until(lambda: [x for x in lines(t) if "console web" in x][:1] == lines(t), "found")
        await t.press("enter")
        await t.until(lambda: shown, "opened")
