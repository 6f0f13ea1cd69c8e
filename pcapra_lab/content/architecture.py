"""The target architecture of an exercise: what is drawn, and by what each part is seen to be true.

An element is drawn from the beginning, and counts as there once every one of its probes holds. A
probe is a check of a step, by its last result, or a fact of a machine's health, live.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from pcapra_lab.content.base import Slug, Strict, Text, VmName

MAX_TIER = 6
"""Rows of a drawing that still fit a screen of 40 lines."""

CheckName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$", max_length=81)
]
"""``<step>/<check>``."""
Ip = Annotated[str, StringConstraints(pattern=r"^192\.168\.1\.\d{1,3}$")]


class ElementKind(StrEnum):
    """What an element is: the word that says it is there."""

    MACHINE = "machine"
    CLIENT = "client"
    VIP = "vip"
    MEMBER = "member"
    """A machine in a load balancer's pool."""
    SERVICE = "service"
    BACKUP = "backup"
    ALERT = "alert"
    GUARD = "guard"
    """Something that protects: integrity, banning, central logs."""


class Probe(Strict):
    """One thing that must hold. Exactly one of ``check``, ``vm`` and ``address`` leads it."""

    check: CheckName | None = None
    """The last result of a step's check."""
    vm: VmName | None = None
    """This machine runs and answers; with one of the keys below, that holds on it."""
    service: Text | None = None
    """With ``vm``: this unit is active, named without ``.service``."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """With ``vm``: this TCP port is listened to, and not on the loopback only."""
    address: Ip | None = None
    """Exactly one machine holds it; with ``vm``, this one."""

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        facts = [self.service, self.port, self.address]
        given = sum(fact is not None for fact in facts)
        if self.check is not None:
            if self.vm is not None or given:
                raise ValueError("« check » se donne seul")
        elif self.vm is None and self.address is None:
            raise ValueError("« check », « vm » ou « address » dit ce qui est regardé")
        elif self.vm is None and given > 1:
            raise ValueError("« service » et « port » demandent « vm »")
        elif given > 1:
            raise ValueError("une seule chose par sonde : service, port ou address")
        return self


class Element(Strict):
    """Something of the architecture: a box of its own, or a line in another's box."""

    id: Slug
    kind: ElementKind
    title: Text
    """A few words: ``lb1``, ``VIP 192.168.1.100``, ``sauvegarde Borg``."""
    tier: Annotated[int, Field(ge=1, le=MAX_TIER)] | None = None
    """Its row in the drawing, 1 at the top; boxes of a row stand in the list's order."""
    part_of: Slug | None = None
    """The box that it is a line of."""
    seen_by: list[Probe] = Field(min_length=1, max_length=6)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.tier is None) == (self.part_of is None):
            raise ValueError("« tier » pour une case du dessin, ou « part_of » pour une ligne")
        return self


class Link(Strict):
    """A link between two boxes, of the same row or of two rows that follow each other."""

    id: Slug
    title: Text
    between: list[Slug] = Field(min_length=2, max_length=2)
    seen_by: list[Probe] = Field(min_length=1, max_length=6)


class Architecture(Strict):
    """What the trainee is to build."""

    elements: list[Element] = Field(min_length=1, max_length=48)
    links: list[Link] = Field(default=[], max_length=24)

    @property
    def boxes(self) -> tuple[Element, ...]:
        """The elements that have a box, row by row."""
        own = [one for one in self.elements if one.tier is not None]
        return tuple(sorted(own, key=lambda one: one.tier or 0))

    def parts(self, box: str) -> tuple[Element, ...]:
        """The lines of a box, in the list's order."""
        return tuple(one for one in self.elements if one.part_of == box)
