"""Driving the real program as a person would: by its command line, in processes of our own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_course import plant

from pcapra_lab.lab.daemons import await_true
from pcapra_lab.lab.paths import default_paths

PROGRAM = Path(sys.executable).with_name("pcapra-lab")


@dataclass(frozen=True)
class LabHome:
    """An installation of the test's own, that shares the account's built images."""

    root: Path
    content: Path | None = None
    """Another course than the real one."""

    @property
    def env(self) -> dict[str, str]:
        own = {"PCAPRA_HOME": str(self.root), "LC_ALL": "C.UTF-8"}
        if self.content is not None:
            own["PCAPRA_CONTENT"] = str(self.content)
        return {**os.environ, **own}

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; past ``timeout`` seconds, fail with what it had said."""
        try:
            return subprocess.run(
                [str(PROGRAM), *arguments],
                env=self.env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            # Bytes, whatever ``text`` says: https://github.com/python/cpython/issues/87597
            said = late.stderr.decode(errors="replace") if late.stderr else ""
            last = "\n".join(said.splitlines()[-40:])
            pytest.fail(f"{' '.join(arguments)}: not done in {timeout:.0f} s\n{last}")

    def json(self, *arguments: str, timeout: float = 600) -> Any:
        done = self.run(*arguments, "--json", timeout=timeout)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def spawn(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(PROGRAM), *arguments],
            env=self.env,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )


@contextmanager
def lab_home(
    *, small: bool = False, course: Callable[[Path], Path] | None = None
) -> Iterator[LabHome]:
    """A home under the account's data folder: as root, QEMU's account must reach it.

    Args:
        small: play the two steps of ``small_course`` instead of the real course.
        course: writes another course in a folder, to be played instead.
    """
    course = plant if small else course
    paths = default_paths()
    paths.create()
    base = paths.data.parent if os.geteuid() == 0 else paths.data
    root = Path(tempfile.mkdtemp(prefix="e2e-", dir=base))
    root.chmod(0o711)
    (root / "cache").symlink_to(paths.cache)
    home = LabHome(root, course(root / "course") if course is not None else None)
    try:
        yield home
    finally:
        for lab in (root / "data" / "labs").glob("*"):
            replayed = lab.name.removeprefix("rejeu-")
            if replayed == lab.name:
                home.run("down", lab.name, "--delete", "--yes", timeout=120)
            else:
                # A replay that was killed leaves its machines, and the daemon that holds them.
                home.run("replay", replayed, "--discard", timeout=120)
        shutil.rmtree(root)


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9, of this process only: what it started goes on, as after a crash."""
    process.kill()
    process.wait(timeout=30)


def wait_until(condition: Callable[[], bool], what: str, timeout: float = 30) -> None:
    """Wait for a condition; the failure names what was awaited."""
    assert await_true(condition, timeout=timeout), f"waited {timeout:.0f} s for {what}"


def processes_naming(text: str) -> list[str]:
    """Command lines of running processes that contain ``text``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text in command and int(folder.name) != os.getpid():
            found.append(command)
    return found


def qemu_pids(home: LabHome) -> set[int]:
    """Processes of the machines of an installation."""
    pids = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"qemu-system" in command and str(home.root).encode() in command:
            pids.add(int(folder.name))
    return pids


def qemu_pid(home: LabHome, vm: str) -> int:
    """The process of one machine."""
    [pid] = [
        pid
        for pid in qemu_pids(home)
        if f"/{vm}/racine.qcow2" in Path(f"/proc/{pid}/cmdline").read_text()
    ]
    return pid


def listening_ports(pids: set[int]) -> set[int]:
    """TCP ports that any of these processes listen on."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    ports = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports
