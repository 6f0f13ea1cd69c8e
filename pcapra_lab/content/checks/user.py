"""An account, and what it may do."""

from typing import Literal

from pcapra_lab.content.base import GuestPath, Text
from pcapra_lab.content.checks.base import BaseCheck


class UserCheck(BaseCheck):
    """An account: groups and commands that it must have, and those that it must not."""

    type: Literal["user"]
    name: Text
    exists: bool = True
    groups: list[Text] = []
    groups_absent: list[Text] = []
    shell: GuestPath | None = None
    locked: bool | None = None
    """Whether its password can open a session: it cannot when locked. Keys are another matter."""
    sudo_allows: list[Text] = []
    """Commands that sudo lets it run, with arguments: ``/usr/bin/systemctl restart nginx``."""
    sudo_denies: list[Text] = []
