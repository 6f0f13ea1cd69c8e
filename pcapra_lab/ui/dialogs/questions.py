"""The lesson's questions: leave, reset, take the solution."""

from collections.abc import Sequence
from enum import StrEnum

from pcapra_lab.i18n import _, ngettext
from pcapra_lab.session.api import StepStatus, VmStatus
from pcapra_lab.ui.dialogs.base import Choice, Dialog
from pcapra_lab.ui.text import ago, count_lines, count_points


class Leaving(StrEnum):
    """What becomes of the machines."""

    SAVE = "save"
    KEEP = "keep"
    STAY = "stay"


def leave(*, quitting: bool) -> Dialog[Leaving]:
    """Ask what to do with running machines."""
    where = _("quitter") if quitting else _("revenir à l'accueil")
    return Dialog(
        _("Quitter") if quitting else _("Revenir à l'accueil"),
        _(
            "Votre progression est enregistrée dans tous les cas.\n\n"
            "Mettre les machines en sommeil libère la mémoire ; elles reprendront en quelques "
            "secondes, là où elles en étaient. Les laisser tourner occupe la mémoire, mais rien ne "
            "s'arrête."
        ),
        [
            Choice(
                "s", _("Mettre en sommeil et {where}").format(where=where), Leaving.SAVE, "primary"
            ),
            Choice("l", _("Laisser tourner et {where}").format(where=where), Leaving.KEEP),
            Choice("escape", _("Rester"), Leaving.STAY),
        ],
    )


def interrupt() -> Dialog[bool]:
    """Ask whether to stop what the lab is doing in order to leave."""
    return Dialog(
        _("Préparation en cours"),
        _(
            "Les machines sont en cours de préparation. Ce qui est déjà fait sera gardé : la "
            "prochaine ouverture reprendra là."
        ),
        [
            Choice("o", _("Interrompre et partir"), True, "warning"),
            Choice("escape", _("Rester"), False),
        ],
    )


def paste(lines: int, removed: int) -> Dialog[bool]:
    """Ask whether to paste what is long, or held control characters."""
    body = _("Le presse-papiers contient {lines}.").format(lines=count_lines(lines))
    if removed:
        body += " " + ngettext(
            "{count} caractère de contrôle en ont été retirés.",
            "{count} caractères de contrôle en ont été retirés.",
            removed,
        ).format(count=removed)
    return Dialog(
        _("Coller dans le terminal"),
        _("{body} Chaque ligne peut être exécutée. Coller ?").format(body=body),
        [
            Choice("escape", _("Ne pas coller"), False, "primary"),
            Choice("o", _("Coller"), True, "warning"),
        ],
    )


def link(url: str) -> Dialog[bool]:
    """Offer an address shown by a machine: it is never opened."""
    return Dialog(
        _("Lien"),
        _("{url}\n\nCette adresse vient de la machine. Elle n'est pas ouverte d'ici.").format(
            url=url
        ),
        [Choice("c", _("Copier l'adresse"), True), Choice("escape", _("Fermer"), False, "primary")],
    )


def not_at_prompt(vm: str) -> Dialog[bool]:
    """Ask whether to type into whatever runs in a machine's shell."""
    return Dialog(
        _("Pas à l'invite"),
        _(
            "Le terminal de {vm} n'est pas à son invite : un programme y tourne ou attend une "
            "réponse. Envoyer quand même ?"
        ).format(vm=vm),
        [
            Choice("escape", _("Ne pas envoyer"), False, "primary"),
            Choice("o", _("Envoyer quand même"), True, "warning"),
        ],
    )


def again(seconds: float) -> Dialog[bool]:
    """Ask whether to send once more a block that was sent just before."""
    return Dialog(
        _("Déjà envoyé"),
        _("Cette commande a été envoyée au terminal {ago}. L'envoyer une seconde fois ?").format(
            ago=ago(seconds)
        ),
        [
            Choice("escape", _("Ne pas renvoyer"), False, "primary"),
            Choice("o", _("Renvoyer"), True, "warning"),
        ],
    )


def not_yet(number: int, title: str) -> Dialog[bool]:
    """Ask whether to send a command of a step still to come."""
    return Dialog(
        _("Étape {number} — {title}").format(number=number, title=title),
        _(
            "Cette commande appartient à l'étape {number}, pas encore commencée. "
            "L'envoyer quand même ?"
        ).format(number=number),
        [
            Choice("escape", _("Ne pas envoyer"), False, "primary"),
            Choice("o", _("Envoyer quand même"), True, "warning"),
        ],
    )


WHOLE_LAB = ""
"""The answer of ``reset`` for the whole lab; otherwise a machine's name."""


def reset(vms: Sequence[VmStatus]) -> Dialog[str | None]:
    """Ask what to bring back to its prepared state; None to give up."""
    choices: list[Choice[str | None]] = [
        Choice(str(number), _("{name} seulement").format(name=vm.name), vm.name)
        for number, vm in enumerate(vms, start=1)
    ]
    choices.append(Choice("t", _("Tout, depuis l'étape 1"), WHOLE_LAB, "warning"))
    choices.append(Choice("escape", _("Annuler"), None))
    return Dialog(
        _("Réinitialiser"),
        _(
            "Une machine seule revient à son état préparé et votre progression est gardée. Pour "
            "tout "
            "le labo, la progression de cet exercice repart de la première étape.\n\n"
            "Ce que vous avez fait sur les machines concernées sera perdu, y compris pour les "
            "étapes "
            "déjà réussies."
        ),
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
        Choice("escape", _("Continuer à chercher"), Solving.SEARCH, "primary"),
        Choice("a", _("Appliquer"), Solving.APPLY, "warning"),
    ]
    body = _(
        "Appliquer : la solution est jouée sur les machines, puis l'étape est vérifiée.\n\n"
        "L'étape sera marquée « aidée » et ses {points} ne seront pas "
        "gagnés."
    ).format(points=count_points(step.points))
    if step.hints_used >= step.hints_total:
        choices.insert(1, Choice("m", _("Montrer"), Solving.SHOW, "warning"))
        body = _("Montrer : le texte seul ; à vous de le jouer.\n{body}").format(body=body)
    else:
        body += _(
            "\n\nAvez-vous lu tous les indices (F6) ? Ensuite elle pourra aussi être montrée."
        )
    return Dialog(_("Solution — {title}").format(title=step.title), body, choices)
