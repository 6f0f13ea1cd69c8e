"""Searching the scrollback, by calls and by the bar."""

from collections.abc import Callable

import pytest
from pane_stage import PROMPT, ShellFactory, Stage, stage
from textual.widgets import Input

from pcapra_lab.terminal import Emulator
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.ui.terminal import TerminalPane, strips
from pcapra_lab.ui.terminal.searchbar import SearchBar

pytest_plugins = ("pane_stage",)

Core = Callable[[int, int], Emulator]
cores = pytest.mark.parametrize("core", [GhosttyEmulator, BitttyEmulator])


def marked(scene: Stage) -> list[tuple[str, bool]]:
    """What is drawn as found, from the top, and whether as the one gone to."""
    styles = {strips.FOUND: False, strips.CURRENT: True}
    return [
        (segment.text, styles[segment.style])
        for y in range(scene.pane.size.height)
        for segment in scene.pane.render_line(y)
        if segment.style in styles
    ]


async def searched(scene: Stage, count: str) -> None:
    """Wait until the bar tells ``count``."""
    await scene.until(
        lambda: (
            scene.pane.searching and str(scene.pane.query_one(".search-count").render()) == count
        ),
        count,
    )


@cores
async def test_the_history_is_searched_both_ways(shells: ShellFactory, core: Core) -> None:
    async with stage(shells(), emulator=core(80, 24)) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("for i in $(seq 200); do echo ligne-$i; done", run=True)
        await scene.shows("ligne-200")
        found = scene.pane.search("LIGNE-7")
        assert found == ()
        assert scene.pane.current_match is None
        found = scene.pane.search("ligne-7")
        assert [match[0].text for match in found] == ["ligne-7"] * 11
        assert scene.pane.current_match == 10
        assert "ligne-79" in scene.text
        assert marked(scene)[-1] == ("ligne-7", True)
        assert sum(current for _, current in marked(scene)) == 1
        scene.pane.search("ligne-7", again=True)
        assert scene.pane.current_match == 9
        scene.pane.search("ligne-7", backwards=False, again=True)
        scene.pane.search("ligne-7", backwards=False, again=True)
        assert scene.pane.current_match == 0, "round to the oldest"
        assert "ligne-7\n" in scene.text
        scene.pane.search("ligne-7", again=True)
        assert scene.pane.current_match == 10
        scene.pane.clear_search()
        assert marked(scene) == []


@cores
async def test_matches_over_a_wrap_and_beside_wide_glyphs(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        scene.app.emulator.feed(("漢字 erreur\r\n" + "x" * 77 + "erreur\x1b[?25l").encode())
        scene.pane._draw()
        assert len(scene.pane.search("erreur")) == 2
        assert marked(scene) == [("erreur", False), ("err", True), ("eur", True)]


@cores
async def test_what_is_written_over_is_not_marked(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        scene.app.emulator.feed(b"panne ici\x1b[?25l")
        scene.pane._draw()
        scene.pane.search("panne")
        assert marked(scene) == [("panne", True)]
        scene.app.emulator.feed(b"\rpause")
        scene.pane._draw()
        assert marked(scene) == []


@cores
async def test_marks_go_with_their_rows(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        scene.app.emulator.feed(b"panne\r\n" + b"x\r\n" * 10)
        scene.pane._draw()
        scene.pane.search("panne")
        scene.app.emulator.feed(b"y\r\n" * 5)
        scene.pane._draw()
        assert marked(scene) == [("panne", True)]
        scene.app.emulator.feed(b"y\r\n" * 500)
        scene.pane._draw()
        assert marked(scene) == []
        scene.pane._scroll_view(-10_000)
        assert marked(scene) == [("panne", True)]


async def test_the_bar_is_used_with_the_keyboard_alone(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("seq -f ligne-%g 200", run=True)
        await scene.shows("ligne-200")
        before = scene.pane.history_text
        scene.pane.action_search()
        await scene.until(lambda: isinstance(scene.app.focused, Input), "the field")
        assert scene.pane.has_focus_within
        await scene.pilot.press(*"ligne-3")
        await searched(scene, "11 sur 11")
        assert "ligne-39" in scene.text
        await scene.pilot.press("up")
        await searched(scene, "10 sur 11")
        await scene.pilot.press("enter")
        await searched(scene, "9 sur 11")
        await scene.pilot.press("down")
        await searched(scene, "10 sur 11")
        await scene.pilot.press(*"zzz")
        await searched(scene, "rien trouvé")
        assert marked(scene) == []
        await scene.pilot.press("escape")
        await scene.until(lambda: not scene.pane.searching, "the bar to close")
        await scene.until(lambda: scene.pane.has_focus, "the shell's focus")
        assert scene.pane.history_text == before, "nothing was typed into the shell"
        assert scene.seen(TerminalPane.EscapePressed) == 0
        scene.pane.action_search()
        await scene.until(lambda: isinstance(scene.app.focused, Input), "the field")
        await scene.pilot.press("f12")
        await scene.receives(TerminalPane.EscapePressed)
        await scene.until(lambda: not scene.pane.searching, "the bar to close")
        assert scene.app.focused is None


async def test_one_bar_at_a_time_over_the_last_row() -> None:
    async with stage() as scene:
        grid = scene.pane.grid_size
        for _ in range(2):
            scene.pane.action_search()
            await scene.until(lambda: isinstance(scene.app.focused, Input), "the field")
            scene.pane.focus()
        [bar] = scene.pane.query(SearchBar)
        assert bar.region.bottom == scene.pane.region.bottom
        assert bar.region.width == scene.pane.region.width
        assert bar.region.height == 1
        assert scene.pane.grid_size == grid, "the program's screen does not change"
