"""Reading an exported bundle that came from who knows where: a folder, or a tar archive.

Nothing is extracted by name: only the files that the index and the course both know are read, as
bytes. Links, devices, folders, names with a way in them and sizes that differ are refused before
anything is copied.
"""

import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from pcapra_lab.errors import Cancelled
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle import index
from pcapra_lab.lab.bundle.bringing import unreadable
from pcapra_lab.lab.bundle.digest import CHUNK
from pcapra_lab.lab.bundle.index import Index, not_a_bundle

_BLOCK = 512
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE)


class Brought(Protocol):
    """An exported bundle, seen to be one."""

    index: Index

    def read(self, name: str, cancel: threading.Event) -> Iterator[bytes]:
        """A file of the index: as many bytes as it says. Raises ``Cancelled``."""
        ...


@contextmanager
def brought(source: Path) -> Iterator[Brought]:
    """The bundle in a folder or in an archive.

    Raises:
        LabError: it cannot be read, or is not what ``export`` writes.
    """
    try:
        if source.is_dir():
            yield _Folder(source)
            return
        with _plain(source) as stream:
            yield _Archive(stream, str(source))
    except OSError as error:
        raise unreadable(source, error) from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            with _plain(folder / index.NAME) as stream:
                self.index = index.parse(stream.read(index.MOST_BYTES + 1), str(folder))
        except FileNotFoundError:
            raise not_a_bundle(str(folder), _("{name} y manque").format(name=index.NAME)) from None
        for name, entry in self.index.files.items():
            try:
                size = (folder / name).lstat().st_size
            except FileNotFoundError:
                raise not_a_bundle(str(folder), _("{name} y manque").format(name=name)) from None
            _same_size(str(folder), name, size, entry.size)

    def read(self, name: str, cancel: threading.Event) -> Iterator[bytes]:
        with _plain(self._folder / name) as stream:
            yield from _bounded(stream, self.index.files[name].size, cancel)


class _Archive:
    def __init__(self, stream: IO[bytes], where: str) -> None:
        self._stream = stream
        self._offsets: dict[str, tuple[int, int]] = {}
        whole = os.fstat(stream.fileno()).st_size
        for name, size, offset in _members(stream, where, whole):
            if name in self._offsets:
                raise not_a_bundle(where, _("« {name} » y est deux fois").format(name=name))
            if len(self._offsets) > index.MOST_FILES:
                raise not_a_bundle(where, _("trop de fichiers"))
            self._offsets[name] = (offset, size)
        if next(iter(self._offsets), "") != index.NAME:
            raise not_a_bundle(where, _("{name} n'y est pas en tête").format(name=index.NAME))
        offset, size = self._offsets.pop(index.NAME)
        stream.seek(offset)
        self.index = index.parse(stream.read(min(size, index.MOST_BYTES + 1)), where)
        for name in self._offsets.keys() ^ self.index.files.keys():
            why = _("« {name} » n'est pas à la fois dans l'archive et dans son index")
            raise not_a_bundle(where, why.format(name=name))
        for name, entry in self.index.files.items():
            _same_size(where, name, self._offsets[name][1], entry.size)

    def read(self, name: str, cancel: threading.Event) -> Iterator[bytes]:
        offset, size = self._offsets[name]
        self._stream.seek(offset)
        yield from _bounded(self._stream, size, cancel)


def _bounded(stream: IO[bytes], size: int, cancel: threading.Event) -> Iterator[bytes]:
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        if cancel.is_set():
            raise Cancelled
        size -= len(chunk)
        yield chunk


def _plain(path: Path) -> IO[bytes]:
    """A regular file that is no link; a FIFO would be waited for, a link leads elsewhere."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        stream.close()
        raise not_a_bundle(str(path), _("ce n'est pas un fichier ordinaire"))
    return stream


def _members(stream: IO[bytes], where: str, whole: int) -> Iterator[tuple[str, int, int]]:
    """Names, sizes and places of an archive's members, by their headers alone (tar(5)).

    ``tarfile`` itself would obey records that rename what follows, or load them whole.
    """
    while True:
        block = stream.read(_BLOCK)
        if block == bytes(_BLOCK):
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise not_a_bundle(where, _("archive abîmée ou tronquée")) from error
        if info.type not in _REGULAR or info.linkname:
            why = _("« {name} » n'est pas un fichier ordinaire").format(name=info.name)
            raise not_a_bundle(where, why)
        offset = stream.tell()
        end = offset + -(-info.size // _BLOCK) * _BLOCK
        if info.size < 0 or end > whole:
            raise not_a_bundle(where, _("archive abîmée ou tronquée"))
        yield info.name, info.size, offset
        stream.seek(end)


def _same_size(where: str, name: str, found: int, told: int) -> None:
    if found != told:
        why = _("« {name} » fait {found} octets, l'index en annonce {told}")
        raise not_a_bundle(where, why.format(name=name, found=found, told=told))
