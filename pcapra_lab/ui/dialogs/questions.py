"""The lesson's questions: leave, reset, take the solution."""

from collections.abc import Sequence
from enum import StrEnum

from pcapra_lab.session.api import StepStatus, VmStatus
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.text import ago, plural


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
        "secondes, là où elles en étaient. Les laisser tourner occupe la mémoire, mais rien ne "
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


def paste(lines: int, removed: int) -> Dialog[bool]:
    """Ask whether to paste what is long, or held control characters."""
    body = f"Le presse-papiers contient {plural(lines, 'ligne')}."
    if removed:
        body += f" {plural(removed, 'caractère')} de contrôle en ont été retirés."
    return Dialog(
        "Coller dans le terminal",
        f"{body} Chaque ligne peut être exécutée. Coller ?",
        [
            Choice("escape", "Ne pas coller", False, "primary"),
            Choice("o", "Coller", True, "warning"),
        ],
    )


def link(url: str) -> Dialog[bool]:
    """Offer an address shown by a machine: it is never opened."""
    return Dialog(
        "Lien",
        f"{url}\n\nCette adresse vient de la machine. Elle n'est pas ouverte d'ici.",
        [Choice("c", "Copier l'adresse", True), Choice("escape", "Fermer", False, "primary")],
    )


def not_at_prompt(vm: str) -> Dialog[bool]:
    """Ask whether to type into whatever runs in a machine's shell."""
    return Dialog(
        "Pas à l'invite",
        f"Le terminal de {vm} n'est pas à son invite : un programme y tourne ou attend une "
        "réponse. Envoyer quand même ?",
        [
            Choice("escape", "Ne pas envoyer", False, "primary"),
            Choice("o", "Envoyer quand même", True, "warning"),
        ],
    )


def again(seconds: float) -> Dialog[bool]:
    """Ask whether to send once more a block that was sent just before."""
    return Dialog(
        "Déjà envoyé",
        f"Cette commande a été envoyée au terminal {ago(seconds)}. L'envoyer une seconde fois ?",
        [
            Choice("escape", "Ne pas renvoyer", False, "primary"),
            Choice("o", "Renvoyer", True, "warning"),
        ],
    )


def not_yet(number: int, title: str) -> Dialog[bool]:
    """Ask whether to send a command of a step still to come."""
    return Dialog(
        f"Étape {number} — {title}",
        f"Cette commande appartient à l'étape {number}, pas encore commencée. "
        "L'envoyer quand même ?",
        [
            Choice("escape", "Ne pas envoyer", False, "primary"),
            Choice("o", "Envoyer quand même", True, "warning"),
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


class Solving(StrEnum):
    """What to do with the solution."""

    SEARCH = "search"
    SHOW = "show"
    APPLY = "apply"


def solution(step: StepStatus) -> Dialog[Solving]:
    """Ask before the solution is shown or run.

    The session gives its text as the last piece of help only: it can be shown once every hint of
    the step was taken.
    """
    choices: list[Choice[Solving]] = [
        Choice("escape", "Continuer à chercher", Solving.SEARCH, "primary"),
        Choice("a", "Appliquer", Solving.APPLY, "warning"),
    ]
    body = (
        "Appliquer : la solution est jouée sur les machines, puis l'étape est vérifiée.\n\n"
        f"L'étape sera marquée « aidée » et ses {plural(step.points, 'point')} ne seront pas "
        "gagnés."
    )
    if step.hints_used >= step.hints_total:
        choices.insert(1, Choice("m", "Montrer", Solving.SHOW, "warning"))
        body = f"Montrer : le texte seul ; à vous de le jouer.\n{body}"
    else:
        body += "\n\nAvez-vous lu tous les indices (F6) ? Ensuite elle pourra aussi être montrée."
    return Dialog(f"Solution — {step.title}", body, choices)
