"""Run a program of the guest, bounded in time and in output."""

import contextlib
import errno
import os
import pwd
import selectors
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

from pcapra_lab.grading.guest.core import SAFE_PATH, Fact, Failure, Item

STDOUT_LIMIT = 64 * 1024
STDERR_LIMIT = 8 * 1024
KILL_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL: time to release a repository's lock."""


class Kept:
    """The first bytes of a stream, or the last ones, and whether any were lost."""

    def __init__(self, stream: IO[bytes], limit: int, tail: bool) -> None:
        self.stream = stream
        self.limit = limit
        self.tail = tail
        self.data = bytearray()
        self.truncated = False
        os.set_blocking(stream.fileno(), False)

    def pull(self) -> bool:
        """Read what is there. False once nothing more will come, or nothing is there."""
        try:
            chunk = os.read(self.stream.fileno(), 65536)
        except BlockingIOError:
            return False
        self.data += chunk
        extra = len(self.data) - self.limit
        if extra > 0:
            self.truncated = True
            del self.data[slice(extra) if self.tail else slice(self.limit, None)]
        return bool(chunk)

    def text(self) -> str:
        """What was kept, bytes that are not UTF-8 shown as ``\\xNN``."""
        return self.data.decode("utf-8", "backslashreplace")


def run_process(
    argv: list[str],
    *,
    env: dict[str, str],
    cwd: str,
    timeout: float,
    tail: bool = False,
    limit: int = STDOUT_LIMIT,
) -> Fact:
    """Run ``argv`` in a session of its own; past the deadline all of it is killed.

    What it leaves in the background on purpose (a mount, a daemon) outlives it, and is not
    waited for even when it holds the output open.
    """
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR):
            raise
        # The shell's convention: 127 not found, 126 found but not executable.
        status = 127 if error.errno in (errno.ENOENT, errno.ENOTDIR) else 126
        return {
            "kind": "run",
            "exit": status,
            "stdout": "",
            "stderr": f"{argv[0]}: {error.strerror}",
            "truncated": False,
            "timed_out": False,
            "seconds": 0.0,
        }
    assert process.stdout and process.stderr
    out = Kept(process.stdout, limit, tail)
    err = Kept(process.stderr, STDERR_LIMIT, True)
    with process:
        timed_out = _follow(process, (out, err), started + timeout)
    return {
        "kind": "run",
        "exit": process.returncode,
        "stdout": out.text(),
        "stderr": err.text(),
        "truncated": out.truncated,
        "timed_out": timed_out,
        "seconds": time.monotonic() - started,
    }


def _follow(process: subprocess.Popen[bytes], streams: tuple[Kept, ...], deadline: float) -> bool:
    """Collect output until the process ends or is killed. True when its deadline passed."""
    timed_out = False
    pidfd = os.pidfd_open(process.pid)
    family: list[int] = []
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(pidfd, selectors.EVENT_READ)
            for kept in streams:
                selector.register(kept.stream, selectors.EVENT_READ, kept)
            ended = False
            while not ended:
                left = deadline - time.monotonic()
                if left <= 0:
                    if timed_out:
                        break
                    timed_out = True
                    deadline += KILL_GRACE
                    family = _open_descendants(process.pid)
                    _kill(process.pid, family, signal.SIGTERM)
                    continue
                for key, _ in selector.select(left):
                    if key.data is None:
                        ended = True
                    elif not key.data.pull():
                        selector.unregister(key.fileobj)
        if timed_out:
            # Before the leader is reaped, so that its group's number cannot be someone else's.
            _kill(process.pid, family, signal.SIGKILL)
    finally:
        for descriptor in (pidfd, *family):
            os.close(descriptor)
    process.wait()
    for kept in streams:
        # Bounded: a process in the background may go on writing for ever.
        for _ in range(64):
            if not kept.pull():
                break
    return timed_out


def _kill(group: int, family: list[int], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
    for pidfd in family:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, number)


def _open_descendants(ancestor: int) -> list[int]:
    """Process descriptors of all that descend from ``ancestor``, whatever their group.

    A script may start a session of its own (as cron does for a job); a daemon, whose parent has
    gone, is no longer a descendant and is spared.
    """
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # proc(5): the parent is the second field after the name, which may hold anything.
            parent = int(path.read_bytes().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    opened = []
    waiting = list(children.get(ancestor, ()))
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        with contextlib.suppress(ProcessLookupError):
            opened.append(os.pidfd_open(pid))
    return opened


def account_of(user: str) -> pwd.struct_passwd:
    """The account, which may not exist."""
    try:
        return pwd.getpwnam(user)
    except KeyError:
        raise Failure("no-user", user) from None


def run_as(item: Item, argv: list[str]) -> Fact:
    """Run ``argv`` as the item's ``user``, in their home, with its ``env``."""
    account = account_of(item["user"])
    if account.pw_uid != os.geteuid():
        argv = ["runuser", "-u", account.pw_name, "--", *argv]
    env = {
        "HOME": account.pw_dir,
        "USER": account.pw_name,
        "LOGNAME": account.pw_name,
        "SHELL": account.pw_shell,
        "PATH": SAFE_PATH,
        "LANG": "C.UTF-8",
        **item.get("env", {}),
    }
    home = account.pw_dir if Path(account.pw_dir).is_dir() else "/"
    return run_process(
        argv, env=env, cwd=home, timeout=item["timeout"], tail=item.get("tail", False)
    )
