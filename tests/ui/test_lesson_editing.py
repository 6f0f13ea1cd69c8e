"""A file of the lesson, opened in its machine's editor."""

from driver import Trainee, pasted, trainee
from fakes_course import SCRIPT_FILE
from fakes_session import FakeSession

from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.lesson.cards import FileCard
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.terminal import TerminalPane

COMMAND = pasted("sudoedit /usr/local/bin/sauvegarde") + b"\r"


def file_card(t: Trainee) -> FileCard:
    card = next(iter(t.lesson.lesson.cards_of(SCRIPT_FILE.key)))
    assert isinstance(card, FileCard)
    return card


async def test_a_key_opens_it_and_the_keyboard_goes_to_the_editor() -> None:
    async with trainee(FakeSession(done=2)) as t:
        await t.open_lesson()
        await t.press("e")
        await t.until(lambda: t.received("srv") == COMMAND, "typed")
        await t.until(lambda: isinstance(t.app.focused, TerminalPane), "focus")
        assert "✓ dans l'éditeur" in str(file_card(t).border_title)
        assert not any(call.startswith("write") for call in t.session.calls)


async def test_the_border_says_so_and_a_click_does_it() -> None:
    async with trainee(FakeSession(done=2)) as t:
        await t.open_lesson()
        block = file_card(t)
        shown = [strip.text for strip in block.render_lines(block.outer_size.region)]
        place = shown[-1].index("e éditer") + 1
        await t.pilot.click(block, offset=(place, len(shown) - 1))
        await t.until(lambda: t.received("srv") == COMMAND, "typed")


async def test_what_runs_in_the_shell_is_not_typed_into() -> None:
    async with trainee(FakeSession(done=2)) as t:
        await t.open_lesson()
        t.session.shells["srv"].say(b"\x1b[?2004l\r\nen cours\r\n")
        pane = t.lesson.lab.shells.slots[0].terminal
        await t.until(lambda: "en cours" in pane.history_text, "a program")
        await t.press("e")
        await t.dialog(Dialog)
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "given up")
        assert t.received("srv") == b""
        assert "✓" not in str(file_card(t).border_title)


async def test_a_step_that_has_not_begun_is_asked_about() -> None:
    async with trainee(FakeSession(done=0)) as t:
        await t.open_lesson()
        file_card(t).focus()
        await t.press("e")
        await t.dialog(Dialog)
        assert t.received("srv") == b""


async def test_before_the_machines_are_ready_there_is_no_editor() -> None:
    session = FakeSession(done=2)
    session.holds.clear()
    async with trainee(session) as t:
        await t.open_unready()
        file_card(t).focus()
        await t.press("e")
        await t.until(lambda: t.notified("ne sont pas prêtes"), "told")
