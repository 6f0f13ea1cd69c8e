"""Pasting into a shell, and asking before."""

import pytest
from pane_stage import PROMPT, ShellFactory, Stage, stage
from textual import events

from pcapra_lab.ui.terminal import TerminalPane

pytest_plugins = ("pane_stage",)


def paste(scene: Stage, text: str) -> None:
    scene.pane.post_message(events.Paste(text))


async def asked(scene: Stage) -> TerminalPane.PasteAsked:
    await scene.receives(TerminalPane.PasteAsked)
    [message] = scene.all(TerminalPane.PasteAsked)
    return message


async def test_five_lines_are_pasted_at_once(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        paste(scene, "\n".join(f"echo p{n}" for n in range(5)))
        await scene.shows("echo p4")
        assert scene.seen(TerminalPane.PasteAsked) == 0
        assert "\np0" not in scene.text, "bracketed: nothing runs before Enter"


async def test_six_lines_wait_for_a_word(shells: ShellFactory) -> None:
    async with stage(shells()) as scene:
        await scene.shows(PROMPT)
        text = "\n".join(f"echo p{n}" for n in range(6))
        paste(scene, text)
        message = await asked(scene)
        assert (message.text, message.lines, message.removed) == (text, 6, 0)
        assert message.pane is scene.pane
        scene.pane.type_text("echo avant-$((1+1))", run=True)
        await scene.shows("avant-2")
        assert "echo p0" not in scene.text, "nothing was sent"
        assert message.accept()
        await scene.shows("echo p5")


@pytest.mark.parametrize("evil", ["\x1b[201~", "\x03", "\x9b", "\x04"])
async def test_control_characters_are_asked_about_and_never_sent(
    shells: ShellFactory, evil: str
) -> None:
    async with stage(shells("/bin/cat", "-v")) as scene:
        paste(scene, f"avant{evil}\taprès")
        message = await asked(scene)
        assert message.removed == 1
        assert message.accept()
        await scene.pilot.press("enter")
        await scene.until(lambda: scene.text.count("avant") == 2, "cat's answer")
        assert "^" not in scene.text


async def test_without_a_shell_nothing_is_asked_nor_sent(shells: ShellFactory) -> None:
    async with stage(shells("/bin/cat")) as scene:
        paste(scene, "a\n" * 10)
        message = await asked(scene)
        scene.pane.type_text("x")
        await scene.pilot.press("enter", "ctrl+d")
        await scene.receives(TerminalPane.LinkLost)
        assert not message.accept()
        paste(scene, "a\n" * 10)
        await scene.pilot.pause()
        assert scene.seen(TerminalPane.PasteAsked) == 1
