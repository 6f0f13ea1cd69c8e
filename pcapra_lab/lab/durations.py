"""How long things took last time here: what « environ 24 s » on a progress bar rests on."""

import threading
from contextlib import suppress
from pathlib import Path

from pcapra_lab.lab.files import NotWritten, read_json, write_json


class Durations:
    """The last measured duration of each named phase, in seconds, kept in a small file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def expected(self, name: str) -> float | None:
        """Seconds ``name`` took last time on this host; None when never measured."""
        value = (read_json(self._path) or {}).get(name)
        return float(value) if value is not None else None

    def record(self, name: str, seconds: float) -> None:
        """Remember a measure."""
        with self._lock:
            known = read_json(self._path) or {}
            known[name] = round(seconds, 2)
            # No bar is worth a lab that cannot be put to sleep: the disk may be full.
            with suppress(NotWritten):
                write_json(self._path, known)
