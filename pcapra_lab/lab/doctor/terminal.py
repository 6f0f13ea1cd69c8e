"""The language and the terminal that the application is about to be shown on."""

import locale
import os
import sys
from contextlib import suppress

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.doctor.findings import Finding, Severity
from pcapra_lab.lab.process import run

COLUMNS, ROWS = 80, 24
"""The smallest screen that the application is drawn for."""
COLOURS = 256
APPLICATION = _("l'application (les commandes marchent)")


def language() -> Finding:
    """Whether accents and frames can be written."""
    encoding = locale.getpreferredencoding(False).lower().replace("-", "")
    if encoding == "utf8":
        return Finding(Severity.OK, _("langue"), "UTF-8")
    return Finding(
        Severity.WARNING,
        _("langue"),
        _("encodage {encoding} : les accents seront perdus").format(encoding=encoding),
        "export LANG=C.UTF-8",
        _("les accents et les cadres de l'application"),
    )


def screen() -> Finding:
    """What the terminal can do: its kind, its colours, its size."""
    size = _size()
    if size is None:
        return Finding(
            Severity.OK, "terminal", _("aucun ici : toutes les commandes s'en passent, sauf shell")
        )
    kind = os.environ.get("TERM", "")
    if kind in {"", "dumb"}:
        return Finding(
            Severity.WARNING,
            "terminal",
            _("TERM={kind} : rien ne peut être placé à l'écran").format(kind=kind or _("(vide)")),
            _("ouvrez un autre terminal"),
            APPLICATION,
        )
    if size.columns < COLUMNS or size.lines < ROWS:
        return Finding(
            Severity.WARNING,
            "terminal",
            _("{columns} colonnes et {lines} lignes : il en faut {columns_2} et {rows}").format(
                columns=size.columns, lines=size.lines, columns_2=COLUMNS, rows=ROWS
            ),
            _("agrandissez la fenêtre"),
            APPLICATION,
        )
    return _colours(kind, f"{kind}, {size.columns} × {size.lines}")


def _colours(kind: str, words: str) -> Finding:
    if os.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        return Finding(
            Severity.OK, "terminal", _("{words}, toutes les couleurs").format(words=words)
        )
    try:
        # terminfo(5), by its own program: Python's curses reads one terminal per process.
        colours = int(run(["tput", "-T", kind, "colors"], timeout=10))
    except (LabError, ValueError):
        return Finding(
            Severity.WARNING,
            "terminal",
            _("{words}, inconnu de terminfo").format(words=words),
            _("sudo apt install ncurses-term, ou : export TERM=xterm-256color"),
        )
    if colours < COLOURS:
        return Finding(
            Severity.WARNING,
            "terminal",
            _("{words}, {colours} couleurs : celles de l'application seront approchées").format(
                words=words, colours=max(colours, 0)
            ),
            _("export TERM=xterm-256color si votre terminal en est capable"),
        )
    return Finding(
        Severity.OK,
        "terminal",
        _("{words}, {colours} couleurs").format(words=words, colours=colours),
    )


def _size() -> os.terminal_size | None:
    """The terminal's size; None where there is none."""
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        if stream is not None:
            with suppress(OSError, ValueError):
                return os.get_terminal_size(stream.fileno())
    return None
