"""The lint command: the course checked without a machine."""

import sys

import click

from pcapra_lab.cli.common import course, guarded
from pcapra_lab.content.lint import lint as lint_course
from pcapra_lab.i18n import _
from pcapra_lab.session.proof import stale_proof


@click.command()
@click.option("--proofs/--no-proofs", default=True, help=_("Refuse aussi une preuve périmée."))
@guarded
def lint(proofs: bool) -> None:
    """Vérifie le cours : YAML, leçons, exercices, et fraîcheur des preuves."""
    catalogue = course()
    complaints = [str(problem) for problem in lint_course(catalogue)]
    if proofs:
        for name in [] if complaints else catalogue.proved_ids():
            if why := stale_proof(catalogue, name):
                complaints.append(
                    f"exercises/{name}/proof.json: {why} (pcapra-lab replay {name} --proof)"
                )
    for complaint in complaints:
        click.echo(complaint)
    if complaints:
        sys.exit(1)
    click.echo(_("Le cours est en ordre."))
