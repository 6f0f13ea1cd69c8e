"""The doctor command."""

import os
import shlex
import sys
from dataclasses import asdict

import click

from pcapra_lab.cli.common import application, confirm, guarded, print_json
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.doctor import Finding, Severity, examine, host_packages
from pcapra_lab.lab.process import run_attached

_SIGNS = {
    Severity.OK: ("✔", "green"),
    Severity.WARNING: ("⚠", "yellow"),
    Severity.BLOCKING: ("✘", "red"),
}


@click.command()
@click.option("--fix", is_flag=True, help="Propose d'installer ce qui manque, et l'installe.")
@click.option("--yes", "-y", is_flag=True, help="Avec --fix : sans demander.")
@click.option("--json", "as_json", is_flag=True, help="Résultat en JSON.")
@guarded
def doctor(fix: bool, yes: bool, as_json: bool) -> None:
    """Examine cet ordinateur en exerçant le vrai chemin : QEMU, libvirt, mémoire, disque.

    Code de sortie : 0 si rien ne bloque, 1 sinon.
    """
    with application() as app:
        findings = _look(app.installation, quiet=as_json)
        if fix and any(f.packages for f in findings):
            _install(host_packages(), yes)
            click.echo("\nNouvel examen :", err=True)
            findings = _look(app.installation, quiet=as_json)
        elif fix and not as_json:
            click.echo("\nAucun paquet à installer.")
    if as_json:
        print_json([asdict(f) for f in findings])
    sys.exit(1 if any(f.severity is Severity.BLOCKING for f in findings) else 0)


def _look(installation: Installation, *, quiet: bool) -> list[Finding]:
    findings = []
    for finding in examine(installation):
        findings.append(finding)
        if not quiet:
            sign, colour = _SIGNS[finding.severity]
            click.secho(f" {sign} ", fg=colour, nl=False)
            click.echo(f"{finding.subject:<18} {finding.seen}")
            if finding.remedy:
                click.secho(f"   → {finding.remedy}", fg="yellow")
    return findings


def _install(packages: list[str], yes: bool) -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    command = [*prefix, "apt-get", "install", "--yes", "--no-install-recommends", *packages]
    click.echo(f"\nCommande proposée :\n  {shlex.join(command)}", err=True)
    if not yes:
        confirm("La lancer maintenant ?", default=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for argv in ([*prefix, "apt-get", "update", "--quiet"], command):
        run_attached(
            argv, env=environment, hint="lancez cette commande vous-même pour voir ce qui bloque"
        )
