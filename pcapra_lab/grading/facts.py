"""What was found on a VM, as typed values. A guest is not trusted to be well formed."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pcapra_lab.grading.text import clean
from pcapra_lab.i18n import _


class Fact(BaseModel):
    """What one item came to. Each guest module's facts are a subclass."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    seconds: float = Field(default=0.0, ge=0)
    """What it cost in the guest."""


class RunFact(Fact):
    """A process that ran, or could not be started (126, 127 as a shell says it)."""

    kind: Literal["run"]
    exit: int
    """Negative: the signal that ended it."""
    stdout: str
    stderr: str
    truncated: bool
    """Part of ``stdout`` is missing."""
    timed_out: bool


class ErrorFact(Fact):
    """The fact could not be had."""

    kind: Literal["error"]
    reason: str
    detail: str


_REASONS = {
    "deadline": _("le contrôle n'a pas fini dans le temps imparti"),
    "no-user": _("ce compte n'existe pas sur la machine"),
    "no-shebang": _("le script ne commence pas par « #! » et le nom de son interpréteur"),
    "tool": _("un programme de la machine n'a pas pu répondre"),
    "changed": _("le fichier a été remplacé pendant la lecture"),
    "os": _("le système a refusé"),
    "url": _("adresse illisible dans l'exercice"),
    "pattern": _("expression invalide dans l'exercice"),
    "internal": _("l'agent de notation a rencontré une erreur imprévue"),
}
_ERRNO = {
    "EACCES": _("accès refusé, même à root (système de fichiers FUSE d'un autre compte ?)"),
    "EIO": _("erreur d'entrée-sortie"),
    "ELOOP": _("liens symboliques en boucle"),
    "ENAMETOOLONG": _("nom trop long"),
    "ENOMEM": _("mémoire épuisée"),
    "ENOSPC": _("plus de place sur le disque"),
    "ENOTCONN": _("montage FUSE dont le programme s'est arrêté"),
    "EROFS": _("système de fichiers en lecture seule"),
}


def explain(error: ErrorFact) -> str:
    """Why a fact could not be had, in French."""
    reason = _REASONS.get(error.reason, error.reason)
    detail = _ERRNO.get(error.detail, error.detail)
    return clean(
        _("{reason} : {detail}").format(reason=reason, detail=detail) if detail else reason
    )


def ending(status: int) -> str:
    """How a process ended, in French."""
    if status < 0:
        return _("arrêt par le signal {value}").format(value=-status)
    return _("code de sortie {status}").format(status=status) + (
        _(" (commande introuvable)") if status == 127 else ""
    )
