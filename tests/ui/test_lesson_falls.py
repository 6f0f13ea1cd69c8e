"""A machine falls while the lesson is open: it is seen, said, and brought back."""

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession

from pcapra_lab.errors import LabError
from pcapra_lab.lab.power import VmPower
from pcapra_lab.session.api import SessionState
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.lesson.shell_slot import ShellNote
from pcapra_lab.ui.messages import PowerChanged
from pcapra_lab.ui.terminal import TerminalPane


async def fall(t: Trainee, power: VmPower = VmPower.STOPPED, vm: str = "srv") -> None:
    told = len(t.posted(PowerChanged))
    t.session.become(vm, power)
    await t.until(lambda: len(t.posted(PowerChanged)) > told, "the news")
    await t.pilot.pause()


async def test_a_machine_that_dies_is_seen_and_said_with_the_remedy() -> None:
    async with trainee(FakeSession(done=1), size=(160, 40)) as t:
        await t.open_lesson()
        assert "● srv  ● sauvegarde" in t.text("LessonHeader")
        await fall(t)
        assert "✘ srv éteinte  ● sauvegarde" in t.text("LessonHeader")
        assert "✘ srv éteinte" in t.text("#shell-tabs")
        assert "✘ srv s'est éteinte (arrêt non demandé ici) | F8 la relance" in t.toasts
        note = t.text("#shell-srv")
        assert "✘ srv : la machine est éteinte. Lien perdu." in note
        assert "Cliquez ici ou Entrée pour la relancer, disque gardé." in note
        pane = t.lesson.lab.shells.slot("srv").terminal
        await t.until(lambda: "Liaison perdue" in pane._banner, "banner")
        assert not t.lesson.lab.shells.slot("sauvegarde").query_one(".shell-note").display


async def test_a_machine_that_comes_back_gets_its_shell_back_at_once() -> None:
    async with trainee(FakeSession(done=1), size=(160, 40)) as t:
        await t.open_lesson()
        await fall(t)
        slot = t.lesson.lab.shells.slot("srv")
        await t.until(lambda: not slot.live, "lost")
        # Far beyond the deadline: nothing but the news can bring it back.
        t.clock.now += 3600.0
        await t.until(lambda: slot._timer is None, "given up")
        await fall(t, VmPower.RUNNING)
        await t.until(lambda: slot.live, "back")
        assert "● srv  ● sauvegarde" in t.text("LessonHeader")
        assert "● srv est de nouveau en marche" in t.toasts
        assert not slot.query_one(".shell-note").display


async def test_a_frozen_machine_keeps_its_shell() -> None:
    async with trainee(FakeSession(done=1), size=(160, 40)) as t:
        await t.open_lesson()
        shell = t.session.shells["srv"]
        await fall(t, VmPower.PAUSED)
        assert "◐ srv en pause" in t.text("LessonHeader")
        assert "◐ srv s'est figée" in t.toasts
        assert "libérez de la place (df -h), puis F8" in t.toasts
        assert "◐ srv : la machine est en pause." in t.text("#shell-srv")
        await fall(t, VmPower.RUNNING)
        assert t.session.shells["srv"] is shell and not shell.closed
        assert not t.lesson.lab.shells.slot("srv").query_one(".shell-note").display


async def test_f8_relaunches_what_fell_and_leaves_the_others_alone() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await fall(t)
        other = t.session.shells["sauvegarde"]
        await t.press("f8")
        await t.dialog(Dialog)
        assert "✘ srv est éteinte" in t.text(".dialog-body")
        await t.press("r")
        await t.until(lambda: t.session.calls.count("start") == 2, "start")
        await t.until(lambda: t.session.calls.count("shell srv") == 2, "shell")
        await t.until(lambda: t.lesson.lab.shells.slot("srv").live, "attached")
        assert t.session.shells["sauvegarde"] is other and not other.closed
        assert not any(call.startswith("reset") for call in t.session.calls)
        assert "étape 2/3" in t.text("LessonHeader")


async def test_a_relaunched_frozen_machine_goes_on_in_its_shell() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await fall(t, VmPower.PAUSED)
        shell = t.session.shells["srv"]
        await t.press("f8")
        await t.dialog(Dialog)
        await t.press("enter")
        await t.until(lambda: t.session.calls.count("start") == 2, "start")
        await t.until(lambda: t.lesson.lab.phase is LabPhase.READY, "ready")
        assert t.session.shells["srv"] is shell and not shell.closed
        assert not t.lesson.lab.shells.slot("srv").query_one(".shell-note").display


async def test_f8_still_leads_to_the_reset() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await fall(t)
        await t.press("f8")
        await t.dialog(Dialog)
        await t.press("i")
        await t.until(lambda: t.app.screen.query("#answer-1"), "reset question")
        await t.press("1")
        await t.until(lambda: "reset srv" in t.session.calls, "reset")
        await t.until(lambda: t.lesson.lab.shells.slot("srv").live, "shell")
        assert t.lesson.lab.fallen == ()


async def test_enter_in_the_dead_machine_s_pane_relaunches_it() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f3")
        await fall(t)
        assert "F12 puis F8 la relance" in t.toasts
        slot = t.lesson.lab.shells.slot("srv")
        await t.until(lambda: not slot.live and not slot.terminal.connected, "lost")
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        await t.press("enter")
        await t.until(lambda: t.session.calls.count("start") == 2, "start")
        await t.until(lambda: slot.live, "shell")
        await t.until(lambda: t.app.focused is slot.terminal, "the focus is given back")


async def test_the_line_of_the_dead_machine_is_clickable() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await fall(t)
        await t.until(lambda: not t.lesson.checks.busy, "idle")
        await t.click_words("#shell-srv .shell-note", "Cliquez ici")
        await t.until(lambda: t.session.calls.count("start") == 2, "start")


async def test_relaunching_waits_for_the_check_that_is_running() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await fall(t)
        t.session.holds.clear()
        await t.press("f5")
        await t.until(lambda: t.session.checking == 1, "checking")
        t.lesson.lab.shells.slot("srv").query_one(ShellNote).action_relaunch()
        await t.until(lambda: "Une action est en cours" in t.toasts, "told")
        assert t.session.calls.count("start") == 1
        t.session.holds.set()
        await t.until(lambda: not t.lesson.checks.busy, "idle")


async def test_a_narrow_screen_names_only_the_fallen_machine() -> None:
    async with trainee(FakeSession(done=1), size=(80, 24)) as t:
        await t.open_lesson()
        assert "srv" not in t.text("#facts")
        await fall(t)
        assert "✘ srv éteinte" in t.text("#facts")
        assert "sauvegarde" not in t.text("#facts")


async def test_while_the_lab_is_at_work_nothing_pops_up_but_the_header_follows() -> None:
    session = FakeSession(done=1)
    session.holds.clear()
    async with trainee(session, size=(160, 40)) as t:
        await t.open_unready()
        await fall(t)
        assert "✘ srv éteinte" in t.text("LessonHeader")
        assert "srv" not in t.toasts
        assert t.lesson.lab.fallen == ()


@pytest.mark.parametrize("leave", ["f9", "f10"])
async def test_leaving_ends_the_following(leave: str) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        assert len(t.session.followers) == 1
        await t.press(leave)
        await t.dialog(Dialog)
        await t.press("l")
        if leave == "f9":
            await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
            await t.until(lambda: not t.session.followers, "the end")
        else:
            await t.until(lambda: not t.app.is_running, "exit")
    # Here only are the screens of an app that has ended taken down.
    assert not t.session.followers


async def test_a_state_that_cannot_be_read_is_said_without_a_dialog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()

        def broken() -> SessionState:
            raise LabError("libvirt ne répond plus.")

        monkeypatch.setattr(t.session, "state", broken)
        t.session.become("srv", VmPower.PAUSED)
        await t.until(lambda: "Le suivi des machines a échoué" in t.toasts, "told")
        assert isinstance(t.app.screen, LessonScreen)
        assert isinstance(t.lesson.lab.shells.slot("srv").terminal, TerminalPane)
