"""What a remote command came to."""

from dataclasses import dataclass

OUTPUT_LIMIT = 8 * 2**20
"""Bytes of output kept of one command; a guest that prints more is cut off, not obeyed."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit status and output, as bytes: guests may print anything."""

    exit_status: int
    stdout: bytes
    stderr: bytes
