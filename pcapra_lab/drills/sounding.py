"""A drill's availability clients in their machines: started, looked at, stopped.

A look starts no interpreter: it shares its machine with probes that it must not make late. Its
clock is /proc/uptime's, which advances by hundredths of a second.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pcapra_lab.content.availability import (
    AnswersState,
    AnyProbe,
    AnyState,
    Availability,
    CommandProbe,
    HttpProbe,
    OutputState,
    TcpProbe,
    VipState,
)
from pcapra_lab.content.base import seconds
from pcapra_lab.drills import errands
from pcapra_lab.drills.clocks import ClockSample
from pcapra_lab.drills.errands import Errands
from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import RunInGuest

UNIT = "pcapra-sonde"
LOOK_SECONDS = 10.0
CHUNK = 512 * 1024
"""Bytes in one look: minutes of ten probes a second."""
RESOLUTION = 0.01
"""Seconds: of /proc/uptime, proc(5)."""
_LOOK = """\
read -r id </proc/sys/kernel/random/boot_id
read -r up rest </proc/uptime
printf '%s %s\\n' "$id" "$up"
[ ! -f "$1" ] || tail -c "+$2" "$1" | head -c "$3"
read -r up rest </proc/uptime
printf '\\n%s\\n' "$up"
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one look at a client brought."""

    lines: str
    """Whole lines, since the last look."""
    offset: int
    """Where the next look begins."""
    sample: ClockSample
    """Of the machine's CLOCK_BOOTTIME."""


class Sounding:
    """One drill's availability clients.

    Args:
        run: the way to the machines.
        availability: what is probed and followed, parameters filled in.
        token: the drill's: letters and digits.
        owners: tells machines by their hardware address on the lab's segment.
        folder: where programs and journals are, in the machines; ``errands.FOLDER`` if None.
        clock: the host's CLOCK_MONOTONIC, in seconds.
    """

    def __init__(
        self,
        run: RunInGuest,
        availability: Availability,
        token: str,
        owners: Callable[[], Mapping[str, str]],
        *,
        folder: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._errands = Errands(run, clock)
        self._availability = availability
        self._token = token
        self._owners = owners
        self._folder = folder or errands.FOLDER
        self._clock = clock

    def start(self) -> None:
        """Start them, the client last: what it probes is there, and so is what is followed.

        Raises:
            LabError: a machine cannot be reached, or refused.
        """
        owners = self._owners()
        for vm in reversed(self._availability.vms):
            job = job_of(self._availability, vm, owners) | {"journal": self._journal}
            words = _("sonde de disponibilité")
            self._errands.start(vm, UNIT, words, "availability", job, self._folder)

    def look(self, vm: str, offset: int) -> Heard:
        """What a machine's client told since the last look.

        Raises:
            LabError: the machine cannot be reached.
        """
        argv = ["sh", "-c", _LOOK, "sonde", self._journal, str(offset + 1), str(CHUNK)]
        before = self._clock()
        result = self._run(vm, argv, b"", LOOK_SECONDS)
        after = self._clock()
        first, _newline, rest = result.stdout.partition(b"\n")
        told, _newline, last = rest.rstrip(b"\n").rpartition(b"\n")
        try:
            boot, up = first.decode("ascii").split()
            began, ended = float(up), float(last)
        except ValueError as error:
            raise VmError(
                vm,
                _("la sonde de disponibilité n'a pas répondu (code de sortie {status})").format(
                    status=result.exit_status
                ),
                hint=errands.RESET.format(vm=vm),
            ) from error
        # The clock was read at the beginning: the trip was shorter by what came after.
        tail = max(0.0, ended - began - RESOLUTION)
        tail = tail if tail < after - before else 0.0
        # It reads hundredths, the past one: the true time is up to one more.
        sample = ClockSample(boot, before - RESOLUTION, began, after - tail)
        lines = told[: told.rfind(b"\n") + 1]
        return Heard(lines.decode("ascii", "replace"), offset + len(lines), sample)

    def stop(self, vm: str) -> None:
        """Stop a machine's client, if it runs.

        Raises:
            LabError: the machine cannot be reached.
        """
        self._errands.stop(vm, UNIT)

    @property
    def _journal(self) -> str:
        return f"{self._folder}/{self._token}.availability.jsonl"


def job_of(availability: Availability, vm: str, owners: Mapping[str, str]) -> dict[str, Any]:
    """What one machine's client has to do: see ``guest/availability.py``."""
    client = vm == availability.vm
    return {
        "probes": [_probe(one) for one in availability.probes] if client else [],
        "states": [
            _state(one, owners)
            for one in availability.states
            if (one.vm == vm if isinstance(one, OutputState) else client)
        ],
    }


def _probe(probe: AnyProbe) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": probe.id,
        "type": probe.type,
        "every": seconds(probe.every),
        "timeout": seconds(probe.timeout),
    }
    match probe:
        case HttpProbe():
            return known | _request(probe.url, probe.status)
        case TcpProbe():
            return known | {"host": probe.address, "port": probe.port}
        case CommandProbe():
            return known | {"run": probe.run}


def _state(state: AnyState, owners: Mapping[str, str]) -> dict[str, Any]:
    known: dict[str, Any] = {"id": state.id, "every": seconds(state.every)}
    match state:
        case VipState():
            among = {mac: vm for mac, vm in owners.items() if vm in state.among}
            return known | {"type": "neighbour", "address": state.address, "owners": among}
        case AnswersState():
            targets = {vm: _request(url, state.status) for vm, url in state.urls.items()}
            timeout = seconds(state.timeout)
            return known | {"type": "answers", "targets": targets, "timeout": timeout}
        case OutputState():
            return known | {"type": "output", "run": state.run, "timeout": seconds(state.timeout)}


def _request(url: str, status: list[int] | None) -> dict[str, Any]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: pcapra-sonde\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    return {
        "host": parts.hostname,
        "port": parts.port or 80,
        "request": request,
        "status": status,
    }
