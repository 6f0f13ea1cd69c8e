"""``replay --all``: every exercise, and one table."""

import secrets
import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import application, cancellable, print_json, progress
from pcapra_lab.errors import Cancelled
from pcapra_lab.i18n import _
from pcapra_lab.session.journal import Row
from pcapra_lab.session.replay_all import Line, WholeReplay


def replay_all(
    seed: str | None,
    mutants: int | None,
    *,
    proof: bool,
    restart: bool,
    drafts: bool,
    jobs: int,
    keep: bool,
    as_json: bool,
) -> None:
    """Replay every exercise; ends the process, with 0 if all of them are proved."""

    def tell(name: str, row: Row) -> None:
        show_row(row, name if jobs > 1 else "", err=as_json)

    with application() as app, cancellable() as cancel:
        whole = WholeReplay(
            app.installation,
            seed=seed,
            fresh_seed=lambda: secrets.token_hex(8),
            mutants=mutants,
            proof=proof,
            restart=restart,
            drafts=drafts,
            jobs=jobs,
            keep=keep,
            on_begin=lambda name: click.secho(f"{name}", bold=True, err=as_json),
            on_row=tell,
        )
        order, missing = whole.order(), whole.missing()
        if not as_json and len(missing) < len(order):
            click.echo(
                _("Reprise : {count} exercice(s) déjà prouvé(s).").format(
                    count=len(order) - len(missing)
                )
            )
        try:
            with progress() as printer:
                lines = whole.run(printer, cancel)
        except Cancelled:
            click.echo(_("Pour reprendre : pcapra-lab replay --all"), err=True)
            raise
    ok = any(line.ok for line in lines) and all(line.ok or line.ungraded for line in lines)
    if as_json:
        print_json({"seed": whole.seed, "ok": ok, "exercises": [asdict(line) for line in lines]})
    else:
        _table(lines, whole.seed)
    sys.exit(0 if ok else 1)


def _table(lines: list[Line], seed: str) -> None:
    width = max((len(line.exercise) for line in lines), default=0)
    click.echo()
    for line in lines:
        sign, colour = ("✔", None) if line.ok else ("✘", "red")
        if line.ungraded:
            sign, colour = "○", "yellow"
        click.secho(
            _(
                " {sign} {exercise:<{width}}  {rows:4} contrôles, {failed} échec(s), "
                "mutants tués {killed}/{mutants}, {seconds:7.1f} s"
            ).format(
                sign=sign,
                width=width,
                exercise=line.exercise,
                rows=line.rows,
                failed=line.failed,
                killed=line.killed,
                mutants=line.mutants,
                seconds=line.seconds,
            ),
            fg=colour,
        )
        if line.detail:
            click.echo(f"     {line.detail}")
    killed, mutants = sum(x.killed for x in lines), sum(x.mutants for x in lines)
    proved = sum(line.ok for line in lines)
    click.echo(
        _(
            "{proved}/{count} exercices prouvés, mutants tués {killed}/{mutants}, "
            "{seconds:.0f} s (graine {seed})"
        ).format(
            proved=proved,
            count=len(lines),
            killed=killed,
            mutants=mutants,
            seconds=sum(x.seconds for x in lines),
            seed=seed,
        )
    )


def show_row(row: Row, exercise: str = "", *, err: bool = False) -> None:
    """A line of a replay, as it comes; of which exercise, where several are replayed at once.

    Args:
        err: on standard error, since standard output is JSON.
    """
    sign = "✔" if row.ok else "✘"
    whose = f" {exercise:<16}" if exercise else ""
    line = f" {sign}{whose} {row.step:<16} {row.stage:<38} {row.seconds:6.1f} s"
    click.secho(line, fg=None if row.ok else "red", err=err)
    if row.detail:
        click.echo(f"     {row.detail}", err=err)
