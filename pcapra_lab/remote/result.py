"""What a remote command came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit status and output, as bytes: guests may print anything."""

    exit_status: int
    stdout: bytes
    stderr: bytes
