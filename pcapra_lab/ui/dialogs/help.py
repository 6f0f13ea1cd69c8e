"""All keys, and how to read the screen."""

from textual.content import Content

from pcapra_lab.i18n import _
from pcapra_lab.progress.points import HINT_PERCENT
from pcapra_lab.ui.dialogs.base import Choice, Dialog

_KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        _("Partout"),
        (
            ("F1  ?", _("cette aide")),
            ("/", _("chercher dans tout le cours, et lire sans machine")),
            ("Ctrl+P", _("toutes les commandes par leur nom, thèmes, préférences")),
            (_("Tab  Maj+Tab"), _("élément suivant, précédent")),
            ("F10  Ctrl+Q", _("quitter (rien n'est perdu)")),
        ),
    ),
    (
        _("Leçon"),
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
        _("Sur un bloc de commandes ou un fichier"),
        (
            ("↑ ↓", "bloc précédent, suivant"),
            ("Entrée", "exécuter dans le terminal de la machine ; comparer et écrire un fichier"),
            ("p  Espace", "placer dans le terminal, sans valider"),
            ("e", "ouvrir le fichier dans l'éditeur de la machine (nano, ou $EDITOR)"),
            ("c", "copier"),
        ),
    ),
    (
        _("Dans le terminal"),
        (
            ("F12", _("quitter le terminal")),
            (_("tout le reste"), _("va à la machine : Ctrl+C, Échap, F1 à F11…")),
        ),
    ),
    (
        _("Sur la carte du labo"),
        (
            ("← ↑ ↓ →", _("machine voisine")),
            (_("Entrée"), _("aller à son terminal (ou deux clics)")),
            ("r", _("la réinitialiser, ou la relancer")),
            ("a", _("mesurer maintenant")),
            ("l", _("liste ou carte")),
            (_("Échap"), _("revenir à la leçon")),
        ),
    ),
    (
        _("Signes"),
        (
            ("✔", _("réussi, ou étape terminée")),
            ("✘", _("à corriger")),
            ("●", _("en cours, ou machine en marche")),
            ("○", _("pas encore, ou machine en sommeil")),
            ("⚠", _("n'a pas pu être évalué : ne compte jamais contre vous")),
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
