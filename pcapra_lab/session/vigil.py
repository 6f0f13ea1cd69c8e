"""Watches over machines that are meant to run: one that falls is told within a second.

An event of the hypervisor only says where to look: it may come late, and a restore alone sends a
start, a pause and a return. What is told is what the hypervisor answers then, when it differs from
what was known; so nothing is told twice, and a fall while the link to the hypervisor was down is
told once it is back.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import SimpleQueue

from pcapra_lab.errors import LabError
from pcapra_lab.lab.hypervisor import Hypervisor
from pcapra_lab.lab.power import VmPower

logger = logging.getLogger(__name__)

PowerFollower = Callable[[str, VmPower], None]
"""Called with a machine's name and its state, from the vigil's thread."""

RETRY_FIRST = 0.5
"""Seconds before the link is made again: who restarts a daemon on purpose gets the time to."""
RETRY_MOST = 15.0
STOP_TIMEOUT = 2.0


class _Round:
    """One run of the vigil's thread."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.news: SimpleQueue[str | None] = SimpleQueue()
        """Domains to look at; None for all."""
        self.thread: threading.Thread | None = None

    def end(self) -> None:
        """Let the thread go, at once."""
        self.over.set()
        self.news.put(None)


class Vigil:
    """Tells its followers what happens to machines without being asked for.

    A thread runs from ``start`` to ``stop``, as long as somebody follows. Thread-safe.

    Args:
        hypervisor: the hypervisor, connected again if its daemon was restarted.
        retry: seconds before the link is made again after a loss; doubled at each failure.
    """

    def __init__(self, hypervisor: Callable[[], Hypervisor], *, retry: float = RETRY_FIRST) -> None:
        self._hypervisor = hypervisor
        self._retry = retry
        self._lock = threading.Lock()
        self._followers: list[PowerFollower] = []
        self._names: dict[str, str] = {}
        self._known: dict[str, VmPower | None] = {}
        """By domain; None when whatever comes next was asked for."""
        self._silences = 0
        self._excused: set[str] = set()
        self._moment = 0
        """Grows when what is known changes hands: a look begun before is worth nothing after."""
        self._on = False
        self._round: _Round | None = None

    def follow(self, follower: PowerFollower) -> Callable[[], None]:
        """Tell ``follower`` too, from the next ``start`` on or from now.

        Returns:
            What ends it, without waiting for a call under way. Idempotent.
        """
        with self._lock:
            self._followers.append(follower)
            self._adjust()

        def end() -> None:
            with self._lock:
                if follower in self._followers:
                    self._followers.remove(follower)
                self._adjust()

        return end

    def start(self, names: Mapping[str, str]) -> None:
        """Watch over machines that have just been brought up: all of them are meant to run.

        Args:
            names: each machine's name, by domain.
        """
        with self._lock:
            self._names = dict(names)
            self._known = dict.fromkeys(names, VmPower.RUNNING)
            self._moment += 1
            self._on = True
            self._adjust()
            self._look_at_all()

    def stop(self) -> None:
        """Tell nothing more. To be called before the machines are put to sleep or removed.

        Their daemon may stop next: nothing is left that would start it again.
        """
        with self._lock:
            self._on = False
            ended = self._round
            self._adjust()
        thread = ended.thread if ended is not None else None
        if thread is not None and thread is not threading.current_thread():
            thread.join(STOP_TIMEOUT)

    @contextmanager
    def expected(self, *falling: str) -> Iterator[None]:
        """Be silent while the lab itself changes power, and leaves its machines running.

        Afterwards a machine that was running and is not any more is told; others are as asked.

        Args:
            falling: names of machines that may be left off or frozen, as by a power cut.
        """
        with self._lock:
            self._excused.update(falling)
            self._silences += 1
            self._moment += 1
        try:
            yield
        finally:
            with self._lock:
                self._silences -= 1
                self._moment += 1
                if self._silences == 0:
                    self._forget_what_was_asked()
                    self._look_at_all()

    def _forget_what_was_asked(self) -> None:
        for domain, power in self._known.items():
            if power is not VmPower.RUNNING or self._names[domain] in self._excused:
                self._known[domain] = None
        self._excused.clear()

    def _adjust(self) -> None:
        """Begin or end a round. With the lock."""
        needed = self._on and bool(self._followers)
        if needed and self._round is None:
            current = self._round = _Round()
            current.thread = threading.Thread(
                target=self._run, args=(current,), name="vigil", daemon=True
            )
            current.thread.start()
        elif not needed and self._round is not None:
            self._round.end()
            self._round = None

    def _look_at_all(self) -> None:
        if self._round is not None:
            self._round.news.put(None)

    def _run(self, current: _Round) -> None:
        delay = self._retry
        while not current.over.is_set():
            try:
                self._stay(current)
                delay = self._retry
            except LabError as error:
                delay = min(2 * delay, RETRY_MOST)
                logger.warning("libvirt is out of reach, tried again in %.1f s: %s", delay, error)
            current.over.wait(delay)

    def _stay(self, current: _Round) -> None:
        """Look where the hypervisor's events say, until the link is lost or the round over."""
        hypervisor = self._hypervisor()
        lost = threading.Event()

        def cut() -> None:
            logger.warning("the link to libvirt is lost")
            lost.set()
            current.news.put(None)

        end = hypervisor.watch(lambda domain, _power: current.news.put(domain), cut)
        try:
            # What happened before the watch, or while there was none.
            self._look(current, hypervisor, None)
            while True:
                domain = current.news.get()
                if current.over.is_set() or lost.is_set():
                    return
                self._look(current, hypervisor, domain)
        finally:
            end()

    def _look(self, current: _Round, hypervisor: Hypervisor, domain: str | None) -> None:
        with self._lock:
            moment, silent = self._moment, self._silences > 0
            domains = [d for d in self._names if domain in (None, d)]
        if silent:
            # The end of the silence looks at all.
            return
        powers = {d: hypervisor.power(d) for d in domains}
        with self._lock:
            if self._round is not current or self._moment != moment:
                return
            news = [
                (self._names[d], power)
                for d, power in powers.items()
                if self._known[d] not in (None, power)
            ]
            self._known.update(powers)
            followers = tuple(self._followers)
        for name, power in news:
            for follower in followers:
                follower(name, power)
