"""The lab's lock: one at a time, the holder named, freed by the kernel."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pcapra_lab.errors import LabBusy
from pcapra_lab.lab.lock import LabLock

HOLD = """
import sys
from pathlib import Path
from pcapra_lab.lab.lock import LabLock
LabLock(Path(sys.argv[1])).acquire()
print("tenu", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
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


def test_a_busy_lab_names_its_holder(tmp_path: Path) -> None:
    with holder(tmp_path) as other, pytest.raises(LabBusy) as caught:
        LabLock(tmp_path).acquire()
    assert f"processus {other.pid}" in caught.value.message
    assert str(tmp_path) in caught.value.message, "the holder's command line tells which one it is"
    assert caught.value.hint


def test_a_killed_holder_frees_the_lab(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait(timeout=10)
        with LabLock(tmp_path):
            assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_second_window_of_the_same_program_is_refused(tmp_path: Path) -> None:
    with LabLock(tmp_path), pytest.raises(LabBusy, match=str(os.getpid())):
        LabLock(tmp_path).acquire()


def test_release_is_idempotent_and_another_may_take_it(tmp_path: Path) -> None:
    lock = LabLock(tmp_path / "labs/duo")
    lock.acquire()
    lock.release()
    lock.release()
    with LabLock(tmp_path / "labs/duo"):
        pass


def test_a_holder_that_has_not_signed_yet_is_another_process(tmp_path: Path) -> None:
    with LabLock(tmp_path):
        (tmp_path / "lock").write_text("")
        with pytest.raises(LabBusy, match="un autre processus"):
            LabLock(tmp_path).acquire()
