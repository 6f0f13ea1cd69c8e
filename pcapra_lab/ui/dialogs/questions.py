"""The lesson's questions: leave, reset, take the solution."""

from collections.abc import Sequence
from enum import StrEnum

from pcapra_lab.session.api import VmStatus
from pcapra_lab.ui.dialogs.base import Choice, Dialog


class Leaving(StrEnum):
    """What becomes of the machines."""

    SAVE = "save"
    KEEP = "keep"
    STAY = "stay"


def leave(*, quitting: bool) -> Dialog[Leaving]:
    """Ask what to do with running machines."""
    where = "quitter" if quitting else "revenir à l'accueil"
    return Dialog(
        "Quitter" if quitting else "Revenir à l'accueil",
        "Votre progression est enregistrée dans tous les cas.\n\n"
        "Mettre les machines en sommeil libère la mémoire ; elles reprendront en quelques "
        "secondes, là où elles en sont. Les laisser tourner occupe la mémoire, mais rien ne "
        "s'arrête.",
        [
            Choice("s", f"Mettre en sommeil et {where}", Leaving.SAVE, "primary"),
            Choice("l", f"Laisser tourner et {where}", Leaving.KEEP),
            Choice("escape", "Rester", Leaving.STAY),
        ],
    )


def interrupt() -> Dialog[bool]:
    """Ask whether to stop what the lab is doing in order to leave."""
    return Dialog(
        "Préparation en cours",
        "Les machines sont en cours de préparation. Ce qui est déjà fait sera gardé : la "
        "prochaine ouverture reprendra là.",
        [
            Choice("o", "Interrompre et partir", True, "warning"),
            Choice("escape", "Rester", False),
        ],
    )


WHOLE_LAB = ""
"""The answer of ``reset`` for the whole lab; otherwise a machine's name."""


def reset(vms: Sequence[VmStatus]) -> Dialog[str | None]:
    """Ask what to bring back to its prepared state; None to give up."""
    choices: list[Choice[str | None]] = [
        Choice(str(number), f"{vm.name} seulement", vm.name)
        for number, vm in enumerate(vms, start=1)
    ]
    choices.append(Choice("t", "Tout, depuis l'étape 1", WHOLE_LAB, "warning"))
    choices.append(Choice("escape", "Annuler", None))
    return Dialog(
        "Réinitialiser",
        "Une machine seule revient à son état préparé et votre progression est gardée. Pour tout "
        "le labo, la progression de cet exercice repart de la première étape.\n\n"
        "Ce que vous avez fait sur les machines concernées sera perdu, y compris pour les étapes "
        "déjà réussies.",
        choices,
    )


def solution(step: str, points: int) -> Dialog[bool]:
    """Ask before the solution is run."""
    return Dialog(
        f"Solution — {step}",
        f"La solution va être jouée sur les machines, puis l'étape vérifiée. Elle sera marquée "
        f"« aidé » et ses {points} points ne seront pas gagnés.\n\n"
        "Avez-vous relu les indices (F6) ?",
        [
            Choice("escape", "Continuer à chercher", False, "primary"),
            Choice("o", "Jouer la solution", True, "warning"),
        ],
    )
