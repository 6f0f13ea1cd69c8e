"""A shell's output kept with its times: asciicast v2.

https://docs.asciinema.org/manual/asciicast/v2/: a header, then one line an event, so that a
recording cut anywhere is worth all its whole lines. What is typed is not kept, and so no password
that programs do not show.
"""

import codecs
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

MOST_BYTES = 64 * 1024 * 1024
"""Of one recording: hours of work, or one careless ``yes``."""
SUFFIX = ".cast"
_SLICE = 0.5
"""Seconds: how late an interruption may be heard."""


class Event(NamedTuple):
    """Something said, some seconds after the beginning."""

    at: float
    text: str


class Recorder:
    """Writes one recording; called by several threads. Never raises once it has begun.

    Args:
        path: a file that does not exist yet.
        title: told by ``record list``.
        size: columns and rows.
        clock: seconds.
        most: bytes after which nothing more is kept.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(
        self,
        path: Path,
        title: str,
        size: tuple[int, int],
        *,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_BYTES,
    ) -> None:
        self.path = path
        self.problem = ""
        """Why it stopped by itself, in French."""
        self._clock = clock
        self._left = most
        self._lock = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._began = clock()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8")
        columns, rows = size
        header = {"version": 2, "width": columns, "height": rows, "timestamp": int(time.time())}
        self._line({**header, "title": title, "env": {"TERM": "xterm-256color"}})

    @property
    def active(self) -> bool:
        """Whether what is said is still kept."""
        return not self._file.closed

    def output(self, data: bytes) -> None:
        """Keep output; characters may be cut anywhere."""
        with self._lock:
            if text := self._decoder.decode(data):
                self._line([self._elapsed(), "o", text])

    def resize(self, columns: int, rows: int) -> None:
        """Keep a new size."""
        with self._lock:
            self._line([self._elapsed(), "r", f"{columns}x{rows}"])

    def close(self) -> None:
        """End. Idempotent."""
        with self._lock:
            self._file.close()

    def _elapsed(self) -> float:
        return round(self._clock() - self._began, 6)

    def _line(self, content: object) -> None:
        if self._file.closed:
            return
        # ASCII: a character cut by a crash would make the whole file unreadable.
        line = json.dumps(content) + "\n"
        self._left -= len(line)
        if self._left < 0:
            self.problem = _("la taille maximale est atteinte")
            self._file.close()
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            self.problem = error.strerror or str(error)
            self._abandon()

    def _abandon(self) -> None:
        try:
            self._file.close()
        except OSError:
            # What could not be written is written again on closing, and fails again.
            self.problem = self.problem or _("l'écriture a échoué")


class Header(NamedTuple):
    """What a recording says of itself."""

    title: str
    width: int
    height: int
    timestamp: int


def read(path: Path) -> tuple[Header, Iterator[Event]]:
    """A recording's header, and what was said. A last line cut by a crash is left out.

    Raises:
        LabError: the file cannot be read or is no recording; also while events are drawn.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        header = json.loads(lines[0])
        if not isinstance(header, dict) or header.get("version") != 2:
            raise ValueError("version")
        found = Header(
            str(header.get("title", "")),
            int(header["width"]),
            int(header["height"]),
            int(header.get("timestamp", 0)),
        )
    except FileNotFoundError as error:
        raise LabError(
            _("{path} n'existe pas").format(path=path),
            hint=_("pcapra-lab record list montre les enregistrements"),
        ) from error
    except OSError as error:
        raise LabError(
            _("{path} : {strerror}").format(path=path, strerror=error.strerror or error)
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(
            _("{path} n'est pas un enregistrement asciicast v2").format(path=path),
            hint=_("pcapra-lab record list montre ceux qu'il y a"),
        ) from error
    return found, _events(path, lines[1:])


def _events(path: Path, lines: list[str]) -> Iterator[Event]:
    for number, line in enumerate(lines[:-1], start=2):
        try:
            at, kind, text = json.loads(line)
            event = Event(float(at), str(text))
        except (ValueError, TypeError) as error:
            raise LabError(
                _("{path}, ligne {number} : événement illisible").format(path=path, number=number)
            ) from error
        if kind == "o":
            yield event


def _pause(seconds: float) -> None:
    """Sleep, in slices: a signal that comes just before a sleep is looked at only after it."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE))


def play(
    events: Iterator[Event],
    write: Callable[[str], object],
    *,
    speed: float = 1.0,
    sleep: Callable[[float], object] = _pause,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Say again what was said, at its times divided by ``speed``.

    Times are from the beginning: what writing takes does not add up.
    """
    began = clock()
    for event in events:
        wait = event.at / speed - (clock() - began)
        if wait > 0:
            sleep(wait)
        write(event.text)
