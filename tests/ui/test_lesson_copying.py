"""Blocks copied to the clipboard of the trainee's own terminal (OSC 52)."""

from driver import Trainee, trainee
from fakes_course import EXTRACT, SCRIPT_FILE
from fakes_session import FakeSession

from pcapra_lab.ui.lesson.cards import CommandCard, FileCard


def card(t: Trainee, key: str) -> CommandCard | FileCard:
    return next(iter(t.lesson.lesson.cards_of(key)))


async def test_a_key_copies_the_commands_and_sends_nothing() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("down", "c")
        await t.until(lambda: t.notified("Commande copiée."), "told")
        assert t.app.clipboard == EXTRACT.code.rstrip("\n")
        assert t.received("srv") == b""
        assert "✓" not in str(card(t, EXTRACT.key).border_title)


async def test_a_click_copies_the_commands() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        block = card(t, EXTRACT.key)
        shown = [strip.text for strip in block.render_lines(block.outer_size.region)]
        place = shown[-1].index("copier") + 1
        await t.pilot.click(block, offset=(place, len(shown) - 1))
        await t.until(lambda: t.notified("Commande copiée."), "told")
        assert t.app.clipboard == EXTRACT.code.rstrip("\n")
        assert t.received("srv") == b""


async def test_a_file_is_copied_whole() -> None:
    async with trainee(FakeSession(done=2)) as t:
        await t.open_lesson()
        await t.press("c")
        await t.until(lambda: t.notified("Contenu copié."), "told")
        assert t.app.clipboard == SCRIPT_FILE.content
