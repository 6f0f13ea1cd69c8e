"""The lesson's keys, as the footer shows them."""

from textual.binding import Binding, BindingType

from pcapra_lab.i18n import _
from pcapra_lab.ui.widgets.keybar import Key

BINDINGS: list[BindingType] = [
    Binding("f2", "lesson", _("leçon"), show=False),
    Binding("f3", "terminal", "terminal", show=False),
    Binding("f4", "next_vm", _("terminal suivant"), show=False),
    Binding("f5,v", "verify", _("vérifier"), show=False),
    Binding("f6,i", "hint", _("indice"), show=False),
    Binding("f7", "solution", "solution", show=False),
    Binding("f8", "reset", _("réinitialiser"), show=False),
    Binding("f9", "home", _("accueil"), show=False),
    Binding("f11", "map", _("carte"), show=False),
    Binding("ctrl+f", "search_shell", _("chercher"), show=False),
    Binding("s", "contents", _("sommaire"), show=False),
    Binding("g", "glossary", _("glossaire"), show=False),
    Binding("w", "web", _("consoles web"), show=False),
    Binding("d", "drill", "drill", show=False),
    Binding("t", "target", _("architecture visée"), show=False),
    Binding("z", "pause", "pause", show=False),
    Binding("x", "exam", _("examen"), show=False),
    Binding("ctrl+t", "new_shell", _("nouveau terminal"), show=False),
    Binding("ctrl+w", "close_shell", _("fermer le terminal"), show=False),
    Binding("ctrl+r", "record_shell", _("enregistrer"), show=False),
    Binding("ctrl+e", "split_shells", _("côte à côte"), show=False),
    Binding("escape", "cancel", _("annuler"), show=False),
]

_HELP = Key("F1", _("aide"), "app.help")
_LEAVE = (
    Key("F9", _("accueil"), "screen.home", rank=3),
    Key("F10", _("quitter"), "screen.leave"),
)
_LAB = (
    Key("F2", _("leçon"), "screen.lesson"),
    Key("F3", "terminal", "screen.terminal"),
    Key("F4", _("suivant"), "screen.next_vm", rank=5),
    Key("F5", _("vérifier"), "screen.verify"),
    Key("F6", _("indice"), "screen.hint"),
    Key("F7", "solution", "screen.solution", rank=4),
    Key("F8", _("réinitialiser"), "screen.reset", rank=6),
    Key("F11", _("carte"), "screen.map", rank=5),
)

_CONTENTS = Key("s", _("sommaire"), "screen.contents", rank=7)
_GLOSSARY = Key("g", _("glossaire"), "screen.glossary", rank=8)
_SEARCH = Key("/", _("chercher"), "app.search", rank=7)
_WEB = Key("w", _("console web"), "screen.web", rank=4)
_DRILL = Key("d", "drill", "screen.drill", rank=1)
_EXAM = Key("x", _("examen"), "screen.exam", rank=1)
_TARGET = Key("t", _("architecture"), "screen.target", rank=2)
_PAUSE = Key("z", "pause", "screen.pause", rank=4)
_COMMANDS = Key("Ctrl+P", _("commandes"), "app.commands", rank=2)
"""Kept where it fits: what leaves the footer is one click further."""

READING = (_HELP, _CONTENTS, _GLOSSARY, _SEARCH, _COMMANDS, *_LEAVE)
"""Without a session."""

WORKING = (_HELP, Key(_("Échap"), _("annuler"), "screen.cancel", strong=True), _LAB[0], *_LEAVE)
"""While the lab is being prepared."""


def also(*, exam: bool, target: bool, paced: bool) -> tuple[Key, ...]:
    """Keys of some exercises only: an exam is taken, an architecture is drawn, time is planned."""
    return (
        *((_EXAM,) if exam else ()),
        *((_TARGET,) if target else ()),
        *((_PAUSE,) if paced or exam else ()),
    )


def lesson(*, web: bool, drill: bool = False, more: tuple[Key, ...] = ()) -> tuple[Key, ...]:
    """The focus is on the lesson, which has web consoles or not, a drill in its step or not.

    Args:
        web: it has consoles.
        drill: its step has a drill.
        more: see ``also``.
    """
    return (
        _HELP,
        *_LAB,
        *_drill(drill),
        *_web(web),
        *more,
        _CONTENTS,
        _GLOSSARY,
        _SEARCH,
        _COMMANDS,
        *_LEAVE,
    )


def _web(web: bool) -> tuple[Key, ...]:
    return (_WEB,) if web else ()


def _drill(drill: bool) -> tuple[Key, ...]:
    return (_DRILL,) if drill else ()


def in_shell(shell: str, *, web: bool, drill: bool = False) -> tuple[Key, ...]:
    """The focus is in a shell: one key leaves it, the mouse reaches the others."""
    leave = Key(
        "F12",
        _("quitter le terminal de {shell}").format(shell=shell),
        "screen.lesson",
        rank=0,
        strong=True,
    )
    near = (*_LAB[2:], *_drill(drill), *_web(web), *_LEAVE)
    clickable = tuple(Key("▸", key.label, key.action, key.rank + 1) for key in near)
    search = Key("▸", _("chercher"), "screen.search_shell", rank=4)
    more = (
        Key("▸", _("nouveau"), "screen.new_shell", rank=7),
        Key("▸", _("enregistrer"), "screen.record_shell", rank=9),
        Key("▸", _("côte à côte"), "screen.split_shells", rank=8),
    )
    return (leave, search, *clickable, *more)
