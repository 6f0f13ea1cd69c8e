"""All keys, and how to read the screen."""

from textual.content import Content

from pcapra_lab.progress.points import HINT_PERCENT
from pcapra_lab.ui.dialogs.base import Choice, Dialog

_KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Partout",
        (
            ("F1  ?", "cette aide"),
            ("/", "chercher dans tout le cours, et lire sans machine"),
            ("Ctrl+P", "toutes les commandes par leur nom, thèmes, préférences"),
            ("Tab  Maj+Tab", "élément suivant, précédent"),
            ("F10  Ctrl+Q", "quitter (rien n'est perdu)"),
        ),
    ),
    (
        "Leçon",
        (
            ("F2", "aller à la leçon ; de nouveau : première commande à envoyer"),
            ("F3", "aller au terminal"),
            ("F4", "terminal suivant : de la machine, puis de la suivante"),
            ("F5  v", "vérifier l'étape"),
            ("F6  i", f"un indice ({HINT_PERCENT} % des points de l'étape)"),
            ("F7", "la solution (étape marquée « aidée »)"),
            ("F8", "réinitialiser le labo ou une machine"),
            ("F9", "revenir à l'accueil"),
            ("Ctrl+F", "chercher dans l'historique du terminal (F12 d'abord)"),
            ("Ctrl+T", "un terminal de plus sur la machine (F12 d'abord, ou + dans les onglets)"),
            ("Ctrl+W", "fermer ce terminal de plus ; le premier reste"),
            ("Ctrl+E", "deux terminaux côte à côte, sur un écran large"),
            ("Ctrl+R", "enregistrer ce que le terminal affiche ; de nouveau : arrêter"),
            ("F11", "la carte du labo : machines, adresses, services, pannes"),
            ("s", "sommaire de la leçon"),
            ("g", "glossaire : mots de la section lue (ou clic sur un mot souligné)"),
            ("w", "consoles web de la leçon, dans le navigateur de cet ordinateur"),
            ("Échap", "annuler la préparation en cours"),
        ),
    ),
    (
        "Sur un bloc de commandes ou un fichier",
        (
            ("↑ ↓", "bloc précédent, suivant"),
            ("Entrée", "exécuter dans le terminal de la machine ; comparer et écrire un fichier"),
            ("p  Espace", "placer dans le terminal, sans valider"),
            ("e", "ouvrir le fichier dans l'éditeur de la machine (nano, ou $EDITOR)"),
            ("c", "copier"),
        ),
    ),
    (
        "Dans le terminal",
        (
            ("F12", "quitter le terminal"),
            ("tout le reste", "va à la machine : Ctrl+C, Échap, F1 à F11…"),
        ),
    ),
    (
        "Sur la carte du labo",
        (
            ("← ↑ ↓ →", "machine voisine"),
            ("Entrée", "aller à son terminal (ou deux clics)"),
            ("r", "la réinitialiser, ou la relancer"),
            ("a", "mesurer maintenant"),
            ("l", "liste ou carte"),
            ("Échap", "revenir à la leçon"),
        ),
    ),
    (
        "Signes",
        (
            ("✔", "réussi, ou étape terminée"),
            ("✘", "à corriger"),
            ("●", "en cours, ou machine en marche"),
            ("○", "pas encore, ou machine en sommeil"),
            ("⚠", "n'a pas pu être évalué : ne compte jamais contre vous"),
        ),
    ),
)


class HelpDialog(Dialog[bool]):
    """Every key, by place. True asks for the commands, which a mouse can run too."""

    def __init__(self) -> None:
        parts: list[Content] = []
        for title, rows in _KEYS:
            lines = [Content.styled(title, "bold $accent")]
            lines += [Content.assemble((f"  {keys:<15}", "bold"), text) for keys, text in rows]
            parts.append(Content("\n").join(lines))
        body = Content("\n\n").join(parts)
        choices = [Choice("c", "Toutes les commandes", True), Choice("escape", "Fermer", False)]
        super().__init__("Aide", body, choices)

    def focus_first(self) -> None:
        """Let the arrows scroll; the answers have their keys."""
        body = self.query_one(".dialog-body")
        body.can_focus = True
        body.focus()

    def _move(self, step: int) -> None:
        self.query_one(".dialog-body").scroll_relative(y=step, animate=False)
