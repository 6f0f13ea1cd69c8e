"""Fixing a file's digest: the trainer compares it with the one that upstream publishes."""

import threading
from collections.abc import Callable
from pathlib import Path

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.bringing import bring, downloaded, unreadable
from pcapra_lab.lab.bundle.digest import digest
from pcapra_lab.lab.bundle.library import Expected, Library
from pcapra_lab.lab.bundle.telling import told
from pcapra_lab.lab.progress import EventSink

Agree = Callable[[str, int], None]
"""Asks whether a digest, of that many bytes, is upstream's; raises if it is not."""


def pin(
    library: Library,
    name: str,
    source: Path | None,
    sha256: str | None,
    agree: Agree,
    sink: EventSink,
    cancel: threading.Event,
) -> None:
    """Fix a file's digest, and keep the file where there is one.

    Args:
        source: the file, where the trainer has it. Without it and without ``sha256`` it is
            downloaded.
        sha256: as upstream publishes it; nothing is asked then.
        agree: shows what was computed, to be compared with upstream's page.

    Raises:
        LabError: no such file, upstream's digest is in the manifest, the file is another one than
            ``sha256`` says, or there is no way to have it.
    """
    product, file = library.file(name)
    if file.sha256 is not None:
        raise LabError(
            _("{name} : son empreinte est dans le cours, elle n'est pas à fixer").format(name=name),
            hint=f"pcapra-lab bundle fetch {product.id}",
        )
    if source is None and sha256 is not None:
        library.register.pin(name, sha256, None)
        return
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
        _compare(path, found, size, sha256, product.page, agree)
    except BaseException:
        if source is None:
            # Nobody knows what it is: the next attempt must not build upon it.
            path.unlink(missing_ok=True)
        raise
    library.register.pin(name, found, size)
    if source is None:
        library.adopt(path, file, found)
        return
    [held] = [held for held in library.held([product]) if held.file is file]
    bring(library, held, source, Expected(found, size, by_trainer=True), sink, cancel)


def _compare(
    path: Path, found: str, size: int, sha256: str | None, page: str, agree: Agree
) -> None:
    if sha256 is None:
        agree(found, size)
    elif found != sha256:
        raise LabError(
            _(
                "{path} n'est pas le fichier dont vous donnez l'empreinte\n"
                "  attendu : {sha256}\n  vu      : {found}"
            ).format(path=path, sha256=sha256, found=found),
            hint=_("téléchargez-le de nouveau depuis {page}").format(page=page),
        )
