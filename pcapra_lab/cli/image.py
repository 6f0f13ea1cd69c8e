"""Commands on images and the depot."""

import time

import click

from pcapra_lab.cli.common import application, cancellable, guarded, progress
from pcapra_lab.lab.images.store import Artifact


@click.group()
def image() -> None:
    """Les images système et le dépôt de paquets hors ligne."""


@image.command()
@guarded
def build() -> None:
    """Construit ce qui manque. Interrompue, la commande ne laisse rien d'inachevé."""
    with application() as app, cancellable() as cancel, progress() as printer:
        app.installation.images.build(printer, cancel)
        _table(app.installation.images.store.all())


@image.command("list")
@guarded
def list_images() -> None:
    """Ce qui est construit, avec la taille et la durée mesurées."""
    with application() as app:
        _table(app.installation.images.store.all())


@image.command()
@guarded
def prune() -> None:
    """Supprime ce que ni le cours ni un laboratoire n'utilise plus."""
    with application() as app:
        gone = app.installation.prune()
    freed = sum(a.manifest.bytes for a in gone) // 2**20
    click.echo(f"{len(gone)} élément(s) supprimé(s), {freed} Mio libérés")


def _table(artifacts: list[Artifact]) -> None:
    if not artifacts:
        click.echo("Rien n'est construit : pcapra-lab image build")
    for artifact in artifacts:
        made = artifact.manifest
        when = time.strftime("%d/%m/%Y %H:%M", time.localtime(made.built_at))
        click.echo(
            f"  {made.kind:<8} {made.id:<10} {made.digest[:12]}  {made.bytes / 2**20:7.1f} Mio"
            f"  construit en {made.seconds:5.1f} s  {when}"
        )
