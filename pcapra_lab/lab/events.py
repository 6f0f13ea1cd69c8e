"""What the lab says while it works. A front shows it; a log keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from pcapra_lab.i18n import _


class Phase(StrEnum):
    """The phases a person sees, in order. Values are the words shown."""

    IMAGE = _("image système")
    DEPOT = _("dépôt de paquets")
    DEFINE = _("création")
    BOOT = _("démarrage")
    RESTORE = _("restauration")
    CONNECT = _("connexion")
    PREPARE = _("préparation")
    SNAPSHOT = _("instantané")
    SAVE = _("mise en sommeil")
    READY = _("prêt")


@dataclass(frozen=True, slots=True)
class LabEvent:
    """Progress of one phase."""

    phase: Phase
    vm: str | None = None
    """The machine concerned; None for the whole lab."""
    fraction: float | None = None
    """0 to 1 within the phase; None when it cannot be known."""
    elapsed: float = 0.0
    """Seconds since the phase began."""
    expected: float | None = None
    """Seconds this phase took last time on this host, when known."""
    detail: str = ""
    """One line for the curious: the last console line, the package being fetched."""
