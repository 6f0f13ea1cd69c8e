"""Every important action, in words."""

from dataclasses import dataclass

from pcapra_lab.content.folding import fold
from pcapra_lab.i18n import _
from pcapra_lab.session.preferences import Look, Preferences

LOOKS = {
    Look.DARK: _("Thème sombre"),
    Look.LIGHT: _("Thème clair"),
    Look.CONTRAST: _("Thème à fort contraste"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """An action that can be chosen by its name."""

    title: str
    action: str
    """A Textual action, such as ``screen.verify``."""
    key: str = ""
    """The key that does the same; empty when there is none."""


_ANYWHERE = (
    Command(_("Chercher dans tout le cours"), "app.search", "/"),
    Command(_("Aide : toutes les touches"), "app.help", "F1"),
    Command(_("Quitter"), "app.leave", "F10"),
)
_LESSON = (
    Command(_("Sommaire de la leçon"), "screen.contents", "s"),
    Command(_("Glossaire : mots de cette section"), "screen.glossary", "g"),
    Command(_("Revenir à l'accueil"), "screen.home", "F9"),
)
_LAB = (
    Command(_("Vérifier l'étape"), "screen.verify", "F5"),
    Command(_("Demander un indice"), "screen.hint", "F6"),
    Command(_("Solution de l'étape"), "screen.solution", "F7"),
    Command(_("Aller à la leçon"), "screen.lesson", "F2"),
    Command(_("Aller au terminal"), "screen.terminal", "F3"),
    Command(_("Machine suivante"), "screen.next_vm", "F4"),
    Command(_("Chercher dans le terminal"), "screen.search_shell", "Ctrl+F"),
    Command(_("Carte du labo"), "screen.map", "F11"),
    Command(_("Mettre en pause"), "screen.pause", "z"),
    Command(_("Examen : commencer, rendre l'étape, terminer"), "screen.exam", "x"),
    Command(_("Réinitialiser le labo ou une machine"), "screen.reset", "F8"),
    Command(_("Annuler la préparation en cours"), "screen.cancel", _("Échap")),
)
_WEB = Command(_("Ouvrir une console web dans le navigateur"), "screen.web", "w")

_TARGET = Command(_("Architecture visée"), "screen.target", "t")

_DRILL = Command(_("Drill de l'étape : objectifs, panne, mesure"), "screen.drill", "d")


def commands(
    preferences: Preferences,
    *,
    lesson: bool,
    lab: bool,
    web: bool = False,
    drill: bool = False,
    target: bool = False,
) -> tuple[Command, ...]:
    """What can be done: in a lesson or not, with machines, consoles, drill, drawing or not."""
    looks = [
        Command(title, f"app.look('{look.value}')")
        for look, title in LOOKS.items()
        if look is not preferences.look
    ]
    verb = _("Ne plus fêter") if preferences.celebrate else _("Fêter")
    celebrate = Command(
        _("{verb} les étapes réussies").format(verb=verb), "app.toggle_celebrations"
    )
    here = (
        *(_LAB if lab else ()),
        *((_DRILL,) if drill else ()),
        *((_TARGET,) if target else ()),
        *((_WEB,) if web else ()),
        *(_LESSON if lesson else ()),
    )
    return (*here, *_ANYWHERE[:-1], *looks, celebrate, _ANYWHERE[-1])


def matching(query: str, known: tuple[Command, ...]) -> tuple[Command, ...]:
    """Commands whose title has every word of ``query``, whatever accents and capitals."""
    words = fold(query)[0].split()
    return tuple(one for one in known if all(word in fold(one.title)[0] for word in words))
