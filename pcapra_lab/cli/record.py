"""``record``: terminals recorded in the app, listed and played again."""

import sys
import termios
from datetime import datetime
from pathlib import Path

import click

from pcapra_lab.cli.common import guarded
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.paths import default_paths
from pcapra_lab.terminal.recording import SUFFIX, play, read

_RESTORE = (
    "\x18\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?25h\x1b[r\x1b[m"
)
"""What a recording that ends anywhere may have left behind: other screen, mouse, colours."""


@click.group()
def record() -> None:
    """Les terminaux enregistrés dans l'application (Ctrl+R dans la leçon).

    Seul ce que la machine affiche est enregistré, au format asciicast v2 : asciinema les lit aussi.
    """


@record.command("list")
@guarded
def list_recordings() -> None:
    """Les enregistrements de ce compte, du plus ancien au plus récent."""
    folder = default_paths().recordings
    found = sorted(folder.glob(f"*{SUFFIX}"))
    if not found:
        click.echo(_("Aucun enregistrement : dans la leçon, Ctrl+R enregistre le terminal."))
    for path in found:
        try:
            header, events = read(path)
            seconds = max((event.at for event in events), default=0.0)
        except LabError as error:
            click.echo(
                _("{name}  illisible : {message}").format(name=path.name, message=error.message)
            )
            continue
        when = datetime.fromtimestamp(header.timestamp).astimezone()
        size = f"{header.width}×{header.height}"
        click.echo(f"{path.name}  {when:%d/%m/%Y %H:%M}  {seconds:.0f} s  {size}  {header.title}")


@record.command("play")
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@click.option(
    "--speed",
    type=click.FloatRange(min=0.1, max=100),
    default=1.0,
    help=_("Combien de fois plus vite (2) ou plus lentement (0.5)."),
)
@guarded
def play_recording(file: Path, speed: float) -> None:
    """Rejoue un enregistrement, à son rythme ; Ctrl+C l'arrête."""
    path = file if file.exists() or file.is_absolute() else default_paths().recordings / file
    __, events = read(path)
    try:
        play(events, _show, speed=speed)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        if sys.stdout.isatty():
            _show(_RESTORE + "\r\n")
        if sys.stdin.isatty():
            # The terminal answers to questions recorded: nobody is there to read it.
            termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
