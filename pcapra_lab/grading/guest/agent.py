"""Gather facts about this machine, as root, and print them as one JSON document.

The grader sends this source over SSH to ``python3 -I -X utf8 -`` followed by one line that calls
``main``: nothing is installed in the guest. Standard library only, Python 3.11. The agent reports
facts and never judges them, so that no expected value needs to enter the guest.

A job is ``{"marker", "stop_on_failure", "items"}``; each item has ``id``, ``kind``
(``file``, ``package``, ``command`` or ``script``), ``timeout`` in seconds and the fields of its
kind. The reply stands between two markers only the caller knows, so stray output cannot be
taken for it, nor spoil it.
"""

import contextlib
import errno
import grp
import hashlib
import json
import os
import pwd
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

Item = dict[str, Any]
Fact = dict[str, Any]

STDOUT_LIMIT = 64 * 1024
STDERR_LIMIT = 8 * 1024
CONTENT_LIMIT = 256 * 1024
HASH_LIMIT = 4 * 1024 * 1024
KILL_GRACE = 2.0
"""Seconds between SIGTERM and SIGKILL: time to release a repository's lock."""
SAFE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Failure(Exception):
    """A fact that cannot be had. ``reason`` is a code that the host puts into words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


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
    argv: list[str], *, env: dict[str, str], cwd: str, timeout: float, tail: bool = False
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
    out = Kept(process.stdout, STDOUT_LIMIT, tail)
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


def _account(user: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(user)
    except KeyError:
        raise Failure("no-user", user) from None


def _run_as(item: Item, argv: list[str]) -> Fact:
    account = _account(item["user"])
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


def command_fact(item: Item) -> Fact:
    """Run an argument vector. ``user``, ``argv``, ``env``."""
    return _run_as(item, item["argv"])


def script_fact(item: Item) -> Fact:
    """Run a script from a private folder that is removed after. ``user``, ``source``, ``args``."""
    source: str = item["source"]
    first = source.partition("\n")[0]
    if not first.startswith("#!") or not first[2:].strip():
        raise Failure("no-shebang")
    # As the kernel does (execve(2)): one interpreter, at most one argument. Done here because
    # /run may be mounted noexec.
    interpreter = first[2:].strip().split(maxsplit=1)
    account = _account(item["user"])
    # /run is in memory: a full disk, which some exercises are about, does not stop the grader.
    folder = tempfile.mkdtemp(prefix="pcapra-", dir="/run" if os.access("/run", os.W_OK) else None)
    try:
        path = Path(folder, Path(item["name"]).name)
        path.write_text(source, encoding="utf-8", newline="")
        path.chmod(0o700)
        if account.pw_uid != os.geteuid():
            for owned in (path, Path(folder)):
                os.chown(owned, account.pw_uid, account.pw_gid)
        return _run_as(item, [*interpreter, str(path), *item.get("args", [])])
    finally:
        # The verdict matters more than a leftover that the next power-off removes.
        shutil.rmtree(folder, ignore_errors=True)


def package_fact(item: Item) -> Fact:
    """Ask dpkg for the state of ``name``: ``installed``, ``config-files``, … or ``absent``."""
    fact = run_process(
        ["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}\\n", "--", item["name"]],
        env={"PATH": SAFE_PATH, "LANG": "C.UTF-8"},
        cwd="/",
        timeout=item["timeout"],
    )
    if fact["timed_out"]:
        raise Failure("deadline")
    # dpkg-query(1): 0 found, 1 no such package, 2 trouble.
    if fact["exit"] not in (0, 1):
        raise Failure("dpkg", fact["stderr"].strip())
    states = [line.split(" ") for line in fact["stdout"].splitlines()]
    states.sort(key=lambda state: state[0] != "installed")
    status, version = states[0] if states else ("absent", "")
    return {"kind": "package", "status": status, "version": version, "seconds": fact["seconds"]}


def file_fact(item: Item) -> Fact:
    """Look at ``path``. ``content`` and ``sha256`` are booleans: whether to read, to hash."""
    started = time.monotonic()
    fact: Fact = {"kind": "file", "type": "absent"}
    path = item["path"]
    try:
        info = Path(path).lstat()
        fact["type"] = "broken-link"
        if stat.S_ISLNK(info.st_mode):
            info = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return {**fact, "seconds": time.monotonic() - started}
    fact["type"] = _file_type(info.st_mode)
    fact["mode"] = f"{stat.S_IMODE(info.st_mode):04o}"
    fact["owner"] = _name(lambda: pwd.getpwuid(info.st_uid).pw_name, info.st_uid)
    fact["group"] = _name(lambda: grp.getgrgid(info.st_gid).gr_name, info.st_gid)
    fact["size"] = info.st_size
    if fact["type"] == "file" and (item.get("content") or item.get("sha256")):
        _read(path, item, fact)
    return {**fact, "seconds": time.monotonic() - started}


def _read(path: str, item: Item, fact: Fact) -> None:
    # Non-blocking: between the look and the opening the file may have become a FIFO.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Failure("changed")
        limit = HASH_LIMIT if item.get("sha256") else CONTENT_LIMIT
        data = stream.read(limit + 1)
    fact["truncated"] = len(data) > limit
    if item.get("content"):
        fact["content"] = data[:CONTENT_LIMIT].decode("utf-8", "backslashreplace")
    elif not fact["truncated"]:
        fact["size"] = len(data)
        fact["sha256"] = hashlib.sha256(data).hexdigest()


def _file_type(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "directory" if stat.S_ISDIR(mode) else "other"


def _name(find: Callable[[], str], number: int) -> str:
    try:
        return find()
    except KeyError:
        return str(number)


def _within(item: Item, look: Callable[[Item], Fact]) -> Fact:
    """Give up after the item's timeout on a file system that does not answer (dead FUSE, NFS)."""
    box: list[Fact] = []
    worker = threading.Thread(target=lambda: box.append(_guard(item, look)), daemon=True)
    worker.start()
    worker.join(item["timeout"])
    if not box:
        return {"kind": "error", "reason": "deadline", "detail": "", "seconds": item["timeout"]}
    return box[0]


def _guard(item: Item, look: Callable[[Item], Fact]) -> Fact:
    started = time.monotonic()
    try:
        return look(item)
    except Failure as failure:
        reason, detail = failure.reason, failure.detail
    except OSError as error:
        reason, detail = "os", errno.errorcode.get(error.errno or 0, str(error))
    except Exception as error:
        # One broken item must not cost the others their facts.
        reason, detail = "internal", f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    return {"kind": "error", "reason": reason, "detail": detail, "seconds": seconds}


def evaluate(item: Item) -> Fact:
    """The fact an item asks for; never raises."""
    if item["kind"] == "file":
        return _within(item, file_fact)
    looks = {"command": command_fact, "script": script_fact, "package": package_fact}
    return _guard(item, looks[item["kind"]])


def gather(job: dict[str, Any]) -> dict[str, Fact]:
    """All facts of a job, by item id.

    One after the other: two programs that lock the same repository must not meet, and a guest
    has few processors to gain from.
    """
    facts: dict[str, Fact] = {}
    for item in job["items"]:
        fact = facts[item["id"]] = evaluate(item)
        failed = fact["kind"] == "error" or fact.get("timed_out") or fact.get("exit")
        if failed and job.get("stop_on_failure"):
            break
    return facts


def main(job: dict[str, Any]) -> None:
    """Print the reply and end at once, whatever threads still hang on a dead file system."""
    reply = json.dumps({"facts": gather(job)})
    marker = job["marker"]
    sys.stdout.write(f"\n{marker}{reply}{marker}\n")
    sys.stdout.flush()
    os._exit(0)
