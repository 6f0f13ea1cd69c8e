"""An exam's journal: one entry a line, each bound to the one before by its hash.

Whoever changes, removes or inserts an entry must write all that follow again; the hash of the last
one, noted elsewhere (the trainer's paper, the progress database), tells. Entries are in English
and in JSON: a program reads them, in whatever language the exam was taken.
"""

import hashlib
import json
from collections.abc import Mapping
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
