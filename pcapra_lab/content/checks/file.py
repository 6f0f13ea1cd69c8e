"""A file as it stands."""

from typing import Literal

from pcapra_lab.content.base import GuestPath, Mode, Text
from pcapra_lab.content.checks.base import BaseCheck


class FileCheck(BaseCheck):
    """A file's existence, type, permissions, owner and text."""

    type: Literal["file"]
    path: GuestPath
    exists: bool = True
    mode_max: Mode | None = None
    """The most permissions allowed: ``"0600"`` accepts ``0600`` and ``0400``."""
    owner: Text | None = None
    group: Text | None = None
    matches: Text | None = None
    lacks: Text | None = None
    secret: bool = False
    """Its text is judged and never shown: a password, a key."""
