"""What the lab says while it works. A front shows it; a log keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from pcapra_lab.i18n import N_, _


class Phase(StrEnum):
    """The phases a person sees, in order. ``word`` is what is shown."""

    IMAGE = N_("image système")
    DEPOT = N_("dépôt de paquets")
    BUNDLE = N_("lot du formateur")
    DEFINE = N_("création")
    BOOT = N_("démarrage")
    RESTORE = N_("restauration")
    CONNECT = N_("connexion")
    PREPARE = N_("préparation")
    INSPECT = N_("inventaire")
    SNAPSHOT = N_("instantané")
    GRADE = N_("vérification")
    SAVE = N_("mise en sommeil")
    READY = N_("prêt")

    @property
    def word(self) -> str:
        """The phase in the interface's language."""
        return _(self.value)


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
