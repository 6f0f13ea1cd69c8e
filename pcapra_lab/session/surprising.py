"""One surprise drill on the machines: the watch, what happens during it, and its undoing."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from pcapra_lab.content.base import seconds
from pcapra_lab.content.surprise import Decoy, PoolFault, Surprise
from pcapra_lab.drills.clocks import Mark
from pcapra_lab.drills.surprises.diagnosis import judge
from pcapra_lab.drills.surprises.watch import Event, Guess, Verdict, Watch
from pcapra_lab.drills.timeline import Moment
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.faults.record import ProcessId
from pcapra_lab.progress.records import DrillRecord, DrillState
from pcapra_lab.remote.result import RunInGuest
from pcapra_lab.session.api import EventSink
from pcapra_lab.session.drill_book import Book, Page
from pcapra_lab.session.playground import Playground
from pcapra_lab.session.striking import strike_odd, undo_odd

logger = logging.getLogger(__name__)

BETWEEN_LOOKS = 1.0
"""Seconds: how well the moment of a repair is known."""
LOOK_SECONDS = 2.0
"""How long answers are awaited while the watch goes on: a dead machine answers much later."""
LAST_LOOK_SECONDS = 20.0


class Surprising:
    """What is done to machines for the watch of a drill. Several threads may call it at once.

    Args:
        run: runs a command in a machine as root.
        keeper: the process with which faults end once the watch is over; None: they last until
            they are undone.
    """

    def __init__(
        self, play: Playground, book: Book, run: RunInGuest, keeper: ProcessId | None
    ) -> None:
        self._play = play
        self._book = book
        self._run = run
        self._keeper = keeper
        self._looks: dict[tuple[int, str], threading.Thread] = {}
        self._starting = threading.Lock()

    def keep_watch(
        self,
        record: DrillRecord,
        surprise: Surprise,
        look: Callable[[], None],
        on_event: EventSink,
        cancel: threading.Event,
        turn: AbstractContextManager[object],
    ) -> None:
        """Make everything happen at its time; returns once the watch is over.

        Args:
            look: looks once at what probes and what writes.
            turn: held while something is made to happen: nothing moves the machines meanwhile.

        Raises:
            LabError: a fault could not be made to happen. A decoy that could not is left out.
            Cancelled: ``cancel`` was set, or the drill was given up from elsewhere.
        """
        begun = Mark(time.monotonic())
        record = self._edit(record, lambda watch: setattr(watch, "begun", begun))
        while True:
            elapsed = time.monotonic() - begun.at
            watch = _watch(record)
            for event in [x for x in watch.events if not x.armed and x.due <= elapsed]:
                with turn:
                    self._strike(record, surprise, event)
            if elapsed >= watch.length:
                break
            said = _("garde en cours : surveillez")
            on_event(LabEvent(Phase.PREPARE, None, None, elapsed, detail=said))
            if cancel.wait(min(BETWEEN_LOOKS, watch.length - elapsed)):
                raise Cancelled
            record = self._book.store.read(record.id)
            if record.state is DrillState.ENDED:
                return
            if record.state.over:
                raise Cancelled
            look()
            self.examine(record, surprise)
            record = self._book.store.read(record.id)
        self._over(record)
        on_event(LabEvent(Phase.PREPARE, None, 1.0, time.monotonic() - begun.at))

    def strike_all(self, record: DrillRecord, surprise: Surprise) -> None:
        """Make all faults happen at once, and what only hands can repair be repaired: for who
        wants the solution.

        Raises:
            LabError: one could not be made to happen.
        """
        now = Mark(time.monotonic())
        record = self._edit(record, lambda watch: setattr(watch, "begun", now))
        for event in _watch(record).events:
            self._strike(record, surprise, event)
        for event in _watch(record).faults:
            self.relieve(surprise, event)
        self._over(record)

    def examine(
        self, record: DrillRecord, surprise: Surprise, patience: float | None = None
    ) -> None:
        """Ask of every fault that has happened whether it is gone.

        A machine that does not answer delays no other, nor what is still to happen: its answer is
        kept when it comes.

        Args:
            patience: seconds that answers are awaited; ``LOOK_SECONDS`` if None.
        """
        with self._starting:
            for event in _watch(self._book.store.read(record.id)).faults:
                key = (record.id, event.id)
                known = self._looks.get(key)
                if event.struck is None or event.undone or (known and known.is_alive()):
                    continue
                self._looks[key] = threading.Thread(
                    target=self._ask, args=(record, surprise, event), name="look", daemon=True
                )
                self._looks[key].start()
            looks = [look for (drill, _event), look in self._looks.items() if drill == record.id]
        deadline = time.monotonic() + (LOOK_SECONDS if patience is None else patience)
        for look in looks:
            look.join(max(0.0, deadline - time.monotonic()))

    def _ask(self, record: DrillRecord, surprise: Surprise, event: Event) -> None:
        began = time.monotonic()
        up = is_gone(self._run, surprise.fault(event.id), event.vm)
        ended = time.monotonic()
        self._edit_event(record, event.id, _look(began, ended, up=up))

    def guess(
        self, record: DrillRecord, surprise: Surprise, vm: str, cause: str, at: Mark
    ) -> Verdict:
        """A diagnosis is declared; what it is worth. A right one sends somebody to plug back in
        what cannot be repaired from inside: this waits until the machine is back.

        Raises:
            LabError: nobody could plug it back in; the guess counts all the same.
        """
        told: list[tuple[Verdict, Event | None]] = []

        def said(page: Page) -> None:
            if (watch := page.watch) is not None:
                told[:] = [judge(surprise, watch, vm, cause, at)]
                watch.guesses.append(Guess(vm, cause, at, told[0][0]))
                if told[0][0] is Verdict.RIGHT:
                    page.timeline.mark(Moment.DIAGNOSED, at, time.time())

        self._book.change(record, said)
        verdict, event = told[0] if told else (Verdict.WRONG, None)
        if verdict is Verdict.RIGHT and event is not None:
            self.relieve(surprise, event)
        return verdict

    def relieve(self, surprise: Surprise, event: Event) -> None:
        """Repair a fault that cannot be repaired from inside the machine, if it is one.

        Raises:
            LabError: it could not be.
        """
        fault = surprise.fault(event.id)
        if fault.outside:
            undo_odd(self._play, fault, event.vm)

    def date_first(self, record: DrillRecord) -> None:
        """The drill's fault is the first that struck: nothing could tell it before the end."""
        first = _watch(self._book.store.read(record.id)).first
        if first is not None:
            self._book.mark(record, Moment.FAULT, first)

    def undo(
        self, record: DrillRecord, surprise: Surprise, *, outside_only: bool = False
    ) -> list[str]:
        """End what may still be in effect, decoys included; what could not be.

        Args:
            outside_only: only what keeps a machine from answering.
        """
        events = [x for x in _watch(self._book.store.read(record.id)).events if _left(x, surprise)]
        # A machine that is off would not hear that something must be undone.
        events.sort(key=lambda x: not _is_outside(x, surprise))
        problems = []
        for event in events:
            if outside_only and not _is_outside(event, surprise):
                continue
            try:
                undo_odd(self._play, _odd(event, surprise), event.vm)
            except LabError as error:
                logger.warning("drill: %s", error.message)
                problems.append(error.message)
            else:
                self._edit_event(record, event.id, lambda one: setattr(one, "undone", True))
        return problems

    def _strike(self, record: DrillRecord, surprise: Surprise, event: Event) -> None:
        record = self._book.store.read(record.id)
        if record.state.over:
            # Measured or given up meanwhile: the watch sees it at its next turn.
            return

        def armed(page: Page) -> None:
            page.armed = True
            if page.watch is not None:
                page.watch.event(event.id).armed = True

        # Before: whatever is killed then, what may have happened is known.
        self._book.change(record, armed)
        odd = _odd(event, surprise)
        try:
            struck = strike_odd(self._play, odd, event.vm, self._keeper)
        except LabError as error:
            if not event.decoy:
                raise
            logger.warning("drill: decoy %s: %s", event.id, error.message)
            return

        def done(one: Event) -> None:
            one.fault, one.struck = struck.fault, struck.at

        if self._edit_event(record, event.id, done).state is not DrillState.RUNNING:
            # Given up meanwhile: nobody would undo it later.
            undo_odd(self._play, odd, event.vm)

    def _over(self, record: DrillRecord) -> None:
        def over(page: Page) -> None:
            page.keeper = self._keeper
            if page.watch is not None:
                page.watch.over = True

        self._book.change(record, over)

    def _edit(self, record: DrillRecord, edit: Callable[[Watch], None]) -> DrillRecord:
        def edited(page: Page) -> None:
            if page.watch is not None:
                edit(page.watch)

        return self._book.change(record, edited)

    def _edit_event(
        self, record: DrillRecord, event_id: str, edit: Callable[[Event], None]
    ) -> DrillRecord:
        return self._edit(record, lambda watch: edit(watch.event(event_id)))


def is_gone(run: RunInGuest, fault: PoolFault, vm: str) -> bool:
    """Ask once whether a fault is gone from the machine it struck."""
    limit = seconds(fault.repaired.timeout)
    # The machine's own deadline: a command that hangs must not stay behind there.
    argv = ["timeout", "-k", "1", f"{limit:g}", *fault.repaired.run]
    try:
        return run(fault.repaired.on(vm), argv, b"", limit + 10).exit_status == 0
    except LabError:
        return False


def _look(began: float, ended: float, *, up: bool) -> Callable[[Event], None]:
    def looked(event: Event) -> None:
        if not event.undone:
            event.look(began, ended, up=up)

    return looked


def _watch(record: DrillRecord) -> Watch:
    watch = Page.from_data(record.data).watch
    return watch if watch is not None else Watch("", 0.0, [], [])


def _odd(event: Event, surprise: Surprise) -> PoolFault | Decoy:
    return surprise.decoy(event.id) if event.decoy else surprise.fault(event.id)


def _is_outside(event: Event, surprise: Surprise) -> bool:
    return not event.decoy and surprise.fault(event.id).outside


def _left(event: Event, surprise: Surprise) -> bool:
    """Whether something of it may be there: what the lab injected is on its record until lifted."""
    pool = surprise.decoys if event.decoy else surprise.faults
    if event.id not in {one.id for one in pool}:
        # The course has changed since: nobody knows any more how to undo it.
        return False
    injected = not event.decoy and surprise.fault(event.id).inject is not None
    return event.armed and not event.undone and (event.repaired is None or event.decoy or injected)
