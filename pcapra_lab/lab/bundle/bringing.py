"""Bringing the bundle's files: from upstream, from elsewhere; and reading again what is there."""

import hashlib
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from pcapra_lab.content.bundle import BundleFile, Product
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.digest import chunks, digest
from pcapra_lab.lab.bundle.download import download
from pcapra_lab.lab.bundle.library import PART, Expected, Held, Library, State
from pcapra_lab.lab.bundle.telling import told
from pcapra_lab.lab.progress import EventSink

COPYING = ".new"


class WrongFile(LabError):
    """A file is not the one it is said to be."""


def fetch(library: Library, held: Held, sink: EventSink, cancel: threading.Event) -> None:
    """Make sure that a file is there and right; downloads what is missing of it.

    Raises:
        LabError: nobody fixed its digest, upstream has no such file, or the download failed.
        WrongFile: what came is not what was expected: it is set aside.
        Cancelled: ``cancel`` was set; what came is kept.
    """
    if held.state is State.PRESENT:
        return
    expected = fixed(held)
    # One that was altered is set aside, and then brought again.
    if held.state is State.ALTERED and verify(library, held, sink, cancel) is None:
        return
    if held.file.url is None:
        raise LabError(
            _("{name} : l'éditeur ne l'offre pas tel quel, il faut l'apporter").format(
                name=held.file.name
            ),
            hint=_(
                "pcapra-lab bundle pin {name} FICHIER, ou pcapra-lab bundle import DOSSIER ; "
                "pcapra-lab bundle list dit comment l'obtenir"
            ).format(name=held.file.name),
        )
    part = downloaded(library, held.file, held.file.url, expected.size, sink, cancel)
    with told(held.file.name, _("vérification"), part.stat().st_size, sink) as advance:
        found = digest(part, cancel, advance)
    if found != expected.sha256:
        raise _refused(library, held.product, held.file, part, expected, found)
    library.adopt(part, held.file, found)


def downloaded(
    library: Library,
    file: BundleFile,
    url: str,
    size: int | None,
    sink: EventSink,
    cancel: threading.Event,
) -> Path:
    """Download a file without judging it; where it is.

    Raises:
        LabError: the download failed; what came is kept.
        Cancelled: ``cancel`` was set; what came is kept.
    """
    library.folder.mkdir(parents=True, exist_ok=True)
    part = library.folder / f"{file.name}{PART}"
    with told(file.name, url, size, sink) as advance:
        download(url, part, size, cancel, advance)
    return part


def verify(
    library: Library, held: Held, sink: EventSink, cancel: threading.Event
) -> WrongFile | None:
    """Read a file that is there; what is wrong with it, and then it is set aside.

    Raises:
        LabError: nobody fixed its digest.
        Cancelled: ``cancel`` was set.
    """
    expected = fixed(held)
    with told(held.file.name, _("vérification"), held.path.stat().st_size, sink) as advance:
        found = digest(held.path, cancel, advance)
    if found != expected.sha256:
        return _refused(library, held.product, held.file, held.path, expected, found)
    library.register.saw(held.path, found)
    return None


def bring(
    library: Library,
    held: Held,
    source: Path,
    expected: Expected,
    sink: EventSink,
    cancel: threading.Event,
) -> None:
    """Copy a file from elsewhere; it takes its place if it is the right one.

    Raises:
        WrongFile: it is not: the source stays as it is, and nothing stays here.
        LabError: it cannot be read or written.
        Cancelled: ``cancel`` was set.
    """
    try:
        with source.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            receive(library, held, chunks(stream, cancel), size, expected, sink)
    except OSError as error:
        raise unreadable(source, error) from error


def receive(
    library: Library,
    held: Held,
    data: Iterable[bytes],
    size: int,
    expected: Expected,
    sink: EventSink,
) -> None:
    """``bring`` of bytes, of which ``size`` are announced; writing may raise ``OSError``."""
    library.folder.mkdir(parents=True, exist_ok=True)
    scratch = library.folder / f"{held.file.name}{COPYING}"
    total, done = hashlib.sha256(), 0
    try:
        with told(held.file.name, _("copie"), size, sink) as advance, scratch.open("wb") as target:
            for chunk in data:
                total.update(chunk)
                target.write(chunk)
                done += len(chunk)
                advance(done)
            target.flush()
            os.fsync(target.fileno())
        if total.hexdigest() != expected.sha256:
            raise _wrong(held.product, held.file, expected, total.hexdigest(), done, "")
        library.adopt(scratch, held.file, expected.sha256)
    finally:
        scratch.unlink(missing_ok=True)


def fixed(held: Held) -> Expected:
    """What a file must be. Raises ``LabError`` while nobody has fixed it."""
    if held.expected is None:
        raise LabError(
            _("{name} : son empreinte n'est pas fixée, il ne peut pas être utilisé").format(
                name=held.file.name
            ),
            hint=(
                _("pcapra-lab bundle pin {name} la fixe, comparée à celle que publie {page}")
                if held.file.url
                else _(
                    "obtenez-le (pcapra-lab bundle list dit comment), puis : "
                    "pcapra-lab bundle pin {name} FICHIER"
                )
            ).format(page=held.product.page, name=held.file.name),
        )
    return held.expected


def unreadable(path: Path, error: OSError) -> LabError:
    """A file that the system refuses to read or to write."""
    return LabError(
        _("{path} : {reason}").format(
            path=error.filename or path, reason=error.strerror or str(error)
        ),
        hint=_("vérifiez le chemin, les droits, et la place qui reste sur ce disque"),
    )


def _refused(
    library: Library, product: Product, file: BundleFile, path: Path, expected: Expected, found: str
) -> WrongFile:
    size = path.stat().st_size
    aside = library.set_aside(path, file)
    where = _("\n  mis de côté : {aside}").format(aside=aside)
    return _wrong(product, file, expected, found, size, where)


def _wrong(
    product: Product, file: BundleFile, expected: Expected, found: str, size: int, where: str
) -> WrongFile:
    source = _("fixée par le formateur") if expected.by_trainer else _("du manifeste")
    wanted = "" if expected.size is None else _(", {size} octets").format(size=expected.size)
    return WrongFile(
        _(
            "{name} : ce n'est pas le fichier attendu, il n'est pas utilisé\n"
            "  attendu : {expected}{wanted} (empreinte {source})\n"
            "  vu      : {found}, {size} octets"
        ).format(
            name=file.name,
            expected=expected.sha256,
            wanted=wanted,
            source=source,
            found=found,
            size=size,
        )
        + where,
        hint=_(
            "recommencez (transfert abîmé ?) ; si l'empreinte vue revient, comparez-la à celle que "
            "publie {page} : l'éditeur a pu changer de version, ou quelqu'un le fichier"
        ).format(page=product.page),
    )
