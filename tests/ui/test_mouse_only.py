"""Nothing of the app needs a key: what floats above it is left, and commands are run, by clicks."""

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList

from pcapra_lab.ui.commands.screen import CommandScreen
from pcapra_lab.ui.dialogs.contents import ContentsScreen
from pcapra_lab.ui.dialogs.help import HelpDialog
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.search.screen import SearchScreen
from pcapra_lab.ui.widgets.keybar import KeyBar


async def click_end_of_border(t: Trainee, box: Widget) -> None:
    """A click on the last word of a border's lower title."""
    await t.until(lambda: box.outer_size.height, "the dialog laid out")
    offset = (box.outer_size.width - 5, box.outer_size.height - 1)
    await t.pilot.click(box, offset=offset)


@pytest.mark.parametrize(
    ("key", "kind"),
    [("slash", SearchScreen), ("s", ContentsScreen), ("ctrl+p", CommandScreen)],
)
async def test_what_floats_is_closed_by_a_click(key: str, kind: type[Screen[object]]) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press(key)
        await t.until(lambda: isinstance(t.app.screen, kind), kind.__name__)
        await click_end_of_border(t, t.app.screen.query_one(".dialog"))
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "the lesson again")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_command_is_two_clicks_away_at_any_size(size: tuple[int, int]) -> None:
    async with trainee(FakeSession(done=1), size) as t:
        await t.open_lesson()
        await t.click_words("KeyBar", "F1 aide")
        await t.dialog(HelpDialog)
        await t.pilot.click("#answer-c")
        await t.until(lambda: isinstance(t.app.screen, CommandScreen), "the commands")
        known = t.app.screen.query_one(OptionList)
        shown = [str(known.get_option_at_index(i).prompt) for i in range(known.option_count)]
        assert any("Réinitialiser" in line for line in shown)


async def test_the_commands_stay_in_the_footer_where_others_leave() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert "Ctrl+P commandes" in t.text("KeyBar")
        assert "F8" not in t.text("KeyBar")
        assert t.app.screen.query_one(KeyBar).size.width <= 120
