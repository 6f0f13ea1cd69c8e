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
            ("F2", _("aller à la leçon ; de nouveau : première commande à envoyer")),
            ("F3", _("aller au terminal")),
            ("F4", _("terminal suivant : de la machine, puis de la suivante")),
            ("F5  v", _("vérifier l'étape")),
            (
                "F6  i",
                _("un indice ({hint_percent} % des points de l'étape)").format(
                    hint_percent=HINT_PERCENT
                ),
            ),
            ("F7", _("la solution (étape marquée « aidée »)")),
            ("F8", _("réinitialiser le labo ou une machine")),
            ("F9", _("revenir à l'accueil")),
            ("Ctrl+F", _("chercher dans l'historique du terminal (F12 d'abord)")),
            (
                "Ctrl+T",
                _("un terminal de plus sur la machine (F12 d'abord, ou + dans les onglets)"),
            ),
            ("Ctrl+W", _("fermer ce terminal de plus ; le premier reste")),
            ("Ctrl+E", _("deux terminaux côte à côte, sur un écran large")),
            ("Ctrl+R", _("enregistrer ce que le terminal affiche ; de nouveau : arrêter")),
            ("F11", _("la carte du labo : machines, adresses, services, pannes")),
            ("s", _("sommaire de la leçon")),
            ("g", _("glossaire : mots de la section lue (ou clic sur un mot souligné)")),
            ("w", _("consoles web de la leçon, dans le navigateur de cet ordinateur")),
            ("d", _("drill de l'étape : objectifs, panne, diagnostic, mesure")),
            ("t", _("architecture visée : ce qui est en place, temps et rythme")),
            ("z", _("pause : le temps n'est plus compté")),
            ("x", _("examen : commencer, rendre l'étape, terminer")),
            (_("Échap"), _("annuler la préparation en cours")),
        ),
    ),
    (
        _("Sur un bloc de commandes ou un fichier"),
        (
            ("↑ ↓", _("bloc précédent, suivant")),
            (
                _("Entrée"),
                _("exécuter dans le terminal de la machine ; comparer et écrire un fichier"),
            ),
            (_("p  Espace"), _("placer dans le terminal, sans valider")),
            ("e", _("ouvrir le fichier dans l'éditeur de la machine (nano, ou $EDITOR)")),
            ("c", _("copier")),
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
        choices = [
            Choice("c", _("Toutes les commandes"), True),
            Choice("escape", _("Fermer"), False),
        ]
        super().__init__(_("Aide"), body, choices)

    def focus_first(self) -> None:
        """Let the arrows scroll; the answers have their keys."""
        body = self.query_one(".dialog-body")
        body.can_focus = True
        body.focus()

    def _move(self, step: int) -> None:
        self.query_one(".dialog-body").scroll_relative(y=step, animate=False)
