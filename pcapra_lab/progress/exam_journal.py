"""Writing an exam's journal: only ever appended to, and on the disk when ``append`` returns."""

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.progress.exam_entries import FIRST, Entry, Kind, read_entry, read_lines


class ExamJournal:
    """Writes to a journal; every entry is on the disk when ``append`` returns.

    Args:
        path: the file. Only ever appended to, but for a last line that was not written whole.
        clock: seconds since the epoch.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self.path = path
        self._clock = clock

    def begin(self, data: Mapping[str, Any]) -> Entry:
        """Make the file, with its first entry.

        Raises:
            LabError: it exists already, or cannot be written.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        entry = Entry.after(None, self._now(), Kind.START, data)
        self._write(entry, os.O_CREAT | os.O_EXCL)
        return entry

    def append(self, kind: str, data: Mapping[str, Any], head: str) -> Entry:
        """Write one more entry.

        Args:
            kind: one of ``Kind``.
            data: what JSON can hold.
            head: the hash of the last entry that is known of: the file must go on from it.

        Raises:
            LabError: the file is not what was left, or cannot be written.
        """
        entries, torn = self._load()
        if head not in {entry.hash for entry in entries}:
            raise self._changed()
        last = entries[-1]
        if torn:
            os.truncate(self.path, self.path.stat().st_size - len(torn))
            digest = hashlib.sha256(torn).hexdigest()
            last = Entry.after(last, self._now(), Kind.TORN, {"bytes": len(torn), "sha256": digest})
            self._write(last)
        entry = Entry.after(last, self._now(), kind, data)
        self._write(entry)
        return entry

    def entries(self) -> list[Entry]:
        """All the whole entries.

        Raises:
            LabError: they do not hold together.
        """
        return self._load()[0]

    def _load(self) -> tuple[list[Entry], bytes]:
        lines, torn = read_lines(self.path)
        entries: list[Entry] = []
        for line in lines:
            try:
                entry = read_entry(line)
            except ValueError as error:
                raise self._changed() from error
            before = entries[-1].hash if entries else FIRST
            follows = entry.number == len(entries) and entry.previous == before
            if not follows or entry.hash != entry.true_hash:
                raise self._changed()
            entries.append(entry)
        if not entries:
            raise self._changed()
        return entries, torn

    def _changed(self) -> LabError:
        return LabError(
            _("le journal de l'examen a été modifié : {path}").format(path=self.path),
            hint=_("remettez le fichier d'origine, ou « pcapra-lab exam abandon » y renonce"),
        )

    def _now(self) -> float:
        return round(self._clock(), 3)

    def _write(self, entry: Entry, flags: int = 0) -> None:
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | flags, 0o600)
            with os.fdopen(handle, "ab") as stream:
                stream.write(entry.line().encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise LabError(
                _("le journal de l'examen ne peut pas être écrit ({error})").format(error=error),
                hint=_("libérez de la place sur le disque, puis recommencez"),
            ) from error
