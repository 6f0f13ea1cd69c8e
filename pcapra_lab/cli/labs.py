"""Commands on machines: up, down, reset, status, shell, list."""

import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import (
    EXERCISE,
    JSON,
    application,
    cancellable,
    confirm,
    guarded,
    print_json,
    progress,
    session,
)
from pcapra_lab.cli.shell import interact
from pcapra_lab.cli.words import show_state
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.trainee import LabSession


@click.command("list")
@JSON
@guarded
def list_course(as_json: bool) -> None:
    """Le cours : modules, leçons, avancement."""
    with application() as app:
        modules = app.modules()
    if as_json:
        print_json([asdict(m) for m in modules])
        return
    for module in modules:
        click.secho(f"Module {module.number} · {module.title}", bold=True)
        for lesson in module.lessons:
            if not lesson.ready:
                click.secho(_("    {title}  (en préparation)").format(title=lesson.title), dim=True)
                continue
            done = (
                _("{steps_done}/{steps_total} étapes").format(
                    steps_done=lesson.steps_done, steps_total=lesson.steps_total
                )
                if lesson.steps_total
                else ""
            )
            points = (
                _("{earned}/{total} points").format(earned=lesson.earned, total=lesson.total)
                if lesson.total
                else ""
            )
            name = f"[{lesson.exercise}]" if lesson.exercise else ""
            line = f"  {lesson.number} {lesson.title}  {name}  {done}  {points}".rstrip()
            click.echo(line + (_("  ○ non noté") if lesson.ungraded else ""))


@click.command()
@EXERCISE
@click.option(
    "--yes", "-y", is_flag=True, help=_("Si la mémoire manque : endort d'autres laboratoires.")
)
@guarded
def up(exercise: str | None, yes: bool) -> None:
    """Prépare ou réveille les machines d'un exercice.

    La première fois : construit les images si besoin, démarre les machines et les prépare
    (quelques minutes). Ensuite, elles reviennent en quelques secondes. Interrompue, la commande
    reprend où elle en était. Si la mémoire manque, elle propose d'endormir d'autres laboratoires
    que personne n'utilise : rien n'y est perdu.
    """
    with session(exercise) as opened, cancellable() as cancel:
        make_room(opened, yes)
        with progress() as printer:
            opened.start(printer, cancel)
        show_state(opened.state())


def make_room(opened: LabSession, yes: bool) -> None:
    """Offer to park idle labs when the machines do not fit in memory.

    Raises:
        EnvironmentProblem: even parking them all would not be enough.
    """
    plan = opened.memory_plan()
    if plan.fits:
        return
    plan.check()
    click.echo("\n".join(plan.lines()), err=True)
    if not yes:
        confirm(
            _("Endormir {lab} ?").format(lab=", ".join(other.lab for other in plan.to_park)),
            default=True,
        )
    with progress() as printer:
        for other in plan.to_park:
            opened.park(other.lab, printer)


@click.command()
@EXERCISE
@click.option("--delete", is_flag=True, help=_("Supprime aussi les machines et leurs disques."))
@click.option("--yes", "-y", is_flag=True, help=_("Avec --delete : sans demander confirmation."))
@guarded
def down(exercise: str | None, delete: bool, yes: bool) -> None:
    """Endort les machines sur le disque : plus rien ne tourne, rien n'est perdu."""
    with session(exercise) as opened:
        if delete:
            if not yes:
                confirm(_("Supprimer les machines et tout ce qui y a été fait ?"))
            opened.delete()
            click.echo(_("Machines et disques supprimés. La progression passée reste enregistrée."))
            return
        with progress() as printer:
            opened.stop(printer)
        click.echo(
            _("Machines endormies. Pour reprendre : pcapra-lab up {id}").format(
                id=opened.exercise.id
            )
        )


@click.command()
@EXERCISE
@click.option("--vm", help=_("Ne remet que cette machine, au début de l'étape en cours."))
@click.option("--yes", "-y", is_flag=True, help=_("Sans demander confirmation."))
@guarded
def reset(exercise: str | None, vm: str | None, yes: bool) -> None:
    """Revient à l'état préparé, en quelques secondes.

    Sans --vm, tout l'exercice recommence à sa première étape. Avec --vm, seule cette machine
    revient au début de l'étape en cours ; les autres ne bougent pas, la progression est gardée.
    Pour ramener toutes les machines au début d'une étape : pcapra-lab rewind ÉTAPE.
    """
    with session(exercise) as opened, cancellable() as cancel:
        if vm is not None and not yes:
            confirm(
                _(
                    "Ce qui a été fait sur {vm} depuis le début de l'étape sera perdu. Continuer ?"
                ).format(vm=vm)
            )
        elif not yes and opened.state().earned:
            confirm(_("Recommencer l'exercice depuis sa première étape ?"))
        with progress() as printer:
            opened.reset(printer, cancel, vm)
        show_state(opened.state())


@click.command()
@EXERCISE
@JSON
@guarded
def status(exercise: str | None, as_json: bool) -> None:
    """L'état des machines et des étapes."""
    with session(exercise, exclusive=False) as opened:
        state, faults = opened.state(), opened.active_faults()
    if as_json:
        labels = [one.label for one in faults]
        totals = {"earned": state.earned, "total": state.total}
        print_json({**asdict(state), **totals, "faults": labels})
        return
    show_state(state)
    for one in faults:
        click.secho(
            _("⚠ panne en cours : {label} [{id}]").format(label=one.label, id=one.id), fg="yellow"
        )


@click.command()
@click.argument("vm")
@EXERCISE
@guarded
def shell(vm: str, exercise: str | None) -> None:
    """Ouvre un terminal sur une machine (stagiaire@VM). On en sort par exit ou Ctrl-D."""
    if not sys.stdin.isatty():
        raise LabError(
            _("cette commande demande un terminal"), hint=_("lancez-la sans redirection")
        )
    with session(exercise, exclusive=False) as opened:
        interact(lambda columns, rows: opened.open_shell(vm, columns, rows))
