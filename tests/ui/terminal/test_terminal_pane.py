"""The pane, driven by a pilot, on real shells of this machine."""

import os
import shutil
import time
from collections.abc import Callable

import pytest
from pane_stage import DEADLINE, PROMPT, ShellFactory, stage
from textual import events
from textual.widgets import Input

from pcapra_lab.terminal import Emulator, MouseTracking
from pcapra_lab.terminal.bittty_emulator import BitttyEmulator
from pcapra_lab.terminal.ghostty_emulator import GhosttyEmulator
from pcapra_lab.ui.terminal import TerminalPane

pytest_plugins = ("pane_stage",)


@pytest.mark.parametrize("core", [GhosttyEmulator, BitttyEmulator])
async def test_what_is_typed_is_run(
    shells: ShellFactory, core: Callable[[int, int], Emulator]
) -> None:
    async with stage(shells(), emulator=core(80, 24)) as scene:
        await scene.shows(PROMPT)
        await scene.pilot.press(*"echo", "space", *"pca-$((40+2))", "enter")
        await scene.shows("pca-42")


async def test_french_characters_reach_the_program(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        await scene.pilot.press(*"printf", "space", *"éàùç€", *"|od", "space", *"-An", "space")
        await scene.pilot.press(*"-tx1", "enter")
        await scene.shows("c3 a9 c3 a0 c3 b9 c3 a7 e2 82 ac")


async def test_ctrl_c_interrupts(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("cat", run=True)
        await scene.shows("cat\n")
        await scene.pilot.press("ctrl+c")
        await scene.shows("^C\n" + PROMPT)


async def test_the_shell_has_keys_bound_elsewhere(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat", "-v")) as scene:
        scene.pane.type_text("prêt", run=True)
        await scene.shows("pr")
        await scene.pilot.press("ctrl+v", "f5", "ctrl+p", "ctrl+q", "ctrl+t", "enter")
        await scene.shows("^[[15~")
        assert scene.app.marks == 0
        scene.app.query_one(Input).focus()
        await scene.pilot.press("ctrl+t")
        assert scene.app.marks == 1


async def test_the_escape_key_leaves_the_shell(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat", "-v")) as scene:
        await scene.pilot.press("f12")
        await scene.receives(TerminalPane.EscapePressed)
        assert scene.app.focused is None
        scene.pane.focus()
        scene.pane.type_text("fin", run=True)
        await scene.shows("fin\nfin")
        assert "^[" not in scene.text


@pytest.mark.parametrize("core", [GhosttyEmulator, BitttyEmulator])
async def test_a_prompt_is_told_from_a_program_that_reads(
    shells: ShellFactory, core: Callable[[int, int], Emulator]
) -> None:
    async with stage(shells(), emulator=core(80, 24)) as scene:
        assert await scene.pane.at_prompt(DEADLINE), "awaited while bash starts"
        scene.pane.type_text("read -r answer; echo answer=$answer", run=True)
        await scene.until(lambda: not scene.pane._prompted.is_set(), "read waits")
        assert not await scene.pane.at_prompt(0.3)
        scene.pane.type_text("oui", run=True)
        await scene.shows("answer=oui")
        assert await scene.pane.at_prompt(DEADLINE)


async def test_a_command_is_placed_then_run(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        assert scene.pane.type_text("echo $((6*7))\n")
        await scene.shows("$((6*7))")
        assert "42" not in scene.text
        await scene.pilot.press("enter")
        await scene.shows("42")
        assert scene.pane.type_text("echo $((100+\n11))", run=True)
        await scene.shows("111")


async def test_there_must_be_a_shell_to_type_into() -> None:
    async with stage() as scene:
        assert not scene.pane.type_text("ls", run=True)
        assert not scene.pane.connected


async def test_a_paste_is_bracketed(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        scene.pane.post_message(events.Paste("echo collé\necho deux"))
        await scene.shows("echo deux")
        assert f"\ncollé\n{PROMPT}" not in scene.text
        await scene.pilot.press("enter")
        await scene.shows("collé\ndeux")


async def test_a_resize_reaches_the_program(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        columns, rows = scene.pane.grid_size
        assert (columns, rows) == (80, 21)
        scene.pane.type_text("stty size", run=True)
        await scene.shows("21 80")
        await scene.pilot.resize_terminal(100, 40)
        await scene.until(lambda: scene.pane.grid_size == (100, 37), "the new grid")
        scene.pane.type_text("clear; stty size", run=True)
        await scene.shows("37 100")


async def test_less_fills_and_leaves_the_screen(shells: ShellFactory) -> None:
    if shutil.which("less") is None:
        pytest.skip("less is not installed")
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("seq 500 | less", run=True)
        await scene.until(lambda: scene.text.startswith("1\n2\n"), "less")
        await scene.pilot.press("pagedown")
        await scene.until(lambda: scene.text.startswith("21\n"), "the next page")
        scene.pane.post_message(_wheel(events.MouseScrollUp))
        await scene.until(lambda: scene.text.startswith("18\n"), "three lines up")
        await scene.pilot.press("q")
        await scene.until(lambda: scene.text.count(PROMPT) == 2, "the prompt again")


async def test_vim_edits_a_file(
    shells: ShellFactory, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if shutil.which("vim") is None:
        pytest.skip("vim is not installed")
    path = tmp_path_factory.mktemp("vim") / "notes.txt"
    async with stage(
        shells("/usr/bin/env", "vim", "-u", "NONE", "-n", "-i", "NONE", str(path))
    ) as scene:
        await scene.shows("~")
        await scene.pilot.press("i", *"réplica", "enter", *"prêt", "escape")
        await scene.shows("prêt")
        await scene.pilot.press("colon", *"wq", "enter")
        await scene.receives(TerminalPane.LinkLost)
    assert path.read_text() == "réplica\nprêt\n"


def _wheel(kind: type[events.MouseEvent]) -> events.MouseEvent:
    return kind(None, 3, 3, 0, 0, 0, shift=False, meta=False, ctrl=False)


async def test_the_history_is_scrolled_and_typing_comes_back(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("seq -f ligne-%g 200", run=True)
        await scene.shows("ligne-200")
        await scene.pilot.press("shift+pageup")
        await scene.shows("↑ 10 lignes")
        assert "ligne-200" not in scene.text
        scene.pane.post_message(_wheel(events.MouseScrollUp))
        await scene.shows("↑ 13 lignes")
        await scene.pilot.press("x")
        await scene.shows("ligne-200")
        assert "↑" not in scene.text
        assert "ligne-1\n" in scene.pane.history_text


async def test_the_cursor_is_drawn(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat")) as scene:
        await scene.pilot.press(*"ab")
        await scene.shows("ab")
        focused = [s.style for s in scene.pane.render_line(0) if s.style][1]
        scene.app.query_one(Input).focus()
        await scene.until(lambda: not scene.pane.has_focus, "the focus to leave")
        blurred = [s.style for s in scene.pane.render_line(0) if s.style][1]
        assert focused.bgcolor == blurred.color
        assert blurred.underline
        assert scene.pane.render_line(0).cell_length == 80


async def test_quiet_after_activity_is_told_once(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat")) as scene:
        assert scene.seen(TerminalPane.ShellIdle) == 0
        before = time.monotonic()
        scene.pane.type_text("x", run=True)
        await scene.receives(TerminalPane.ShellIdle)
        assert time.monotonic() - before >= 0.7


async def test_a_flood_is_drawn_at_thirty_frames_a_second(shells: ShellFactory) -> None:
    class Counting(GhosttyEmulator):
        frames = 0

        def frame(self, *, full: bool = False):  # type: ignore[no-untyped-def]
            type(self).frames += 1
            return super().frame(full=full)

    async with stage(shells(), emulator=Counting(80, 24)) as scene:
        await scene.shows(PROMPT)
        start, Counting.frames = time.monotonic(), 0
        scene.pane.type_text("seq 300000; echo la-$((1+1))-fin", run=True)
        await scene.shows("la-2-fin")
        assert Counting.frames <= 30 * (time.monotonic() - start) + 2


async def test_a_lost_link_is_shown_and_another_shell_attached(shells: ShellFactory) -> None:
    first = shells()
    async with stage(first) as scene:
        await scene.shows(PROMPT)
        scene.pane.type_text("echo premier; printf '\\e[?1049h\\e[?1003h'; exit", run=True)
        await scene.receives(TerminalPane.LinkLost)
        await scene.shows("Liaison perdue : la session s'est terminée")
        assert not scene.pane.connected
        assert scene.pane._modes.mouse is MouseTracking.OFF
        await scene.pilot.press("a", "enter")
        await scene.receives(TerminalPane.ReconnectRequested)
        scene.pane.attach(shells())
        await scene.until(lambda: scene.text.count(PROMPT) == 2, "the new prompt")
        assert "Liaison perdue" not in scene.text
        assert "premier\n" in scene.pane.history_text
        scene.pane.type_text("echo second-$((1+1))", run=True)
        await scene.shows("second-2")


async def test_a_shell_may_be_attached_before_the_pane_is_shown(shells: ShellFactory) -> None:
    async with stage() as scene:
        pane = TerminalPane(GhosttyEmulator(80, 24))
        pane.attach(shells())
        await scene.pane.remove()
        await scene.app.mount(pane, before=0)
        scene.pane = pane
        await scene.shows(PROMPT)
        # The prompt may be seen before the layout is: the shell itself waits for its new size.
        pane.type_text(
            'until [ "$(stty size)" = "21 80" ]; do :; done; echo taille-$((4+4))', run=True
        )
        await scene.shows("taille-8")


async def test_attaching_replaces_a_living_shell_without_a_word(shells: ShellFactory) -> None:
    first, second = shells(), shells()
    async with stage(first) as scene:
        await scene.shows(PROMPT)
        scene.pane.attach(second)
        await scene.until(lambda: scene.text.count(PROMPT) == 2, "the new prompt")
        await scene.until(lambda: not _alive(first.pid), "the end of the first shell")
        assert scene.seen(TerminalPane.LinkLost) == 0


async def test_the_shell_is_closed_with_the_pane(shells: ShellFactory) -> None:
    shell = shells()
    async with stage(shell) as scene:
        await scene.shows(PROMPT)
        await scene.pane.remove()
        await scene.until(lambda: not _alive(shell.pid), "the end of the shell")
        assert scene.seen(TerminalPane.LinkLost) == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
