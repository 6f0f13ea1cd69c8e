"""Several shells on a machine, and two shells side by side."""

from functools import partial

from driver import Trainee, pasted, trainee
from fake_shells import FakeShell
from fakes_session import FakeSession

from pcapra_lab.ui.lesson.shell_slot import ShellSlot
from pcapra_lab.ui.lesson.shells import MOST_SHELLS, ShellsPane
from pcapra_lab.ui.terminal import TerminalPane

WIDE = (200, 60)


def pane(t: Trainee) -> ShellsPane:
    return t.lesson.lab.shells


def shown(t: Trainee) -> list[str]:
    """Keys of the shells on the screen, from left to right."""
    slots = [slot for slot in pane(t).slots if slot.region]
    return [slot.key for slot in sorted(slots, key=lambda slot: slot.region.x)]


def resized(t: Trainee, slot: ShellSlot) -> bool:
    """The machine was told of the pane's size."""
    return t.session.shells[slot.key].sizes[-1] == slot.terminal.grid_size


async def open_extra(t: Trainee, key: str) -> FakeShell:
    """Open one more shell on srv from the lesson."""
    before = t.session.shells["srv"]
    await t.press("f12", "ctrl+t")
    await t.until(lambda: pane(t).active == key and pane(t).slot(key).live, key)
    await t.until(lambda: t.session.shells["srv"] is not before, "its shell")
    return t.session.shells["srv"]


async def test_a_key_opens_one_more_shell_on_the_machine_and_goes_to_it() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        first = t.session.shells["srv"]
        second = await open_extra(t, "srv_2")
        assert t.app.focused is pane(t).slot("srv_2").terminal
        assert "srv (2)" in t.text("#shell-tabs")
        assert "quitter le terminal de srv (2)" in t.text("KeyBar")
        await t.press("a")
        await t.until(lambda: second.received == b"a", "key")
        assert first.received == b""


async def test_the_plus_of_the_tabs_opens_one_too() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        tabs = t.text("#shell-tabs")
        await t.pilot.click("#shell-tabs", offset=(tabs.index("+"), 0))
        await t.until(lambda: pane(t).active == "srv_2", "tab")
        await t.until(lambda: isinstance(t.app.focused, TerminalPane), "focus")


async def test_a_hidden_shell_keeps_its_screen_and_goes_on() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        first = t.session.shells["srv"]
        first.say(b"\r\nligne gard\xc3\xa9e\r\n" + b"suite\r\n" * 100)
        terminal = pane(t).slot("srv").terminal
        await t.until(lambda: terminal.history_text.count("suite") == 100, "output")
        await open_extra(t, "srv_2")
        assert shown(t) == ["srv_2"]
        first.say(b"pendant ce temps\r\n")
        await t.until(lambda: "pendant ce temps" in terminal.history_text, "while hidden")
        await t.press("f12", "f4", "f12", "f4")
        assert pane(t).active == "srv"
        assert "ligne gardée" in terminal.history_text
        assert not first.closed


async def test_a_key_closes_it_and_the_first_one_stays() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        first = t.session.shells["srv"]
        second = await open_extra(t, "srv_2")
        await t.press("f12", "ctrl+w")
        await t.until(lambda: second.closed, "closed")
        assert pane(t).active == "srv"
        assert t.app.focused is pane(t).slot("srv").terminal
        assert [slot.key for slot in pane(t).slots] == ["srv", "sauvegarde"]
        await t.press("f12", "ctrl+w")
        assert [slot.key for slot in pane(t).slots] == ["srv", "sauvegarde"]
        assert not first.closed
        assert t.notified("reste ouvert")


async def test_their_number_is_bounded_and_numbers_are_used_again() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        for number in range(2, MOST_SHELLS + 1):
            await open_extra(t, f"srv_{number}")
        await t.press("f12", "ctrl+t")
        assert len(pane(t).slots) == MOST_SHELLS + 1
        assert t.notified(f"a déjà {MOST_SHELLS} terminaux")
        pane(t).active = "srv_2"
        await t.press("ctrl+w")
        await t.until(lambda: pane(t).active == "srv", "closed")
        await open_extra(t, "srv_2")
        keys = [slot.key for slot in pane(t).slots]
        assert keys[:-1] == ["srv", "srv_3", "srv_4", "srv_2"]


async def test_a_block_is_typed_in_the_active_shell_of_its_machine() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        first = t.session.shells["srv"]
        second = await open_extra(t, "srv_2")
        await t.press("f12", "enter")
        await t.until(lambda: second.received.endswith(b"\r"), "command")
        assert second.received == pasted("sudo mkdir -p /restore && cd /restore") + b"\r"
        assert first.received == b""


async def test_two_shells_side_by_side_each_with_its_size() -> None:
    async with trainee(FakeSession(done=1), WIDE) as t:
        await t.open_lesson()
        assert {slot.region.x for slot in pane(t).slots} == {pane(t).slot("srv").region.x}
        await t.press("ctrl+e")
        await t.until(lambda: pane(t).slot("sauvegarde").region.x > 120, "beside")
        assert shown(t) == ["srv", "sauvegarde"]
        for slot in pane(t).slots:
            await t.until(partial(resized, t, slot), "resize")
            assert 40 < slot.terminal.grid_size[0] < 60
        await t.pilot.click(pane(t).slot("sauvegarde").terminal)
        await t.press("b")
        await t.until(lambda: t.received("sauvegarde") == b"b", "key in the one clicked")
        assert t.received("srv") == b""
        assert shown(t) == ["srv", "sauvegarde"]
        await t.press("f12", "ctrl+e")
        await t.until(lambda: len({slot.region.x for slot in pane(t).slots}) == 1, "as before")


async def test_while_split_a_tab_replaces_the_active_half() -> None:
    async with trainee(FakeSession(done=1), WIDE) as t:
        await t.open_lesson()
        await open_extra(t, "srv_2")
        await t.press("f12", "ctrl+e")
        await t.until(lambda: shown(t) == ["srv_2", "sauvegarde"], "split")
        pane(t).active = "srv"
        await t.until(lambda: shown(t) == ["srv", "sauvegarde"], "replaced")
        pane(t).active = "sauvegarde"
        await t.pilot.pause()
        assert shown(t) == ["srv", "sauvegarde"]


async def test_closing_a_half_shows_another_shell_in_its_place() -> None:
    async with trainee(FakeSession(done=1), WIDE) as t:
        await t.open_lesson()
        await open_extra(t, "srv_2")
        await t.press("f12", "ctrl+e", "ctrl+w")
        await t.until(lambda: shown(t) == ["srv", "sauvegarde"], "two halves still")


async def test_a_narrow_screen_refuses_the_split_with_a_word() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("ctrl+e")
        assert not pane(t).split
        assert shown(t) == ["srv"]
        [note] = [line for line in t.toasts.splitlines() if "trop étroit" in line]
        assert "160 colonnes, il y en a 120" in note


async def test_a_screen_that_becomes_narrow_shows_the_active_half() -> None:
    async with trainee(FakeSession(done=1), WIDE) as t:
        await t.open_lesson()
        await t.press("ctrl+e")
        await t.until(lambda: shown(t) == ["srv", "sauvegarde"], "split")
        await t.pilot.resize_terminal(120, 40)
        await t.until(lambda: shown(t) == ["srv"], "one")
