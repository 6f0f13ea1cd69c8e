"""A systemd unit that runs, and starts at boot."""

from typing import Literal

from pydantic import Field

from pcapra_lab.content.base import Text
from pcapra_lab.content.checks.base import BaseCheck


class ServiceCheck(BaseCheck):
    """A systemd unit's state now and at the next boot. ``null`` leaves a side unjudged."""

    type: Literal["service"]
    unit: Text
    """``nginx`` or ``nginx.service``; any other kind of unit with its suffix."""
    running: bool | None = True
    """Active; ``false``: neither active nor about to be."""
    at_boot: bool | None = True
    """Enabled, and not for this boot only; ``false``: not enabled."""
    restarts_max: int | None = Field(default=None, ge=0)
    """The most automatic restarts (``Restart=``) since it was last started by hand."""
