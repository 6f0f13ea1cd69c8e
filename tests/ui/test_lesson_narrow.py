"""80×24: the three panes become tabs, and the header sums up the checks."""

from driver import trainee
from fakes_session import FakeSession
from textual.widgets import Static

from pcapra_lab.ui.dialogs.help import HelpDialog
from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.terminal import TerminalPane

NARROW = (80, 24)


async def test_one_pane_at_a_time_and_the_summary_in_the_header() -> None:
    async with trainee(FakeSession(done=1, passing={"archive"}), NARROW) as t:
        await t.open_lesson()
        assert "✔1 ✘1 ○1" in t.text("LessonHeader")
        assert t.lesson.lesson.region.width == 80
        assert not t.lesson.lab.region
        await t.press("f5")
        await t.until(lambda: t.lesson.checks.region.width == 80, "checks")
        assert not t.lesson.lesson.region
        await t.press("f2")
        await t.until(lambda: t.lesson.lesson.region.width == 80, "lesson")


async def test_running_a_command_shows_its_shell() -> None:
    async with trainee(FakeSession(done=1), NARROW) as t:
        await t.open_lesson()
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.focused, TerminalPane), "shell")
        assert t.app.focused is not None
        assert t.app.focused.region.width == 80
        await t.press("f12")
        await t.until(lambda: isinstance(t.app.focused, CommandCard), "back")


async def test_tabs_are_clickable() -> None:
    async with trainee(FakeSession(done=1), NARROW) as t:
        await t.open_lesson()
        labels = str(t.lesson.query_one("#views", Static).content)
        await t.pilot.click("#views", offset=(labels.index("Vérif"), 0))
        await t.until(lambda: t.lesson.checks.region.width == 80, "checks")


async def test_a_green_step_brings_the_next_section() -> None:
    async with trainee(FakeSession(done=1), NARROW) as t:
        await t.open_lesson()
        t.session.passing |= {"archive", "canari", "droits"}
        await t.press("f5")
        await t.until(lambda: "étape 3/3" in t.text("LessonHeader"), "next step")
        await t.until(lambda: t.lesson.lesson.region.width == 80, "lesson")


async def test_the_app_follows_a_resize() -> None:
    async with trainee(FakeSession(done=1), NARROW) as t:
        await t.open_lesson()
        await t.pilot.resize_terminal(200, 60)
        slots = t.lesson.lab.shells.slots
        await t.until(lambda: all(slot.region.height > 20 for slot in slots), "both shells")
        title = t.lesson.query_one(".section-title.-current", Static)
        await t.until(lambda: title.region.y - t.lesson.lesson.region.y <= 2, "same place")
        await t.until(
            lambda: t.session.shells["srv"].sizes[-1][0] == slots[0].terminal.size.width, "resize"
        )


async def test_help_lists_the_keys() -> None:
    async with trainee(FakeSession(done=1), NARROW) as t:
        await t.open_lesson()
        await t.press("f1")
        await t.dialog(HelpDialog)
        assert "F12" in t.text(".dialog-body")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
