"""Commands on exams: start, hand in, finish, see, verify."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

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
from pcapra_lab.cli.exam_seal import SealReader
from pcapra_lab.cli.labs import make_room
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.progress.exam_check import Checked, check_journal
from pcapra_lab.progress.exam_entries import Kind
from pcapra_lab.session.exam_api import ExamView
from pcapra_lab.session.exam_words import (
    LIMITS,
    RULES,
    exam_lines,
    fingerprint,
    legible,
    story,
    verdict_words,
)
from pcapra_lab.session.trainee import LabSession

YES = click.option("--yes", "-y", is_flag=True, help=_("Sans demander confirmation."))
_UNSOUND = 1
_WHO = ("title", "account", "host", "program")
_TOLD = ("title", "earned", "points")


@click.group()
def exam() -> None:
    """L'examen : un temps donné, aucune aide, une notation à la fin, un journal vérifiable.

    \b
      pcapra-lab exam start tp-final     repart des machines préparées, l'horloge tourne
      pcapra-lab exam submit             rend l'étape en cours, passe à la suivante
      pcapra-lab exam finish             note toutes les étapes et termine
      pcapra-lab exam verify FICHIER     le formateur vérifie le journal
    """


@exam.command()
@EXERCISE
@YES
@guarded
def start(exercise: str | None, yes: bool) -> None:
    """Commence un examen : tout repart de l'état préparé."""
    with session(exercise) as opened, cancellable() as cancel:
        for line in RULES:
            click.echo(f"  · {line}", err=True)
        click.secho(LIMITS, fg="yellow", err=True)
        if not yes:
            confirm(_("Commencer l'examen ? Ce qui est fait sur les machines sera perdu."))
        make_room(opened, yes)
        with progress() as printer:
            view = opened.exams.start(printer, cancel)
        _show(view, opened)


@exam.command()
@EXERCISE
@YES
@guarded
def submit(exercise: str | None, yes: bool) -> None:
    """Rend l'étape en cours, sans dire ce qu'elle vaut, et passe à la suivante."""
    with session(exercise) as opened:
        if not yes:
            confirm(_("Rendre cette étape ? On n'y revient qu'à la notation finale."))
        with progress() as printer:
            view = opened.exams.submit(printer)
        _show(view, opened)


@exam.command()
@EXERCISE
@YES
@JSON
@guarded
def finish(exercise: str | None, yes: bool, as_json: bool) -> None:
    """Note toutes les étapes une dernière fois, et termine l'examen."""
    with session(exercise) as opened:
        if not yes:
            confirm(_("Terminer l'examen ? Rien ne pourra plus être corrigé."))
        with progress() as printer:
            view = opened.exams.finish(printer)
        _show(view, opened, as_json=as_json)


@exam.command()
@EXERCISE
@YES
@guarded
def abandon(exercise: str | None, yes: bool) -> None:
    """Met fin à l'examen sans résultat."""
    with session(exercise) as opened:
        if not yes:
            confirm(_("Abandonner l'examen ? Il n'aura pas de résultat."))
        _show(opened.exams.abandon(), opened)


@exam.command()
@EXERCISE
@JSON
@guarded
def status(exercise: str | None, as_json: bool) -> None:
    """Où en est l'examen : temps restant, étapes rendues, résultat une fois terminé."""
    with session(exercise, exclusive=False) as opened:
        view = opened.exams.view()
        if view is None:
            raise LabError(
                _("cet exercice n'est pas passé en examen"),
                hint=_("pcapra-lab exam start {id} en commence un").format(id=opened.exercise.id),
            )
        _show(view, opened, as_json=as_json)


@exam.command()
@click.argument("file", metavar=_("FICHIER"), type=click.Path(path_type=Path))
@click.option(
    "--fingerprint",
    "noted",
    default="",
    metavar=_("EMPREINTE"),
    help=_("Celle que le formateur a notée, au début ou à la fin de l'examen."),
)
@JSON
@guarded
def verify(file: Path, noted: str, as_json: bool) -> None:
    """Vérifie le journal d'un examen. Code de sortie : 0 s'il est intact, 1 sinon.

    Les entrées sont liées une à une par leur empreinte : une ligne changée, retirée ou ajoutée se
    voit. Qui réécrit tout le journal change ses empreintes : notez celle que le stagiaire lit au
    début et à la fin, et donnez-la par --fingerprint. Un journal terminé est signé par la clé du
    compte : pcapra-lab report enroll dit à qui elle est.
    """
    seal = SealReader()
    checked = check_journal(file, fingerprint=noted, signature=seal)
    if as_json:
        print_json({**_checked_json(checked), "signer": seal.signer})
    else:
        _show_checked(checked, noted)
        if checked.sound and seal.signer:
            click.echo(_(" ✍ {signer}").format(signer=seal.signer))
    if not checked.sound:
        sys.exit(_UNSOUND)


def _show(view: ExamView, opened: LabSession, *, as_json: bool = False) -> None:
    if as_json:
        print_json({**asdict(view), "left": view.left, "earned": view.earned, "total": view.total})
        return
    titles = {step.id: step.title for step in opened.exercise.steps}
    for one in view.verdicts:
        sign, colour = ("✔", "green") if one.green else ("✘", "red")
        click.secho(f" {sign} ", fg=colour, nl=False)
        click.echo(f"{one.title}  {verdict_words(one)}")
    for line in exam_lines(view, titles):
        click.echo(line)


def _show_checked(checked: Checked, noted: str) -> None:
    start = checked.first(Kind.START)
    if start is not None and checked.sound:
        said = {
            key: legible(start.data.get(key, "?"))
            for key in ("title", "account", "host", "program")
        }
        click.echo(
            _("Examen « {title} », compte {account} sur {host}, pcapra-lab {program}").format(
                **said
            )
        )
    for line in story(checked):
        click.echo(f"  {line}")
    for verdict in checked.verdicts:
        sign, colour = ("✔", "green") if verdict.get("green") else ("✘", "red")
        click.secho(f" {sign} ", fg=colour, nl=False)
        click.echo("{}  {}/{}".format(*(legible(verdict.get(key)) for key in _TOLD)))
    for remark in checked.remarks:
        click.secho(_(" ⚠ {remark}").format(remark=remark), fg="yellow")
    for fault in checked.faults:
        click.secho(_(" ✘ {fault}").format(fault=fault), fg="red")
    if checked.sound:
        click.secho(_("Journal intact."), fg="green")
        click.echo(_("Empreinte : {head}").format(head=fingerprint(checked.head)))
        if not noted:
            click.echo(
                _(
                    "Comparez-la à celle que vous avez notée : sans elle, rien ne dit que ce "
                    "journal est le premier écrit."
                )
            )
    else:
        click.secho(_("Ce journal n'est pas tel qu'il a été écrit."), fg="red")


def _checked_json(checked: Checked) -> dict[str, Any]:
    return {
        "sound": checked.sound,
        "head": checked.head,
        "faults": list(checked.faults),
        "remarks": list(checked.remarks),
        "entries": [
            {"n": one.number, "at": one.at, "kind": one.kind, "data": dict(one.data)}
            for one in checked.entries
        ],
    }
