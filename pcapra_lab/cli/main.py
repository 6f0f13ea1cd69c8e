"""The ``pcapra-lab`` command."""

import os
import sys
from pathlib import Path

import click

from pcapra_lab import __version__
from pcapra_lab.cli.common import deferred_application, guarded
from pcapra_lab.cli.language import speak
from pcapra_lab.cli.lazy import LazyGroup
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

_COMMANDS = {
    "answer": "pcapra_lab.cli.answer:answer",
    "bundle": "pcapra_lab.cli.bundle:bundle",
    "check": "pcapra_lab.cli.grade:check",
    "checklist": "pcapra_lab.cli.checklist:checklist",
    "completion": "pcapra_lab.cli.completion:completion",
    "doctor": "pcapra_lab.cli.doctor:doctor",
    "down": "pcapra_lab.cli.labs:down",
    "drill": "pcapra_lab.cli.drill:drill",
    "exam": "pcapra_lab.cli.exam:exam",
    "fault": "pcapra_lab.cli.fault:fault",
    "hint": "pcapra_lab.cli.grade:hint",
    "image": "pcapra_lab.cli.image:image",
    "lint": "pcapra_lab.cli.lint:lint",
    "list": "pcapra_lab.cli.labs:list_course",
    "pause": "pcapra_lab.cli.pausing:pause",
    "plain": "pcapra_lab.cli.plain:plain",
    "record": "pcapra_lab.cli.record:record",
    "replay": "pcapra_lab.cli.replay:replay",
    "report": "pcapra_lab.cli.report:report",
    "reset": "pcapra_lab.cli.labs:reset",
    "resume": "pcapra_lab.cli.pausing:resume",
    "rewind": "pcapra_lab.cli.rewind:rewind",
    "shell": "pcapra_lab.cli.labs:shell",
    "solve": "pcapra_lab.cli.grade:solve",
    "status": "pcapra_lab.cli.labs:status",
    "target": "pcapra_lab.cli.target:target",
    "up": "pcapra_lab.cli.labs:up",
    "web": "pcapra_lab.cli.web:web",
}


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    loaded=speak,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="pcapra-lab", help=_("Affiche la version et quitte."))
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    help=_("Un autre dossier de cours (modules/, exercises/, vm-images/)."),
)
@click.option(
    "--plain",
    "in_lines",
    is_flag=False,
    flag_value="",
    metavar=_("[EXERCICE]"),
    help=_("En texte, ligne à ligne, sans écran (comme la commande plain)."),
)
@click.pass_context
def cli(context: click.Context, content: Path | None, in_lines: str | None) -> None:
    """Laboratoire PCA/PRA : de vraies machines, un cours en français, des étapes vérifiées.

    Sans sous-commande, ouvre l'application. Les sous-commandes font tout sans écran :

    \b
      pcapra-lab up borgbackup      prépare (ou réveille) les machines de l'exercice
      pcapra-lab shell srv          un terminal sur la machine srv
      pcapra-lab check              vérifie l'étape en cours
      pcapra-lab down               endort les machines, rien n'est perdu
      pcapra-lab doctor --fix       installe ce qui manque sur cet ordinateur
    """
    context.obj = {"content": content}
    if in_lines is not None:
        from pcapra_lab.cli.plain import open_plain

        open_plain(in_lines or None)
    if context.invoked_subcommand is None:
        open_application()


@guarded
def open_application() -> None:
    """The TUI."""
    if not sys.stdout.isatty():
        raise LabError(
            _("l'application demande un terminal"),
            hint=_("pcapra-lab --plain s'en passe ; pcapra-lab --help liste les commandes"),
        )
    # Textual waits this long (ms) to tell Escape from a sequence; its own default is felt.
    os.environ.setdefault("ESCDELAY", "25")
    # Late: the other commands need not pay for Textual, nor the first paint for the session.
    from pcapra_lab.session.preferences import PreferenceStore, preferences_path
    from pcapra_lab.ui.app import PcapraApp

    with deferred_application() as app:
        PcapraApp(app, preferences=PreferenceStore(preferences_path())).run()


speak(cli)


def main() -> None:
    """Entry point."""
    cli(prog_name="pcapra-lab")
