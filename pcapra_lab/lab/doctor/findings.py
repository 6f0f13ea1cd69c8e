"""What the doctor says of one thing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcapra_lab.i18n import _
from pcapra_lab.lab.leftovers import Leftover

ALL_LESSONS = _("toutes les leçons")


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    BLOCKING = "blocking"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    severity: Severity
    subject: str
    seen: str
    remedy: str = ""
    """The command that mends it, or a sentence."""
    blocks: str = ""
    """What does not work because of it, in French; empty when everything does."""
    packages: tuple[str, ...] = ()
    """Debian packages that would mend it."""
    leftovers: tuple[Leftover, ...] = ()
    """What crashes left, each with its mending."""

    def data(self) -> dict[str, Any]:
        """The finding for programs."""
        return {
            "severity": self.severity.value,
            "subject": self.subject,
            "seen": self.seen,
            "remedy": self.remedy,
            "blocks": self.blocks,
            "packages": list(self.packages),
            "leftovers": [
                {"kind": one.kind.value, "what": one.what, "bytes": one.size}
                for one in self.leftovers
            ],
        }
