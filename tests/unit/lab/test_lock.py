"""The lab's lock: one at a time, the holder named, freed by the kernel; commands take turns."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pcapra_lab.errors import Cancelled, LabBusy
from pcapra_lab.lab import lock
from pcapra_lab.lab.daemons import await_true
from pcapra_lab.lab.lock import FILE, POLL_SECONDS, HolderKind, LabLock, Patience, in_use_by

HOLD = """
import sys
from pathlib import Path
from pcapra_lab.lab.lock import HolderKind, LabLock
LabLock(Path(sys.argv[1]), HolderKind(sys.argv[2])).acquire()
print("tenu", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(folder: Path, kind: HolderKind = HolderKind.SESSION) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), kind.value],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "tenu\n"
        yield process
    finally:
        process.kill()
        process.communicate()


class Waiter:
    """A command that waits for its turn, in a thread."""

    def __init__(self, folder: Path, deadline: float = 60.0) -> None:
        self.cancel = threading.Event()
        self.spoke = threading.Event()
        self.said: list[str] = []
        self.failure: BaseException | None = None
        self.took = False
        self._lock = LabLock(folder, HolderKind.COMMAND)
        self._patience = Patience(self.cancel, self._say, deadline)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.spoke.set()

    def _run(self) -> None:
        try:
            self._lock.acquire(self._patience)
        except (LabBusy, Cancelled) as error:
            self.failure = error
        else:
            self.took = True
            self._lock.release()

    def join(self) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()


def test_a_busy_lab_names_its_holder(tmp_path: Path) -> None:
    with holder(tmp_path) as other, pytest.raises(LabBusy) as caught:
        LabLock(tmp_path).acquire()
    assert f"processus {other.pid}" in caught.value.message
    assert str(tmp_path) in caught.value.message, "the holder's command line tells which one it is"
    assert f"le laboratoire {tmp_path.name} est déjà utilisé par" in caught.value.message
    assert "fermez l'autre fenêtre" in caught.value.hint


def test_a_killed_holder_frees_the_lab(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait(timeout=10)
        assert in_use_by(tmp_path) == ""
        with LabLock(tmp_path):
            assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_second_window_of_the_same_program_is_refused(tmp_path: Path) -> None:
    with LabLock(tmp_path), pytest.raises(LabBusy, match=str(os.getpid())):
        LabLock(tmp_path).acquire()


def test_release_is_idempotent_and_another_may_take_it(tmp_path: Path) -> None:
    first = LabLock(tmp_path / "labs/duo")
    first.acquire()
    first.release()
    first.release()
    with LabLock(tmp_path / "labs/duo"):
        pass


@pytest.mark.parametrize("signature", ["", "{", "[]", '{"pid": 1}'])
def test_a_holder_that_has_not_signed_is_another_process(tmp_path: Path, signature: str) -> None:
    with LabLock(tmp_path):
        (tmp_path / FILE).write_text(signature)
        assert in_use_by(tmp_path) == "un autre processus"
        with pytest.raises(LabBusy, match="un autre processus"):
            LabLock(tmp_path).acquire()


def test_a_signature_left_by_a_dead_holder_is_not_the_present_ones(tmp_path: Path) -> None:
    with holder(tmp_path) as dead:
        signature = json.loads((tmp_path / FILE).read_text())
    assert signature["pid"] == dead.pid
    with LabLock(tmp_path):
        # As seen between the flock and the signature of the one that came after.
        (tmp_path / FILE).write_text(json.dumps(signature))
        assert in_use_by(tmp_path) == "un autre processus"


def test_a_command_waits_for_another_and_says_so_once(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.COMMAND) as first:
        second = Waiter(tmp_path)
        assert second.spoke.wait(10)
        assert not second.took
        assert first.stdin is not None
        first.stdin.write("\n")
        first.stdin.flush()
        second.join()
    assert second.took and second.failure is None
    [said] = second.said
    assert said.startswith("en attente de « -c ") and f"processus {first.pid}" in said


def test_two_waiting_commands_go_in_one_after_the_other(tmp_path: Path) -> None:
    waiting = threading.Semaphore(0)
    finished: list[str] = []
    met: list[str] = []
    # Passed only by two at once; longer than the poll, so that the other has tried meanwhile.
    meeting = threading.Barrier(2, timeout=2 * POLL_SECONDS)

    def command(name: str) -> None:
        mine = LabLock(tmp_path, HolderKind.COMMAND)
        mine.acquire(Patience(threading.Event(), lambda _said: waiting.release(), 60))
        try:
            meeting.wait()
            met.append(name)
        except threading.BrokenBarrierError:
            meeting.reset()
        finished.append(name)
        mine.release()

    threads = [threading.Thread(target=command, args=[name]) for name in ("up", "down")]
    with LabLock(tmp_path, HolderKind.COMMAND):
        for thread in threads:
            thread.start()
        assert waiting.acquire(timeout=10) and waiting.acquire(timeout=10)
    for thread in threads:
        thread.join(30)
    assert sorted(finished) == ["down", "up"]
    assert met == []


def test_nobody_waits_for_an_open_session(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.SESSION) as session:
        command = Waiter(tmp_path)
        command.join()
    assert isinstance(command.failure, LabBusy)
    assert f"processus {session.pid}" in command.failure.message
    assert command.said == []


def test_a_session_that_opens_first_ends_the_wait(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.COMMAND):
        command = Waiter(tmp_path)
        assert command.spoke.wait(10)
        # The command that was waited for hands over to a session without a gap.
        signature = json.loads((tmp_path / FILE).read_text())
        (tmp_path / FILE).write_text(json.dumps({**signature, "kind": "session"}))
        command.join()
    assert isinstance(command.failure, LabBusy) and not command.took


def test_a_session_does_not_wait_for_a_command(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.COMMAND), pytest.raises(LabBusy) as caught:
        LabLock(tmp_path).acquire()
    assert "quand cette commande aura fini" in caught.value.hint


def test_a_wait_is_cancelled_and_leaves_the_lab_to_others(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.COMMAND):
        command = Waiter(tmp_path)
        assert command.spoke.wait(10)
        command.cancel.set()
        command.join()
    assert isinstance(command.failure, Cancelled)
    with LabLock(tmp_path):
        pass


def test_a_wait_has_a_deadline_and_names_who_is_still_there(tmp_path: Path) -> None:
    with holder(tmp_path, HolderKind.COMMAND) as first:
        command = Waiter(tmp_path, deadline=0.3)
        command.join()
    assert isinstance(command.failure, LabBusy)
    assert "toujours utilisé" in command.failure.message
    assert f"processus {first.pid}" in command.failure.message


def test_a_look_names_the_holder_and_keeps_nobody_out(tmp_path: Path) -> None:
    assert in_use_by(tmp_path / "absent") == ""
    assert not (tmp_path / "absent").exists()
    with holder(tmp_path) as other:
        assert f"processus {other.pid}" in in_use_by(tmp_path)
    assert await_true(lambda: in_use_by(tmp_path) == "", timeout=10)


def test_a_passing_look_does_not_make_the_lab_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()
    real = lock._lock

    def tell(handle: int) -> bool:
        taken = real(handle)
        tried.set()
        return taken

    monkeypatch.setattr(lock, "_lock", tell)
    monkeypatch.setattr(lock, "SIGNING_SECONDS", 30)
    (tmp_path / FILE).touch()
    with (tmp_path / FILE).open() as look:
        fcntl.flock(look, fcntl.LOCK_SH)
        command = Waiter(tmp_path)
        assert tried.wait(10)
    command.join()
    assert command.took and command.said == []


def test_whoever_gave_the_lab_back_is_not_named_for_the_next_one(tmp_path: Path) -> None:
    with LabLock(tmp_path):
        pass
    with (tmp_path / FILE).open() as unsigned:
        fcntl.flock(unsigned, fcntl.LOCK_EX)
        assert in_use_by(tmp_path) == "un autre processus"


def test_a_full_disk_does_not_keep_a_lab_from_being_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with LabLock(tmp_path):
        assert in_use_by(tmp_path) == "un autre processus"
