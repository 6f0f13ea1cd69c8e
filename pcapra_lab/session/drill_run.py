"""One drill on the machines: writer, fault, looks, the measure at the end."""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from pcapra_lab.content.base import seconds
from pcapra_lab.content.drill import Drill, DrillFault
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.journal import Survey
from pcapra_lab.drills.measures import restored
from pcapra_lab.drills.recorder import Recorder
from pcapra_lab.drills.result import Judged, measure
from pcapra_lab.drills.surprises.diagnosis import assess, longest
from pcapra_lab.drills.timeline import Moment
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.progress.records import DrillRecord, DrillState
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_book import Book, Page
from pcapra_lab.session.drill_clients import Clients
from pcapra_lab.session.drill_filling import fill_drill
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.striking import strike, undo
from pcapra_lab.session.surprising import LAST_LOOK_SECONDS, Surprising

logger = logging.getLogger(__name__)

FIRST_ACKS = 3
"""Acknowledged writes before anything may happen: without any, nothing could be lost."""
FIRST_SECONDS = 60.0
"""How long they are waited for."""
BETWEEN_LOOKS = 1.0


class DrillRun:
    """What is done to machines for a drill.

    Args:
        keeper: the process with which faults end; None: they last until they are lifted.
    """

    def __init__(self, play: Playground, book: Book, keeper: ProcessId | None) -> None:
        self._play = play
        self._book = book
        self._keeper = keeper
        self._known: dict[int, Clients] = {}
        self.surprising = Surprising(play, book, self._run, keeper)
        """What a surprise drill does to machines."""

    def begin(
        self, record: DrillRecord, drill: Drill, on_event: EventSink, cancel: threading.Event
    ) -> None:
        """Start what writes and what probes, and see both at work.

        Raises:
            LabError: a machine refused, nothing is acknowledged, or the service does not answer.
            Cancelled: ``cancel`` was set.
        """
        began = time.monotonic()
        vm = drill.writer.vm if drill.writer is not None else None
        said = (
            _("écritures numérotées sur {vm}").format(vm=vm) if vm else _("sondes de disponibilité")
        )
        on_event(LabEvent(Phase.PREPARE, vm, None, 0.0, detail=said))
        recorder, clients = self._recorder(record, drill), self._clients(record, drill)
        if recorder is not None:
            recorder.start()
        if clients is not None:
            clients.start()
        while True:
            if recorder is not None:
                record = self._book.looked(record, recorder.look(record.data["offset"]))
            if clients is not None:
                clients.listen()
                record = self._book.store.read(record.id)
            if (problem := self._not_ready(record, drill)) is None:
                break
            if time.monotonic() - began > FIRST_SECONDS:
                raise LabError(
                    problem,
                    hint=_(
                        "pcapra-lab rewind {step} remet les machines au début de l'étape"
                    ).format(step=record.step),
                )
            if cancel.wait(BETWEEN_LOOKS / 4):
                raise Cancelled
        self._book.mark(record, Moment.BEGUN, Mark(time.monotonic()))

    def _not_ready(self, record: DrillRecord, drill: Drill) -> str | None:
        """Why the fault cannot happen yet; None when all that measures it works."""
        writer = self.filled(drill).writer
        if writer is not None and Page.from_data(record.data).acknowledged < FIRST_ACKS:
            return _("rien ne s'écrit dans {path}, sur {vm}").format(
                path=writer.place, vm=writer.vm
            )
        clients = self._clients(record, drill)
        return None if clients is None else clients.not_ready()

    def wait_calmly(
        self, record: DrillRecord, drill: Drill, on_event: EventSink, cancel: threading.Event
    ) -> None:
        """Let the trainee work for a while that nobody knows.

        Raises:
            Cancelled: ``cancel`` was set, or the drill was given up from elsewhere.
        """
        least, most = (seconds(one) for one in _fault(drill).after)
        # Drawn anew each time: who starts again must not know when.
        wait = least + (most - least) * random.SystemRandom().random()
        began = time.monotonic()
        while (left := began + wait - time.monotonic()) > 0:
            # How far it is would tell when.
            said = _("tout va bien pour l'instant : travaillez")
            on_event(LabEvent(Phase.PREPARE, None, None, time.monotonic() - began, detail=said))
            if cancel.wait(min(BETWEEN_LOOKS, left)) or self._over(record):
                raise Cancelled
            self.look(record, drill)
        on_event(LabEvent(Phase.PREPARE, None, 1.0, time.monotonic() - began))

    def strike(self, record: DrillRecord, drill: Drill) -> None:
        """Make the fault happen. Nothing moves the machines meanwhile.

        Raises:
            LabError: it could not be injected.
            Cancelled: the drill was given up from elsewhere.
        """
        if self._over(record):
            raise Cancelled

        def armed(page: Page) -> None:
            page.armed = True

        # Before: whatever is killed then, what may have happened is known.
        self._book.change(record, armed)
        struck = strike(self._play, _fault(drill), self._keeper)

        def told(page: Page) -> None:
            page.fault, page.keeper = struck.fault, self._keeper
            page.timeline.mark(Moment.FAULT, struck.at, time.time())

        if self._book.change(record, told).state is not DrillState.RUNNING:
            # Given up meanwhile: nobody would undo it later.
            undo(self._play, _fault(drill))

    def keep_watch(
        self,
        record: DrillRecord,
        drill: Drill,
        on_event: EventSink,
        cancel: threading.Event,
        turn: AbstractContextManager[object],
    ) -> None:
        """The whole watch of a surprise drill. See ``Surprising.keep_watch``."""
        if (surprise := self.filled(drill).surprise) is not None:
            self.surprising.keep_watch(
                record, surprise, lambda: self.look(record, drill), on_event, cancel, turn
            )

    def _over(self, record: DrillRecord) -> bool:
        return self._book.store.read(record.id).state.over

    def look(self, record: DrillRecord, drill: Drill) -> None:
        """One look at what writes and what probes. A machine that does not answer is a problem to
        show, no more."""
        record = self._book.store.read(record.id)
        clients = self._clients(record, drill)
        if clients is not None and record.data.get("sounding"):
            clients.listen()
            clients.settle()
        recorder = self._recorder(record, drill)
        if recorder is None or not record.data["recorded"]:
            return
        try:
            look = recorder.look(record.data["offset"])
        except LabError as error:
            message = error.message

            def blind(page: Page) -> None:
                page.problem, page.writing = message, False

            self._book.change(record, blind)
        else:
            self._book.looked(record, look)

    def probe(self, record: DrillRecord, drill: Drill) -> None:
        """Ask the probe once, from the fault until the service is back."""
        record = self._book.store.read(record.id)
        marks = Page.from_data(record.data).timeline.marks
        if drill.probe is None or Moment.FAULT not in marks or Moment.RESTORED in marks:
            return
        limit = seconds(drill.probe.timeout)
        began = time.monotonic()
        try:
            # The machine's own deadline: a command that hangs must not stay behind there.
            argv = ["timeout", "-k", "1", f"{limit:g}", *drill.probe.run]
            up = self._run(drill.probe.vm, argv, b"", limit + 10).exit_status == 0
        except LabError:
            up = False
        ended = time.monotonic()
        self._book.change(record, lambda page: page.timeline.look(began, ended, up=up))
        self.mark_restored(record, drill)

    def mark_restored(self, record: DrillRecord, drill: Drill) -> None:
        """Date the recovery, if the looks so far show it."""
        hold = drill.hold_seconds

        def told(page: Page) -> None:
            fault = page.timeline.marks.get(Moment.FAULT)
            back = restored(page.timeline.looks, fault, hold) if fault else None
            if back is not None:
                page.timeline.mark(Moment.RESTORED, back, time.time())

        self._book.change(record, told)

    def finish(self, record: DrillRecord, drill: Drill) -> None:
        """Measure, lift, and write it down. What cannot be seen any more is not measured."""
        problems: list[str] = []
        survey: Survey | None = None
        surprise = self.filled(drill).surprise
        if surprise is not None:
            self.surprising.date_first(record)
        # A machine that is off or frozen answers nothing; bytes put back would be no loss any more.
        clients = self._clients(record, drill)
        others = clients if clients is not None and record.data.get("sounding") else None
        if others is not None:
            # Before the fault is lifted: that is no recovery.
            problems += others.conclude()
        if surprise is not None:
            self.surprising.examine(record, surprise, LAST_LOOK_SECONDS)
        problems += self._lift(record, drill, outside=True)
        if others is not None:
            problems += others.stop()
        recorder = self._recorder(record, drill)
        if recorder is not None and record.data["recorded"]:
            self._attempt(recorder.stop, problems)
            self.look(record, drill)
            try:
                self._book.keep(record.data["token"], recorder.testimony())
            except LabError as error:
                problems.append(error.message)
            try:
                survey = recorder.survey()
            except LabError as error:
                problems.append(error.message)
        problems += self._lift(record, drill, outside=False)
        record = self._book.store.read(record.id)
        page = Page.from_data(record.data)
        page.timeline.mark(Moment.ENDED, Mark(time.monotonic()), time.time())
        result = measure(
            page.timeline,
            self._book.journal(page.token),
            survey,
            hold=drill.hold_seconds,
            bands=drill.expected.in_seconds(),
            sounded=clients.sounded() if clients is not None else None,
        )
        graded = None
        if surprise is not None and page.watch is not None:
            target, band = page.timeline.targets.rto, drill.expected.in_seconds().get("rto")
            graded = assess(surprise, page.watch, target)
            span = longest(graded)
            result = replace(result, rto=Judged.of(span, target, band) if span else None)

        def told(kept: Page) -> None:
            kept.timeline, kept.result, kept.problem = page.timeline, result, " ; ".join(problems)
            kept.writing, kept.assessment = False, graded

        self._book.change(record, told, DrillState.ENDED)

    def interrupt(self, record: DrillRecord, why: str, *, forgotten: bool = False) -> None:
        """Undo what was begun, as far as it can be, and measure nothing.

        Args:
            why: told with the drill.
            forgotten: the machines are about to forget all of it.
        """
        step = next((s for s in self._play.exercise.steps if s.id == record.step), None)
        record = self._book.store.read(record.id)
        page = Page.from_data(record.data)
        problems = [why]
        drill = step.drill if step is not None and not forgotten else None
        if drill is not None and record.state is DrillState.RUNNING:
            # First: a machine that is off or frozen would not hear that it must stop.
            if page.armed and drill.surprise is not None:
                problems += self.surprising.undo(record, drill.surprise)
            elif page.armed:
                self._attempt(lambda: undo(self._play, _fault(drill)), problems)
            clients, recorder = self._clients(record, drill), self._recorder(record, drill)
            if page.sounding and clients is not None:
                problems += clients.stop(client=True)
            if page.recorded and recorder is not None:
                self._attempt(recorder.stop, problems)

        def told(kept: Page) -> None:
            kept.problem, kept.writing = " ; ".join(dict.fromkeys(problems)), False

        self._book.change(record, told, DrillState.INTERRUPTED)

    def filled(self, drill: Drill) -> Drill:
        """The drill with its parameters."""
        return fill_drill(drill, self._play.parameters)

    def _lift(self, record: DrillRecord, drill: Drill, *, outside: bool) -> list[str]:
        """Lift what the drill did to machines, from outside or in them; what could not be."""
        if drill.surprise is not None:
            return self.surprising.undo(record, drill.surprise, outside_only=outside)
        problems: list[str] = []
        fault, spec = record.data["fault"], _fault(drill).inject
        if fault is not None and outside is not (spec is not None and spec.in_guest):
            self._attempt(lambda: self._play.lab.faults.lift(fault), problems)
        return problems

    def _recorder(self, record: DrillRecord, drill: Drill) -> Recorder | None:
        addresses = {vm.name: vm.address for vm in self._play.topology.vms}
        writer = self.filled(drill).writer
        if writer is None:
            return None
        return Recorder(self._run, writer, record.data["token"], lambda vm: addresses[vm])

    def _clients(self, record: DrillRecord, drill: Drill) -> Clients | None:
        seen = self.filled(drill).availability
        if seen is None:
            return None
        known = self._known.get(record.id)
        if known is None:
            known = self._known[record.id] = Clients(
                self._book, record, seen, self._run, self._owners
            )
        return known

    def _owners(self) -> dict[str, str]:
        return {vm.lan_mac: vm.name for vm in self._play.lab.plan.vms}

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._play.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)

    @staticmethod
    def _attempt(act: Callable[[], object], problems: list[str]) -> None:
        try:
            act()
        except LabError as error:
            logger.warning("drill: %s", error.message)
            problems.append(error.message)


def _fault(drill: Drill) -> DrillFault:
    assert drill.fault is not None  # noqa: S101 - a surprise drill takes another way
    return drill.fault
