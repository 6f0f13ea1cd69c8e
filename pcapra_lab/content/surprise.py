"""A drill in surprise mode: faults drawn from a pool, among decoys, diagnosed before repaired.

What is drawn, where and when is the seed's: see ``pcapra_lab.drills.surprises``.
"""

from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, field_validator, model_validator

from pcapra_lab.content.base import Duration, RelativePath, Slug, Strict, Text, VmName, seconds
from pcapra_lab.content.faults import FaultSpec
from pcapra_lab.content.scripts import GuestScript


class Cause(Strict):
    """A kind of failure: one of the answers that a diagnosis is chosen among."""

    id: Slug
    title: Text
    """What the trainee reads: « nginx refuse sa configuration »."""


class Repaired(Strict):
    """A command that succeeds once a fault is gone, whoever repaired it, however they did."""

    vm: VmName | None = None
    """Absent: the machine that was struck. One that does not answer is not repaired."""
    run: list[Text] = Field(min_length=1)
    timeout: Duration = "5s"

    def on(self, struck: str) -> str:
        """The machine that is asked."""
        return self.vm or struck


class Odd(Strict):
    """What may happen to a machine drawn among some: a fault, or a decoy."""

    id: Slug
    title: Text
    """What it was, told once the drill is over."""
    cause: Slug
    """Of a fault, the diagnosis it calls for; of a decoy, the one that it wrongly suggests."""
    vms: list[VmName] = Field(min_length=1)
    script: RelativePath | None = None
    """Run as root on the machine drawn."""
    undo: RelativePath | None = None
    """Ends what ``script`` began, as far as it was begun."""

    def beginning(self, vm: str) -> GuestScript | None:
        """The script that makes it happen there; None for a fault of the lab's."""
        return None if self.script is None else GuestScript(vm=vm, script=self.script)

    def ending(self, vm: str) -> GuestScript | None:
        """The script that ends it there."""
        return None if self.undo is None else GuestScript(vm=vm, script=self.undo)


class PoolFault(Odd):
    """A fault that may be drawn."""

    inject: FaultSpec | None = None
    """Instead of a script, one of the lab's faults; its machine is the one drawn."""
    repaired: Repaired

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.script is None) == (self.inject is None):
            raise ValueError("une panne est un « script » ou un « inject », l'un des deux")
        if (self.script is None) != (self.undo is None):
            raise ValueError("« undo » va avec « script » : une panne ne survit pas à son drill")
        if self.inject is not None and not self._known(self.inject):
            raise ValueError("la machine de « inject » doit être dans « vms »")
        return self

    def _known(self, spec: FaultSpec) -> bool:
        named = set(spec.vms)
        return named >= set(self.vms) if len(named) > 1 else named <= set(self.vms)

    @property
    def outside(self) -> bool:
        """The trainee cannot repair it from inside the machine: somebody must plug it back in."""
        return self.inject is not None and not self.inject.in_guest

    def spec(self, vm: str) -> FaultSpec | None:
        """The lab's fault on the machine drawn; None when a script does it."""
        if self.inject is None or len(self.inject.vms) > 1:
            return self.inject
        return self.inject.model_copy(update={"vm": vm})

    def guilty(self, vm: str) -> set[str]:
        """The machines that may be named once ``vm`` was drawn: of a partition, both sides."""
        several = self.inject is not None and len(self.inject.vms) > 1
        return set(self.vms) if several else {vm}


class Decoy(Odd):
    """A harmless oddity that looks guilty."""

    innocent: Text
    """Why it was harmless, told once the drill is over."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if self.script is None or self.undo is None:
            raise ValueError("un leurre a un « script », et un « undo » qui le retire")
        return self


T = TypeVar("T", PoolFault, Decoy, Cause)


def _watch(value: str) -> str:
    if not 30 <= seconds(value) <= 1800:
        raise ValueError("une durée entre 30s et 30m est attendue")
    return value


Range = Annotated[list[Annotated[int, Field(ge=0, le=9)]], Field(min_length=2, max_length=2)]
"""At least, and at most."""


class Surprise(Strict):
    """What may happen while the trainee is on call, and how it is diagnosed."""

    watch: Annotated[Duration, AfterValidator(_watch)] = "4m"
    """How long they are: whatever happens does within it, and it lasts as long with one fault as
    with three."""
    calm: Duration = "15s"
    """Before anything happens."""
    apart: Duration = "30s"
    """At least between two faults."""
    fault_count: Range = [1, 3]
    """How many faults are drawn; never two on one machine, so fewer when machines are lacking."""
    decoy_count: Range = [1, 2]
    answers: int = Field(default=6, ge=3, le=9)
    """How many causes are offered: those of what was drawn, and others."""
    causes: list[Cause] = Field(min_length=3)
    faults: list[PoolFault] = Field(min_length=1)
    decoys: list[Decoy] = Field(min_length=1)

    @field_validator("fault_count", "decoy_count")
    @classmethod
    def _in_order(cls, value: list[int]) -> list[int]:
        if value[0] > value[1]:
            raise ValueError("le plus petit nombre d'abord")
        return value

    @property
    def machines(self) -> list[str]:
        """Those that may be accused, in order."""
        return sorted({vm for one in (*self.faults, *self.decoys) for vm in one.vms})

    def fault(self, fault_id: str) -> PoolFault:
        """A fault by id. Raises ``KeyError``."""
        return _by_id(self.faults, fault_id)

    def decoy(self, decoy_id: str) -> Decoy:
        """A decoy by id. Raises ``KeyError``."""
        return _by_id(self.decoys, decoy_id)

    def cause(self, cause_id: str) -> Cause:
        """A cause by id. Raises ``KeyError``."""
        return _by_id(self.causes, cause_id)


def _by_id(items: list[T], wanted: str) -> T:
    for one in items:
        if one.id == wanted:
            return one
    raise KeyError(wanted)
