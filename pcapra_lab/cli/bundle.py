"""Commands on the trainer's bundle."""

import re
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from pcapra_lab.cli.bundle_words import (
    accept_licences,
    agree_on_pin,
    agree_on_pins,
    rows,
    show_products,
)
from pcapra_lab.cli.common import (
    JSON,
    application,
    cancellable,
    guarded,
    print_json,
    progress,
    tell_error,
)
from pcapra_lab.errors import Cancelled, LabError
from pcapra_lab.i18n import _, ngettext
from pcapra_lab.lab.bundle import bringing, importing, pinning, reading
from pcapra_lab.lab.bundle.export import export as export_bundle
from pcapra_lab.lab.bundle.library import State

PRODUCTS = click.argument("products", nargs=-1, metavar=_("[PRODUIT]…"))
ACCEPT = click.option(
    "--accept-licence", is_flag=True, help=_("Accepte les licences sans les demander.")
)


@click.group()
def bundle() -> None:
    """Le lot du formateur : les produits que Debian n'a pas (Bareos, Proxmox Backup Server…).

    Le cours les déclare, il ne les contient pas. Le formateur les apporte une fois, avec internet ;
    ils sont vérifiés par leur empreinte, gardés à côté des images, et montés en lecture seule dans
    les machines des leçons qui s'en servent. Sans eux, une leçon RÉEL-BUNDLE est « non notée ».

    \b
      pcapra-lab bundle list                ce qui est là, ce qui manque, comment l'obtenir
      pcapra-lab bundle fetch               télécharge ce qui peut l'être, et reprend
      pcapra-lab bundle pin FICHIER CHEMIN  apporte un fichier, son empreinte comparée par vous
      pcapra-lab bundle export /media/cle   copie tout sur une clé
      pcapra-lab bundle import /media/cle   l'apporte à un poste sans internet
    """


@bundle.command("list")
@JSON
@guarded
def list_bundle(as_json: bool) -> None:
    """Ce qui est là, ce qui manque et comment l'obtenir, les leçons que cela ouvre."""
    with application() as app:
        held = app.installation.bundle.held()
    if as_json:
        print_json(rows(held))
        return
    show_products(held)


@bundle.command()
@PRODUCTS
@ACCEPT
@guarded
def fetch(products: tuple[str, ...], accept_licence: bool) -> None:
    """Télécharge ce qui manque, et le vérifie. Interrompue, la commande reprend où elle en était.

    La licence de chaque produit est montrée, et acceptée une fois. Un fichier dont l'empreinte
    n'est ni dans le cours, ni fixée par vous (pcapra-lab bundle pin), n'est pas téléchargé. Un
    fichier qui n'a pas l'empreinte attendue est mis de côté et ne sert à rien.

    Code de sortie : 0 si tout est là, 1 sinon.
    """
    with application() as app, cancellable() as cancel:
        library = app.installation.bundle
        wanted = library.products(products)
        accept_licences(library, wanted, accepted=accept_licence)
        failures: list[LabError] = []
        with progress() as printer:
            for held in library.held(wanted):
                try:
                    bringing.fetch(library, held, printer, cancel)
                except Cancelled:
                    raise
                except LabError as error:
                    # The others can still be had.
                    failures.append(error)
        show_products(library.held(wanted))
    _end(failures)


def _digest(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A SHA-256 as upstream's page shows it."""
    digest = None if value is None else value.strip().lower()
    if digest is not None and not re.fullmatch("[0-9a-f]{64}", digest):
        raise click.BadParameter(_("64 chiffres hexadécimaux sont attendus"))
    return digest


@bundle.command()
@click.argument("name", metavar=_("FICHIER"))
@click.argument(
    "source",
    required=False,
    metavar=_("[CHEMIN]"),
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--sha256",
    callback=_digest,
    metavar=_("EMPREINTE"),
    help=_("L'empreinte que publie l'éditeur."),
)
@ACCEPT
@guarded
def pin(name: str, source: Path | None, sha256: str | None, accept_licence: bool) -> None:
    """Fixe l'empreinte d'un fichier, que vous avez comparée à celle que publie son éditeur.

    FICHIER est le nom qu'il a dans le lot ; CHEMIN, là où vous l'avez. L'empreinte calculée est
    montrée avec la page où la comparer, et la question est posée. Sans CHEMIN, le fichier est
    d'abord téléchargé. Avec --sha256, rien n'est demandé : le fichier doit avoir cette empreinte ;
    sans CHEMIN, elle est seulement retenue pour le prochain « bundle fetch ».

    Ce choix reste dans votre dossier personnel, jamais dans le cours.
    """
    with application() as app, cancellable() as cancel:
        library = app.installation.bundle
        product, __ = pinning.to_fix(library, name)
        if source is None and sha256 is not None:
            library.register.pin(name, sha256, None)
        else:
            accept_licences(library, [product], accepted=accept_licence)
            # Bars would be drawn over the question.
            with ExitStack() as stack:
                with progress() as printer:
                    one = stack.enter_context(
                        pinning.weighed(library, name, source, printer, cancel)
                    )
                if sha256 is None:
                    agree_on_pin(library, one)
                else:
                    pinning.compare(one, sha256)
                with progress() as printer:
                    pinning.keep(library, one, printer, cancel)
        show_products(library.held([product]))


@bundle.command()
@PRODUCTS
@guarded
def verify(products: tuple[str, ...]) -> None:
    """Relit tout ce qui est là, octet par octet. Un fichier abîmé est mis de côté.

    Code de sortie : 0 si tout ce qui est là est juste, même s'il manque des fichiers ; 1 sinon.
    """
    with application() as app, cancellable() as cancel:
        library = app.installation.bundle
        wanted = library.products(products)
        failures: list[LabError] = []
        with progress() as printer:
            for held in library.held(wanted):
                if held.state in (State.PRESENT, State.ALTERED):
                    error = bringing.verify(library, held, printer, cancel)
                    failures += [error] if error else []
        show_products(library.held(wanted))
    _end(failures)


@bundle.command()
@click.argument("target", metavar="DESTINATION", type=click.Path(path_type=Path))
@PRODUCTS
@guarded
def export(target: Path, products: tuple[str, ...]) -> None:
    """Copie ce qui est là dans un dossier ou dans une archive, pour un poste sans internet.

    DESTINATION est un dossier (une clé USB), ou une archive si son nom finit en .tar. Chaque
    fichier est relu et vérifié au passage. Une clé en FAT32 refuse les fichiers de plus de 4 Gio :
    formatez-la en exFAT ou en ext4.
    """
    with application() as app, cancellable() as cancel:
        library = app.installation.bundle
        with progress() as printer:
            done = export_bundle(library, target, library.products(products), printer, cancel)
    click.echo(
        ngettext(
            "{count} fichier exporté dans {target}",
            "{count} fichiers exportés dans {target}",
            len(done),
        ).format(count=len(done), target=target)
    )
    click.echo(_("Sur l'autre poste : pcapra-lab bundle import {target}").format(target=target))


@bundle.command("import")
@click.argument("source", metavar="SOURCE", type=click.Path(exists=True, path_type=Path))
@ACCEPT
@click.option(
    "--accept-pins",
    is_flag=True,
    help=_("Fixe sans les demander les empreintes qui viennent avec la clé."),
)
@guarded
def import_bundle(source: Path, accept_licence: bool, accept_pins: bool) -> None:
    """Apporte un lot exporté, dossier ou archive, à un poste sans internet.

    Rien n'est cru sur parole : chaque fichier doit avoir l'empreinte que donne le cours, ou que
    vous avez fixée ici. Celles que personne n'a fixées sur ce poste viennent avec la clé : elles
    sont montrées, à comparer avec « pcapra-lab bundle list » sur le poste du formateur.
    """
    with application() as app, cancellable() as cancel:
        library = app.installation.bundle
        with reading.brought(source) as brought:
            found = importing.arrivals(library, brought)
            for name in found.strangers:
                click.echo(_("{name} : inconnu de ce cours, laissé").format(name=name), err=True)
            accept_licences(library, found.products, accepted=accept_licence)
            agree_on_pins(found, accepted=accept_pins)
            with progress() as printer:
                importing.bring_in(library, brought, found, printer, cancel)
        show_products(library.held(found.products))
    count = len(found.files)
    click.echo(
        ngettext("{count} fichier apporté", "{count} fichiers apportés", count).format(count=count)
        + _(", {already} déjà là").format(already=len(found.already))
    )


def _end(failures: list[LabError]) -> None:
    """Say what failed; whatever that is, the exit status is the one that the help promises."""
    for error in failures:
        tell_error(error)
    sys.exit(1 if failures else 0)
