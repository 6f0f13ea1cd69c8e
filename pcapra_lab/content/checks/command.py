"""A command that answers."""

from typing import Literal

from pydantic import Field

from pcapra_lab.content.base import GuestUser, Text
from pcapra_lab.content.checks.base import BaseCheck


class CommandCheck(BaseCheck):
    """A command's exit status and output."""

    type: Literal["command"]
    run: list[Text] = Field(min_length=1)
    """The argument vector; no shell is involved."""
    user: GuestUser = GuestUser.ROOT
    env: dict[str, str] = {}
    exit_code: int = 0
    stdout_matches: Text | None = None
    """A regular expression searched in standard output (multi-line mode)."""
    stdout_lacks: Text | None = None
