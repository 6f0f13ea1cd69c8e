"""Commands on images and the depot."""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from pcapra_lab.cli.common import application, cancellable, guarded, progress
from pcapra_lab.i18n import _
from pcapra_lab.lab.builder import Installation
from pcapra_lab.lab.images.course import course_images
from pcapra_lab.lab.images.depot import drop_unused_packages
from pcapra_lab.lab.images.store import Artifact
from pcapra_lab.lab.images.usage import users


@click.group()
def image() -> None:
    """Les images système et le dépôt de paquets hors ligne."""


@image.command()
@click.option(
    "--all",
    "every",
    is_flag=True,
    help=_("Toutes les images du cours, celles des brouillons aussi."),
)
@guarded
def build(every: bool) -> None:
    """Construit ce qui manque. Interrompue, la commande ne laisse rien d'inachevé.

    Les images se construisent en parallèle. Si l'une échoue, les autres sont menées à leur terme,
    et les échecs sont dits à la fin.
    """
    with application() as app, cancellable() as cancel, progress() as printer:
        images = course_images(
            app.installation.catalogue, app.installation.paths.images, every=every
        )
        images.build(printer, cancel)
        if every:
            # The packages of what is announced to trainees are a depot of their own.
            app.installation.images.build(printer, cancel)
        _table(app.installation)


@image.command("list")
@guarded
def list_images() -> None:
    """Ce qui est construit : taille, durée mesurée, date, et les laboratoires qui l'utilisent."""
    with application() as app:
        _table(app.installation)


@image.command()
@guarded
def prune() -> None:
    """Supprime ce que ni le cours ni un laboratoire n'utilise plus."""
    with application() as app:
        gone = app.installation.prune()
        freed = drop_unused_packages(app.installation.images.store)
    freed += sum(a.manifest.bytes for a in gone)
    click.echo(
        _("{count} élément(s) supprimé(s), {freed} Mio libérés").format(
            count=len(gone), freed=freed // 2**20
        )
    )


def _table(installation: Installation) -> None:
    artifacts = installation.images.store.all()
    if not artifacts:
        click.echo(_("Rien n'est construit : pcapra-lab image build"))
        return
    labs = users(installation.paths.labs)
    course = installation.in_course()
    for artifact in artifacts:
        made = artifact.manifest
        when = time.strftime("%d/%m/%Y %H:%M", time.localtime(made.built_at))
        click.echo(
            _(
                "  {kind:<8} {id:<12} {digest}  {bytes:7.1f} Mio"
                "  construit en {seconds:5.1f} s  {when}"
                "  {use}"
            ).format(
                kind=made.kind,
                id=made.id,
                digest=made.digest[:12],
                bytes=made.bytes / 2**20,
                seconds=made.seconds,
                when=when,
                use=_use(artifact, labs.get(artifact.folder.resolve(), []), course),
            )
        )
    total = sum(a.manifest.bytes for a in artifacts) / 2**20
    click.echo(_("  {total:.0f} Mio en tout").format(total=total))


def _use(artifact: Artifact, labs: Sequence[str], course: set[Path]) -> str:
    """Who needs an artifact, in words."""
    if labs:
        return _("laboratoires : {labs}").format(labs=", ".join(labs))
    if artifact.folder in course:
        return _("pour le cours, aucun laboratoire")
    return _("inutilisé (pcapra-lab image prune)")
