"""The command palette, the themes and the celebration, and what of them is kept."""

from pathlib import Path

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession
from textual.color import Color
from textual.theme import Theme
from textual.widgets import OptionList

from pcapra_lab.session.preferences import Look, Preferences, PreferenceStore
from pcapra_lab.ui.commands.listing import commands
from pcapra_lab.ui.commands.screen import CommandScreen
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.messages import StepPassed
from pcapra_lab.ui.theme import THEMES
from pcapra_lab.ui.widgets.celebration import Celebration

EVERYTHING = {"archive", "canari", "droits"}


def lines(t: Trainee) -> list[str]:
    options = t.app.screen.query_one(OptionList)
    return [str(options.get_option_at_index(i).prompt).strip() for i in range(options.option_count)]


async def palette(t: Trainee, words: str = "") -> None:
    await t.press("ctrl+p")
    await t.until(lambda: isinstance(t.app.screen, CommandScreen) and lines(t), "palette")
    await t.press(*words)


async def test_a_command_is_found_without_its_accents_and_run() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f2")
        await palette(t, "verifier")
        assert lines(t) == ["F5  Vérifier l'étape"]
        await t.press("enter")
        await t.until(lambda: "check" in t.session.calls, "graded")


async def test_home_offers_only_what_means_something_there() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await palette(t)
        assert lines(t) == [
            "/  Chercher dans tout le cours",
            "F1  Aide : toutes les touches",
            "Thème clair",
            "Thème à fort contraste",
            "Ne plus fêter les étapes réussies",
            "F10  Quitter",
        ]
        await t.press("up", "enter")
        await t.until(lambda: not t.app.is_running, "left")


async def test_a_lesson_being_read_has_no_command_for_machines() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await t.press("down", "enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "reading")
        await palette(t)
        assert "s  Sommaire de la leçon" in lines(t)
        assert not any("Vérifier" in line for line in lines(t))


async def test_an_unknown_command_is_said_and_the_mouse_chooses() -> None:
    async with trainee() as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await palette(t, "zz")
        await t.until(lambda: t.app.screen.query_one("#no-command").display, "said")
        await t.press("enter", "down", "escape")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "closed")
        await palette(t)
        await t.pilot.click(OptionList, offset=(14, 2))
        await t.until(lambda: t.app.theme == THEMES[Look.LIGHT].name, "light")


async def test_readline_keeps_ctrl_p() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f3", "ctrl+p")
        await t.until(lambda: t.received("srv") == b"\x10", "key")
        assert isinstance(t.app.screen, LessonScreen)


async def test_every_command_of_a_lesson_leads_to_an_action() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        for command in commands(Preferences(), lesson=True, lab=True):
            where, name = command.action.split("(")[0].split(".")
            target = t.app if where == "app" else t.app.screen
            assert callable(getattr(target, f"action_{name}", None)), command


async def test_the_theme_is_kept_for_the_next_sitting(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    async with trainee(preferences=PreferenceStore(path)) as t:
        await t.until(lambda: t.app.focused is not None, "home")
        assert t.app.theme == THEMES[Look.DARK].name
        await palette(t, "contraste")
        await t.press("enter")
        await t.until(lambda: t.app.theme == THEMES[Look.CONTRAST].name, "contrast")
    async with trainee(preferences=PreferenceStore(path)) as t:
        assert t.app.theme == THEMES[Look.CONTRAST].name


async def test_a_choice_that_cannot_be_kept_is_made_and_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("no folder")
    store = PreferenceStore(tmp_path / "config" / "preferences.json")
    async with trainee(preferences=store) as t:
        await t.until(lambda: t.app.focused is not None, "home")
        await palette(t, "clair")
        await t.press("enter")
        await t.until(lambda: t.notified("ne sera pas gardée"), "told")
        await t.until(lambda: t.app.theme == THEMES[Look.LIGHT].name, "light")


async def green(t: Trainee) -> None:
    await t.open_lesson()
    t.session.passing = EVERYTHING
    await t.press("f5")
    await t.until(lambda: t.posted(StepPassed), "green")


async def test_a_green_step_is_celebrated_and_the_joy_ends() -> None:
    async with trainee(FakeSession(done=1)) as t:
        t.app.animation_level = "full"
        await green(t)
        await t.until(lambda: t.app.screen.query(Celebration), "celebration")
        assert "★ Étape réussie ! ★" in t.text("Celebration")
        await t.until(lambda: not t.app.screen.query(Celebration), "end")
        assert "étape 3/3" in t.text("LessonHeader")


@pytest.mark.parametrize("level", ["none", "basic"])
async def test_reduced_motion_has_no_celebration(level: str) -> None:
    async with trainee(FakeSession(done=1)) as t:
        t.app.animation_level = level  # type: ignore[assignment]
        await green(t)
        await t.until(lambda: t.notified("bravo"), "words")
        assert not t.app.screen.query(Celebration)


async def test_celebrations_can_be_turned_off_for_good(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    async with trainee(FakeSession(done=1), preferences=PreferenceStore(path)) as t:
        t.app.animation_level = "full"
        await t.until(lambda: t.app.focused is not None, "home")
        await palette(t, "feter")
        await t.press("enter")
        await t.until(lambda: not PreferenceStore(path).current.celebrate, "kept")
        await green(t)
        await t.until(lambda: t.notified("bravo"), "words")
        assert not t.app.screen.query(Celebration)


async def test_a_step_that_was_helped_is_not_celebrated() -> None:
    async with trainee(FakeSession(done=1)) as t:
        t.app.animation_level = "full"
        await t.open_lesson()
        await t.press("f7")
        await t.until(lambda: t.app.focused is not None, "question")
        await t.press("a")
        await t.until(lambda: "étape 3/3" in t.text("LessonHeader"), "passed")
        assert not t.posted(StepPassed)


def luminance(color: Color) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", list(Look))
def test_text_can_be_read_in_every_theme(look: Look) -> None:
    theme: Theme = THEMES[look]
    least = 7.0 if look is Look.CONTRAST else 4.5
    texts = {
        name: getattr(theme, name)
        for name in ("primary", "secondary", "accent", "warning", "error", "success", "foreground")
    }
    texts["muted"] = theme.variables["muted"]
    for ground in (theme.background, theme.surface, theme.panel):
        for name, text in texts.items():
            assert text and ground
            assert contrast(text, ground) >= least, (name, ground, contrast(text, ground))
