#!/usr/bin/python3 -IXutf8
"""Runs the lab's commands as root, asked over a virtio port instead of the network.

It stays in memory, and so in saved states: a restored machine answers at once, without the key
exchange and the new processes that an SSH connection costs under emulation, and a Python program
runs in a fork of this process, which has Python and what programs import already. Modules that a
program brings are compiled once: see ``Compiled``.

One JSON object a line, both ways. From the host: {"hello": nonce} first, answered with the same
and the protocol's version; then {"id", "clock": seconds} sets the time, {"id", "argv", "stdin",
"timeout", "limit"} runs a program, {"cancel": id} ends it. Answers: {"id", "exit", "stdout",
"stderr"} or {"id", "error"}. Bytes are in base 64.
"""

import base64
import builtins
import fcntl
import json
import os
import pwd
import select
import selectors
import signal
import sys
import time
import traceback
from ast import literal_eval
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import CodeType
from typing import Any, NamedTuple, NoReturn

PRELOADED = (
    "contextlib",
    "grp",
    "hashlib",
    "jeepney.io.blocking",
    "pathlib",
    "re",
    "shutil",
    "socket",
    "stat",
    "struct",
    "subprocess",
    "tempfile",
    "threading",
)
"""What the lab's programs import, loaded before they are forked."""
PROTOCOL = 1
LINE_LIMIT = 32 * 2**20
"""Bytes of one request: a machine has little memory, and the host sends far less."""
PYTHON = ["python3", "-I", "-X", "utf8", "-"]
"""The program whose source comes by its standard input: run in a fork."""
MODULES = b"MODULES = "
"""How the first line of a program begins that brings modules of its own: a JSON text, as a Python
literal, of pairs of a name and a source."""
CHUNK = 65536
NOT_FOUND = 127
SIGNALLED = 128


class Cancelled(BaseException):
    """The host does not want the answer any more."""


class Compiled:
    """The code of the modules that programs bring, by their sources.

    Compiling costs more than running, under emulation. This process never runs them: a fork that
    does finds its own in ``COMPILED``, a name of the program's.
    """

    LIMIT = 64

    def __init__(self) -> None:
        self.codes: dict[str, CodeType] = {}

    def prepare(self, program: bytes) -> None:
        """Compile the program's modules that are not yet known."""
        first = program.partition(b"\n")[0]
        if not first.startswith(MODULES):
            return
        modules = json.loads(literal_eval(first[len(MODULES) :].decode()))
        if len(self.codes) > self.LIMIT:
            self.codes.clear()
        for name, source in modules:
            if source not in self.codes:
                self.codes[source] = compile(source, name, "exec")


class Program(NamedTuple):
    """What to run, and what is known of its modules."""

    argv: list[str]
    stdin: bytes
    compiled: dict[str, CodeType]


class Agent:
    """Serves one port until the process ends."""

    def __init__(self, port: int, lost: Callable[[], None]) -> None:
        self._port = port
        self._lost = lost
        """Blocks until the host is there again."""
        self._selector = selectors.DefaultSelector()
        self._in = bytearray()
        self._out = bytearray()
        self._workers: dict[str, int] = {}
        """By request id: process id."""
        self._compiled = Compiled()

    def serve(self) -> NoReturn:
        """Obey for ever."""
        self._selector.register(self._port, selectors.EVENT_READ, self._listen)
        while True:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
            self._selector.modify(self._port, wanted, self._listen)
            for key, events in self._selector.select():
                key.data(key.fd, events)

    def _listen(self, port: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._send()
        if not events & selectors.EVENT_READ:
            return
        try:
            data = os.read(port, CHUNK)
        except BlockingIOError:
            return
        if not data:
            # Nobody on the host's side: what was half said is worth nothing to the next one.
            self._in.clear()
            self._out.clear()
            self._selector.unregister(port)
            self._lost()
            self._selector.register(port, selectors.EVENT_READ, self._listen)
            return
        self._in += data
        while (end := self._in.find(b"\n")) >= 0:
            line = bytes(self._in[:end])
            del self._in[: end + 1]
            self._obey(line)
        if len(self._in) > LINE_LIMIT:
            self._in.clear()

    def _send(self) -> None:
        try:
            sent = os.write(self._port, self._out[:CHUNK])
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()
            return
        del self._out[:sent]

    def _answer(self, answer: dict[str, Any]) -> None:
        self._out += json.dumps(answer).encode() + b"\n"

    def _obey(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except ValueError:
            # The end of what an earlier host began.
            return
        if "hello" in request:
            # Ends the line that a saved state was taken in the middle of.
            self._out += b"\n"
            self._answer({"hello": request["hello"], "protocol": PROTOCOL})
        elif "cancel" in request:
            worker = self._workers.get(request["cancel"])
            if worker is not None:
                os.kill(worker, signal.SIGTERM)
        elif "clock" in request:
            self._answer({"id": request["id"], **set_clock(request["clock"])})
        else:
            self._begin(request)

    def _begin(self, request: dict[str, Any]) -> None:
        stdin = base64.b64decode(request.pop("stdin"))
        if request["argv"] == PYTHON:
            with suppress(SyntaxError, ValueError, TypeError):
                # What cannot be compiled says so where it runs.
                self._compiled.prepare(stdin)
        inside, outside = os.pipe()
        worker = os.fork()
        if worker == 0:
            os.close(inside)
            program = Program(request["argv"], stdin, self._compiled.codes)
            work(self._port, outside, request, program)
        os.close(outside)
        os.set_blocking(inside, False)
        self._workers[request["id"]] = worker
        report = bytearray()

        def collect(pipe: int, _events: int) -> None:
            data = os.read(pipe, CHUNK)
            report.extend(data)
            if data:
                return
            self._selector.unregister(pipe)
            os.close(pipe)
            os.waitpid(self._workers.pop(request["id"]), 0)
            if report:
                self._out += report
            else:
                self._answer({"id": request["id"], "error": "interrompue"})

        self._selector.register(inside, selectors.EVENT_READ, collect)


def set_clock(seconds: float) -> dict[str, Any]:
    """Set the time; what is to be answered."""
    try:
        time.clock_settime(time.CLOCK_REALTIME, seconds)
    except OSError as error:
        return {"error": str(error)}
    return {"exit": 0, "stdout": "", "stderr": ""}


def work(port: int, pipe: int, request: dict[str, Any], program: Program) -> NoReturn:
    """A worker's whole life: run one program, write the answer to ``pipe``, end."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, _cancelled)
        # Replaced, not closed: a pipe that took the number of a standard stream would be lost.
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, port)
        os.close(null)
        answer = {"id": request["id"]}
        try:
            answer |= carry_out(request, program)
        except OSError as error:
            answer["error"] = str(error)
        data = memoryview(json.dumps(answer).encode() + b"\n")
        while data:
            data = data[os.write(pipe, data) :]
    except Cancelled:
        pass
    finally:
        os._exit(0)


def _cancelled(_signal: int, _frame: object) -> NoReturn:
    raise Cancelled


def carry_out(request: dict[str, Any], program: Program) -> dict[str, Any]:
    """Run a program with its deadline; what is to be answered."""
    pipes = [os.pipe() for _ in range(3)]
    child = os.fork()
    if child == 0:
        become(program, pipes)
    for mine, its in ((pipes[0][1], pipes[0][0]), *pipes[1:]):
        os.close(its)
        os.set_blocking(mine, False)
    ends = pipes[0][1], pipes[1][0], pipes[2][0]
    try:
        late, out, err = converse(*ends, program.stdin, request["timeout"], request["limit"])
    except BaseException:
        os.killpg(child, signal.SIGKILL)
        raise
    if late:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return {"error": "délai dépassé"}
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {
        "exit": status if status >= 0 else SIGNALLED - status,
        "stdout": base64.b64encode(out).decode(),
        "stderr": base64.b64encode(err).decode(),
    }


def converse(
    into: int, out: int, err: int, data: bytes, timeout: float, limit: int
) -> tuple[bool, bytes, bytes]:
    """Feed ``data`` and drain both outputs together until they end.

    Returns:
        Whether the deadline passed first, and both outputs, ``limit`` bytes of each at most.
    """
    deadline = time.monotonic() + timeout
    kept = {out: bytearray(), err: bytearray()}
    pending = memoryview(data)
    with selectors.DefaultSelector() as selector:
        selector.register(out, selectors.EVENT_READ)
        selector.register(err, selectors.EVENT_READ)
        if pending:
            selector.register(into, selectors.EVENT_WRITE)
        else:
            os.close(into)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready and time.monotonic() >= deadline:
                return True, b"", b""
            for key, _events in ready:
                if key.fd == into:
                    try:
                        pending = pending[os.write(into, pending[:CHUNK]) :]
                    except BrokenPipeError:
                        # It ended without reading everything: its exit status tells the story.
                        pending = pending[:0]
                    if not pending:
                        selector.unregister(into)
                        os.close(into)
                elif chunk := os.read(key.fd, CHUNK):
                    kept[key.fd] += chunk[: max(0, limit - len(kept[key.fd]))]
                else:
                    selector.unregister(key.fd)
    return False, bytes(kept[out]), bytes(kept[err])


def become(program: Program, pipes: list[tuple[int, int]]) -> NoReturn:
    """Turn this process into the program."""
    status = NOT_FOUND
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for number, end in enumerate((pipes[0][0], pipes[1][1], pipes[2][1])):
            os.dup2(end, number)
        os.closerange(3, 256)
        login()
        if program.argv == PYTHON:
            status = run_python(program)
        else:
            # Python ignores it; programs expect to die of it.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execvp(program.argv[0], program.argv)
    except OSError as error:
        os.write(2, f"{program.argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(status)


def login() -> None:
    """What a login of root would have set."""
    root = pwd.getpwuid(0)
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": root.pw_dir,
        "SHELL": root.pw_shell,
        "USER": root.pw_name,
        "LOGNAME": root.pw_name,
    }
    try:
        with open("/etc/default/locale", encoding="utf-8") as lines:
            for line in lines:
                name, equals, value = line.strip().partition("=")
                if equals and not name.startswith("#"):
                    environment[name] = value.strip("\"'")
    except OSError:
        pass
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(root.pw_dir)
    try:
        # As pam_loginuid(8) does: the audit log tells whose session this is.
        with open("/proc/self/loginuid", "w", encoding="ascii") as audit:
            audit.write("0")
    except OSError:
        pass


def run_python(program: Program) -> int:
    """Run a program in this process; its exit status."""
    sys.argv = ["-"]
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    status = 0
    try:
        module = {"__name__": "__main__", "__builtins__": builtins, "COMPILED": program.compiled}
        exec(compile(program.stdin, "<stdin>", "exec"), module)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            sys.stderr.write(leaving.code + "\n")
    except BaseException:
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            status = status or 1
    return status & 0xFF


class HostWatch:
    """Sleeps until the host opens its side: while it is closed, the port is always "readable".

    The kernel sends SIGIO when that changes (drivers/char/virtio_console.c, fops_fasync).
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._wake, told = os.pipe()
        for end in (self._wake, told):
            os.set_blocking(end, False)
        signal.signal(signal.SIGIO, lambda *_: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        fcntl.fcntl(port, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(port, fcntl.F_GETFL)
        fcntl.fcntl(port, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)

    def wait(self) -> None:
        """Return once the host's side is open."""
        poller = selectors.DefaultSelector()
        poller.register(self._wake, selectors.EVENT_READ)
        while self._closed():
            poller.select()
            os.read(self._wake, CHUNK)
        poller.close()

    def _closed(self) -> bool:
        poller = select.poll()
        poller.register(self._port, select.POLLHUP)
        return any(events & select.POLLHUP for _fd, events in poller.poll(0))


def main() -> None:
    """Serve the port named on the command line."""
    for name in PRELOADED:
        import_module(name)
    port = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    Agent(port, HostWatch(port).wait).serve()


if __name__ == "__main__":
    main()
