"""``faults.json``: every fault that may be in effect on a lab, on the host's disk.

A fault is written there before it is injected and stays until it was seen undone, so a kill at
any point leaves it known.
"""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.faults.model import FaultSpec
from pcapra_lab.lab.faults.record import Active, FaultState, Moment, Owner, ProcessId, Undo
from pcapra_lab.lab.faults.turns import LEDGER_SECONDS, locked
from pcapra_lab.lab.files import NotWritten, read_json, write_json

SCHEMA = 1
T = TypeVar("T")


class Book(BaseModel):
    """The file's content."""

    model_config = ConfigDict(extra="forbid", strict=True)

    schema_version: Literal[1] = 1
    serial: int = 0
    """Of the last fault. Never used twice in a lab: names in the guests derive from it."""
    faults: list[Active] = Field(default_factory=list)
    """Oldest first."""
    saved: dict[str, list[Active]] = Field(default_factory=dict)
    """Faults inside saved states, by snapshot: bringing a state back brings them back."""

    def put(self, fault: Active) -> None:
        """Replace the record of that id, or add it."""
        for index, known in enumerate(self.faults):
            if known.id == fault.id:
                self.faults[index] = fault
                return
        self.faults.append(fault)

    def drop(self, fault_id: str) -> None:
        """Remove a record. Nothing happens when there is none."""
        self.faults = [f for f in self.faults if f.id != fault_id]

    def narrow(self, fault_id: str, vms: Collection[str]) -> None:
        """These machines are no longer touched; without any left, the record goes."""
        for known in [f for f in self.faults if f.id == fault_id]:
            left = [vm for vm in known.vms if vm not in vms]
            if left:
                self.put(known.model_copy(update={"vms": left}))
            else:
                self.drop(fault_id)


class Ledger:
    """One lab's ``faults.json``. Safe between threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "faults.json"
        self._lock = folder / "faults.lock"

    def read(self) -> Book:
        """What is on record now.

        Raises:
            LabError: the file is malformed, or comes from a newer version of the program.
        """
        data = read_json(self._path)
        if data is None:
            return Book()
        found = data.get("schema_version") if isinstance(data, dict) else None
        if isinstance(found, int) and found > SCHEMA:
            raise LabError(
                _("{path} vient d'une version plus récente du programme (schéma {found})").format(
                    path=self._path, found=found
                ),
                hint=_("mettez pcapra-lab à jour"),
            )
        try:
            # Through JSON again: strictness is for programs, not for a file's lists and enums.
            return Book.model_validate_json(json.dumps(data))
        except ValidationError as error:
            raise LabError(
                _("{path} est illisible : {error_count} anomalie(s), la première à « {p} »").format(
                    path=self._path,
                    error_count=error.error_count(),
                    p=".".join(str(p) for p in error.errors()[0]["loc"]),
                ),
                hint=_(
                    "pcapra-lab reset remet les machines à l'état préparé ; déplacez ensuite ce "
                    "fichier"
                ),
            ) from error

    def change(self, edit: Callable[[Book], T]) -> T:
        """Read, edit and write in one go, alone; nothing is written when ``edit`` raises.

        Raises:
            LabBusy: the file's lock is not to be had.
            LabError: the file is malformed, or cannot be written.
        """
        with locked(self._lock, LEDGER_SECONDS):
            book = self.read()
            before = book.model_dump(mode="json")
            result = edit(book)
            after = book.model_dump(mode="json")
            if after != before:
                self._write(after)
            return result

    def find(self, fault_id: str) -> Active | None:
        """The fault of that id; None when it is over.

        Raises:
            LabError: there never was one; the message has those there are.
        """
        book = self.read()
        for fault in book.faults:
            if fault.id == fault_id:
                return fault
        kind, _dash, number = fault_id.rpartition("-")
        with suppress(ValueError):
            if kind and 1 <= int(number) <= book.serial:
                return None
        known = ", ".join(f.id for f in book.faults) or _("aucune")
        raise LabError(
            _("la panne « {fault_id} » n'existe pas (en cours : {known})").format(
                fault_id=fault_id, known=known
            ),
            hint=_("pcapra-lab fault list les montre"),
        )

    def arm(self, spec: FaultSpec, owner: Owner, undo: Undo) -> Active:
        """Record a fault that is about to be injected.

        Raises:
            LabError: one on the same slot is on record.
        """

        def edit(book: Book) -> Active:
            check_free(book.faults, spec)
            book.serial += 1
            fault = Active(
                id=f"{spec.kind}-{book.serial}",
                spec=spec,
                owner=owner,
                state=FaultState.ARMED,
                vms=list(spec.vms),
                armed=Moment.now(),
                undo=undo,
                by=ProcessId.current(),
            )
            book.put(fault)
            return fault

        return self.change(edit)

    def activate(self, fault: Active, at: Moment) -> Active:
        """Record that it took effect."""
        active = fault.model_copy(update={"state": FaultState.ACTIVE, "at": at, "by": None})
        self.change(lambda book: book.put(active))
        return active

    def lifting(self, fault: Active) -> Active:
        """Record that it is being undone."""
        update = {"state": FaultState.LIFTING, "by": ProcessId.current()}
        lifting = fault.model_copy(update=update)
        self.change(lambda book: book.put(lifting))
        return lifting

    def stalled(self, fault: Active) -> None:
        """Record that undoing it failed: nobody is at it any more, what is left of it stays."""

        def edit(book: Book) -> None:
            for known in [f for f in book.faults if f.id == fault.id]:
                book.put(known.model_copy(update={"state": FaultState.LIFTING, "by": None}))

        self.change(edit)

    def lifted(self, fault: Active, vms: Collection[str]) -> None:
        """Record that these machines are free of it."""
        self.change(lambda book: book.narrow(fault.id, vms))

    def prune(self, snapshots: Iterable[str]) -> None:
        """Forget what saved states other than these hold."""
        known = set(snapshots)

        def edit(book: Book) -> None:
            book.saved = {name: held for name, held in book.saved.items() if name in known}

        self.change(edit)

    def clear(self) -> None:
        """Forget every fault. The numbering goes on."""

        def edit(book: Book) -> None:
            book.faults, book.saved = [], {}

        self.change(edit)

    def _write(self, data: dict[str, Any]) -> None:
        try:
            write_json(self._path, data)
        except NotWritten as error:
            raise LabError(
                _("les pannes en cours n'ont pas pu être notées dans {path} ({strerror})").format(
                    path=self._path, strerror=error.why
                ),
                hint=_("libérez de la place sur cet ordinateur, puis pcapra-lab fault list"),
            ) from error


def check_free(faults: Iterable[Active], spec: FaultSpec) -> None:
    """Refuse a fault whose slot is taken.

    Raises:
        LabError: naming the fault that has it.
    """
    for fault in faults:
        if fault.spec.slot() == spec.slot():
            raise LabError(
                _("déjà en cours : {label} ({id})").format(label=fault.label, id=fault.id),
                hint=_("pcapra-lab fault lift {id} la lève").format(id=fault.id),
            )
