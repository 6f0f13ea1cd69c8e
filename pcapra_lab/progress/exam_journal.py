"""An exam's journal: one entry a line, each bound to the one before by its hash.

Whoever changes, removes or inserts an entry must write all that follow again; the hash of the last
one, noted elsewhere (the trainer's paper, the progress database), tells. Entries are in English
and in JSON: a program reads them, in whatever language the exam was taken.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

FORMAT = 1
FIRST = "0" * 64
"""In the place of the hash before the first entry."""
LIMIT = 16 << 20
"""Bytes: what is larger is no journal."""


class Kind:
    """What an entry tells."""

    START = "start"
    OPEN = "open"
    """The lab was brought up, by the first program or after an interruption."""
    PAUSE = "pause"
    RESUME = "resume"
    SLEEP = "sleep"
    """The machines were put to sleep."""
    LEAVE = "leave"
    """The program was left, its machines running."""
    SUBMIT = "submit"
    """A step was handed in, and graded without telling."""
    TORN = "torn"
    """The last entry was not written whole: a power cut, a full disk."""
    FINISH = "finish"
    """Every step was graded: all the verdicts, in one entry."""
    ABANDON = "abandon"
    SEAL = "seal"
    """A signature of the entry before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    number: int
    """From 0."""
    at: float
    """Seconds since the epoch, by the host's clock."""
    kind: str
    data: Mapping[str, Any]
    previous: str
    """The hash of the entry before."""
    hash: str

    @classmethod
    def after(cls, last: "Entry | None", at: float, kind: str, data: Mapping[str, Any]) -> "Entry":
        """The entry that follows ``last``, or the first one."""
        number = 0 if last is None else last.number + 1
        previous = FIRST if last is None else last.hash
        return cls(number, at, kind, data, previous, _hash(number, at, kind, data, previous))

    @property
    def true_hash(self) -> str:
        """What its hash must be."""
        return _hash(self.number, self.at, self.kind, self.data, self.previous)

    def line(self) -> str:
        """As it is written, without its newline."""
        return _canonical({**_body(self), "hash": self.hash})


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "n": entry.number,
        "at": entry.at,
        "kind": entry.kind,
        "data": dict(entry.data),
        "previous": entry.previous,
    }


def _hash(number: int, at: float, kind: str, data: Mapping[str, Any], previous: str) -> str:
    body = {"n": number, "at": at, "kind": kind, "data": dict(data), "previous": previous}
    return hashlib.sha256(_canonical(body).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


_LATEST = 1e11
"""Seconds since the epoch: what calendars can still write."""
_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "n": int,
    "at": (int, float),
    "kind": str,
    "data": dict,
    "previous": str,
    "hash": str,
}


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def read_entry(line: str) -> Entry:
    """An entry from its line, its hash not looked at.

    Raises:
        ValueError: it is none.
    """
    try:
        data = json.loads(line, parse_constant=_refuse)
        # What cannot be written again as it is has no hash.
        _canonical(data).encode()
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(data, dict) or data.keys() != _FIELDS.keys():
        raise ValueError("not an entry")
    if not all(isinstance(data[name], kind) for name, kind in _FIELDS.items()):
        raise ValueError("not an entry")
    if not 0 <= data["at"] < _LATEST:
        raise ValueError("not a date")
    return Entry(data["n"], data["at"], data["kind"], data["data"], data["previous"], data["hash"])


def read_lines(path: Path) -> tuple[list[str], bytes]:
    """The whole lines of a journal, and what an interrupted writing left after the last.

    Raises:
        LabError: it cannot be read, or is no text.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LIMIT + 1)
        if len(raw) > LIMIT:
            raise ValueError(_("trop grand"))
        whole, __, torn = raw.rpartition(b"\n")
        return whole.decode().split("\n") if whole else [], torn
    except (OSError, ValueError) as error:
        raise LabError(
            _("le journal {path} ne peut pas être lu ({error})").format(path=path, error=error),
            hint=_("le fichier attendu est celui que « pcapra-lab exam status » nomme"),
        ) from error


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
