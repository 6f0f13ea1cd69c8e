"""A shell recorded at the trainee's wish, and seen to be."""

import stat
from pathlib import Path

import pytest
from driver import Trainee, trainee
from fakes_session import FakeSession

from pcapra_lab.terminal import recording
from pcapra_lab.ui.lesson.shell_slot import RECORDED


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PCAPRA_HOME", str(tmp_path))
    return tmp_path / "data" / "recordings"


def marked(t: Trainee) -> tuple[bool, bool]:
    """Whether the tabs and the shell's border say it."""
    border = str(t.lesson.lab.shells.slot("srv").border_title)
    return RECORDED in t.text("#shell-tabs"), RECORDED in border


async def test_a_key_records_what_is_shown_and_not_what_is_typed(folder: Path) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        terminal = t.lesson.lab.shells.slot("srv").terminal
        await t.until(lambda: "srv:~$" in terminal.history_text, "prompt")
        assert marked(t) == (False, False)
        await t.press("ctrl+r")
        assert marked(t) == (True, True)
        [path] = folder.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.name.endswith("_srv.cast")
        await t.press("f3", "s", "e", "c", "r", "e", "t")
        t.session.shells["srv"].say(b"r\xc3\xa9ponse")
        await t.until(lambda: "réponse" in terminal.history_text, "output")
        await t.press("f12", "ctrl+r")
        assert marked(t) == (False, False)
        t.session.shells["srv"].say(b"\r\nensuite")
        await t.until(lambda: "ensuite" in terminal.history_text, "output")
        header, events = recording.read(path)
        said = "".join(event.text for event in events)
        assert (header.title, (header.width, header.height)) == ("srv", terminal.grid_size)
        assert "stagiaire@srv:~$" in said
        assert "réponse" in said
        assert "secret" not in said
        assert "ensuite" not in said


async def test_a_recording_goes_on_in_the_shell_that_comes_back(folder: Path) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        slot = t.lesson.lab.shells.slot("srv")
        await t.press("ctrl+r")
        first = t.session.shells["srv"]
        first.close()
        await t.until(lambda: t.session.shells["srv"] is not first and slot.live, "new shell")
        t.session.shells["srv"].say(b"revenu")
        await t.until(lambda: "revenu" in slot.terminal.history_text, "output")
        terminal = slot.terminal
        assert terminal.recording
        [path] = folder.iterdir()
    assert "revenu" in "".join(event.text for event in recording.read(path)[1])
    assert not terminal.recording


async def test_a_recording_that_ends_by_itself_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("ctrl+r")
        recorder = t.lesson.lab.shells.slot("srv").terminal._recorder
        assert recorder is not None
        monkeypatch.setattr(recorder, "_left", 100)
        t.session.shells["srv"].say(b"x" * 200)
        await t.until(lambda: marked(t) == (False, False), "no mark any more")
        assert t.notified("taille maximale")


async def test_where_nothing_can_be_written_nothing_is_said_to_be_recorded(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("pas un dossier")
    async with trainee(FakeSession(done=1)) as t:
        await t.open_lesson()
        await t.press("ctrl+r")
        assert marked(t) == (False, False)
        assert t.notified("Rien n'est enregistré")
