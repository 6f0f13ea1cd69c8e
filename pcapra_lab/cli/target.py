"""The target architecture without a screen."""

from dataclasses import asdict

import click

from pcapra_lab.cli.common import EXERCISE, JSON, guarded, print_json, session
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.blueprint_words import plan_lines


@click.command()
@EXERCISE
@click.option("--look", is_flag=True, help=_("Contrôle d'abord de nouveau les étapes passées."))
@JSON
@guarded
def target(exercise: str | None, look: bool, as_json: bool) -> None:
    """L'architecture visée : ce qui est en place, ce qui manque, ce qui est perdu.

    Les machines sont mesurées à l'instant ; un contrôle vaut ce qu'il valait à son dernier
    passage, que --look refait pour les étapes passées.
    """
    with session(exercise, exclusive=look) as opened:
        if opened.blueprint is None:
            raise LabError(
                _("l'exercice {id} ne dessine pas d'architecture").format(id=opened.exercise.id),
                hint=_("pcapra-lab status montre ses machines et ses étapes"),
            )
        if look:
            opened.survey()
        health = opened.health([vm.name for vm in opened.topology.vms])
        seen = {one.vm: one for one in health}
        plan = opened.blueprint.plan(seen, hidden=opened.exams.running)
    if as_json:
        print_json({"seen": plan.seen, "parts": [asdict(part) for part in plan.parts]})
        return
    for line in plan_lines(plan):
        click.echo(line)
