"""A kill in the middle of provisioning, and what `down` leaves behind: nothing."""

import os
import signal
import socket
import subprocess

import pytest
from lab_process import (
    kill,
    lab_home,
    listening_ports,
    processes_naming,
    qemu_pids,
    wait_until,
)
from small_course import EXERCISE

from pcapra_lab.errors import LabBusy
from pcapra_lab.lab.lock import in_use_by

pytestmark = pytest.mark.e2e


def read_until(process_stderr: object, word: str) -> str:
    """The first line of the program's progress that contains ``word``."""
    for line in process_stderr:  # type: ignore[attr-defined]
        if word in line:
            return str(line)
    raise AssertionError(f"the program ended without saying {word!r}")


def test_killed_while_provisioning_then_up_then_down_leaves_nothing() -> None:
    with lab_home() as home:
        built = home.run("image", "build", timeout=1200)
        assert built.returncode == 0, built.stderr

        doomed = home.spawn("up", "borgbackup")
        assert doomed.stderr is not None
        read_until(doomed.stderr, "démarrage")
        kill(doomed)

        again = home.run("up", "borgbackup")
        assert again.returncode == 0, again.stderr
        state = home.json("status", "borgbackup")
        assert [vm["power"] for vm in state["vms"]] == ["running", "running"]
        assert state["current_step"] == "installation"

        pids = qemu_pids(home)
        ports = listening_ports(pids)
        assert len(pids) == 2
        assert len(ports) == 2, "one forwarded port per machine, no more"

        # One machine dies: it is said, with the remedy, and the remedy works.
        os.kill(min(pids), signal.SIGKILL)
        wait_until(lambda: len(qemu_pids(home)) == 1, "the killed QEMU to be gone")
        lost = home.run("check", "borgbackup")
        assert lost.returncode == 1
        assert "à l'arrêt" in lost.stderr
        assert "pcapra-lab up borgbackup" in lost.stderr
        revived = home.run("up", "borgbackup")
        assert revived.returncode == 0, revived.stderr
        pids = qemu_pids(home)
        ports = listening_ports(pids)
        assert len(pids) == len(ports) == 2

        down = home.run("down", "borgbackup")
        assert down.returncode == 0, down.stderr
        assert not qemu_pids(home)
        assert not processes_naming(str(home.root))
        for port in ports:
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0

        # Asleep, not lost: it wakes where it was.
        woken = home.run("up", "borgbackup")
        assert woken.returncode == 0, woken.stderr
        assert "restauration" in woken.stderr
        assert "démarrage" not in woken.stderr


def test_a_command_says_whom_it_waits_for_and_takes_over_from_a_dead_one() -> None:
    with lab_home(small=True) as home:
        first = home.spawn("up", EXERCISE)
        second: subprocess.Popen[str] | None = None
        try:
            read_until(first.stderr, "création")
            second = home.spawn("up", EXERCISE)
            said = read_until(second.stderr, "en attente de")
            assert f"processus {first.pid}," in said
            kill(first)
            _, progress = second.communicate(timeout=600)
            assert second.returncode == 0, progress
        finally:
            kill(first)
            if second is not None:
                kill(second)


def test_a_session_is_not_waited_for_it_is_named() -> None:
    with lab_home(small=True) as home:
        session = home.spawn("plain", EXERCISE, stdin=subprocess.PIPE)
        try:
            folder = home.root / "data" / "labs" / EXERCISE
            wait_until(lambda: str(session.pid) in in_use_by(folder), "the session to take the lab")
            refused = home.run("up", EXERCISE)
            assert refused.returncode == LabBusy.exit_code
            assert f"processus {session.pid}," in refused.stderr
        finally:
            kill(session)
