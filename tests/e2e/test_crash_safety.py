"""A kill in the middle of provisioning, and what `down` leaves behind: nothing."""

import os
import signal
import socket

import pytest
from lab_process import (
    kill,
    lab_home,
    listening_ports,
    processes_naming,
    qemu_pids,
    wait_until,
)

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


def test_a_second_instance_is_told_who_holds_the_lab() -> None:
    with lab_home() as home:
        holder = home.spawn("up", "borgbackup")
        try:
            assert holder.stderr is not None
            read_until(holder.stderr, "création")
            second = home.run("up", "borgbackup")
            assert second.returncode == 5
            assert str(holder.pid) in second.stderr
        finally:
            kill(holder)
