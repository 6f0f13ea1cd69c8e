"""The replay command: an exercise proved on real machines."""

import secrets
import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import (
    EXERCISE,
    application,
    cancellable,
    chosen,
    guarded,
    print_json,
    progress,
)
from pcapra_lab.cli.replay_all import replay_all, show_row
from pcapra_lab.i18n import _
from pcapra_lab.lab.progress import ignore
from pcapra_lab.session.journal import interrupted_seed
from pcapra_lab.session.proof import world_of, write_proof
from pcapra_lab.session.replay import Replay, ReplayResult, lab_id


@click.command()
@EXERCISE
@click.option(
    "--all", "everything", is_flag=True, help=_("Tous les exercices, le plus court d'abord.")
)
@click.option("--restart", is_flag=True, help=_("Avec --all : oublie ce qui est déjà prouvé."))
@click.option("--drafts", is_flag=True, help=_("Avec --all : les brouillons aussi."))
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 8),
    default=1,
    help=_("Avec --all : nombre d'exercices rejoués en même temps."),
)
@click.option("--seed", help=_("Graine des paramètres ; tirée au hasard sinon."))
@click.option(
    "--mutants",
    metavar="N",
    default="tous",
    help=_("Nombre d'états faux à appliquer par étape (0 : aucun) ; tous par défaut."),
)
@click.option("--until", metavar=_("ÉTAPE"), help=_("S'arrête après cette étape."))
@click.option("--resume", is_flag=True, help=_("Reprend un rejeu interrompu."))
@click.option(
    "--keep",
    is_flag=True,
    help=_("Endort les machines au lieu de les supprimer ; avec --all, celles des échecs."),
)
@click.option("--discard", is_flag=True, help=_("Supprime seulement les machines gardées."))
@click.option("--proof/--no-proof", default=False, help=_("Écrit proof.json si tout est prouvé."))
@click.option("--json", "as_json", is_flag=True, help=_("Résultat en JSON."))
@guarded
def replay(
    exercise: str | None,
    everything: bool,
    restart: bool,
    drafts: bool,
    jobs: int,
    seed: str | None,
    mutants: str,
    until: str | None,
    resume: bool,
    keep: bool,
    discard: bool,
    proof: bool,
    as_json: bool,
) -> None:
    """Prouve un exercice sur de vraies machines.

    Depuis l'état préparé, pour chaque étape : vérifications rouges, solution, vérifications
    vertes ; puis chaque mutant (un état faux qui a l'air juste) doit être vu. Les machines du
    rejeu sont à part : celles du stagiaire ne sont pas touchées. Code de sortie : 0 si tout
    est comme il faut, 1 sinon. Interrompu, il garde ses machines : --resume le reprend, --discard
    les supprime. Après un échec et --keep, --resume reprend à la première étape qui a échoué, ou
    qui a changé depuis.

    Avec --all, chaque exercice à son tour ; un échec n'arrête pas les autres. Relancée, la commande
    reprend ce qui manque, ou ce qui a changé ; --restart ou une autre graine recommence tout.
    """
    if mutants != "tous" and not mutants.isdigit():
        raise click.BadParameter(_("un nombre, ou « tous »"), param_hint="--mutants")
    count = None if mutants == "tous" else int(mutants)
    if everything or exercise is None or restart or drafts or jobs > 1:
        if not everything or exercise is not None or until or resume or discard:
            raise click.UsageError(
                _("nommez un exercice, ou --all sans --until, --resume, --discard")
            )
        replay_all(
            seed,
            count,
            proof=proof,
            restart=restart,
            drafts=drafts,
            jobs=jobs,
            keep=keep,
            as_json=as_json,
        )
        return
    with application() as app, cancellable() as cancel:
        name = chosen(app, exercise)
        folder = app.installation.paths.labs / lab_id(name)
        run = Replay(
            app.installation,
            name,
            seed or (interrupted_seed(folder) if resume else None) or secrets.token_hex(8),
            mutants=count,
            resume=resume,
            on_row=lambda row: show_row(row, err=as_json),
        )
        if discard:
            run.close(ignore, keep=False)
            click.echo(_("Machines du rejeu supprimées."))
            return
        with progress() as printer:
            whole = False
            try:
                result = run.run(printer, cancel, until=until)
                world = world_of(run) if proof else {}
                whole = True
            finally:
                run.close(printer, keep=keep or not whole)
                if not whole:
                    click.echo(
                        _("Pour reprendre : pcapra-lab replay {name} --resume").format(name=name),
                        err=True,
                    )
        if proof and result.ok and count is None and until is None:
            write_proof(app.installation.catalogue, result, world)
    if as_json:
        print_json(
            {**asdict(result), "ok": result.ok, "mutants": result.mutants, "killed": result.killed}
        )
    else:
        _summary(result)
    sys.exit(0 if result.ok else 1)


def _summary(result: ReplayResult) -> None:
    bad = sum(not row.ok for row in result.rows)
    click.echo(
        _(
            "{exercise} : {count} contrôles, {bad} échec(s), "
            "mutants tués {killed}/{mutants}, "
            "préparation {prepare_seconds:.0f} s, en tout {seconds:.0f} s "
            "(graine {seed})"
        ).format(
            exercise=result.exercise,
            count=len(result.rows),
            bad=bad,
            killed=result.killed,
            mutants=result.mutants,
            prepare_seconds=result.prepare_seconds,
            seconds=result.seconds,
            seed=result.seed,
        )
    )
