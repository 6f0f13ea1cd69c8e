"""The trainer's bundle in words, and the questions asked about it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import indent
from typing import Any

import click

from pcapra_lab.cli.common import confirm
from pcapra_lab.content.bundle import Product
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.importing import Arrivals
from pcapra_lab.lab.bundle.library import Held, Library, State
from pcapra_lab.lab.bundle.pinning import Weighed
from pcapra_lab.lab.bundle.telling import mebibytes

_SIGNS = {
    State.PRESENT: ("✔", "green"),
    State.MISSING: ("○", "yellow"),
    State.UNPINNED: ("○", "yellow"),
    State.ALTERED: ("⚠", "red"),
}


def show_products(held: Sequence[Held]) -> None:
    """Each product, its files, and what to do about those that are not there."""
    if not held:
        click.echo(_("Ce cours ne déclare aucun produit à apporter."))
    for product, files in groupby(held, key=lambda one: one.product):
        click.secho(f"{product.title} [{product.id}]", bold=True)
        click.echo(_("  licence {name} ({url})").format(**product.licence.model_dump()))
        click.echo(_("  ouvre   {lessons}").format(lessons=", ".join(product.unlocks)))
        click.echo(_("  éditeur {page}").format(page=product.page))
        for one in files:
            _show(one)


def _show(one: Held) -> None:
    sign, colour = _SIGNS[one.state]
    click.secho(f"  {sign} ", fg=colour, nl=False)
    size = one.path.stat().st_size if one.state is State.PRESENT else one.file.size
    words = [one.file.name, one.state.word, *([mebibytes(size)] if size else [])]
    click.echo(", ".join(words))
    if one.expected is not None:
        origin = _("fixée par vous") if one.expected.by_trainer else _("du cours")
        click.echo(
            _("    SHA-256 {digest} ({origin})").format(digest=one.expected.sha256, origin=origin)
        )
    if one.state is State.PRESENT:
        return
    if one.file.how is not None:
        # As it was written: commands are to be copied.
        click.echo(indent(one.file.how.rstrip(), "    "))
    click.secho(f"    → {_next(one)}", fg="yellow")


def _next(one: Held) -> str:
    if one.state is State.ALTERED:
        return "pcapra-lab bundle verify"
    if one.file.url is None:
        return _("pcapra-lab bundle pin {name} CHEMIN").format(name=one.file.name)
    if one.state is State.UNPINNED:
        return f"pcapra-lab bundle pin {one.file.name}"
    return f"pcapra-lab bundle fetch {one.product.id}"


def rows(held: Iterable[Held]) -> list[dict[str, Any]]:
    """The files for programs."""
    return [
        {
            "product": one.product.id,
            "licence": one.product.licence.name,
            "unlocks": one.product.unlocks,
            "page": one.product.page,
            "name": one.file.name,
            "kind": one.file.kind.value,
            "url": one.file.url,
            "state": one.state.name.lower(),
            "sha256": one.expected.sha256 if one.expected else None,
            "pinned_by_trainer": one.expected is not None and one.expected.by_trainer,
            "path": str(one.path) if one.state is State.PRESENT else None,
        }
        for one in held
    ]


def accept_licences(library: Library, products: Iterable[Product], *, accepted: bool) -> None:
    """Show the licences that nobody accepted here yet, and ask.

    Raises:
        LabError: nobody is there to answer.
        click.exceptions.Exit: the answer is no.
    """
    known = library.register.read().licences
    for product in products:
        if known.get(product.id) == product.licence.name:
            continue
        click.echo(
            _("{title} est donné sous la licence {name} : {url}").format(
                title=product.title, **product.licence.model_dump()
            ),
            err=True,
        )
        if not accepted:
            _ask(_("L'acceptez-vous ?"), "--accept-licence")
        library.register.accept(product.id, product.licence.name)


def agree_on_pin(library: Library, one: Weighed) -> None:
    """Show a digest, and ask whether it is the one that upstream publishes.

    Raises:
        LabError: nobody is there to answer.
        click.exceptions.Exit: the answer is no.
    """
    before = library.expected(one.file)
    click.echo(f"{one.file.name}, {mebibytes(one.size)}\n  SHA-256 {one.sha256}", err=True)
    if before is not None and before.sha256 != one.sha256:
        click.secho(
            _("  remplace {digest}, que vous aviez fixée").format(digest=before.sha256),
            fg="yellow",
            err=True,
        )
    if one.file.url is None:
        click.echo(
            _(
                "  L'éditeur ne publie pas ce fichier tel quel : c'est vous qui l'avez fait, de "
                "fichiers pris chez lui : {page}"
            ).format(page=one.product.page),
            err=True,
        )
        question = _("Leurs signatures ont-elles été vérifiées, comme le dit « bundle list » ?")
    else:
        click.echo(_("  Comparez avec {page}").format(page=one.product.page), err=True)
        question = _("Est-ce bien l'empreinte que publie l'éditeur ?")
    _ask(question, "--sha256")


def agree_on_pins(found: Arrivals, *, accepted: bool) -> None:
    """Show the digests that come with the files, and ask.

    Raises:
        LabError: nobody is there to answer.
        click.exceptions.Exit: the answer is no.
    """
    unknown = [one for one in found.files if one.unknown]
    if not unknown:
        return
    click.echo(_("Empreintes que personne n'a fixées sur ce poste :"), err=True)
    for one in unknown:
        click.echo(f"  {one.held.file.name}\n    SHA-256 {one.entry.sha256}", err=True)
    if not accepted:
        _ask(
            _("Sont-elles celles du poste du formateur (pcapra-lab bundle list) ?"), "--accept-pins"
        )


def _ask(question: str, option: str) -> None:
    """``confirm``, where somebody can answer; a script must say it beforehand."""
    try:
        confirm(question)
    except click.Abort as error:
        # Click tells Ctrl-C and the end of the input alike.
        if isinstance(error.__context__, KeyboardInterrupt):
            raise
        raise LabError(
            _("personne n'est là pour répondre"), hint=_("ajoutez {option}").format(option=option)
        ) from None
