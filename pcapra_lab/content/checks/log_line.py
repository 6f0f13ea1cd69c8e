"""A line that the journal or a log file must hold, or must not."""

from typing import Literal, Self

from pydantic import model_validator

from pcapra_lab.content.base import Duration, GuestPath, Text
from pcapra_lab.content.checks.base import BaseCheck


class LogLineCheck(BaseCheck):
    """A recent line of the journal, of one unit's journal, or of a file."""

    type: Literal["log_line"]
    matches: Text
    """A regular expression, searched in each line."""
    absent: bool = False
    """No recent line may match."""
    unit: Text | None = None
    """Of the journal, the lines of this unit only."""
    file: GuestPath | None = None
    """A file instead of the journal."""
    last: Duration = "10m"
    """How recent. In a file, a line that bears no known date counts with the one above it."""

    @model_validator(mode="after")
    def _one_log(self) -> Self:
        if self.unit is not None and self.file is not None:
            raise ValueError("unit et file s'excluent : unit est une unité du journal")
        return self
