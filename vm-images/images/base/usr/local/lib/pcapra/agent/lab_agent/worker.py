"""A worker's life: one program, as a login of root, with a deadline; its outputs in one answer."""

import base64
import json
import os
import pwd
import selectors
import signal
import time
from typing import Any, NoReturn

from lab_agent.program import PYTHON, Program, run_python

CHUNK = 65536
NOT_FOUND = 127
SIGNALLED = 128


class Cancelled(BaseException):
    """The host does not want the answer any more."""


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
