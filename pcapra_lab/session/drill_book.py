"""What a session keeps of its drills: in the progress database, and a journal beside the lab."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pcapra_lab.content.availability import Availability, OutputState
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.journal import Journal, sample_line
from pcapra_lab.drills.outages import Probed
from pcapra_lab.drills.recorder import Look
from pcapra_lab.drills.result import DrillResult, Sounded
from pcapra_lab.drills.ribbon import Ribbon, Watched
from pcapra_lab.drills.sounding import Heard
from pcapra_lab.drills.stream import Stream, look_line
from pcapra_lab.drills.surprises.assessment import Assessment
from pcapra_lab.drills.surprises.watch import Watch
from pcapra_lab.drills.timeline import Moment, Timeline
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.record import Moment as HostMoment
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.progress.drills import DrillStore
from pcapra_lab.progress.records import DrillRecord, DrillState


@dataclass(slots=True)
class Page:
    """A drill as it is kept."""

    timeline: Timeline
    token: str
    keeper: ProcessId | None = None
    """The process with which the drill ends; None: it lasts until somebody ends it."""
    recorded: bool = False
    """A writer was started."""
    sounding: bool = False
    """Availability clients were started."""
    heard: dict[str, int] = field(default_factory=dict)
    """By machine: where the next look at its client begins."""
    armed: bool = False
    """The fault is about to happen, or has."""
    fault: str | None = None
    """Its name among the lab's faults."""
    offset: int = 0
    """Where the next look at the writer's journal begins."""
    acknowledged: int = 0
    refused: int = 0
    writing: bool = False
    last_ack: float | None = None
    """On the host's clock, about."""
    problem: str = ""
    result: DrillResult | None = None
    watch: Watch | None = None
    """Of a surprise drill."""
    assessment: Assessment | None = None
    """Its diagnoses, graded once it is over."""

    def to_data(self) -> dict[str, Any]:
        """For the store."""
        return {
            "timeline": self.timeline.to_data(),
            "token": self.token,
            "keeper": self.keeper.model_dump() if self.keeper else None,
            "recorded": self.recorded,
            "sounding": self.sounding,
            "heard": self.heard,
            "armed": self.armed,
            "fault": self.fault,
            "offset": self.offset,
            "acknowledged": self.acknowledged,
            "refused": self.refused,
            "writing": self.writing,
            "last_ack": self.last_ack,
            "problem": self.problem,
            "result": self.result.to_data() if self.result else None,
            "watch": self.watch.to_data() if self.watch else None,
            "assessment": self.assessment.to_data() if self.assessment else None,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Page":
        """The page that ``to_data`` gave."""
        return cls(
            **{
                **data,
                "timeline": Timeline.from_data(data["timeline"]),
                "keeper": ProcessId(**data["keeper"]) if data["keeper"] else None,
                "result": DrillResult.from_data(data["result"]) if data["result"] else None,
                "watch": Watch.from_data(data["watch"]) if data.get("watch") else None,
                "assessment": Assessment.from_data(data["assessment"])
                if data.get("assessment")
                else None,
            }
        )


@dataclass(slots=True)
class Book:
    """The drills of one exercise.

    Args:
        store: the progress database's part.
        folder: where journals are kept.
    """

    store: DrillStore
    exercise: str
    folder: Path
    _journals: dict[str, tuple[Journal, int]] = field(default_factory=dict)
    _streams: dict[tuple[str, str], tuple[Stream, int]] = field(default_factory=dict)
    _drawn: dict[str, tuple[object, Ribbon | None]] = field(default_factory=dict)
    """The last ribbon of a drill, and what it was drawn from."""
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def open(self, step: str, page: Page) -> DrillRecord | None:
        """A new drill."""
        self.store.declare(self.exercise, step, page.to_data())
        return self.current(step)

    def current(self, step: str) -> DrillRecord | None:
        """The drill that the machines know of."""
        return self.store.current(self.exercise, step)

    def change(
        self, record: DrillRecord, edit: Callable[[Page], None], state: DrillState | None = None
    ) -> DrillRecord:
        """Edit a page as it is in the database at that moment, and turn it over."""

        def turned(data: dict[str, Any]) -> None:
            page = Page.from_data(data)
            edit(page)
            data.update(page.to_data())

        return self.store.change(record.id, state, turned)

    def mark(self, record: DrillRecord, moment: Moment, at: Mark) -> DrillRecord:
        """Date an event."""
        return self.change(record, lambda page: page.timeline.mark(moment, at, time.time()))

    def looked(self, record: DrillRecord, look: Look) -> DrillRecord:
        """Keep what a look brought."""
        token = record.data["token"]
        text = look.lines + sample_line(look.sample)
        self.keep(token, text)
        journal = self.journal(token)
        last = journal.acks.get(journal.last)
        mark = journal.clock.host(last.boot, last.acked) if last else None

        def told(page: Page) -> None:
            page.offset, page.writing, page.problem = look.offset, look.running, ""
            page.acknowledged, page.refused = len(journal.acks), len(journal.refused)
            page.last_ack = mark.at if mark else page.last_ack

        return self.change(record, told)

    def listened(self, record: DrillRecord, vm: str, heard: Heard) -> DrillRecord:
        """Keep what a look at an availability client brought."""
        self.keep(record.data["token"], heard.lines + look_line(heard.sample), vm)

        def told(page: Page) -> None:
            page.heard[vm] = max(heard.offset, page.heard.get(vm, 0))
            page.problem = ""

        return self.change(record, told)

    def keep(self, token: str, text: str, vm: str | None = None) -> None:
        """Add lines to the journal of a drill.

        Args:
            vm: whose availability client told them; the writer did if None.

        Raises:
            LabError: this host's disk refused.
        """
        path = self._path(token, vm)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("ab") as kept:
                # One write: two programs that follow one drill do not mix their lines.
                kept.write(text.encode())
        except OSError as error:
            raise LabError(
                _("le journal du drill n'a pas pu être écrit dans {path} ({strerror})").format(
                    path=path, strerror=error.strerror
                ),
                hint=_("libérez de la place sur cet ordinateur"),
            ) from error

    def journal(self, token: str) -> Journal:
        """What the writer of a drill acknowledged, as far as anybody looked at it."""
        with self._reading:
            journal, position = self._journals.get(token, (Journal(), 0))
            text, position = self._unread(token, None, position)
            journal.read(text)
            self._journals[token] = (journal, position)
            return journal

    def sounded(self, token: str, availability: Availability) -> Sounded:
        """What the availability clients of a drill told, as far as anybody looked at them."""
        with self._reading:
            streams = {vm: self._stream(token, vm) for vm in availability.vms}
        client = streams[availability.vm]
        probes = tuple(
            Probed(x.id, x.title, x.slow_seconds, client.tries.get(x.id, ()), client.clock)
            for x in availability.probes
        )
        states = []
        for x in availability.states:
            by = streams[x.vm] if isinstance(x, OutputState) else client
            states.append(Watched(x.id, x.title, by.sights.get(x.id, ()), by.clock))
        return Sounded(probes, tuple(states))

    def ribbon(self, page: Page, availability: Availability) -> Ribbon | None:
        """The ribbon of a drill as it stands. Drawn anew only once there is more to draw."""
        sounded = self.sounded(page.token, availability)
        told = [len(one.tries) for one in sounded.probes]
        seen = [len(one.sights) for one in sounded.states]
        basis = (told, seen, dict(page.timeline.marks))
        drawn_from, ribbon = self._drawn.get(page.token, (None, None))
        if basis != drawn_from:
            ribbon = sounded.ribbon(page.timeline)
            self._drawn[page.token] = (basis, ribbon)
        return ribbon

    def _stream(self, token: str, vm: str) -> Stream:
        stream, position = self._streams.get((token, vm), (Stream(), 0))
        text, position = self._unread(token, vm, position)
        stream.read(text)
        self._streams[token, vm] = (stream, position)
        return stream

    def _unread(self, token: str, vm: str | None, position: int) -> tuple[str, int]:
        """The whole lines of a journal from a position on, and where they end."""
        path = self._path(token, vm)
        if not path.is_file():
            return "", position
        with path.open("rb") as kept:
            kept.seek(position)
            text = kept.read()
        text = text[: text.rfind(b"\n") + 1]
        return text.decode("utf-8", "replace"), position + len(text)

    def _path(self, token: str, vm: str | None = None) -> Path:
        return self.folder / (f"{token}.jsonl" if vm is None else f"{token}.{vm}.jsonl")


def host_boot() -> str:
    """This boot of the host."""
    return HostMoment.now().boot
