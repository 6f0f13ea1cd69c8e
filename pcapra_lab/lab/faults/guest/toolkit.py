"""What the scripts of all faults share inside a machine.

A fault's script has three functions. ``prepare`` changes nothing: it finds out whether the fault
is possible and answers what undoing will need, which the host keeps. ``act`` does it. ``undo``
may be called for a fault that was never injected, or is undone already. Standard library only,
Python 3.11: both files are sent over SSH to a bare ``python3``, see ``guest_call.py``.

A job has ``kind``, ``verb`` and the fields of its kind. The reply's ``lead`` and ``tail`` are the
seconds from the start of this process to the deed and from the deed to the reply: the host
narrows down with them when it happened.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

Job = dict[str, Any]
Reply = dict[str, Any]

COMMAND_SECONDS = 100.0
"""systemd gives a service 90 s to start (DefaultTimeoutStartSec)."""


class Refusal(Exception):
    """It cannot be done. ``reason`` is a code that the host puts into words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Deed:
    """When the deed was done, on a clock that no fault changes."""

    def __init__(self) -> None:
        self.before = self.after = uptime()

    @contextmanager
    def done(self) -> Iterator[None]:
        """Around what takes effect."""
        self.before = uptime()
        yield
        self.after = uptime()


def uptime() -> float:
    """Seconds since this machine booted."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def process_start() -> float:
    """The latest that this process can have begun, in seconds since boot (proc(5), field 22)."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    # The kernel rounds down to a tick.
    return (int(fields[19]) + 1) / os.sysconf("SC_CLK_TCK")


def run(*argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a system program, whatever the trainee's locale."""
    try:
        return subprocess.run(
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise Refusal("no-program", argv[0]) from error
    except subprocess.TimeoutExpired as error:
        raise Refusal("too-long", " ".join(argv)) from error


def must(*argv: str, stdin: str = "") -> str:
    """Run a system program that has to succeed; its standard output."""
    ended = run(*argv, stdin=stdin)
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip()
        raise Refusal("program-failed", f"{' '.join(argv)} ({ended.returncode}) : {said[-300:]}")
    return ended.stdout


def has_link(device: str) -> bool:
    """Whether there is a network link of that name."""
    try:
        socket.if_nametoindex(device)
    except OSError:
        return False
    return True


@contextmanager
def alone() -> Iterator[None]:
    """One job at a time in this machine.

    A host that lost the link undoes what may still be going on here.
    """
    # A folder can be locked as it is: no file to make on a disk that may be full.
    handle = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main(script: ModuleType, job: Job) -> None:
    """Do one job with its kind's script, and print the reply."""
    # A login without a shell's set-up files may lack the administrator's programs.
    os.environ["PATH"] = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin"
    verb: Callable[[Job, Deed], Reply] = getattr(script, job["verb"])
    deed = Deed()
    reply: Reply
    try:
        with alone():
            reply = {"ok": True, **verb(job, deed)}
    except Refusal as refusal:
        reply = {"ok": False, "reason": refusal.reason, "detail": refusal.detail}
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reply = {"ok": False, "reason": "os-error", "detail": f"{error.strerror}{where}"}
    if reply["ok"]:
        reply["lead"] = deed.before - process_start()
        reply["tail"] = uptime() - deed.after
    sys.stdout.write("\n" + json.dumps(reply) + "\n")
