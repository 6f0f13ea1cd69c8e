"""What the lab says while it works. A front shows it; a log keeps it."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The phases a person sees, in order. Values are the words shown."""

    IMAGE = "image système"
    DEPOT = "dépôt de paquets"
    DEFINE = "création"
    BOOT = "démarrage"
    RESTORE = "restauration"
    CONNECT = "connexion"
    PREPARE = "préparation"
    SNAPSHOT = "instantané"
    SAVE = "mise en sommeil"
    READY = "prêt"


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
