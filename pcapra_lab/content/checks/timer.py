"""A planned task that exists, is awaited, and does run."""

from typing import Literal, Self

from pydantic import model_validator

from pcapra_lab.content.base import Duration, Text
from pcapra_lab.content.checks.base import BaseCheck, Effect


class TimerCheck(BaseCheck):
    """A systemd timer or a cron entry, triggered for real.

    It acts. With ``effect: observe`` nothing is triggered: only that it is planned is proved.
    """

    type: Literal["timer"]
    effect: Effect = Effect.ACT
    timeout: Duration = "5m"
    unit: Text | None = None
    """A timer: ``sauvegarde`` or ``sauvegarde.timer``."""
    command_matches: Text | None = None
    """A cron entry, by its command, in any table that cron reads."""
    user: Text | None = None
    """The account that the cron entry must run as."""

    @model_validator(mode="after")
    def _one_planner(self) -> Self:
        if (self.unit is None) is (self.command_matches is None):
            raise ValueError("donnez unit (timer systemd) ou command_matches (cron), pas les deux")
        if self.user is not None and self.command_matches is None:
            raise ValueError("user ne va qu'avec command_matches")
        return self
