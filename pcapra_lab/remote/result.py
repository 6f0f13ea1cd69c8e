"""What a remote command came to, and what runs one."""

from dataclasses import dataclass
from typing import Protocol

OUTPUT_LIMIT = 8 * 2**20
"""Bytes of output kept of one command; a guest that prints more is cut off, not obeyed."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit status and output, as bytes: guests may print anything."""

    exit_status: int
    stdout: bytes
    stderr: bytes


class RunInGuest(Protocol):
    """Runs a command as root on a machine, through the lab's own access. Called from threads."""

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> CommandResult:
        """Feed ``stdin``, wait at most ``timeout`` seconds.

        Raises:
            LabError: the machine cannot be reached, the link broke, the time ran out.
        """
        ...
