"""An address that must be on so many machines, no more."""

from typing import Literal

from pydantic import Field

from pcapra_lab.content.base import Text, VmName
from pcapra_lab.content.checks.base import BaseCheck


class AddressCheck(BaseCheck):
    """How many machines hold an address: a virtual one on two of them is a split brain."""

    type: Literal["address"]
    address: Text
    """Without its prefix length: ``192.168.1.100``."""
    among: list[VmName] = []
    """Machines looked at besides ``vm``."""
    holders: int = Field(default=1, ge=0)
    holder: VmName | None = None
    """The machine that must be one of the holders."""

    def machines(self) -> tuple[str, ...]:
        """All those where the address may be."""
        return tuple(dict.fromkeys((self.vm, *self.among)))
