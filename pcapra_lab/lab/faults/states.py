"""Faults across saved states: what a restore ends, what it brings back, what a boot leaves.

A saved state holds the faults that were inside the machines when it was made. Bringing machines
back to it ends every fault they have now, and brings those back:

====================  =============================  ================================
fault                 restore of its machine         held by a state saved meanwhile
====================  =============================  ================================
power cut, freeze     ended: the machine runs        no: restored machines run
link down             ended: plugged in before       yes: the guest's link state is memory
in one guest          ended: wiped                   yes
partition             ended, on machines that are    yes
                      not restored too
====================  =============================  ================================
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.ledger import Book, Ledger
from pcapra_lab.lab.faults.model import Freeze, LinkDown, Partition, PowerCut
from pcapra_lab.lab.faults.record import Active, FaultState, Lifted
from pcapra_lab.lab.faults.turns import Turn


class FaultsInStates:
    """What those who save, restore, boot and delete machines must tell.

    Args:
        lift: undoes faults on some of their machines; the turn is held.
    """

    def __init__(
        self,
        ledger: Ledger,
        turn: Turn,
        lift: Callable[[Iterable[Active], Collection[str]], list[Lifted]],
    ) -> None:
        self._ledger = ledger
        self._turn = turn
        self._lift = lift

    @contextmanager
    def saving(self, snapshot: str, *, asleep: bool = False) -> Iterator[None]:
        """Around saving all machines under a name never used before.

        Nothing is injected or lifted meanwhile.

        Args:
            asleep: the machines stop there. Nothing is active until they wake up from it; then
                what was active is again. From any other state, what comes back is to be lifted.

        Raises:
            LabBusy: an injection or a lift does not end.
        """
        with self._turn.taken(_("enregistrement de l'état des machines")):
            # Before: the state exists as soon as it is saved, whatever is killed then.
            self._ledger.change(lambda book: _hold(book, snapshot, asleep=asleep))
            yield
            if asleep:
                self._ledger.change(lambda book: book.faults.clear())

    @contextmanager
    def restoring(self, vms: Collection[str], snapshot: str) -> Iterator[list[Active]]:
        """Around bringing machines back to a saved state, until they run.

        Gives the faults that end with it. If the restore fails, what may still be in effect
        stays on record. Afterwards ``lift_orphans`` undoes what the state brought back.

        Raises:
            LabBusy: an injection or a lift does not end.
        """
        names = set(vms)
        with self._turn.taken(_("restauration des machines")):
            ended = [f for f in self._ledger.read().faults if not names.isdisjoint(f.vms)]
            stuck = self._release(ended, names)
            yield ended
            self._ledger.change(lambda book: _settle(book, ended, stuck, names, snapshot))

    def booted(self, vms: Collection[str]) -> None:
        """Machines that were off were started from their disks: little outlives that."""

        def edit(book: Book) -> None:
            for fault in [f for f in book.faults if not f.spec.survives_boot]:
                book.narrow(fault.id, vms)

        if self._ledger.read().faults:
            self._ledger.change(edit)

    def deleted(self) -> None:
        """The machines and their disks are gone, and every fault with them."""
        self._ledger.clear()

    def prune(self, snapshots: Iterable[str]) -> None:
        """Only these saved states still exist."""
        self._ledger.prune(snapshots)

    def _release(self, ended: list[Active], names: set[str]) -> set[str]:
        """Undo what a restore would not; ids of the faults that outlive it all the same."""
        stuck: set[str] = set()
        plugged = [f for f in ended if isinstance(f.spec, LinkDown)]
        shared = [f for f in ended if isinstance(f.spec, Partition)]
        others = {vm for f in shared for vm in f.vms} - names
        for faults, where in ((plugged, names), (shared, others)):
            try:
                self._lift(faults, where)
            except FaultsLeft as error:
                stuck |= {f.id for f in error.left if f in plugged}
        return stuck


def _hold(book: Book, snapshot: str, *, asleep: bool) -> None:
    held = [f for f in book.faults if not isinstance(f.spec, PowerCut | Freeze)]
    if not asleep:
        held = [f.model_copy(update={"state": FaultState.LIFTING, "by": None}) for f in held]
    if held:
        book.saved[snapshot] = held


def _settle(
    book: Book, ended: list[Active], stuck: set[str], names: set[str], snapshot: str
) -> None:
    for fault in ended:
        if fault.id not in stuck:
            book.narrow(fault.id, names)
    before = {fault.id: fault for fault in ended}
    left = {fault.id: fault for fault in book.faults}
    for held in book.saved.get(snapshot, []):
        back = [vm for vm in held.vms if vm in names]
        if not back:
            continue
        # Still in force until now: it is not a fault of the past.
        fault = before.get(held.id, held)
        others = left[held.id].vms if held.id in left else []
        touched = list(dict.fromkeys([*others, *back]))
        book.put(fault.model_copy(update={"vms": touched}))
