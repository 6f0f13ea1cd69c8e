"""Going back to the beginning of a step."""

import time
from dataclasses import asdict

import click

from pcapra_lab.cli.common import (
    EXERCISE,
    JSON,
    cancellable,
    confirm,
    guarded,
    print_json,
    progress,
    session,
)
from pcapra_lab.cli.words import show_state
from pcapra_lab.i18n import _
from pcapra_lab.session.api import Checkpoint


@click.command()
@click.argument("step", required=False, metavar=_("[ÉTAPE]"))
@EXERCISE
@click.option("--yes", "-y", is_flag=True, help=_("Sans demander confirmation."))
@JSON
@guarded
def rewind(step: str | None, exercise: str | None, yes: bool, as_json: bool) -> None:
    """Ramène toutes les machines au début d'une étape déjà atteinte, en quelques secondes.

    Sans étape : montre les points de retour et leur taille. Chaque étape réussie en laisse un ;
    les plus anciens s'effacent quand ils prennent trop de place. Les points déjà gagnés restent,
    et les points de retour suivants aussi : on peut donc revenir, puis repartir vers l'avant.

    \b
      pcapra-lab rewind                    les étapes où l'on peut revenir
      pcapra-lab rewind restauration       au début de l'étape « restauration »
      pcapra-lab rewind fin                à l'exercice terminé
    """
    if step is None:
        with session(exercise, exclusive=False) as opened:
            known = opened.checkpoints()
        if as_json:
            print_json([asdict(one) for one in known])
        else:
            _show(known)
        return
    with session(exercise) as opened, cancellable() as cancel:
        if not yes:
            confirm(_("Ce qui a été fait sur les machines depuis sera perdu. Revenir ?"))
        with progress() as printer:
            opened.rewind(step, printer, cancel)
        if as_json:
            print_json({"step": opened.state().current_step})
        else:
            show_state(opened.state())


def _show(known: tuple[Checkpoint, ...]) -> None:
    if not known:
        click.echo(_("Aucun point de retour : chaque étape réussie en laisse un."))
        return
    width = max(len(one.step) for one in known)
    for one in known:
        at = time.strftime("%d/%m %H:%M", time.localtime(one.at))
        click.echo(
            _("  {step:{width}}  {at}  {mib:5} Mio  {title}").format(
                width=width, step=one.step, at=at, mib=one.mib, title=one.title
            )
        )
    click.echo(
        _("  {value:{width}}  en tout     {mib:5} Mio").format(
            width=width, value="", mib=sum(one.mib for one in known)
        )
    )
