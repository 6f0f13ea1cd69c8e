"""Probes services many times a second, never waits for one, and tells what it saw.

Run as a program, with a job in JSON as its argument, until it is stopped. Standard library only.

One thread and no blocking call: a peer that is dead, frozen or cut off costs the next probe
nothing. Instants are CLOCK_MONOTONIC.
"""

import json
import os
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pcapra_lab.drills.guest.attempts import TYPES, Attempt, Command, Connection, Ended
from pcapra_lab.drills.guest.records import boot

Job = dict[str, Any]

TICK = 0.02
"""Seconds between two looks at the time while something is under way: how lateness is noticed."""
GRAIN = 0.005
"""Seconds: what is shorter is no lateness."""
WORDS = 60
"""Characters kept of what a command says."""
NEIGHBOURS = "/proc/net/arp"


class Log:
    """Lines of JSON, in memory. A full memory loses lines, not the program."""

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def tell(self, **said: object) -> None:
        """One more line."""
        line = json.dumps(said, separators=(",", ":")).encode("ascii") + b"\n"
        with suppress(OSError):
            os.write(self._handle, line)


class Rhythm:
    """What is done every so often, on a grid: turns that were missed are not made up for."""

    def __init__(self, every: float, due: float, act: Callable[[int, float, int], None]) -> None:
        self.every = every
        self.due = due
        self._act = act
        self._number = 0

    def beat(self, now: float) -> None:
        """Act, if it is time."""
        if now < self.due:
            return
        missed = int((now - self.due) / self.every)
        due = self.due + missed * self.every
        self.due = due + self.every
        self._number += 1
        self._act(self._number, due, missed)


class Client:
    """All of a job's probes and states, in one thread."""

    def __init__(self, job: Job) -> None:
        self._log = Log(job["journal"])
        self._selector = selectors.DefaultSelector()
        self._under_way: set[Attempt] = set()
        self._values: dict[str, tuple[float, str | None]] = {}
        wall = time.clock_gettime(time.CLOCK_BOOTTIME)
        self._log.tell(hello=boot(), mono=time.monotonic(), up=wall)
        rhythms = [
            *(self._probing(probe) for probe in job.get("probes", ())),
            *(self._watching(state) for state in job.get("states", ())),
        ]
        now = time.monotonic()
        # One after the other within a turn: they do not make each other late.
        self._rhythms = [
            Rhythm(every, now + every * place / len(rhythms), act)
            for place, (every, act) in enumerate(rhythms)
        ]
        self._woke = now

    def run(self, stop: threading.Event) -> None:
        """Probe until told to stop."""
        while not stop.is_set():
            self.turn()
        for attempt in list(self._under_way):
            attempt.abandon(self._selector)

    def turn(self) -> None:
        """Begin what is due, wait for what comes first, take in what came."""
        now = time.monotonic()
        for rhythm in self._rhythms:
            rhythm.beat(now)
        now = time.monotonic()
        next_due = min((rhythm.due for rhythm in self._rhythms), default=now + TICK)
        wait = max(0.0, next_due - now)
        if self._under_way:
            wait = min(wait, TICK)
        ready = self._selector.select(wait)
        woke = time.monotonic()
        for attempt in self._under_way:
            lag = woke - max(self._woke, attempt.began) - wait
            if lag > GRAIN:
                attempt.late(lag)
        self._woke = woke
        # What has come counts, however late it is looked at; only then is the time over.
        for key, _events in ready:
            key.data.ready(self._selector)
        for attempt in [one for one in self._under_way if one.deadline <= woke]:
            attempt.expire(self._selector)

    def _begin(self, attempt: Attempt) -> None:
        self._under_way.add(attempt)
        attempt.start(self._selector)

    def _probing(self, spec: Job) -> tuple[float, Callable[[int, float, int], None]]:
        def ended(attempt: Attempt, up: bool | None, why: str) -> None:
            self._under_way.discard(attempt)
            self._log.tell(
                p=spec["id"],
                n=attempt.number,
                due=round(attempt.due, 6),
                began=round(attempt.began, 6),
                ended=round(time.monotonic(), 6),
                up=up,
                **({"why": why} if why else {}),
                **({"lag": round(attempt.lag, 6)} if attempt.lag else {}),
                **({"missed": attempt.missed} if attempt.missed else {}),
            )

        def act(number: int, due: float, missed: int) -> None:
            attempt = TYPES[spec["type"]](spec, number, due, ended)
            attempt.missed = missed
            self._begin(attempt)

        return spec["every"], act

    def _watching(self, spec: Job) -> tuple[float, Callable[[int, float, int], None]]:
        watch = {"neighbour": self._neighbour, "answers": self._answers, "output": self._output}
        return spec["every"], lambda number, due, _missed: watch[spec["type"]](spec, number, due)

    def _neighbour(self, spec: Job, _number: int, _due: float) -> None:
        """Whose hardware address this machine sends to, for an address."""
        self._say(spec["id"], time.monotonic(), owner(spec["address"], spec["owners"]))

    def _answers(self, spec: Job, number: int, due: float) -> None:
        """Who answers as is wanted."""
        said: dict[str, bool | None] = {}
        began = time.monotonic()

        def ended_as(name: str) -> Ended:
            def ended(attempt: Attempt, up: bool | None, _why: str) -> None:
                self._under_way.discard(attempt)
                said[name] = up
                if len(said) == len(spec["targets"]):
                    known = None not in said.values()
                    those = "+".join(one for one in spec["targets"] if said[one])
                    self._say(spec["id"], began, those if known else None)

            return ended

        for name, target in spec["targets"].items():
            self._begin(Connection({**spec, **target}, number, due, ended_as(name)))

    def _output(self, spec: Job, number: int, due: float) -> None:
        """What a command says."""
        began = time.monotonic()

        def ended(attempt: Attempt, up: bool | None, _why: str) -> None:
            self._under_way.discard(attempt)
            words = [line.strip() for line in attempt.output.splitlines() if line.strip()]
            said = words[0][:WORDS] if words else ""
            self._say(spec["id"], began, said if up else None)

        self._begin(Command(spec, number, due, ended))

    def _say(self, state: str, began: float, value: str | None) -> None:
        """Tell a state that has changed; now and then, that it has not."""
        told, last = self._values.get(state, (0.0, None))
        if state in self._values and value == last and began - told < 1.0:
            return
        self._values[state] = (began, value)
        self._log.tell(s=state, began=round(began, 6), at=round(time.monotonic(), 6), value=value)


def owner(address: str, owners: dict[str, str]) -> str:
    """Who has an address, by the kernel's neighbour table; nobody: an empty name."""
    for line in Path(NEIGHBOURS).read_text(encoding="ascii").splitlines()[1:]:
        # Address, hardware type, flags (2: complete), hardware address, mask, device: arp(7).
        words = line.split()
        if words[0] == address and int(words[2], 16) & 2:
            return owners.get(words[3], words[3])
    return ""


def main() -> None:
    """Probe as the job says until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    with suppress(OSError):
        # Before what else this machine does: its lateness is the measure's uncertainty.
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    Client(json.loads(sys.argv[1])).run(stop)
    # What hangs in the kernel must not keep the unit from stopping.
    os._exit(0)


if __name__ == "__main__":
    main()
