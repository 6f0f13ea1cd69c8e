"""What the trainer decided about the bundle: digests fixed, licences accepted; and what was seen.

One file in the installation's data, written whole: the files themselves can be brought again.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.files import read_json, write_json

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Pin:
    """A digest that the trainer compared with upstream's."""

    sha256: str
    size: int | None
    at: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was when its digest was computed here."""

    sha256: str
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Decisions:
    """All that is remembered."""

    pins: dict[str, Pin] = field(default_factory=dict)
    """By the name of the file."""
    licences: dict[str, str] = field(default_factory=dict)
    """The licence accepted for a product: another one asks again."""
    seen: dict[str, Seen] = field(default_factory=dict)
    """By the name of the file."""


class Register:
    """``lot.json``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Decisions:
        """All of it; nothing yet where there is no file.

        Raises:
            LabError: the file is not one, or comes from a newer program.
        """
        data = read_json(self.path)
        if data is None:
            return Decisions()
        try:
            if data["schema"] != SCHEMA:
                raise ValueError(data["schema"])
            return Decisions(
                {name: Pin(**one) for name, one in data["pins"].items()},
                dict(data["licences"]),
                {name: Seen(**one) for name, one in data["seen"].items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise LabError(
                _("{path} vient d'une autre version du programme, ou n'est pas entier").format(
                    path=self.path
                ),
                hint=_("déplacez ce fichier ailleurs ({path}) et relancez").format(path=self.path),
            ) from error

    @contextmanager
    def change(self) -> Iterator[Decisions]:
        """Change it, all or nothing; other processes wait."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            decisions = self.read()
            yield decisions
            data: dict[str, Any] = {"schema": SCHEMA, **asdict(decisions)}
            write_json(self.path, data)

    def pin(self, name: str, sha256: str, size: int | None) -> None:
        """Fix a file's digest."""
        with self.change() as decisions:
            decisions.pins[name] = Pin(sha256, size, time.time())

    def accept(self, product: str, licence: str) -> None:
        """The trainer accepts a product's licence."""
        with self.change() as decisions:
            decisions.licences[product] = licence

    def saw(self, path: Path, sha256: str) -> None:
        """A file of the bundle is there, and has that digest."""
        stat = path.stat()
        with self.change() as decisions:
            decisions.seen[path.name] = Seen(sha256, stat.st_size, stat.st_mtime_ns)

    def forget(self, name: str) -> None:
        """A file of the bundle is there no more."""
        with self.change() as decisions:
            decisions.seen.pop(name, None)
