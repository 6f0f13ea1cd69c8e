"""Asks machines how they are, each on its own: a slow one holds up no other."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.message import Message

from pcapra_lab.session.api import TraineeSession
from pcapra_lab.session.health import VmHealth
from pcapra_lab.ui.bridge import Post, guarded
from pcapra_lab.ui.messages import Action


@dataclass
class HealthRead(Message):
    """How a machine is; ``at`` is a reading of the interface's clock."""

    health: VmHealth
    at: float


class HealthFeed:
    """Never asks a machine that has not answered yet. Used from the interface's thread.

    The threads are its own: those of Textual's workers are few, and a shell may wait for one.

    Args:
        session: who is asked.
        post: receives a ``HealthRead`` an answer, or an ``ActionFailed``.
        clock: the interface's.
    """

    def __init__(self, session: TraineeSession, post: Post, clock: Callable[[], float]) -> None:
        self._session = session
        self._post = post
        self._clock = clock
        self._pending: set[str] = set()

    def ask(self, vms: Iterable[str]) -> None:
        """Ask those that are not being asked already. Answers come as messages."""
        for vm in vms:
            if vm not in self._pending:
                self._pending.add(vm)
                # A daemon: quitting waits for no machine.
                name = f"health-{vm}"
                threading.Thread(target=self._work, args=(vm,), name=name, daemon=True).start()

    def answered(self, vm: str) -> None:
        """Its answer was handled: it may be asked again."""
        self._pending.discard(vm)

    def _work(self, vm: str) -> None:
        def read() -> Message:
            (health,) = self._session.health((vm,))
            return HealthRead(health, self._clock())

        guarded(self._post, Action.FOLLOW, read, vm)
