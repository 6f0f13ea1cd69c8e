"""What a lab remembers between runs: its saved states, and the world they were saved in."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import read_json, write_json

SCHEMA = 1

BOOTED = "demarre"
"""All machines answer, nothing of the exercise is done yet."""
PREPARED = "prepare"
"""The exercise's setup is done: what reset goes back to."""
ASLEEP = "veille"
"""Where the trainee left: what up goes back to."""
CHECKPOINT = "etape-"
"""What a checkpoint's label begins with; the step that begins there follows."""


@dataclass(slots=True)
class SavedSet:
    """A state of all machines, saved together. It exists here only once it is whole."""

    label: str
    snapshot: str
    """The snapshot's name in every domain."""
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """Machines that are being brought back to a state. One that is left over was cut short."""

    label: str
    vms: tuple[str, ...]


@dataclass(slots=True)
class Manifest:
    """``lab.json``. Saved atomically after each change: this is the commit marker."""

    path: Path
    key: str = ""
    """QEMU, accelerator and images: a memory state is worthless under others."""
    segment_attempt: int = 0
    serial: int = 0
    asleep: bool = False
    """The ASLEEP set is the latest state: the machines have not run since."""
    sets: dict[str, SavedSet] = field(default_factory=dict)
    restoring: Restoring | None = None
    """Some of these machines may be in the state and some not: until it is done again, the lab is
    no state at all."""

    def save(self) -> None:
        """Write it."""
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "key": self.key,
            "segment_attempt": self.segment_attempt,
            "serial": self.serial,
            "asleep": self.asleep,
            "sets": {s.label: {"snapshot": s.snapshot, "at": s.at} for s in self.sets.values()},
            "restoring": asdict(self.restoring) if self.restoring else None,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, data)

    def next_snapshot(self, label: str) -> str:
        """A snapshot name never used before in this lab."""
        self.serial += 1
        self.save()
        return f"{label}-{self.serial}"

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read it, or a blank one.

        Raises:
            LabError: written by a newer version of the program.
        """
        data = read_json(path)
        if data is None:
            return cls(path)
        if data.get("schema") != SCHEMA:
            raise LabError(
                _("{path} vient d'une autre version du programme (schéma {get})").format(
                    path=path, get=data.get("schema")
                ),
                hint=_("mettez pcapra-lab à jour"),
            )
        sets = {k: SavedSet(k, v["snapshot"], v["at"]) for k, v in data["sets"].items()}
        # Absent in what earlier versions wrote.
        cut = data.get("restoring")
        return cls(
            path,
            key=data["key"],
            segment_attempt=data["segment_attempt"],
            serial=data["serial"],
            asleep=data["asleep"],
            sets=sets,
            restoring=Restoring(cut["label"], tuple(cut["vms"])) if cut else None,
        )
