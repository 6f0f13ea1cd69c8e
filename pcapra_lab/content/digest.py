"""One digest for a set of files and folders: what proofs and cached images depend on."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pcapra_lab.errors import ContentError
from pcapra_lab.i18n import _

CACHES = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""Folders that tools leave behind: no part of the content."""

_FORMAT = b"pcapra-tree-1\n"
_CHUNK = 1 << 20


def digest_tree(paths: Iterable[Path], *, counts: Callable[[str], bool] = bool) -> str:
    """The SHA-256, in hexadecimal, of names, contents and executable bits.

    A folder counts as its files, named from the folder's own name; a file counts by its name:
    neither where they stand, nor the order of ``paths``, nor dates, owners and the other
    permission bits change the digest. A link inside a folder counts as its target's text and is
    not followed: an image overlay holds links that make sense in the guest only. Empty folders
    and ``CACHES`` do not count, since neither git nor the wheel keeps them alike.

    Args:
        paths: files and folders.
        counts: whether an entry of that name counts; every one does if absent.

    Raises:
        ContentError: a path is absent, unreadable, or neither a file, a folder nor a link.
    """
    try:
        entries = sorted(
            entry for path in paths for entry in _entries(path) if counts(os.fsdecode(entry[0]))
        )
    except OSError as error:
        raise ContentError(
            _("Empreinte impossible : {filename} ({strerror}).").format(
                filename=error.filename, strerror=error.strerror
            ),
            hint=_("Vérifiez que le fichier existe et que vous pouvez le lire."),
        ) from error
    total = hashlib.sha256(_FORMAT)
    for name, kind, content in entries:
        # NUL cannot occur in a file name: no two sets of files give the same bytes.
        total.update(name + b"\0" + kind + b"\0" + content + b"\n")
    return total.hexdigest()


def _entries(path: Path) -> Iterator[tuple[bytes, bytes, bytes]]:
    top = path.resolve(strict=True)
    if not top.is_dir():
        yield _file(top, path.name)
        return
    for folder, subfolders, files in os.walk(top, onerror=_raise):
        subfolders[:] = [name for name in subfolders if name not in CACHES]
        for name in [*files, *subfolders]:
            item = Path(folder, name)
            relative = f"{path.name}/{item.relative_to(top).as_posix()}"
            if item.is_symlink():
                target = hashlib.sha256(os.fsencode(item.readlink()))
                yield os.fsencode(relative), b"link", target.hexdigest().encode()
            elif name in files:
                yield _file(item, relative)


def _file(path: Path, name: str) -> tuple[bytes, bytes, bytes]:
    if not path.is_file():
        raise ContentError(
            _("Empreinte impossible : {path} n'est pas un fichier ordinaire.").format(path=path),
            hint=_("Retirez-le du dossier."),
        )
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    executable = b"exec" if path.stat().st_mode & 0o100 else b"file"
    return os.fsencode(name), executable, digest.hexdigest().encode()


def _raise(error: OSError) -> None:
    raise error
