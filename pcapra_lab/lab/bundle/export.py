"""The bundle onto a USB stick: as a folder, or as one tar archive."""

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from pcapra_lab.content.bundle import Product
from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle import index
from pcapra_lab.lab.bundle.bringing import WrongFile, unreadable
from pcapra_lab.lab.bundle.digest import Advance, chunks
from pcapra_lab.lab.bundle.library import Held, Library, State
from pcapra_lab.lab.bundle.telling import told
from pcapra_lab.lab.progress import EventSink

TAR = ".tar"


def export(
    library: Library,
    target: Path,
    products: Sequence[Product],
    sink: EventSink,
    cancel: threading.Event,
) -> list[Held]:
    """Copy what is there of some products to a folder, or to a tar archive if its name says so.

    Each file is read again on its way: what is exported has the digest that is told. A folder's
    index is written last, an archive takes its name last: what was interrupted is no bundle.

    Returns:
        What was exported.

    Raises:
        LabError: nothing is there, or it cannot be written.
        WrongFile: a file is no longer what it was.
        Cancelled: ``cancel`` was set.
    """
    held = [one for one in library.held(products) if one.state is State.PRESENT]
    if not held:
        raise LabError(
            _("rien à exporter : aucun fichier du lot n'est présent"),
            hint="pcapra-lab bundle list",
        )
    sizes = {one.file.name: one.path.stat().st_size for one in held}
    entries = {
        one.file.name: index.Entry(sha256=one.expected.sha256, size=sizes[one.file.name])
        for one in held
        if one.expected is not None
    }
    text = index.Index(files=entries).model_dump_json(indent=2).encode() + b"\n"
    write = _to_tar if target.suffix == TAR else _to_folder
    try:
        write(target, text, held, entries, sink, cancel)
    except OSError as error:
        raise unreadable(target, error) from error
    return held


def _to_folder(
    target: Path,
    text: bytes,
    held: Sequence[Held],
    entries: dict[str, index.Entry],
    sink: EventSink,
    cancel: threading.Event,
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    (target / index.NAME).unlink(missing_ok=True)

    def put(name: str, fill: Callable[[IO[bytes]], None]) -> None:
        scratch = target / f".{name}.new"
        try:
            with scratch.open("wb") as stream:
                fill(stream)
                stream.flush()
                os.fsync(stream.fileno())
            scratch.replace(target / name)
        finally:
            scratch.unlink(missing_ok=True)

    for one in held:

        def copy(stream: IO[bytes], one: Held = one) -> None:
            _copied(one, entries[one.file.name], stream, sink, cancel)

        put(one.file.name, copy)

    def list_them(stream: IO[bytes]) -> None:
        stream.write(text)

    put(index.NAME, list_them)


def _to_tar(
    target: Path,
    text: bytes,
    held: Sequence[Held],
    entries: dict[str, index.Entry],
    sink: EventSink,
    cancel: threading.Event,
) -> None:
    scratch = target.with_name(f".{target.name}.new")
    try:
        with scratch.open("wb") as stream:
            # GNU's form: sizes beyond 8 GiB in the header itself, without a record before it.
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
                tar.addfile(_member(index.NAME, len(text)), io.BytesIO(text))
                for one in held:
                    _add(tar, one, entries[one.file.name], sink, cancel)
            stream.flush()
            os.fsync(stream.fileno())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _add(
    tar: tarfile.TarFile, one: Held, entry: index.Entry, sink: EventSink, cancel: threading.Event
) -> None:
    with (
        told(one.file.name, _("copie"), entry.size, sink) as advance,
        one.path.open("rb") as source,
    ):
        reader = _Reader(source, cancel, advance)
        tar.addfile(_member(one.file.name, entry.size), reader)
    _same(one, entry, reader.hash.hexdigest())


class _Reader(io.RawIOBase):
    """A file as tarfile reads it, its digest computed on the way."""

    def __init__(self, source: IO[bytes], cancel: threading.Event, advance: Advance) -> None:
        self.hash = hashlib.sha256()
        self._chunks = chunks(source, cancel, advance)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        # As much as is asked: tarfile takes less for the end.
        while len(self._left) < size and (chunk := next(self._chunks, b"")):
            self.hash.update(chunk)
            self._left += chunk
        given, self._left = self._left[:size], self._left[size:]
        return given


def _copied(
    one: Held, entry: index.Entry, stream: IO[bytes], sink: EventSink, cancel: threading.Event
) -> None:
    total = hashlib.sha256()
    with (
        told(one.file.name, _("copie"), entry.size, sink) as advance,
        one.path.open("rb") as source,
    ):
        for chunk in chunks(source, cancel, advance):
            total.update(chunk)
            stream.write(chunk)
    _same(one, entry, total.hexdigest())


def _same(one: Held, entry: index.Entry, found: str) -> None:
    if found != entry.sha256:
        raise WrongFile(
            _("{path} a changé depuis qu'il a été vérifié : rien n'est exporté").format(
                path=one.path
            ),
            hint=_("pcapra-lab bundle verify, puis bundle fetch"),
        )


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info
