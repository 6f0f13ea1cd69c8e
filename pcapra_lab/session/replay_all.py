"""Every exercise replayed, cheapest first, some at once; an interruption costs little."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pcapra_lab.content.base import seconds as duration_seconds
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.events import LabEvent
from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.session.bundling import NotGraded
from pcapra_lab.session.digests import PROOF, content_digest
from pcapra_lab.session.journal import Row
from pcapra_lab.session.proof import world_of, write_proof
from pcapra_lab.session.replay import Replay

logger = logging.getLogger(__name__)

FILE = "rejeu-complet.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Line:
    """What the replay of one exercise came to."""

    exercise: str
    ok: bool
    content: str
    """Digest of what was replayed."""
    rows: int = 0
    failed: int = 0
    mutants: int = 0
    killed: int = 0
    seconds: float = 0.0
    detail: str = ""
    """Why it is not ok, the first reason."""
    ungraded: bool = False
    """Nothing could be observed: the trainer's bundle is missing. Neither proved nor failed."""


def shared(names: list[str], jobs: int) -> list[Iterator[str]]:
    """For each of ``jobs`` threads, what it takes of ``names``: each name once, in all.

    The last of several threads begins with the longest: whoever ends last ends sooner.

    Args:
        names: cheapest first.
    """
    waiting = deque(names)

    def taken(take: Callable[[], str]) -> Iterator[str]:
        # A deque's two ends may be taken from at once (its documentation).
        with suppress(IndexError):
            while True:
                yield take()

    ends = [waiting.popleft] * jobs
    if jobs > 1:
        ends[-1] = waiting.pop
    return [taken(end) for end in ends]


class WholeReplay:
    """All exercises; the drafts too if asked.

    What was proved is written after each: the next one goes on from there.

    Args:
        seed: what the parameters are drawn from; None to go on with the last one's, or to draw.
        fresh_seed: draws one.
        mutants: how many of a step's are applied; None for all.
        proof: write ``proof.json`` of each exercise that is wholly proved.
        restart: forget what was proved before.
        drafts: those whose lesson is not ready too.
        jobs: how many are replayed at once, each on a lab of its own.
        keep: the machines of those that failed, from which a corrected one goes on.
        on_begin: told of each exercise as it begins, from any thread.
        on_row: told of each exercise's rows, from any thread.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        seed: str | None,
        fresh_seed: Callable[[], str],
        mutants: int | None,
        proof: bool,
        restart: bool,
        drafts: bool = False,
        jobs: int = 1,
        keep: bool = False,
        on_begin: Callable[[str], None],
        on_row: Callable[[str, Row], None],
    ) -> None:
        self._installation = installation
        if drafts:
            installation.with_drafts()
        self._drafts = drafts
        self._jobs = jobs
        self._keep = keep
        self._writing = threading.Lock()
        self._path: Path = installation.paths.state / FILE
        self._mutants = mutants
        self._proof = proof
        self._on_begin = on_begin
        self._on_row = on_row
        known = read_json(self._path) or {}
        if known.get("schema") != SCHEMA:
            known = {}
        self._history: dict[str, float] = dict(known.get("history", {}))
        same = known.get("mutants") == mutants and seed in (None, known.get("seed"))
        self.resumed = bool(known) and same and not restart
        """It goes on from an earlier one."""
        self.seed: str = known["seed"] if self.resumed else seed or fresh_seed()
        self._lines: dict[str, Line] = {}
        if self.resumed:
            self._lines = {name: Line(**line) for name, line in known["lines"].items()}

    def order(self) -> list[str]:
        """The exercises, cheapest first: as measured last, else as declared."""
        catalogue = self._installation.catalogue
        names = catalogue.exercise_ids() if self._drafts else catalogue.proved_ids()
        return sorted(names, key=lambda name: (self._cost(name), name))

    def missing(self) -> list[str]:
        """Those that are not proved as they are today."""
        return [name for name in self.order() if not self._proved(name)]

    def run(self, sink: EventSink, cancel: threading.Event) -> list[Line]:
        """Replay what is missing. A failure is a line, and does not stop the others.

        Returns:
            A line for each exercise, in the order they are replayed.

        Raises:
            Cancelled: ``cancel`` was set; the exercise under way can be resumed.
        """
        # As it is now: what is measured meanwhile changes it.
        order = self.order()
        missing = [name for name in order if not self._proved(name)]
        with ThreadPoolExecutor(self._jobs, "replay") as pool:
            under_way = [
                pool.submit(self._play, names, sink, cancel)
                for names in shared(missing, self._jobs)
            ]
        for one in under_way:
            one.result()
        return [self._lines[name] for name in order if name in self._lines]

    def _play(self, names: Iterator[str], sink: EventSink, cancel: threading.Event) -> None:
        for name in names:
            if cancel.is_set():
                raise Cancelled
            self._on_begin(name)
            line = self._one(name, self._named(name, sink), cancel)
            with self._writing:
                self._lines[name] = line
                if line.ok:
                    self._history[name] = line.seconds
                self._write()

    def _named(self, name: str, sink: EventSink) -> EventSink:
        """The events of an exercise: its machines are told from another one's of the same name."""
        if self._jobs == 1:
            return sink

        def tell(event: LabEvent) -> None:
            sink(replace(event, vm=f"{name}/{event.vm}" if event.vm else name))

        return tell

    def _one(self, name: str, sink: EventSink, cancel: threading.Event) -> Line:
        content = ""
        try:
            content = content_digest(self._installation.catalogue, name)
            return self._replayed(name, content, sink, cancel)
        except Cancelled:
            with self._writing:
                self._write()
            raise
        except NotGraded as error:
            return Line(name, False, content, detail=error.message, ungraded=True)
        except LabError as error:
            return Line(name, False, content, detail=error.message)
        except Exception as error:
            logger.exception("defect during the replay of %s", name)
            return Line(
                name, False, content, detail=_("erreur interne : {error!r}").format(error=error)
            )

    def _replayed(self, name: str, content: str, sink: EventSink, cancel: threading.Event) -> Line:
        replay = Replay(
            self._installation,
            name,
            self.seed,
            mutants=self._mutants,
            on_row=partial(self._on_row, name),
            resume=self.resumed,
        )
        keep = self._keep
        try:
            result = replay.run(sink, cancel)
            keep = self._keep and not result.ok
            world = world_of(replay) if self._proof else {}
        except Cancelled:
            keep = True
            raise
        finally:
            replay.close(sink, keep=keep)
        if self._proof and result.ok and self._mutants is None:
            write_proof(self._installation.catalogue, result, world)
        bad = [row for row in result.rows if not row.ok]
        return Line(
            name,
            result.ok,
            content,
            rows=len(result.rows),
            failed=len(bad),
            mutants=result.mutants,
            killed=result.killed,
            seconds=round(result.seconds, 1),
            detail=_("{step}, {stage} : {detail}").format(
                step=bad[0].step, stage=bad[0].stage, detail=bad[0].detail
            )
            if bad
            else "",
        )

    def _proved(self, name: str) -> bool:
        line = self._lines.get(name)
        if line is None or not line.ok:
            return False
        return line.content == content_digest(self._installation.catalogue, name)

    def _cost(self, name: str) -> float:
        if name in self._history:
            return self._history[name]
        catalogue = self._installation.catalogue
        proof = read_json(catalogue.exercise_folder(name) / PROOF)
        if proof is not None and isinstance(proof.get("seconds"), int | float):
            return float(proof["seconds"])
        return duration_seconds(catalogue.exercise(name).duration)

    def _write(self) -> None:
        data: dict[str, Any] = {
            "schema": SCHEMA,
            "seed": self.seed,
            "mutants": self._mutants,
            "lines": {name: asdict(line) for name, line in self._lines.items()},
            "history": self._history,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._path, data)
