"""The checklist command: what probes say of the living infrastructure."""

import sys
import time
from dataclasses import asdict
from itertools import groupby

import click

from pcapra_lab.cli.common import EXERCISE, JSON, guarded, print_json, session
from pcapra_lab.i18n import _
from pcapra_lab.session.api import Outcome
from pcapra_lab.session.checklist_api import ChecklistLine, ChecklistView, Evidence, LineState
from pcapra_lab.session.reporting.checklist import reason_of
from pcapra_lab.session.ribbon_words import labelled

_SIGNS = {
    LineState.TRUE: (_("✔ vrai"), "green"),
    LineState.FALSE: (_("✘ faux"), "red"),
    LineState.NOT_APPLICABLE: (_("– sans objet"), "bright_black"),
    LineState.UNKNOWN: (_("? inconnu"), "yellow"),
}
_NOT_COMPLETE = 1


@click.command()
@EXERCISE
@click.option(
    "--act",
    is_flag=True,
    help=_("Lance aussi les contrôles qui agissent : sauvegarde déclenchée, restauration…"),
)
@JSON
@guarded
def checklist(exercise: str | None, act: bool, as_json: bool) -> None:
    """La checklist PCA/PRA de l'exercice, constatée sur les machines.

    Chaque ligne est vraie, fausse, sans objet (avec la raison) ou inconnue : ce sont des sondes
    qui le disent, en un aller-retour par machine, jamais une case cochée. Ce qui n'a pas pu être
    sondé (machine à l'arrêt, contrôle qui agit) est inconnu, jamais supposé.

    \b
      pcapra-lab checklist tp-final          ce qui se voit sans rien changer
      pcapra-lab checklist tp-final --act    avec ce qui agit sur les machines
      pcapra-lab checklist tp-final --json   pour un programme

    Code de sortie : 0 si chaque ligne qui a un objet est vraie, 1 sinon.
    """
    # Acting needs the lab for itself; looking does not.
    with session(exercise, exclusive=act) as opened:
        view = opened.inspection.checklist(act=act)
        acted = opened.inspection.last().acted
    if as_json:
        print_json({**asdict(view), "complete": view.complete})
    else:
        _show(view, acted)
    if not view.complete:
        sys.exit(_NOT_COMPLETE)


def _show(view: ChecklistView, acted: ChecklistView | None) -> None:
    for category, lines in groupby(view.lines, key=lambda line: line.category):
        click.secho(category, bold=True)
        for line in lines:
            _line(line, acted)
    counts = [
        labelled(_SIGNS[state][0], str(count))
        for state in LineState
        if (count := view.count(state))
    ]
    at = time.strftime("%H:%M:%S", time.localtime(view.at))
    click.echo(_("\nSondée à {at}. {counts}").format(at=at, counts="   ".join(counts)))
    if not view.round_trips:
        click.secho(
            _("  → aucune machine ne tourne : pcapra-lab up {exercise}").format(
                exercise=view.exercise
            ),
            fg="yellow",
        )


def _line(line: ChecklistLine, acted: ChecklistView | None) -> None:
    word, colour = _SIGNS[line.state]
    click.echo("  ", nl=False)
    click.secho(f"{word:<14}", fg=colour, nl=False)
    click.echo(line.title)
    if line.reason:
        unknown = line.state is LineState.UNKNOWN
        click.echo(f"                {reason_of(line, acted) if unknown else line.reason}")
    if line.state is LineState.FALSE:
        for one in line.evidence:
            if one.outcome is Outcome.FAIL:
                _evidence(one)


def _evidence(one: Evidence) -> None:
    click.echo(f"                ✘ {one.title}  [{one.vm}]")
    for label, text in ((_("attendu"), one.expected), (_("vu"), one.observed)):
        for line in text.splitlines()[:1]:
            click.echo(f"                  {label:<8}: {line}")
