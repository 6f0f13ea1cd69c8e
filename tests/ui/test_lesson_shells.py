"""Commands reach the right machine's shell; shells come back by themselves."""

import threading
from collections import Counter

import pytest
from driver import DEADLINE, Trainee, pasted, trainee
from fake_shells import FakeShell
from fakes_course import EXTRACT
from fakes_session import FakeSession
from textual.content import Content
from textual.widgets import Static

from pcapra_lab.errors import LabError
from pcapra_lab.lab.power import VmPower
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.messages import ShellOpened
from pcapra_lab.ui.terminal import TerminalPane

MKDIR = "sudo mkdir -p /restore && cd /restore"


def card(t: Trainee, key: str) -> CommandCard:
    found = next(iter(t.lesson.lesson.cards_of(key)))
    assert isinstance(found, CommandCard)
    return found


async def test_resuming_starts_at_the_current_step() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert isinstance(t.app.focused, CommandCard)
        assert t.app.focused.block.key == "cmd-2"
        title = t.lesson.query_one(".section-title.-current", Static)
        assert str(title.content).startswith("● 2. Restaurer un fichier, et le prouver  en cours")
        assert "étape 2/3" in t.text("LessonHeader")
        assert title.region.y - t.lesson.lesson.region.y <= 2


async def test_enter_runs_in_the_right_machine_and_keeps_the_focus() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("enter")
        await t.until(lambda: t.received("srv"), "bytes")
        await t.until(lambda: t.received("srv").endswith(b"\r"), "Enter")
        assert t.received("srv") == pasted(MKDIR) + b"\r"
        assert t.received("sauvegarde") == b""
        assert "✓ envoyé" in str(card(t, "cmd-2").border_title)
        assert isinstance(t.app.focused, CommandCard)


async def test_placing_leaves_enter_to_the_trainee_and_gives_them_the_shell() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("down", "down", "p")
        await t.until(lambda: t.received("sauvegarde"), "bytes")
        assert t.received("sauvegarde") == pasted("ls -l /sauve")
        assert t.lesson.lab.shells.active == "sauvegarde"
        await t.until(lambda: isinstance(t.app.focused, TerminalPane), "focus")
        await t.press("enter")
        await t.until(lambda: t.received("sauvegarde").endswith(b"\r"), "enter")


async def test_several_lines_arrive_whole() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("down", "enter")
        await t.until(lambda: t.received("srv").endswith(b"\r"), "bytes")
        lines = EXTRACT.code.rstrip("\n").encode().split(b"\n")
        assert all(line in t.received("srv") for line in lines)


async def test_a_held_key_sends_once() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        line = pasted(MKDIR) + b"\r"
        await t.press("enter", "enter", "enter")
        await t.until(lambda: t.received("srv").endswith(b"\r"), "bytes")
        t.clock.now += 7.0
        await t.press("enter")
        await t.until(lambda: len(t.received("srv")) >= 2 * len(line), "bytes")
        assert t.received("srv") == 2 * line


async def test_the_same_block_sent_twice_in_a_short_time_asks() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        line = pasted(MKDIR) + b"\r"
        await t.press("enter")
        await t.until(lambda: t.received("srv") == line, "sent")
        t.clock.now += 3.0
        await t.press("enter")
        await t.dialog(Dialog)
        assert "a été envoyée au terminal il y a moins de 5 s" in t.text(".dialog-body")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "given up")
        assert t.received("srv") == line
        await t.press("enter")
        await t.dialog(Dialog)
        await t.press("o")
        await t.until(lambda: t.received("srv") == 2 * line, "sent again")


async def test_a_program_that_waits_for_an_answer_is_not_sent_a_command_by_surprise() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.shells["srv"].say(b"\x1b[?2004l\r\nContinuer ? [O/n] ")
        terminal = t.lesson.lab.shells.slot("srv").terminal
        await t.until(lambda: "[O/n]" in terminal.history_text, "apt's question")
        await t.press("enter")
        await t.dialog(Dialog)
        assert "Le terminal de srv n'est pas à son invite" in t.text(".dialog-body")
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "refused by default")
        await t.pilot.pause()
        assert t.received("srv") == b""
        assert "✓" not in str(card(t, "cmd-2").border_title)
        await t.press("enter")
        await t.dialog(Dialog)
        await t.press("o")
        await t.until(lambda: t.received("srv") == f"{MKDIR}\r".encode(), "sent all the same")
        assert "✓ envoyé" in str(card(t, "cmd-2").border_title)


async def test_a_full_screen_editor_is_not_a_prompt() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.shells["srv"].say(b"\x1b[?1049h\x1b[?2004hvim")
        terminal = t.lesson.lab.shells.slot("srv").terminal
        await t.until(lambda: "vim" in terminal.history_text, "vim")
        await t.press("p")
        await t.dialog(Dialog)
        assert t.received("srv") == b""


async def test_a_prompt_about_to_come_is_awaited() -> None:
    async with trainee(FakeSession(done=1), prompt=DEADLINE) as t:
        await t.open_lesson()
        shell = t.session.shells["srv"]
        shell.say(b"\x1b[?2004l\r\n")
        terminal = t.lesson.lab.shells.slot("srv").terminal
        await t.until(lambda: not terminal._modes.bracketed_paste, "a command runs")
        await t.press("enter")
        shell.say(b"\x1b[?2004h$ ")
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "sent")
        assert isinstance(t.app.screen, LessonScreen)


async def test_a_hidden_shell_has_the_size_it_will_be_shown_with() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        shown, hidden = (t.lesson.lab.shells.slot(vm).terminal for vm in ("srv", "sauvegarde"))
        assert shown.size.area and not hidden.size.area
        await t.until(lambda: hidden.grid_size == shown.grid_size, "the same grid")
        before = t.session.shells["sauvegarde"].sizes[:]
        t.lesson.lab.shells.active = "sauvegarde"
        await t.until(lambda: hidden.size.area, "shown")
        await t.pilot.pause()
        assert t.session.shells["sauvegarde"].sizes == before, "no redrawing"


async def test_a_shell_that_is_being_opened_is_awaited() -> None:
    session = FakeSession(done=1)
    async with trainee(session) as t:
        await t.open_lesson()
        slot, may_open, opens = t.lesson.lab.shells.slot("srv"), threading.Event(), Counter[str]()
        usual = session.open_shell

        def slowly(vm: str, columns: int, rows: int) -> FakeShell:
            opens[vm] += 1
            assert may_open.wait(10)
            return usual(vm, columns, rows)

        session.open_shell = slowly  # type: ignore[method-assign]
        session.shells["srv"].close()
        await t.until(lambda: opens["srv"] and not slot.live, "a shell being opened")
        await t.press("enter")
        may_open.set()
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "sent to the new shell")


async def test_without_a_shell_to_come_the_block_is_refused_in_words() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.lesson.lab.shells.slot("srv").release_shell()
        await t.press("enter")
        await t.until(lambda: t.notified("n'est pas relié"), "told")
        assert t.received("srv") == b""


async def test_a_command_of_a_step_to_come_asks_first() -> None:
    async with trainee() as t:
        await t.open_lesson()
        t.lesson.action_go_to_step("restauration")
        pane, target = t.lesson.lesson, card(t, "cmd-2")
        await t.until(lambda: pane.region.overlaps(target.region), "the block in sight")
        await t.press("enter")
        await t.dialog(Dialog)
        assert "appartient à l'étape 2, pas encore commencée" in t.text(".dialog-body")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "refused")
        assert t.received("srv") == b""
        await t.press("enter")
        await t.dialog(Dialog)
        await t.press("o")
        await t.until(lambda: t.received("srv") == pasted(MKDIR) + b"\r", "sent all the same")


async def test_f2_in_the_lesson_goes_to_the_first_command_not_sent() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("enter")
        await t.until(lambda: card(t, "cmd-2").used, "sent")
        await t.press("down", "down", "f2")
        assert t.app.focused is card(t, "cmd-3")
        await t.press("f3", "f12")
        assert t.app.focused is card(t, "cmd-3"), "from elsewhere: where the trainee was"


async def test_a_first_visit_starts_with_the_introduction() -> None:
    async with trainee(size=(80, 24)) as t:
        await t.open_lesson()
        assert t.lesson.lesson.scroll_y == 0
        assert t.lesson.lesson.has_focus
        await t.press("enter")
        assert t.received("srv") == b""
        await t.press("f2")
        assert t.app.focused is card(t, "cmd-1")


async def test_arrows_lead_from_the_introduction_to_the_first_block() -> None:
    async with trainee(size=(80, 24)) as t:
        await t.open_lesson()
        for _ in range(20):
            await t.press("down")
            if isinstance(t.app.focused, CommandCard):
                break
        assert t.app.focused is card(t, "cmd-1")


async def test_the_border_is_clickable() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        target = card(t, "cmd-2")
        subtitle = Content.from_markup(str(target.border_subtitle)).plain
        start = target.outer_size.width - len(subtitle) - 3
        offset = (start + subtitle.index("placer"), target.outer_size.height - 1)
        await t.pilot.click(target, offset=offset)
        await t.until(lambda: t.received("srv"), "bytes")
        assert t.received("srv") == pasted(MKDIR)


async def test_the_shell_has_every_key_but_f12() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f3", "f5", "ctrl+q", "ctrl+p", "escape", "tab", "v", "question_mark")
        await t.until(lambda: t.received("srv").endswith(b"v?"), "keys")
        assert t.received("srv") == b"\x1b[15~\x11\x10\x1b\tv?"
        assert t.session.calls.count("check") == 0
        assert "F12 " in t.text("KeyBar")
        await t.press("f12")
        await t.until(lambda: isinstance(t.app.focused, CommandCard), "lesson")
        assert "F5 vérifier" in t.text("KeyBar")


async def test_the_footer_acts_by_mouse_while_the_shell_has_the_focus() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f3")
        bar = t.lesson.query_one("KeyBar", Static)
        await t.pilot.click(bar, offset=(str(bar.content).index("vérifier") + 2, 0))
        await t.until(lambda: "check" in t.session.calls, "check")


async def test_f4_goes_to_the_next_machine() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f4")
        assert t.lesson.lab.shells.active == "sauvegarde"
        await t.press("a")
        await t.until(lambda: t.received("sauvegarde") == b"a", "key")


async def test_a_lost_shell_says_so_and_comes_back() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        first = t.session.shells["srv"]
        t.session.shell_errors.append(LabError("srv : connexion refusée."))
        first.close()
        await t.until(lambda: t.session.shells["srv"] is not first, "new shell")
        await t.until(lambda: t.lesson.lab.shells.slot("srv").live, "attached")
        assert not t.session.shell_errors
        assert not t.lesson.lab.shells.slot("srv").query_one(".shell-note").display


async def test_a_machine_that_is_off_is_awaited() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.power = VmPower.STOPPED
        t.session.shells["srv"].close()
        await t.until(lambda: "la machine est éteinte" in t.text("#shell-srv"), "note")
        opened = len(t.posted(ShellOpened))
        t.session.power = VmPower.RUNNING
        await t.until(lambda: len(t.posted(ShellOpened)) == opened + 1, "back")


@pytest.mark.parametrize("by", ["key", "mouse"])
async def test_reconnecting_stops_at_its_deadline_until_asked(by: str) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.shell_errors.extend([LabError("srv : connexion refusée.")] * 9999)
        t.session.shells["srv"].close()
        await t.until(lambda: "connexion refusée" in t.text("#shell-srv"), "note")
        t.clock.now += 601.0
        await t.until(lambda: "Cliquez ici ou F3" in t.text("#shell-srv"), "given up")
        t.session.shell_errors.clear()
        if by == "key":
            await t.press("f3")
        else:
            await t.click_words("#shell-srv .shell-note", "Cliquez ici")
        await t.until(lambda: t.lesson.lab.shells.slot("srv").live, "back")
