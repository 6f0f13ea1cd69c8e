"""A machine that dies, and a daemon that dies, are told to whoever follows the session."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from queue import Queue

import pytest
from chaos import daemons
from lab_process import LabHome, lab_home, qemu_pid

from pcapra_lab.lab.paths import Paths
from pcapra_lab.lab.power import VmPower
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.application import LabApplication
from pcapra_lab.session.trainee import LabSession

pytestmark = pytest.mark.e2e

EXERCISE = "borgbackup"
NEVER = threading.Event()
DEADLINE = 30.0


@pytest.fixture
def home() -> Iterator[LabHome]:
    with lab_home() as made:
        built = made.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr
        yield made


@pytest.fixture
def session(home: LabHome) -> Iterator[LabSession]:
    app = LabApplication(Paths(home.root / "cache", home.root / "data", home.root / "state"))
    try:
        opened = app.open(EXERCISE)
        try:
            opened.start(ignore, NEVER)
            yield opened
            opened.stop(ignore)
        finally:
            opened.close()
    finally:
        app.close()


def test_falls_are_told_once_and_a_machine_brought_back_is_told_too(
    home: LabHome, session: LabSession, capsys: pytest.CaptureFixture[str]
) -> None:
    news: Queue[tuple[str, VmPower, float]] = Queue()
    end = session.follow(lambda vm, power: news.put((vm, power, time.monotonic())))

    killed = time.monotonic()
    os.kill(qemu_pid(home, "srv"), signal.SIGKILL)
    vm, power, told = news.get(timeout=DEADLINE)
    assert (vm, power) == ("srv", VmPower.STOPPED)
    with capsys.disabled():
        print(f"\na killed machine was told {1000 * (told - killed):.0f} ms later", end="")

    session.start(ignore, NEVER)
    assert {one.power for one in session.state().vms} == {VmPower.RUNNING}
    assert session.open_shell("srv", 80, 24).recv(1)
    assert news.empty(), "what was asked for is not news"

    # The daemon dies, and a machine while nobody looks: told once the link is made again.
    ours = daemons(home)
    assert ours, "this test's lab runs on a daemon of its own"
    for daemon in ours:
        os.kill(daemon["pid"], signal.SIGKILL)
    os.kill(qemu_pid(home, "sauvegarde"), signal.SIGKILL)
    vm, power, _ = news.get(timeout=DEADLINE)
    assert (vm, power) == ("sauvegarde", VmPower.STOPPED)
    session.start(ignore, NEVER)
    end()
    assert news.empty()
