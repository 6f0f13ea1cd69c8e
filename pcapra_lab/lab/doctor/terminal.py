"""The language and the terminal that the application is about to be shown on."""

import locale
import os
import sys
from contextlib import suppress

from pcapra_lab.errors import LabError
from pcapra_lab.lab.doctor.findings import Finding, Severity
from pcapra_lab.lab.process import run

COLUMNS, ROWS = 80, 24
"""The smallest screen that the application is drawn for."""
COLOURS = 256
APPLICATION = "l'application (les commandes marchent)"


def language() -> Finding:
    """Whether accents and frames can be written."""
    encoding = locale.getpreferredencoding(False).lower().replace("-", "")
    if encoding == "utf8":
        return Finding(Severity.OK, "langue", "UTF-8")
    return Finding(
        Severity.WARNING,
        "langue",
        f"encodage {encoding} : les accents seront perdus",
        "export LANG=C.UTF-8",
        "les accents et les cadres de l'application",
    )


def screen() -> Finding:
    """What the terminal can do: its kind, its colours, its size."""
    size = _size()
    if size is None:
        return Finding(
            Severity.OK, "terminal", "aucun ici : toutes les commandes s'en passent, sauf shell"
        )
    kind = os.environ.get("TERM", "")
    if kind in {"", "dumb"}:
        return Finding(
            Severity.WARNING,
            "terminal",
            f"TERM={kind or '(vide)'} : rien ne peut être placé à l'écran",
            "ouvrez un autre terminal",
            APPLICATION,
        )
    if size.columns < COLUMNS or size.lines < ROWS:
        return Finding(
            Severity.WARNING,
            "terminal",
            f"{size.columns} colonnes et {size.lines} lignes : il en faut {COLUMNS} et {ROWS}",
            "agrandissez la fenêtre",
            APPLICATION,
        )
    return _colours(kind, f"{kind}, {size.columns} × {size.lines}")


def _colours(kind: str, words: str) -> Finding:
    if os.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        return Finding(Severity.OK, "terminal", f"{words}, toutes les couleurs")
    try:
        # terminfo(5), by its own program: Python's curses reads one terminal per process.
        colours = int(run(["tput", "-T", kind, "colors"], timeout=10))
    except (LabError, ValueError):
        return Finding(
            Severity.WARNING,
            "terminal",
            f"{words}, inconnu de terminfo",
            "sudo apt install ncurses-term, ou : export TERM=xterm-256color",
        )
    if colours < COLOURS:
        return Finding(
            Severity.WARNING,
            "terminal",
            f"{words}, {max(colours, 0)} couleurs : celles de l'application seront approchées",
            "export TERM=xterm-256color si votre terminal en est capable",
        )
    return Finding(Severity.OK, "terminal", f"{words}, {colours} couleurs")


def _size() -> os.terminal_size | None:
    """The terminal's size; None where there is none."""
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        if stream is not None:
            with suppress(OSError, ValueError):
                return os.get_terminal_size(stream.fileno())
    return None
