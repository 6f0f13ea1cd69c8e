"""Pausing an exercise and coming back to it."""

import click

from pcapra_lab.cli.common import EXERCISE, cancellable, guarded, progress, session
from pcapra_lab.cli.words import show_state
from pcapra_lab.i18n import _


def _in_exam(exercise: str | None) -> bool:
    with session(exercise, exclusive=False) as looked:
        return looked.exams.running


@click.command()
@EXERCISE
@guarded
def pause(exercise: str | None) -> None:
    """Met l'exercice en pause : le temps passé n'est plus compté.

    Les machines ne bougent pas (pcapra-lab down les endort). Pendant un examen, elles sont
    endormies, et la pause est écrite au journal. Vérifier, demander un indice ou pcapra-lab up
    reprennent d'eux-mêmes.
    """
    # Beside an open application, unless machines must be moved.
    with session(exercise, exclusive=_in_exam(exercise)) as opened, progress() as printer:
        opened.pause(printer)
        name = opened.exercise.id
    click.echo(_("En pause. Pour reprendre : pcapra-lab resume {name}").format(name=name))


@click.command()
@EXERCISE
@guarded
def resume(exercise: str | None) -> None:
    """Reprend un exercice mis en pause ; pendant un examen, réveille aussi ses machines."""
    with (
        session(exercise, exclusive=_in_exam(exercise)) as opened,
        cancellable() as cancel,
        progress() as printer,
    ):
        opened.resume(printer, cancel)
        show_state(opened.state())
