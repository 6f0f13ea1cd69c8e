"""The lab's life on the lesson screen: preparation, failure, reset, files, leaving."""

from types import SimpleNamespace
from typing import cast

from driver import trainee
from fakes_course import SCRIPT_FILE
from fakes_session import FakeSession

from pcapra_lab.content.blocks import FileBlock
from pcapra_lab.errors import LabError
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.session.api import RemoteFile
from pcapra_lab.ui.dialogs.base import Dialog
from pcapra_lab.ui.dialogs.difference import DifferenceDialog
from pcapra_lab.ui.dialogs.failure import FailureDialog
from pcapra_lab.ui.home.screen import HomeScreen
from pcapra_lab.ui.lesson.cards import CommandCard
from pcapra_lab.ui.lesson.lab import LabPhase
from pcapra_lab.ui.lesson.screen import LessonScreen
from pcapra_lab.ui.lesson.writing import Writer
from pcapra_lab.ui.messages import ActionFailed, FileRead, LabStarted
from pcapra_lab.ui.terminal import TerminalPane


def waiting_session(**more: object) -> FakeSession:
    session = FakeSession(done=1, **more)  # type: ignore[arg-type]
    session.holds.clear()
    return session


async def test_waiting_shows_the_phase_and_the_time_of_each_machine() -> None:
    session = waiting_session(
        events=(
            LabEvent(Phase.BOOT, "srv", None, 14.0, 24.0, "[ 3.2] Reached target network"),
            LabEvent(Phase.CONNECT, "sauvegarde", 0.4, 3.0),
        )
    )
    async with trainee(session) as t:
        await t.open_unready()
        await t.until(lambda: "sauvegarde" in t.text("#provision"), "progress")
        text = t.text("#provision-rows")
        assert "● srv         ██████░░░░ démarrage  14 s / ~24 s\n  [ 3.2] Reached target" in text
        assert "● sauvegarde  ████░░░░░░ connexion  3 s" in text
        assert "en attente des machines" in t.text("#check-state")
        # Reading goes on meanwhile.
        await t.press("down")
        assert isinstance(t.app.focused, CommandCard)


async def test_escape_cancels_and_the_trainee_can_try_again() -> None:
    session = waiting_session()
    async with trainee(session) as t:
        await t.open_unready()
        assert "Échap" in t.text("KeyBar")
        await t.press("escape")
        await t.until(lambda: "Interrompu" in t.text("#provision-title"), "cancelled")
        assert t.lesson.lab.phase is LabPhase.DOWN
        session.holds.set()
        await t.press("f3", "enter")
        await t.until(lambda: t.posted(LabStarted), "started")
        await t.until(lambda: isinstance(t.app.focused, TerminalPane), "shell")
        assert session.calls.count("start") == 2


async def test_a_failure_is_shown_with_its_remedy_and_can_be_tried_again() -> None:
    session = FakeSession(done=1)
    session.start_errors.append(LabError("srv : muet sur SSH en 180 s.", hint="Lisez le journal."))
    async with trainee(session) as t:
        await t.open_unready()
        await t.until(lambda: "échec" in t.text("#provision-title"), "failure")
        assert "srv : muet sur SSH en 180 s." in t.text("#provision-rows")
        assert "→ Lisez le journal." in t.text("#provision-rows")
        await t.press("enter")
        assert t.notified("pas prêtes")
        await t.pilot.click("#provision-retry")
        await t.until(lambda: t.posted(LabStarted), "started")


async def test_reset_of_one_machine_keeps_progress_and_reconnects() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f8")
        await t.dialog(Dialog)
        await t.press("2")
        await t.until(lambda: "reset sauvegarde" in t.session.calls, "reset")
        await t.until(lambda: t.session.calls.count("shell sauvegarde") == 2, "reconnected")
        assert t.session.calls.count("shell srv") == 1
        assert "étape 2/3" in t.text("LessonHeader")


async def test_reset_of_the_lab_goes_back_to_the_first_step() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f8")
        await t.dialog(Dialog)
        await t.press("t")
        await t.until(lambda: "étape 1/3" in t.text("LessonHeader"), "first step")
        assert "reset lab" in t.session.calls


async def test_a_reset_machine_gets_a_new_shell_even_if_the_old_link_seems_up() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.silent_reset = True
        old = t.session.shells["srv"]
        await t.press("f8")
        await t.dialog(Dialog)
        await t.press("1")
        await t.until(lambda: t.session.shells["srv"] is not old, "new shell")
        await t.until(lambda: old.closed, "old one closed")


async def test_a_file_is_written_only_after_its_difference_was_seen() -> None:
    session = FakeSession(done=2, files={"srv:/usr/local/bin/sauvegarde": "#!/bin/sh\nborg\n"})
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("enter")
        await t.dialog(DifferenceDialog)
        assert "-borg\n+set -eu" in t.text(".dialog-body")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "given up")
        assert not any(call.startswith("write") for call in session.calls)
        await t.press("enter")
        await t.dialog(DifferenceDialog)
        await t.press("o")
        await t.until(lambda: "write srv:/usr/local/bin/sauvegarde 0755" in session.calls, "write")
        assert session.files["srv:/usr/local/bin/sauvegarde"] == SCRIPT_FILE.content
        card = next(iter(t.lesson.lesson.cards_of(SCRIPT_FILE.key)))
        await t.until(lambda: "✓ écrit" in str(card.border_title), "mark")


async def test_an_identical_file_offers_nothing_to_write() -> None:
    files = {"srv:/usr/local/bin/sauvegarde": SCRIPT_FILE.content}
    async with trainee(FakeSession(done=2, files=files)) as t:
        await t.open_lesson()
        await t.press("enter")
        await t.dialog(DifferenceDialog)
        assert "déjà identique" in t.text(".dialog-summary")
        assert not t.app.screen.query("#answer-o")


async def test_leaving_can_save_the_machines() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f9")
        await t.dialog(Dialog)
        await t.press("s")
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        assert t.session.calls[-2:] == ["stop", "close"]


async def test_quitting_can_leave_them_running() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("ctrl+q")
        await t.dialog(Dialog)
        await t.press("l")
        await t.until(lambda: not t.app.is_running, "exit")
        assert "stop" not in t.session.calls
        assert t.session.calls.count("close") == 1


async def test_staying_changes_nothing() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("f10")
        await t.dialog(Dialog)
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LessonScreen), "lesson")
        assert not t.session.closed
        await t.press("f5")
        await t.until(lambda: "check" in t.session.calls, "still graded")


async def test_a_save_that_fails_loses_nothing() -> None:
    session = FakeSession(done=1)
    session.stop_errors.append(LabError("Disque plein.", hint="Libérez 400 Mio."))
    async with trainee(session) as t:
        await t.open_lesson()
        await t.press("f10")
        await t.dialog(Dialog)
        await t.press("s")
        await t.dialog(FailureDialog)
        assert "→ Libérez 400 Mio." in t.text(".dialog-body")
        await t.press("r")
        await t.until(lambda: not t.app.is_running, "exit")
        assert session.calls[-3:] == ["stop", "stop", "close"]


async def test_leaving_during_the_preparation_interrupts_it_first() -> None:
    session = waiting_session()
    async with trainee(session) as t:
        await t.open_unready()
        await t.press("f10")
        await t.dialog(Dialog)
        await t.press("o")
        await t.until(lambda: not t.app.is_running, "exit")
        assert t.posted(ActionFailed)
        assert session.calls[-1] == "close"


async def test_saving_says_at_once_that_it_waits_for_the_check() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.holds.clear()
        await t.press("f5")
        await t.until(lambda: t.session.checking == 1, "checking")
        await t.press("f9")
        await t.dialog(Dialog)
        assert "là où elles en étaient" in t.text(".dialog-body")
        await t.press("s")
        await t.until(lambda: "Mise en sommeil" in t.text("#provision-title"), "said")
        assert "La vérification en cours se termine d'abord" in t.text("#provision-rows")
        assert t.lesson.lab.provision.display
        assert "stop" not in t.session.calls
        t.session.holds.set()
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        assert t.session.calls[-2:] == ["stop", "close"]


async def test_harmless_warnings_of_the_firmware_are_not_shown() -> None:
    boot = LabEvent(Phase.BOOT, "srv", None, 1.0, 24.0, "[ 0.1] Linux version 6.1")
    noise = LabEvent(Phase.BOOT, "srv", None, 2.0, 24.0, "..MP-BIOS bug: 8254 timer not connected")
    async with trainee(waiting_session(events=(boot, noise))) as t:
        await t.open_unready()
        await t.until(lambda: "2 s / ~24 s" in t.text("#provision-rows"), "last event")
        assert "BIOS" not in t.text("#provision-rows")


async def test_leaving_waits_for_the_check_that_is_running() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.session.holds.clear()
        await t.press("f5")
        await t.until(lambda: t.session.checking == 1, "checking")
        await t.press("f9")
        await t.dialog(Dialog)
        await t.press("l")
        await t.pilot.pause()
        assert not t.session.closed
        t.session.holds.set()
        await t.until(lambda: isinstance(t.app.screen, HomeScreen), "home")
        assert t.session.closed


async def test_an_app_that_ends_under_a_lesson_lets_go_of_its_lab() -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        t.app.exit()
    assert t.session.calls.count("close") == 1


def test_a_file_asked_for_twice_is_shown_once() -> None:
    shown: list[DifferenceDialog] = []
    screen = SimpleNamespace(
        run_worker=lambda _work, **_how: None,
        bridge=SimpleNamespace(read_file=lambda _block: None),
        app=SimpleNamespace(push_screen=lambda dialog, _answered: shown.append(dialog)),
    )
    writer = Writer(cast(LessonScreen, screen))
    block = FileBlock("a", "srv", "/etc/essai.conf", "nom = deux\n", 1)
    writer.compare(block)
    writer.compare(block)
    for _ in range(2):
        writer.ask(FileRead(block, RemoteFile("srv", "/etc/essai.conf", None)))
    assert len(shown) == 1, "a second Enter must not answer a second question"
