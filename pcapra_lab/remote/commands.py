"""Commands on a VM, whatever carries them."""

from collections.abc import Sequence
from typing import Protocol

from pcapra_lab.remote.result import CommandResult


class Commands(Protocol):
    """Runs commands on one machine. Thread-safe."""

    @property
    def vm(self) -> str:
        """The machine's name."""
        ...

    def run(
        self, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0
    ) -> CommandResult:
        """Run a command to its end.

        Raises:
            VmError: the machine cannot be reached, or the deadline passed.
        """
        ...
