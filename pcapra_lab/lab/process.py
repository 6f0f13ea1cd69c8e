"""The one door to host processes: argument lists, a deadline, a cancel, errors that explain."""

import os
import selectors
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from pcapra_lab.errors import Cancelled, EnvironmentProblem, LabError
from pcapra_lab.i18n import _

TAIL_LINES = 15
POLL_SECONDS = 0.2
"""How late a cancel may be noticed while the program is silent."""


class ProcessFailed(LabError):
    """A host program failed; the message carries its last lines."""


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    cancel: threading.Event | None = None,
    on_line: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    hint: str = "",
) -> str:
    """Run a program to its end and return its standard output.

    Standard error is merged into the tail of lines shown on failure, and given with standard
    output, line by line, to ``on_line``.

    Args:
        argv: the program and its arguments; no shell.
        timeout: seconds before the whole process group is killed.
        cancel: when set, the process group is ended and ``Cancelled`` raised.
        hint: the remedy shown if it fails.

    Raises:
        EnvironmentProblem: the program is not installed, or this account may not run it.
        ProcessFailed: non-zero exit status, or the deadline passed.
        Cancelled: ``cancel`` was set.
    """
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise _not_started(argv, error) from error
    try:
        return _follow(process, argv, timeout, cancel, on_line, stdin, hint)
    except BaseException:
        end_group(process)
        raise
    finally:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None and not stream.closed:
                stream.close()


def run_attached(argv: Sequence[str], *, hint: str) -> None:
    """Run a program on the person's own terminal, so that it may ask for a password.

    Raises:
        EnvironmentProblem: the program is not installed, or this account may not run it.
        ProcessFailed: non-zero exit status.
    """
    try:
        # Its words go to standard error: standard output may be promised to a program.
        done = subprocess.run(argv, stdout=sys.stderr, check=False)
    except (FileNotFoundError, PermissionError) as error:
        raise _not_started(argv, error, hint) from error
    if done.returncode != 0:
        raise ProcessFailed(
            _("« {argv} » a échoué (code {returncode})").format(
                argv=shlex.join(argv), returncode=done.returncode
            ),
            hint=hint,
        )


def run_aside(argv: Sequence[str], *, env: Mapping[str, str], timeout: float) -> bool:
    """Run a program that starts others, such as a browser, which outlive it; whether it did well.

    It has no part in this terminal. Past the deadline (seconds) it is left to itself, and counts
    as having done well: what it started may be all there is to wait for.

    Raises:
        EnvironmentProblem: the program is not installed, or this account may not run it.
    """
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(env),
            start_new_session=True,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise _not_started(argv, error) from error
    try:
        return process.wait(timeout) == 0
    except subprocess.TimeoutExpired:
        return True


def _not_started(argv: Sequence[str], error: OSError, hint: str = "") -> EnvironmentProblem:
    return EnvironmentProblem(
        _("le programme « {argv} » est introuvable ({strerror})").format(
            argv=argv[0], strerror=error.strerror
        ),
        hint=hint or _("pcapra-lab doctor --fix installe ce qui manque"),
    )


def _follow(
    process: subprocess.Popen[bytes],
    argv: Sequence[str],
    timeout: float,
    cancel: threading.Event | None,
    on_line: Callable[[str], None] | None,
    stdin: bytes | None,
    hint: str,
) -> str:
    deadline = time.monotonic() + timeout
    output = bytearray()
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    if stdin is not None and process.stdin is not None:
        threading.Thread(target=_write, args=(process.stdin, stdin), daemon=True).start()
    with selectors.DefaultSelector() as selector:
        pending: dict[int, bytearray] = {}
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ)
                pending[stream.fileno()] = bytearray()
        while selector.get_map():
            _check(argv, deadline, timeout, cancel, tail, hint)
            for key, __ in selector.select(POLL_SECONDS):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                    continue
                if key.fileobj is process.stdout:
                    output += chunk
                for line in _lines(pending[key.fd], chunk):
                    tail.append(line)
                    if on_line is not None:
                        on_line(line)
        # A program may close its outputs long before it ends.
        while (code := process.poll()) is None:
            _check(argv, deadline, timeout, cancel, tail, hint)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=POLL_SECONDS)
    if code != 0:
        raise ProcessFailed(
            _("« {argv} » a échoué (code {code})\n").format(argv=shlex.join(argv), code=code)
            + "\n".join(tail),
            hint=hint,
        )
    return output.decode(errors="replace")


def _check(
    argv: Sequence[str],
    deadline: float,
    timeout: float,
    cancel: threading.Event | None,
    tail: Iterable[str],
    hint: str,
) -> None:
    if cancel is not None and cancel.is_set():
        raise Cancelled
    if time.monotonic() > deadline:
        raise ProcessFailed(
            _("« {argv} » n'a pas fini en {timeout:.0f} s\n").format(
                argv=shlex.join(argv), timeout=timeout
            )
            + "\n".join(tail),
            hint=hint,
        )


def _write(stream: IO[bytes], data: bytes) -> None:
    try:
        stream.write(data)
        stream.close()
    except BrokenPipeError:
        # The program ended without reading everything: its exit status tells the story.
        return


def _lines(buffer: bytearray, chunk: bytes) -> list[str]:
    buffer += chunk
    *whole, rest = buffer.replace(b"\r", b"\n").split(b"\n")
    buffer[:] = rest
    return [line.decode(errors="replace") for line in whole if line.strip()]


def end_group(process: subprocess.Popen[bytes], grace: float = 5.0) -> None:
    """End a process started in its own session, and all it started: TERM, then KILL."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        # The program may have ended before what it started: the group outlives its leader.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace)
