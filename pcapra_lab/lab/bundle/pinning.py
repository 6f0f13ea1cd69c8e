"""Fixing a file's digest: the trainer compares it with the one that upstream publishes.

In three times, for a question fits between them: weigh the file, compare, keep.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.content.bundle import BundleFile, Product
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.bringing import bring, downloaded, unreadable
from pcapra_lab.lab.bundle.digest import digest
from pcapra_lab.lab.bundle.library import Expected, Library
from pcapra_lab.lab.bundle.telling import told
from pcapra_lab.lab.progress import EventSink


@dataclass(frozen=True, slots=True)
class Weighed:
    """A file whose digest is known, and not yet whether it is the right one."""

    product: Product
    file: BundleFile
    path: Path
    brought: bool
    """It is the trainer's own copy, to be left where it is; else it was downloaded."""
    sha256: str
    size: int


def to_fix(library: Library, name: str) -> tuple[Product, BundleFile]:
    """A file whose digest is the trainer's to fix.

    Raises:
        LabError: there is no such file, or its digest is in the course.
    """
    product, file = library.file(name)
    if file.sha256 is not None:
        raise LabError(
            _("{name} : son empreinte est dans le cours, elle n'est pas à fixer").format(name=name),
            hint=f"pcapra-lab bundle fetch {product.id}",
        )
    return product, file


@contextmanager
def weighed(
    library: Library, name: str, source: Path | None, sink: EventSink, cancel: threading.Event
) -> Iterator[Weighed]:
    """Compute the digest of a file: of ``source``, or of what is downloaded.

    What was downloaded and is not kept within the block is gone after it: nobody knows what it is.

    Raises:
        LabError: there is no way to have it, or it cannot be read.
        Cancelled: ``cancel`` was set; a download is kept.
    """
    product, file = to_fix(library, name)
    if source is not None:
        path = source
    elif file.url is not None:
        path = downloaded(library, file, file.url, None, sink, cancel)
    else:
        raise LabError(
            _("{name} : donnez le fichier, l'éditeur ne l'offre pas tel quel").format(name=name),
            hint=file.how or "",
        )
    try:
        size = path.stat().st_size
        with told(name, _("vérification"), size, sink) as advance:
            found = digest(path, cancel, advance)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        yield Weighed(product, file, path, source is not None, found, size)
    finally:
        if source is None:
            path.unlink(missing_ok=True)


def compare(one: Weighed, sha256: str) -> None:
    """Raise ``LabError`` unless a file has the digest that upstream publishes."""
    if one.sha256 != sha256:
        raise LabError(
            _(
                "{path} n'est pas le fichier dont vous donnez l'empreinte\n"
                "  attendu : {sha256}\n  vu      : {found}"
            ).format(path=one.path, sha256=sha256, found=one.sha256),
            hint=_("téléchargez-le de nouveau depuis {page}").format(page=one.product.page),
        )


def keep(library: Library, one: Weighed, sink: EventSink, cancel: threading.Event) -> None:
    """Fix the digest as it was found, and keep the file.

    Raises:
        LabError: the file changed meanwhile, or cannot be copied.
        Cancelled: ``cancel`` was set; the digest is fixed.
    """
    library.register.pin(one.file.name, one.sha256, one.size)
    if not one.brought:
        library.adopt(one.path, one.file, one.sha256)
        return
    [held] = [held for held in library.held([one.product]) if held.file is one.file]
    expected = Expected(one.sha256, one.size, by_trainer=True)
    bring(library, held, one.path, expected, sink, cancel)
