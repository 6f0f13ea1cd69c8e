"""Injecting faults and lifting them: the one way in for sessions, drills and commands.

A fault is recorded before it is injected and forgotten only once it was seen undone, so whatever
is killed, whenever, what may still be in effect is known, listed and can be undone.
"""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.effects import Effects, GuestEffects, HostEffects
from pcapra_lab.lab.faults.errors import FaultsLeft
from pcapra_lab.lab.faults.ledger import Ledger, check_free
from pcapra_lab.lab.faults.model import ClockJump, FaultSpec
from pcapra_lab.lab.faults.record import (
    MANUAL,
    Active,
    Lifted,
    Moment,
    Owner,
    ProcessId,
)
from pcapra_lab.lab.faults.states import FaultsInStates
from pcapra_lab.lab.faults.turns import Turn
from pcapra_lab.lab.hypervisor import Hypervisor
from pcapra_lab.lab.plan import LabPlan
from pcapra_lab.remote.result import RunInGuest

MAX_AT_ONCE = 8
"""Faults lifted in parallel: reviving machines is a boot each."""


class FaultInjector:
    """The faults of one lab. Methods block for seconds, and may be called from any thread.

    Args:
        plan: the lab's machines.
        hypervisor: gives the connection; called only when there is something to do.
        run: runs a command in a machine as root.
        revive: boots one machine that is off to a working shell.
        ledger: the lab's ``faults.json``.
        turn: keeps injections and lifts apart, between processes too.
    """

    def __init__(
        self,
        plan: LabPlan,
        hypervisor: Callable[[], Hypervisor],
        run: RunInGuest,
        revive: Callable[[str], None],
        ledger: Ledger,
        turn: Turn | None = None,
    ) -> None:
        self._plan = plan
        self._ledger = ledger
        self._turn = turn or Turn(plan.folder)
        self._guest = GuestEffects(plan, hypervisor, run)
        self._host = HostEffects(plan, hypervisor, revive, self._set_clock)
        self.states = FaultsInStates(ledger, self._turn, self._lift_now)
        """What saving, restoring, booting and deleting machines do to their faults."""

    def active(self) -> list[Active]:
        """The faults on record, oldest first. Cheap: asks neither hypervisor nor machines."""
        return self._ledger.read().faults

    def inject(self, spec: FaultSpec, owner: Owner = MANUAL) -> Active:
        """Make a fault happen.

        Returns:
            The fault, with the moment at which it took effect.

        Raises:
            LabError: it is impossible, or failed half way; then what had been done was undone.
            FaultsLeft: it failed half way and could not be undone; it stays on record.
        """
        unknown = [vm for vm in spec.vms if vm not in self._names()]
        if unknown:
            raise LabError(
                _("la machine « {unknown} » n'existe pas dans ce laboratoire").format(
                    unknown=unknown[0]
                ),
                hint=_("machines : {names}").format(names=", ".join(self._names())),
            )
        effects = self._effects(spec)
        with self._turn.taken(_("injection : {label}").format(label=spec.label())):
            # Again under the ledger's lock when armed; here before machines are disturbed.
            check_free(self.active(), spec)
            fault = self._ledger.arm(spec, owner, effects.prepare(spec))
            try:
                return self._ledger.activate(fault, effects.act(fault))
            except (LabError, KeyboardInterrupt) as error:
                self._back_out(fault, error)
                raise

    def lift(self, fault_id: str) -> Lifted | None:
        """Undo one fault; None when it was lifted already.

        Raises:
            LabError: there never was such a fault.
            FaultsLeft: it could not be undone; it stays on record.
        """
        if self._ledger.find(fault_id) is None:
            return None
        lifted = self._lift(lambda fault: fault.id == fault_id)
        return lifted[0] if lifted else None

    def lift_all(
        self, *, vms: Collection[str] | None = None, owner: Owner | None = None
    ) -> list[Lifted]:
        """Undo all faults, or those that touch one of ``vms``, or those of ``owner``.

        Raises:
            FaultsLeft: some could not be undone, after the others were; they stay on record.
        """

        def wanted(fault: Active) -> bool:
            touched = vms is None or not set(vms).isdisjoint(fault.vms)
            return touched and (owner is None or fault.owner == owner)

        return self._lift(wanted)

    def lift_orphans(self) -> list[Lifted]:
        """Undo what a crash left behind. See ``lift_all``."""
        return self._lift(lambda fault: fault.orphan)

    def close(self) -> list[Lifted]:
        """Undo the faults that this process owns: it is about to end. See ``lift_all``."""
        me = ProcessId.current()
        return self._lift(lambda fault: fault.owner.process == me)

    def _lift(self, wanted: Callable[[Active], bool]) -> list[Lifted]:
        # A look first: nearly always there is nothing, and no turn to wait for.
        if not any(wanted(fault) for fault in self.active()):
            return []
        with self._turn.taken(_("levée de pannes")):
            return self._lift_now([fault for fault in self.active() if wanted(fault)])

    def _lift_now(
        self, faults: Iterable[Active], vms: Collection[str] | None = None
    ) -> list[Lifted]:
        """Undo faults, on all their machines or on ``vms`` only. The caller holds the turn.

        Raises:
            FaultsLeft: see ``lift_all``.
        """
        lifted: list[Lifted] = []
        failed: list[tuple[Active, LabError]] = []

        def attempt(fault: Active) -> None:
            try:
                lifted.append(self._lift_one(fault, vms))
            except LabError as error:
                failed.append((fault, error))

        # The latest first, where the rank does not tell.
        ordered = sorted(faults, key=lambda f: (f.spec.lift_rank, -f.serial))
        for _rank, group in groupby(ordered, key=lambda f: f.spec.lift_rank):
            with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
                list(pool.map(attempt, group))
        if failed:
            raise _left(failed, lifted)
        return lifted

    def _lift_one(self, fault: Active, vms: Collection[str] | None) -> Lifted:
        # A host without room for the ledger must not keep machines broken: the record is there.
        with suppress(LabError):
            fault = self._ledger.lifting(fault)
        before = Moment.now()
        with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
            freed = [
                pool.submit(self._free, fault, vm) for vm in fault.vms if vms is None or vm in vms
            ]
        errors = [error for one in freed if isinstance(error := one.exception(), LabError)]
        if errors or vms is not None:
            with suppress(LabError):
                self._ledger.stalled(fault)
        if errors:
            message = "\n".join(error.message for error in errors)
            raise LabError(message, hint=errors[0].hint) from errors[0]
        note = " ; ".join(dict.fromkeys(filter(None, (one.result() for one in freed))))
        return Lifted(fault, Moment.between(before, Moment.now()), note)

    def _free(self, fault: Active, vm: str) -> str:
        """Undo a fault on one machine, and record that; a note or none."""
        note = self._effects(fault.spec).undo(fault, vm)
        self._ledger.lifted(fault, [vm])
        return note

    def _back_out(self, fault: Active, cause: BaseException) -> None:
        """Undo an injection that failed half way.

        Raises:
            FaultsLeft: that failed too.
        """
        try:
            self._lift_one(fault, None)
        except LabError as error:
            first = cause.message if isinstance(cause, LabError) else _("injection interrompue")
            raise FaultsLeft(
                _("{first}\nCe qui en avait été fait n'a pas pu être défait : {message}").format(
                    first=first, message=error.message
                ),
                left=[fault],
                lifted=[],
                hint=_("pcapra-lab fault lift {id} réessaie").format(id=fault.id),
            ) from cause

    def _set_clock(self, vm: str) -> None:
        """The right time, or the wrong one that another fault wants."""
        faults = [f.spec for f in self.active()]
        jumps = [s.seconds for s in faults if isinstance(s, ClockJump) and s.vm == vm]
        self._guest.set_clock(vm, sum(jumps))

    def _effects(self, spec: FaultSpec) -> Effects:
        return self._guest if spec.in_guest else self._host

    def _names(self) -> list[str]:
        return [vm.name for vm in self._plan.vms]


def _left(failed: list[tuple[Active, LabError]], lifted: list[Lifted]) -> FaultsLeft:
    lines = [
        _("{label} ({id}) : {message}").format(
            label=fault.label, id=fault.id, message=error.message
        )
        for fault, error in failed
    ]
    many = len(failed) > 1
    title = (
        _("Ces pannes n'ont pas pu être levées") if many else _("Panne qui n'a pas pu être levée")
    )
    which = "--all" if many else failed[0][0].id
    first = failed[0][1].hint
    retry = _(
        "pcapra-lab fault lift {which} réessaie ; pcapra-lab reset repart de l'état préparé"
    ).format(which=which)
    return FaultsLeft(
        _("{title} :\n").format(title=title) + "\n".join(lines),
        left=[fault for fault, _ in failed],
        lifted=lifted,
        hint=first if first and not many else retry,
    )
