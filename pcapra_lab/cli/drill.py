"""Commands on the current step's drill: declare, start, diagnose, follow, end."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

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
from pcapra_lab.drills.measures import Verdict
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.session.drill_api import DrillView
from pcapra_lab.session.drill_words import Line, live_lines, parse_duration, result_lines
from pcapra_lab.session.ribbon_picture import save_picture
from pcapra_lab.session.ribbon_words import ribbon_lines

_COLOURS = {Verdict.MET: "green", Verdict.MISSED: "red", Verdict.UNDECIDED: "yellow"}


def _length(_context: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else parse_duration(value)
    except LabError as error:
        raise click.BadParameter(
            _("{message} ; {hint}").format(message=error.message, hint=error.hint)
        ) from error


RTO = click.option(
    "--rto", metavar=_("DURÉE"), callback=_length, help=_("Temps de reprise visé : 30s, 15m, 2h.")
)
RPO = click.option(
    "--rpo", metavar=_("DURÉE"), callback=_length, help=_("Âge des données qui peuvent se perdre.")
)

SEED = click.option(
    "--seed",
    metavar=_("GRAINE"),
    help=_("Drill surprise : la même graine tire les mêmes pannes, aux mêmes moments."),
)


@click.group()
def drill() -> None:
    """Le drill de l'étape : objectifs, panne, diagnostic, mesure.

    On déclare ce que l'on vise, une panne arrive sans prévenir, on dit ce que c'est, on répare :
    le temps de reprise (RTO), les données perdues (RPO) et le temps de détection sont mesurés,
    avec leur incertitude.

    Un drill surprise est une garde : des pannes tirées au sort, parmi des leurres. Chaque
    diagnostic est noté, une machine et une cause, avant la réparation.

    \b
      pcapra-lab drill declare --rto 15m --rpo 2m    ce que vous visez
      pcapra-lab drill start                         la panne viendra quand elle voudra
      pcapra-lab drill diagnose "disque plein"       dès que vous savez
      pcapra-lab drill accuse web1 2                 pendant une garde : la machine, la cause
      pcapra-lab check                               réparé : le drill se termine et se mesure
      pcapra-lab drill result                        le verdict
      pcapra-lab drill picture ruban.svg             ce que les clients ont vu, en image
    """


@drill.command()
@RTO
@RPO
@SEED
@EXERCISE
@JSON
@guarded
def declare(
    rto: float | None,
    rpo: float | None,
    seed: str | None,
    exercise: str | None,
    as_json: bool,
) -> None:
    """Déclare les objectifs, avant que rien n'arrive."""
    with session(exercise, exclusive=False) as opened:
        _show(opened.drills.declare(rto, rpo, seed), as_json=as_json)


@drill.command()
@EXERCISE
@JSON
@guarded
def start(exercise: str | None, as_json: bool) -> None:
    """Commence : les écritures d'abord, la panne un peu plus tard.

    La commande rend la main une fois la panne arrivée. Travaillez pendant ce temps dans un autre
    terminal, avec pcapra-lab shell. Ctrl-C abandonne le drill.

    Un drill surprise rend la main une fois la garde finie ; pcapra-lab drill accuse et status
    répondent pendant ce temps, check attend la fin.
    """
    with session(exercise) as opened:
        with cancellable() as cancel, progress() as printer:
            view = opened.drills.start(printer, cancel)
        _show(view, as_json=as_json)


@drill.command()
@click.argument("words", metavar=_("DIAGNOSTIC"))
@EXERCISE
@JSON
@guarded
def diagnose(words: str, exercise: str | None, as_json: bool) -> None:
    """Dit ce qui arrive, en une phrase : cela date la détection."""
    with session(exercise, exclusive=False) as opened:
        _show(opened.drills.diagnose(words), as_json=as_json)


@drill.command()
@click.argument("machine", metavar="MACHINE")
@click.argument("cause", metavar="CAUSE")
@EXERCISE
@JSON
@guarded
def accuse(machine: str, cause: str, exercise: str | None, as_json: bool) -> None:
    """Pendant une garde : dit quelle machine est en panne, et de quoi.

    CAUSE est un des numéros que montre pcapra-lab drill status. Un diagnostic faux coûte un
    dixième de la note, un leurre accusé deux. Ce qui ne se répare que sur place (courant, câble)
    l'est dès que le diagnostic est juste.
    """
    with session(exercise, exclusive=False) as opened:
        _show(opened.drills.accuse(machine, cause), as_json=as_json)


@drill.command()
@EXERCISE
@JSON
@guarded
def status(exercise: str | None, as_json: bool) -> None:
    """Où en est le drill : horloge, écritures, diagnostic."""
    with session(exercise, exclusive=False) as opened:
        view = opened.drills.follow()
        if view is None:
            raise LabError(
                _("l'étape en cours n'a pas de drill"),
                hint=_("pcapra-lab drill result montre ceux qui ont été faits"),
            )
        _show(view, as_json=as_json)


@drill.command()
@EXERCISE
@JSON
@guarded
def end(exercise: str | None, as_json: bool) -> None:
    """Termine sans attendre que l'étape soit réussie, et mesure ce qui peut l'être."""
    with session(exercise) as opened:
        _show(opened.drills.end(), as_json=as_json)


@drill.command("give-up")
@EXERCISE
@JSON
@guarded
def give_up(exercise: str | None, as_json: bool) -> None:
    """Abandonne : la panne est levée, rien n'est mesuré."""
    with session(exercise) as opened:
        _show(opened.drills.give_up(), as_json=as_json)


@drill.command()
@EXERCISE
@JSON
@guarded
def result(exercise: str | None, as_json: bool) -> None:
    """Les drills mesurés de l'exercice, le dernier à la fin."""
    with session(exercise, exclusive=False) as opened:
        views = opened.drills.history()
    if as_json:
        print_json([drill_json(view) for view in views])
        return
    if not views:
        click.echo(_("Aucun drill n'a encore été mesuré."))
    for view in views:
        click.secho(view.title, bold=True)
        _tell(result_lines(view))


@drill.command()
@click.argument("path", metavar=_("FICHIER"), type=click.Path(dir_okay=False, path_type=Path))
@EXERCISE
@guarded
def picture(path: Path, exercise: str | None) -> None:
    """Enregistre en SVG le ruban du drill en cours, ou du dernier mesuré."""
    with session(exercise, exclusive=False) as opened:
        current = opened.drills.view()
        if current is None or current.ribbon is None:
            measured = [view for view in opened.drills.history() if view.ribbon is not None]
            current = measured[-1] if measured else current
    if current is None:
        raise LabError(
            _("l'étape en cours n'a pas de drill"),
            hint=_("pcapra-lab drill result montre ceux qui ont été faits"),
        )
    save_picture(current, path)
    click.echo(_("L'image est dans {path}").format(path=path))


def _show(view: DrillView, *, as_json: bool) -> None:
    if as_json:
        print_json(drill_json(view))
        return
    # Once it is measured, what it came to says it all.
    over = result_lines(view)
    _tell([*live_lines(view)[:1], *over] if over else live_lines(view))
    if view.ribbon is not None:
        _tell(ribbon_lines(view.ribbon, view.windows))


def show_drill(view: DrillView | None) -> None:
    """With a step's report: what the drill came to, or how to go on with it."""
    if view is not None:
        _show(view, as_json=False)


def _tell(lines: list[Line]) -> None:
    for line in lines:
        label = _("{label} :").format(label=line.label)
        colour = _COLOURS[line.verdict] if line.verdict else None
        click.echo(f"  {label:12} ", nl=False)
        click.secho(line.text, fg=colour)


def drill_json(view: DrillView) -> dict[str, Any]:
    """A drill for a program."""
    measured = view.result.to_data() if view.result else None
    # The ribbon and the result have forms of their own.
    known = asdict(replace(view, result=None, ribbon=None, assessment=None))
    known["assessment"] = view.assessment.to_data() if view.assessment else None
    known |= {"result": measured, "phase": view.phase.value}
    known["ribbon"] = view.ribbon.to_data() if view.ribbon else None
    return {**known, "bands": {name: list(band) for name, band in view.bands}}
