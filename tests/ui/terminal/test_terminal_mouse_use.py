"""Selecting, copying and links, by the mouse."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from pane_stage import ShellFactory, Stage, stage
from textual import events
from textual.strip import Strip
from textual.widgets import Input

from pcapra_lab.terminal import Emulator, MouseTracking
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.ui.terminal import TerminalPane, messages, selecting

pytest_plugins = ("pane_stage",)

Core = Callable[[int, int], Emulator]
cores = pytest.mark.parametrize("core", [GhosttyEmulator, BitttyEmulator])


async def drag(
    scene: Stage, start: tuple[int, int], end: tuple[int, int], *, shift: bool = False
) -> None:
    """Press at a cell, move to another, release there."""
    await scene.pilot.mouse_down(TerminalPane, offset=start, shift=shift)
    await scene.pilot.hover(TerminalPane, offset=end)
    await scene.pilot.mouse_up(TerminalPane, offset=end, shift=shift)


def selected(scene: Stage) -> str:
    """The text drawn with its colours swapped, row by row; not where the view's place is told."""
    rows = []
    for y in range(1 if scene.pane._scrolled else 0, scene.pane.size.height):
        plain = scene.pane._strips[y]
        drawn = scene.pane.render_line(y)
        cells = zip(cells_of_strip(plain), cells_of_strip(drawn), strict=False)
        rows.append("".join(text for (text, before), (_, after) in cells if before != after))
    return "\n".join(row for row in rows if row)


def cells_of_strip(strip: Strip) -> list[tuple[str, object]]:
    return [(c, s.style and s.style.bgcolor) for s in strip for c in s.text]


async def feed(scene: Stage, text: str) -> None:
    """Show output of a program, on a pane whose cursor is hidden."""
    scene.app.emulator.feed(b"\x1b[?25l" + text.encode())
    scene.pane._draw()


@cores
async def test_a_drag_selects_and_copies(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        await feed(scene, "début milieu fin\r\n" + "y" * 85 + "\r\nz")
        await drag(scene, (6, 0), (12, 0))
        await scene.receives(TerminalPane.TextCopied)
        assert scene.app.clipboard == scene.pane.selected_text == "milieu"
        assert selected(scene) == "milieu "
        await drag(scene, (4, 2), (13, 0))
        await scene.until(lambda: scene.app.clipboard == "fin\n" + "y" * 85, "the joined rows")
        await scene.pilot.mouse_down(TerminalPane, offset=(0, 5))
        await scene.pilot.mouse_up(TerminalPane, offset=(0, 5))
        await scene.until(lambda: not scene.pane.selected_text, "the selection to go")
        assert selected(scene) == ""
        assert scene.app.clipboard.startswith("fin"), "a mere press copies nothing"


@cores
@pytest.mark.parametrize(
    ("x", "times", "text"),
    [
        (1, 2, "début"),
        (8, 2, "/etc/hosts"),
        (20, 2, "漢"),
        (21, 2, "漢"),
        (3, 3, "début /etc/hosts (漢)"),
        (50, 2, ""),
    ],
)
async def test_words_and_lines_are_clicked(core: Core, x: int, times: int, text: str) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        await feed(scene, "début /etc/hosts   (漢)".replace("   ", " ", 0) + "\r\nautre")
        at = {20: 20, 21: 21}.get(x, x)
        await scene.pilot.click(TerminalPane, offset=(at, 0), times=times)
        await scene.pilot.pause()
        expected = text.replace(" (", "   (") if times == 3 else text
        assert scene.app.clipboard == expected


@cores
async def test_a_word_and_a_line_go_over_a_wrap(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        await feed(scene, "a" + " b" * 37 + " /chemin/long c\r\nautre")
        await scene.pilot.click(TerminalPane, offset=(2, 1), times=2)
        await scene.until(lambda: scene.app.clipboard == "/chemin/long", "the word")
        await scene.pilot.click(TerminalPane, offset=(2, 0), times=3)
        line = "a" + " b" * 37 + " /chemin/long c"
        await scene.until(lambda: scene.app.clipboard == line, "the line")


@cores
async def test_a_selection_follows_its_text(shells: ShellFactory, core: Core) -> None:
    async with stage(shells("/bin/cat"), emulator=core(80, 24)) as scene:
        scene.pane.type_text("choisi", run=True)
        await scene.shows("choisi\nchoisi")
        await drag(scene, (0, 1), (5, 1))
        await scene.until(lambda: scene.pane.selected_text == "choisi", "the selection")
        for n in range(15):
            scene.pane.type_text(f"suite-{n}", run=True)
        await scene.until(lambda: scene.text.count("suite-14") == 2, "cat's answer")
        assert "choisi" not in scene.text
        assert selected(scene).strip("\n ") == "", "scrolled away"
        scene.pane._scroll_view(-1000)
        assert selected(scene) == "choisi"
        assert scene.pane.selected_text == "choisi"


@cores
async def test_a_selection_goes_when_its_text_changes(core: Core) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        await feed(scene, "un\r\ndeux\r\n")
        await drag(scene, (0, 1), (3, 1))
        assert scene.pane.selected_text == "deux"
        await feed(scene, "trois")
        assert scene.pane.selected_text == "deux"
        await feed(scene, "\x1b[2;1Hd'autres")
        assert scene.pane.selected_text == ""
        assert selected(scene) == ""
        await drag(scene, (0, 0), (1, 0))
        assert scene.pane.selected_text == "un"
        await scene.pilot.resize_terminal(60, 30)
        await scene.until(lambda: not scene.pane.selected_text, "nothing, once laid out anew")


async def test_a_drag_beyond_the_edge_scrolls() -> None:
    async with stage() as scene:
        await feed(scene, "".join(f"ligne-{n}\r\n" for n in range(100)))
        await scene.pilot.mouse_down(TerminalPane, offset=(3, 2))
        await scene.pilot.hover(TerminalPane, offset=(3, 1))
        scene.pane.on_mouse_move(_mouse(events.MouseMove, 0, -1))
        await scene.until(lambda: scene.pane._scrolled > 3, "the history to scroll")
        assert scene.pane.selected_text == "", "nothing is copied before the release"
        scene.pane.on_mouse_up(_mouse(events.MouseUp, 0, -1))
        rows = scene.app.clipboard.split("\n")
        assert len(rows) > 5
        assert all(row.startswith("ligne-") for row in rows[:-1])
        here = scene.pane._scrolled
        await scene.pilot.pause(0.2)
        assert scene.pane._scrolled == here


M = TypeVar("M", bound=events.MouseEvent)


def _mouse(kind: type[M], x: int, y: int) -> M:
    return kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)


async def test_the_mouse_goes_to_a_program_that_asks(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat", "-v")) as scene:
        scene.app.emulator.feed(b"\x1b[?1002;1006h")
        scene.pane.type_text("prompt", run=True)
        await scene.until(lambda: scene.pane._modes.mouse is MouseTracking.DRAG, "mouse tracking")
        await scene.pilot.click(TerminalPane, offset=(4, 2))
        await scene.pilot.press("enter")
        await scene.shows("^[[<0;5;3M^[[<0;5;3m")
        assert not scene.pane.selected_text


async def test_shift_takes_the_mouse_back(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat", "-v")) as scene:
        scene.app.emulator.feed(b"\x1b[?1003;1006h")
        scene.pane.type_text("prompt", run=True)
        await scene.until(lambda: scene.pane._modes.mouse is MouseTracking.MOTION, "mouse tracking")
        await scene.shows("prompt\nprompt")
        await drag(scene, (0, 0), (5, 0), shift=True)
        await scene.until(lambda: scene.app.clipboard == "prompt", "the copy")
        assert "^[[<" not in scene.text
        await scene.pilot.click(TerminalPane, offset=(1, 1), times=2, shift=True)
        await scene.receives(TerminalPane.TextCopied)


@cores
async def test_links_are_told_and_never_opened(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(emulator=core(80, 24)) as scene:
        monkeypatch.setattr(
            type(scene.app), "open_url", lambda *_, **__: pytest.fail("opened by itself")
        )
        await feed(
            scene,
            "Voir (https://exemple.fr/a?b=c), \x1b]8;;http://10.0.0.1:8404/stats\x1b\\ici"
            "\x1b]8;;\x1b\\ ou \x1b]8;;file:///etc/passwd\x1b\\là\x1b]8;;\x1b\\ "
            "javascript:alert(1)",
        )
        for x in (0, 8, 34, 41, 50):
            await scene.pilot.click(TerminalPane, offset=(x, 0), control=True)
        await scene.pilot.click(TerminalPane, offset=(8, 0))
        await scene.pilot.pause()
        links = [m.url for m in scene.all(TerminalPane.LinkClicked)]
        assert links == ["https://exemple.fr/a?b=c", "http://10.0.0.1:8404/stats"]


@cores
@pytest.mark.parametrize("end", ["\\a", "\\e\\\\"], ids=["BEL", "ST"])
async def test_a_program_copies_and_it_is_told(shells: ShellFactory, core: Core, end: str) -> None:
    async with stage(shells(), emulator=core(80, 24)) as scene:
        scene.pane.type_text(f"printf '\\e]52;c;Y29waQ==\\e]52;c;ZMOpasOgIHZ1{end}'", run=True)
        await scene.receives(TerminalPane.TextCopied)
        [told] = scene.all(TerminalPane.TextCopied)
        assert (told.text, told.by_program) == ("déjà vu", True)
        assert scene.app.clipboard == "déjà vu"


@cores
async def test_a_program_that_the_person_does_not_look_at_copies_nothing(
    shells: ShellFactory, core: Core
) -> None:
    async with stage(shells(), emulator=core(80, 24)) as scene:
        scene.app.copy_to_clipboard("à moi")
        await scene.until(lambda: scene.pane.has_focus, "the focus")
        scene.app.query(Input).last().focus()
        await scene.until(lambda: not scene.pane.has_focus, "no focus")
        scene.pane.type_text("printf '\\e]52;c;cm0gLXJmIC8=\\a'; echo fait", run=True)
        await scene.until(lambda: "\nfait" in scene.text, "the attempt")
        await scene.receives(messages.CopyArrived)
        assert scene.app.clipboard == "à moi"
        assert not scene.seen(TerminalPane.TextCopied)


@cores
async def test_a_guest_cannot_read_the_clipboard(shells: ShellFactory, core: Core) -> None:
    async with stage(shells("/bin/cat", "-v"), emulator=core(80, 24)) as scene:
        scene.app.copy_to_clipboard("à moi")
        scene.pane._emulator.feed(b"\x1b]52;c;?\x07")
        scene.pane.type_text("fin", run=True)
        await scene.until(lambda: scene.text.count("fin") == 2, "what was typed, and its echo")
        assert "52;" not in scene.text


async def test_too_long_a_selection_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST_COPIED", 10)
    async with stage() as scene:
        await feed(scene, "court onzelettres")
        await scene.pilot.click(scene.pane, offset=(8, 0), times=2)
        await scene.receives(TerminalPane.CopyRefused)
        assert not scene.seen(TerminalPane.TextCopied)
        assert scene.app.clipboard == ""


async def test_the_mouse_over_the_search_bar_is_not_the_terminals() -> None:
    async with stage() as scene:
        await feed(scene, "ligne\r\n" * 30)
        scene.pane.action_search()
        await scene.until(lambda: isinstance(scene.app.focused, Input), "the field")
        field = scene.pane.query_one(Input)
        await scene.pilot.click(field, offset=(2, 0), times=2)
        await scene.pilot.pause()
        assert scene.pane.selected_text == ""
        assert field.has_focus
