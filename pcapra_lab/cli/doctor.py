"""The doctor command."""

import shlex
import sys
from collections.abc import Sequence

import click

from pcapra_lab.cli.common import application, confirm, guarded, print_json
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Finding, Severity, examine, installer
from pcapra_lab.lab.leftovers import Leftover
from pcapra_lab.lab.process import run_attached

_SIGNS = {
    Severity.OK: ("✔", "green"),
    Severity.WARNING: ("⚠", "yellow"),
    Severity.BLOCKING: ("✘", "red"),
}


@click.command()
@click.option(
    "--fix",
    is_flag=True,
    help=_("Propose d'installer ce qui manque et de supprimer les restes, puis le fait."),
)
@click.option("--yes", "-y", is_flag=True, help=_("Avec --fix : sans demander."))
@click.option("--json", "as_json", is_flag=True, help=_("Résultat en JSON."))
@guarded
def doctor(fix: bool, yes: bool, as_json: bool) -> None:
    """Examine cet ordinateur en exerçant le vrai chemin : QEMU, libvirt, mémoire, disque.

    Cherche aussi ce que des arrêts brutaux ont laissé : machines, processus, fichiers.

    Code de sortie : 0 si rien ne bloque, 1 sinon.
    """
    with application() as app:
        findings = _look(app.installation, quiet=as_json)
        if fix and _mend(findings, yes):
            click.echo(_("\nNouvel examen :"), err=True)
            findings = _look(app.installation, quiet=as_json)
        elif fix and not as_json:
            click.echo(_("\nRien à installer ni à supprimer."))
    if as_json:
        print_json([finding.data() for finding in findings])
    sys.exit(1 if any(f.severity is Severity.BLOCKING for f in findings) else 0)


def _look(installation: Installation, *, quiet: bool) -> list[Finding]:
    findings = []
    for finding in examine(installation):
        findings.append(finding)
        if not quiet:
            _show(finding)
    return findings


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.severity]
    click.secho(f" {sign} ", fg=colour, nl=False)
    click.echo(f"{finding.subject:<18} {finding.seen}")
    for leftover in finding.leftovers:
        click.echo(_("     {kind} : {what}").format(kind=leftover.kind.word, what=leftover.what))
    if finding.blocks:
        click.echo(_("   bloque : {blocks}").format(blocks=finding.blocks))
    if finding.remedy:
        click.secho(f"   → {finding.remedy}", fg="yellow")


def _mend(findings: Sequence[Finding], yes: bool) -> bool:
    """Mend what can be; whether there was anything to mend."""
    leftovers = [leftover for finding in findings for leftover in finding.leftovers]
    packages = [package for finding in findings for package in finding.packages]
    if packages:
        _install(packages, yes)
    if leftovers:
        _remove(leftovers, yes)
    return bool(packages or leftovers)


def _install(packages: Sequence[str], yes: bool) -> None:
    command = installer()
    click.echo(_("\nPaquets manquants : {packages}").format(packages=", ".join(packages)), err=True)
    click.echo(_("Commande proposée :\n  {command}").format(command=shlex.join(command)), err=True)
    if not yes:
        confirm(_("La lancer maintenant ?"), default=True)
    run_attached(
        command, hint=_("lancez cette commande vous-même, en root, pour voir ce qui bloque")
    )


def _remove(leftovers: Sequence[Leftover], yes: bool) -> None:
    click.echo(_("\nRestes d'arrêts brutaux, que rien n'utilise plus :"), err=True)
    for leftover in leftovers:
        click.echo(
            _("  {kind} : {what}").format(kind=leftover.kind.word, what=leftover.what), err=True
        )
    if not yes:
        confirm(_("Les supprimer ?"))
    for leftover in leftovers:
        try:
            leftover.mend()
        except LabError as error:
            # The others are mended all the same; the next examination shows this one again.
            click.secho(f" ✘ {error.message}", fg="red", err=True)
            click.secho(f"   → {error.hint}", fg="yellow", err=True)
