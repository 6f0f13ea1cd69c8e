"""This host in the place of a machine: units are processes, everything else is the real thing."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from pcapra_lab.remote.result import CommandResult

_SYSTEMD_RUN = """\
#!/bin/sh
for word; do
    case "$word" in
        --unit=*) unit=${word#--unit=}; shift ;;
        --*) shift ;;
        *) break ;;
    esac
done
setsid "$@" >"$UNITS/$unit.out" 2>&1 </dev/null &
echo $! >"$UNITS/$unit.pid"
"""
_SYSTEMCTL = """\
#!/bin/sh
verb=$1
for unit; do :; done
pid=$(cat "$UNITS/$unit.pid" 2>/dev/null) || exit 3
# One that is dead may wait for its parent to hear of it.
alive() { kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:[[:space:]]*[ZX]' "/proc/$pid/status"; }
case "$verb" in
    is-active) alive ;;
    stop)
        kill "$pid" 2>/dev/null
        while alive; do :; done
        rm -f "$UNITS/$unit.pid" ;;
esac
"""


class LocalMachine:
    """Runs errands here, with a ``systemd-run`` and a ``systemctl`` of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "run"
        self._units = folder / "units"
        programs = folder / "bin"
        for one in (self._units, programs):
            one.mkdir(parents=True)
        for name, text in (("systemd-run", _SYSTEMD_RUN), ("systemctl", _SYSTEMCTL)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self._env = {**os.environ, "PATH": f"{programs}:/usr/bin:/bin", "UNITS": str(self._units)}

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        ended = subprocess.run(
            argv, input=stdin, capture_output=True, timeout=timeout, env=self._env, check=False
        )
        return CommandResult(ended.returncode, ended.stdout, ended.stderr)

    def pid(self, unit: str) -> int:
        return int((self._units / f"{unit}.pid").read_text())

    def kill(self, unit: str) -> None:
        """As a power cut would: nothing is said, nothing is finished."""
        os.kill(self.pid(unit), signal.SIGKILL)

    def output(self, unit: str) -> str:
        return (self._units / f"{unit}.out").read_text()

    def end(self) -> None:
        for one in self._units.glob("*.pid"):
            try:
                os.kill(int(one.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                continue


def wait_for(what: str, seconds: float, holds: object) -> None:
    """Await a condition, given as a callable.

    Raises:
        AssertionError: it does not hold in time.
    """
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not in time: {what}"
        threading.Event().wait(0.02)
