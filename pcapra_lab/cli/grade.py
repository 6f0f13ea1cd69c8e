"""Commands on steps: check, hint, solve."""

import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import (
    EXERCISE,
    JSON,
    cancellable,
    guarded,
    print_json,
    progress,
    session,
)
from pcapra_lab.cli.drill import drill_json, show_drill
from pcapra_lab.cli.words import show_report, show_state, show_way_back
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.api import StepReport
from pcapra_lab.session.trainee import LabSession

_NOT_GREEN = 1


@click.command()
@EXERCISE
@JSON
@guarded
def check(exercise: str | None, as_json: bool) -> None:
    """Vérifie l'étape en cours. Code de sortie : 0 si tout est vert, 1 sinon."""
    with session(exercise) as opened:
        with cancellable() as cancel, progress() as printer:
            report = opened.check(on_event=printer, cancel=cancel)
        finish(opened, report, as_json)


@click.command()
@EXERCISE
@click.option("--solution", is_flag=True, help=_("La solution : l'étape ne rapporte plus rien."))
@guarded
def hint(exercise: str | None, solution: bool) -> None:
    """L'indice suivant de l'étape en cours : 20 % de ses points chacun.

    Après le dernier, --solution montre la solution, pour zéro point.
    """
    with session(exercise) as opened:
        status = opened.current_status()
        if status.hints_used >= status.hints_total and not solution:
            raise LabError(
                _("il n'y a plus d'indice pour cette étape"),
                hint=_("pcapra-lab hint --solution montre la solution, pour zéro point"),
            )
        given = opened.solution() if solution else opened.hint()
    title = (
        "Solution"
        if given.is_solution
        else _("Indice {number}/{total}").format(number=given.number, total=given.total - 1)
    )
    click.secho(_("{title} :").format(title=title), bold=True)
    click.echo(given.text)


@click.command()
@EXERCISE
@click.option(
    "--until",
    metavar=_("ÉTAPE"),
    help=_("Résout toutes les étapes qui précèdent celle-ci ; « fin » : toutes."),
)
@JSON
@guarded
def solve(exercise: str | None, until: str | None, as_json: bool) -> None:
    """Applique la solution de l'étape en cours, puis la vérifie. L'étape est marquée « aidée ».

    Avec --until, un stagiaire en retard rejoint le groupe : les étapes sont résolues l'une après
    l'autre, jusqu'au début de celle qui est nommée.
    """
    with session(exercise) as opened:
        if until is None:
            with cancellable() as cancel, progress() as printer:
                report = opened.solve(printer, cancel)
            finish(opened, report, as_json)
            return
        with cancellable() as cancel, progress() as printer:
            stuck = opened.solve_until(until, printer, cancel)
        if stuck is not None:
            finish(opened, stuck, as_json)
        elif as_json:
            print_json({"step": opened.state().current_step})
        else:
            show_state(opened.state())


def finish(opened: LabSession, report: StepReport, as_json: bool) -> None:
    """Tell a step's report and what follows; ends the process when it is not green."""
    state, drill = opened.state(), opened.drills.view(report.step)
    if as_json:
        print_json(
            {
                **asdict(report),
                "green": report.green,
                "next": state.current_step,
                "lost": [r.id for r in report.lost],
                **({"drill": drill_json(drill)} if drill else {}),
            }
        )
    else:
        show_report(report)
        show_drill(drill)
        show_way_back(report, opened.way_back() if report.lost else None)
        if report.green:
            following = next((s.title for s in state.steps if s.id == state.current_step), None)
            said = (
                _("Étape suivante : {following}").format(following=following)
                if following
                else _("Exercice terminé, bravo !")
            )
            click.secho(_("Étape réussie. {said}").format(said=said), fg="green")
    if not report.green:
        sys.exit(_NOT_GREEN)
