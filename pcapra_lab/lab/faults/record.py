"""What is known of an injected fault: when, by whom, and how to undo it."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import Field, JsonValue

from pcapra_lab.content.base import Strict
from pcapra_lab.i18n import N_
from pcapra_lab.lab.daemons import start_time
from pcapra_lab.lab.faults.model import FaultSpec

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

Undo = dict[str, JsonValue]
"""What undoing needs to know, by machine for faults inside machines. Never leaves the host."""


class Moment(Strict):
    """An instant on the host's clocks, and how well it is known."""

    wall: float
    """Seconds since the epoch; jumps when the host's clock is set."""
    monotonic: float
    """Seconds on CLOCK_MONOTONIC, comparable between processes of one boot of the host."""
    boot: str
    """The host kernel's boot identifier (random(4))."""
    uncertainty: float = Field(default=0.0, ge=0)
    """Seconds: the instant is within that much of ``monotonic``, either way."""

    @classmethod
    def now(cls) -> "Moment":
        """The present."""
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
        return cls(wall=time.time(), monotonic=time.monotonic(), boot=boot)

    def shifted(self, seconds: float) -> "Moment":
        """That much later."""
        return self.model_copy(
            update={"wall": self.wall + seconds, "monotonic": self.monotonic + seconds}
        )

    @classmethod
    def between(cls, before: "Moment", after: "Moment") -> "Moment":
        """An instant known to lie between two others of one boot: the middle, give or take."""
        half = max(0.0, after.monotonic - before.monotonic) / 2
        return before.shifted(half).model_copy(update={"uncertainty": half})

    @classmethod
    def covering(cls, moments: Iterable["Moment"]) -> "Moment":
        """One moment for several that make up one event."""
        known = list(moments)
        first = min(known, key=lambda m: m.monotonic - m.uncertainty)
        last = max(known, key=lambda m: m.monotonic + m.uncertainty)
        return cls.between(first.shifted(-first.uncertainty), last.shifted(last.uncertainty))

    def until(self, later: "Moment") -> float:
        """Seconds from here to ``later``: monotonic within a boot, else by the wall clock."""
        if self.boot == later.boot:
            return later.monotonic - self.monotonic
        return later.wall - self.wall

    @property
    def clock_words(self) -> str:
        """The local time to the millisecond, with its uncertainty: « 12:04:31.512 ± 8 ms »."""
        whole, thousandths = divmod(round(self.wall * 1000), 1000)
        hour = time.strftime("%H:%M:%S", time.localtime(whole))
        return f"{hour}.{thousandths:03d} ± {max(1, round(self.uncertainty * 1000))} ms"


class ProcessId(Strict):
    """A process of this host: its start time and the boot tell its number from a reused one."""

    pid: int
    started: str
    boot: str

    @classmethod
    def current(cls) -> "ProcessId":
        """This process."""
        pid = os.getpid()
        return cls(pid=pid, started=start_time(pid) or "", boot=Moment.now().boot)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.boot == Moment.now().boot and start_time(self.pid) == self.started


class Owner(Strict):
    """On whose behalf a fault is there. Once the process is dead, the fault has outlived it."""

    label: str
    """Free text: a drill's name, « manuel »."""
    process: ProcessId | None = None
    """None: nobody has to be alive, the fault stays until it is lifted."""

    @classmethod
    def current(cls, label: str) -> "Owner":
        """This process, under that name."""
        return cls(label=label, process=ProcessId.current())

    @property
    def gone(self) -> bool:
        """Whether its process has died."""
        return self.process is not None and not self.process.alive


MANUAL = Owner(label=N_("manuel"))
"""A trainer's fault: stays until it is lifted."""


class FaultState(StrEnum):
    """How far a fault is."""

    ARMED = "armed"
    """Recorded, about to be injected: it may or may not have taken effect."""
    ACTIVE = "active"
    LIFTING = "lifting"
    """Being undone, or could not be undone yet: it may or may not still be in effect."""


class Active(Strict):
    """A fault on record. As long as it is, it is listed and will be undone."""

    id: str
    spec: FaultSpec
    owner: Owner
    state: FaultState
    vms: list[str]
    """The machines that may still be touched by it."""
    armed: Moment
    """When it was recorded, before anything was done."""
    at: Moment | None = None
    """When it took effect."""
    undo: Undo = Field(default_factory=dict)
    by: ProcessId | None = None
    """The process that injects or lifts it; None: none does."""

    @property
    def label(self) -> str:
        """The fault in French."""
        return self.spec.label()

    @property
    def serial(self) -> int:
        """Its number, unique in the lab."""
        return int(self.id.rpartition("-")[2])

    @property
    def orphan(self) -> bool:
        """Whether nobody alive is going to lift it: its owner died, or a transition was cut."""
        if self.owner.gone:
            return True
        cut = self.by is None or not self.by.alive
        return self.state is not FaultState.ACTIVE and cut


@dataclass(frozen=True, slots=True)
class Lifted:
    """A fault that is over."""

    fault: Active
    at: Moment
    note: str = ""
    """What was found otherwise than left, in French: « le fichier avait été remplacé »."""
