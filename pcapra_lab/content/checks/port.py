"""A TCP port that is open where it must be, and closed where it must not."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pcapra_lab.content.base import Text, VmName
from pcapra_lab.content.checks.base import BaseCheck


class PortCheck(BaseCheck):
    """A TCP port of ``vm``: listening there, and what other machines see of it."""

    type: Literal["port"]
    port: int = Field(ge=1, le=65535)
    address: Text | None = None
    """The address that must accept; what other machines call (``vm``'s name if absent)."""
    closed: bool = False
    """Nothing may listen; with ``from``, that machine must be refused, or not answered."""
    from_: VmName | None = Field(default=None, alias="from")
    """The machine that must reach it."""
    closed_from: list[VmName] = []
    """Machines that must not reach it: the forbidden side of the same check."""

    @model_validator(mode="after")
    def _one_side_each(self) -> Self:
        if self.from_ in self.closed_from:
            raise ValueError(
                f"« {self.from_} » ne peut pas être à la fois dans from et closed_from"
            )
        return self

    def machines(self) -> tuple[str, ...]:
        """The machine of the port, and those that try to reach it."""
        callers = [self.from_] if self.from_ else []
        return tuple(dict.fromkeys((self.vm, *callers, *self.closed_from)))
