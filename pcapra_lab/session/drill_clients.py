"""One drill's availability clients: started, heard, concluded."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from pcapra_lab.content.availability import Availability
from pcapra_lab.content.base import seconds
from pcapra_lab.drills.outages import settled
from pcapra_lab.drills.result import Sounded
from pcapra_lab.drills.sounding import Sounding
from pcapra_lab.drills.timeline import Moment
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.progress.records import DrillRecord
from pcapra_lab.remote.result import RunInGuest
from pcapra_lab.session.drill_book import Book, Page

logger = logging.getLogger(__name__)

FIRST_TRIES = 3
"""Successes in a row before anything may happen: what is down already cannot be cut."""
LISTEN_SECONDS = 2.0
"""How long a look is awaited: a dead machine answers much later."""
POLL_SECONDS = 0.25


class Clients:
    """The clients of one drill. Methods may be called from several threads.

    Args:
        availability: what is probed and followed, parameters filled in.
        run: the way to the machines.
        owners: tells machines by their hardware address.
    """

    def __init__(
        self,
        book: Book,
        record: DrillRecord,
        availability: Availability,
        run: RunInGuest,
        owners: Callable[[], Mapping[str, str]],
    ) -> None:
        self._book = book
        self._id = record.id
        self._token: str = record.data["token"]
        self._seen = availability
        self._hold = seconds(availability.hold)
        self._sounding = Sounding(run, availability, self._token, owners)
        self._looks: dict[str, threading.Thread] = {}
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start them.

        Raises:
            LabError: a machine cannot be reached, or refused.
        """
        self._sounding.start()

    def sounded(self) -> Sounded:
        """What they told so far."""
        return self._book.sounded(self._token, self._seen)

    def not_ready(self) -> str | None:
        """Which service does not answer yet, and why; None when all do."""
        for probed in self.sounded().probes:
            if [one.up for one in probed.tries[-FIRST_TRIES:]] != [True] * FIRST_TRIES:
                said = _("« {title} » ne répond pas aux sondes").format(title=probed.title)
                why = next((one.why for one in reversed(probed.tries) if one.why), "")
                return f"{said} ({why})" if why else said
        return None

    def listen(self) -> None:
        """Hear what they told. One that is slow delays no other: it is heard when it answers."""
        with self._starting:
            for vm in self._seen.vms:
                known = self._looks.get(vm)
                if known is None or not known.is_alive():
                    self._looks[vm] = threading.Thread(
                        target=self._hear, args=(vm,), name=f"sonde-{vm}", daemon=True
                    )
                    self._looks[vm].start()
            looks = list(self._looks.values())
        deadline = time.monotonic() + LISTEN_SECONDS
        for look in looks:
            look.join(max(0.0, deadline - time.monotonic()))

    def settle(self) -> bool:
        """Date the recovery, once they saw it for long enough; whether it is dated."""
        record = self._book.store.read(self._id)
        marks = Page.from_data(record.data).timeline.marks
        fault = marks.get(Moment.FAULT)
        if fault is None or Moment.RESTORED in marks:
            return fault is not None
        sounded = self.sounded()
        if not all(settled(one, self._hold) for one in sounded.probes):
            return False
        back = sounded.back(fault, self._hold)
        if back is None:
            return False
        self._book.mark(record, Moment.RESTORED, back)
        return True

    def conclude(self) -> list[str]:
        """Hear all that they have to say, and stop the one that probes; what went wrong.

        A service that answers is given the time to prove that it goes on.
        """
        deadline = time.monotonic() + self._hold + LISTEN_SECONDS
        pause = threading.Event()
        self.listen()
        while not self.settle() and self._answering() and time.monotonic() < deadline:
            pause.wait(POLL_SECONDS)
            self.listen()
        problems = self._stopped(self._seen.vm)
        self.listen()
        return problems

    def stop(self, *, client: bool = False) -> list[str]:
        """Stop those that follow states, and the one that probes if asked to; what went wrong."""
        others = [vm for vm in self._seen.vms if vm != self._seen.vm]
        vms = [self._seen.vm, *others] if client else others
        return [problem for vm in vms for problem in self._stopped(vm)]

    def _answering(self) -> bool:
        return all(one.tries and one.tries[-1].up is True for one in self.sounded().probes)

    def _stopped(self, vm: str) -> list[str]:
        try:
            self._sounding.stop(vm)
        except LabError as error:
            logger.warning("drill: %s", error.message)
            return [error.message]
        return []

    def _hear(self, vm: str) -> None:
        record = self._book.store.read(self._id)
        try:
            heard = self._sounding.look(vm, record.data["heard"].get(vm, 0))
            self._book.listened(record, vm, heard)
        except LabError as error:
            message = error.message

            def deaf(page: Page) -> None:
                page.problem = message

            self._book.change(record, deaf)
