"""A file system mounted where, from what, and how."""

from typing import Literal

from pcapra_lab.content.base import GuestPath, Text
from pcapra_lab.content.checks.base import BaseCheck


class MountCheck(BaseCheck):
    """What the kernel says is mounted at a path."""

    type: Literal["mount"]
    path: GuestPath
    mounted: bool = True
    source: Text | None = None
    """A device (links are followed), or what the file system calls its source."""
    fstype: Text | None = None
    options: list[Text] = []
    options_absent: list[Text] = []
