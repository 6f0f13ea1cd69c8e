"""One drill on the machines: writer, fault, looks, the measure at the end."""

import logging
import random
import threading
import time
from collections.abc import Callable

from pcapra_lab.content.base import seconds
from pcapra_lab.content.drill import Drill, NumberedWriter
from pcapra_lab.content.fill import PLACEHOLDER
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.journal import Survey
from pcapra_lab.drills.measures import restored
from pcapra_lab.drills.recorder import Recorder
from pcapra_lab.drills.result import measure
from pcapra_lab.drills.timeline import Moment
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.progress.records import DrillRecord, DrillState
from pcapra_lab.remote.result import CommandResult
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_book import Book, Page
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.striking import strike, undo

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

    def begin(
        self, record: DrillRecord, drill: Drill, on_event: EventSink, cancel: threading.Event
    ) -> None:
        """Start the writer, and see it write.

        Raises:
            LabError: a machine refused, or nothing is acknowledged.
            Cancelled: ``cancel`` was set.
        """
        began = time.monotonic()
        writer = drill.writer
        said = _("écritures numérotées sur {vm}").format(vm=writer.vm)
        on_event(LabEvent(Phase.PREPARE, writer.vm, None, 0.0, detail=said))
        recorder = self._recorder(record, drill)
        recorder.start()
        while True:
            look = recorder.look(Page.from_data(record.data).offset)
            record = self._book.looked(record, look)
            page = Page.from_data(record.data)
            if page.acknowledged >= FIRST_ACKS:
                break
            if time.monotonic() - began > FIRST_SECONDS:
                raise LabError(
                    _("rien ne s'écrit dans {path}, sur {vm}").format(
                        path=self.filled(drill).writer.path, vm=writer.vm
                    ),
                    hint=_(
                        "pcapra-lab rewind {step} remet les machines au début de l'étape"
                    ).format(step=record.step),
                )
            if cancel.wait(BETWEEN_LOOKS / 4):
                raise Cancelled
        self._book.mark(record, Moment.BEGUN, Mark(time.monotonic()))

    def wait_calmly(
        self, record: DrillRecord, drill: Drill, on_event: EventSink, cancel: threading.Event
    ) -> None:
        """Let the trainee work for a while that nobody knows.

        Raises:
            Cancelled: ``cancel`` was set, or the drill was given up from elsewhere.
        """
        least, most = (seconds(one) for one in drill.fault.after)
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
        struck = strike(self._play, drill, self._keeper)

        def told(page: Page) -> None:
            page.fault, page.keeper = struck.fault, self._keeper
            page.timeline.mark(Moment.FAULT, struck.at, time.time())

        if self._book.change(record, told).state is not DrillState.RUNNING:
            # Given up meanwhile: nobody would undo it later.
            undo(self._play, drill)

    def _over(self, record: DrillRecord) -> bool:
        return self._book.store.read(record.id).state.over

    def look(self, record: DrillRecord, drill: Drill) -> None:
        """One look at the writer. A machine that does not answer is a problem to show, no more."""
        record = self._book.store.read(record.id)
        if not record.data["recorded"]:
            return
        try:
            look = self._recorder(record, drill).look(record.data["offset"])
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
        hold = seconds(drill.hold)

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
        # A machine that is off or frozen answers nothing; bytes put back would be no loss any more.
        fault, inside = record.data["fault"], drill.fault.inject and drill.fault.inject.in_guest
        if fault is not None and not inside:
            self._attempt(lambda: self._play.lab.faults.lift(fault), problems)
        if record.data["recorded"]:
            recorder = self._recorder(record, drill)
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
        record = self._book.store.read(record.id)
        page = Page.from_data(record.data)
        if fault is not None and inside:
            self._attempt(lambda: self._play.lab.faults.lift(fault), problems)
        page.timeline.mark(Moment.ENDED, Mark(time.monotonic()), time.time())
        result = measure(
            page.timeline,
            self._book.journal(page.token),
            survey,
            hold=seconds(drill.hold),
            bands=drill.expected.in_seconds(),
        )

        def told(kept: Page) -> None:
            kept.timeline, kept.result, kept.problem = page.timeline, result, " ; ".join(problems)
            kept.writing = False

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
            if page.armed:
                self._attempt(lambda: undo(self._play, drill), problems)
            if page.recorded:
                self._attempt(self._recorder(record, drill).stop, problems)

        def told(kept: Page) -> None:
            kept.problem, kept.writing = " ; ".join(dict.fromkeys(problems)), False

        self._book.change(record, told, DrillState.INTERRUPTED)

    def filled(self, drill: Drill) -> Drill:
        """The drill with its parameters."""

        def put(text: str) -> str:
            return PLACEHOLDER.sub(lambda m: self._play.parameters.get(m[1], m[0]), text)

        writer: NumberedWriter = drill.writer.model_copy(update={"path": put(drill.writer.path)})
        return drill.model_copy(update={"title": put(drill.title), "writer": writer})

    def _recorder(self, record: DrillRecord, drill: Drill) -> Recorder:
        addresses = {vm.name: vm.address for vm in self._play.topology.vms}
        writer = self.filled(drill).writer
        return Recorder(self._run, writer, record.data["token"], lambda vm: addresses[vm])

    def _run(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        return self._play.lab.links.root(vm).run(argv, stdin=stdin, timeout=timeout)

    @staticmethod
    def _attempt(act: Callable[[], object], problems: list[str]) -> None:
        try:
            act()
        except LabError as error:
            logger.warning("drill: %s", error.message)
            problems.append(error.message)
