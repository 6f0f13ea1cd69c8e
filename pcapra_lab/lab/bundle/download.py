"""Downloading one large file, and going on where an interruption left it (RFC 9110, 14)."""

import errno
import http.client
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from pcapra_lab.content.bundle import MAX_BYTES
from pcapra_lab.errors import Cancelled, EnvironmentProblem, LabError
from pcapra_lab.i18n import _
from pcapra_lab.lab.bundle.digest import Advance, nothing
from pcapra_lab.lab.host import free_disk_mib
from pcapra_lab.lab.process import POLL_SECONDS

STALL_SECONDS = 60.0
"""Without a byte for so long, the server is given up; what came is kept."""
_BLOCK = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_FULL, _PARTIAL, _UNSATISFIABLE = 200, 206, 416
_AGAIN = _("relancez la commande : elle reprend où elle en était")


def download(
    url: str,
    part: Path,
    size: int | None = None,
    cancel: threading.Event | None = None,
    advance: Advance = nothing,
) -> None:
    """Bring ``part`` to the whole of what ``url`` offers. What it holds already is not fetched.

    A server that cannot go on from the middle sends all of it again. Nothing is verified but
    lengths: the digest is the caller's to judge.

    Args:
        size: of the whole, where it is known.
        advance: told how many bytes are there, those of earlier attempts included.

    Raises:
        LabError: the server refuses, cuts the connection or sends another length; ``part`` is kept.
        EnvironmentProblem: it would not fit on the disk.
        Cancelled: ``cancel`` was set; ``part`` is kept.
    """
    have = part.stat().st_size if part.exists() else 0
    if size is not None and have == size:
        advance(have)
        return
    if size is not None and have > size:
        part.unlink()
        have = 0
    request = Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310 - http(s) only
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with _Aside(request, cancel or threading.Event()) as aside:
            _receive(aside, part, have, size, advance)
    except HTTPError as error:
        if error.code == _UNSATISFIABLE and have:
            if _range(error.headers.get("Content-Range", ""))[1] == have:
                # It was whole already.
                advance(have)
                return
            part.unlink()
            download(url, part, size, cancel, advance)
            return
        raise LabError(
            _("{url} : le serveur répond {code} ({reason})").format(
                url=url, code=error.code, reason=error.reason
            ),
            hint=_("vérifiez l'adresse dans un navigateur : l'éditeur l'a peut-être changée"),
        ) from error
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise EnvironmentProblem(
                _("plus de place dans {folder}").format(folder=part.parent), hint=_AGAIN
            ) from error
        reason = error.reason if isinstance(error, URLError) else error
        raise LabError(
            _("{url} : la connexion a échoué ({reason})").format(
                url=url, reason=reason or type(error).__name__
            ),
            hint=_AGAIN,
        ) from error


class _Aside:
    """A reply read in a thread of its own, block by block as they are asked for.

    Nothing wakes who waits for a silent server: a cancel leaves the thread behind, which ends with
    the server's next word or with the process. It writes nothing.
    """

    def __init__(self, request: Request, cancel: threading.Event) -> None:
        self._cancel = cancel
        self._wanted: SimpleQueue[bool] = SimpleQueue()
        self._said: SimpleQueue[http.client.HTTPResponse | bytes | Exception] = SimpleQueue()
        self._thread = threading.Thread(
            target=self._read, args=(request,), name="download", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._wanted.put(False)

    def reply(self) -> http.client.HTTPResponse:
        """What the server answers; to be asked for once, and first. Its body is not read here."""
        return cast(http.client.HTTPResponse, self._heard())

    def block(self) -> bytes:
        """More of the body; empty at its end."""
        self._wanted.put(True)
        return cast(bytes, self._heard())

    def _heard(self) -> http.client.HTTPResponse | bytes:
        while True:
            if self._cancel.is_set():
                raise Cancelled
            with suppress(Empty):
                said = self._said.get(timeout=POLL_SECONDS)
                if isinstance(said, Exception):
                    raise said
                return said

    def _read(self, request: Request) -> None:
        try:
            with urlopen(request, timeout=STALL_SECONDS) as reply:  # noqa: S310 - http(s) only
                self._said.put(reply)
                while self._wanted.get():
                    # By what has arrived: a slow link would lose a whole block at each
                    # interruption.
                    self._said.put(reply.read1(_BLOCK))
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            # Judged by whoever waits for it, if anybody still does.
            self._said.put(error)


def _receive(aside: _Aside, part: Path, have: int, size: int | None, advance: Advance) -> None:
    reply = aside.reply()
    start, whole = have, size
    if reply.status == _PARTIAL:
        begins, announced = _range(reply.headers.get("Content-Range", ""))
        if begins != have:
            raise _odd(reply)
        whole = size if announced is None else announced
    elif reply.status == _FULL:
        start = 0
        length = reply.headers.get("Content-Length", "")
        whole = int(length) if length.isdecimal() else size
    else:
        raise _odd(reply)
    if size is not None and whole != size:
        raise LabError(
            _("{url} : {whole} octets annoncés, {size} attendus").format(
                url=reply.url, whole=whole, size=size
            ),
            hint=_("l'éditeur a publié un autre fichier : comparez avec sa page de téléchargement"),
        )
    limit = MAX_BYTES if whole is None else whole
    _check_room(part.parent, 0 if whole is None else whole - start)
    done = start
    with part.open("ab" if start else "wb") as target:
        try:
            while done < limit and (chunk := aside.block()):
                done += len(chunk)
                if done > limit:
                    break
                target.write(chunk)
                advance(done)
        finally:
            target.flush()
            os.fsync(target.fileno())
    if done > limit:
        part.unlink()
        raise LabError(
            _("{url} : le serveur envoie plus que les {limit} octets annoncés").format(
                url=reply.url, limit=limit
            ),
            hint=_("ce n'est pas le fichier attendu : vérifiez son adresse"),
        )
    if whole is not None and done < whole:
        raise LabError(
            _("{url} : connexion coupée à {done} octets sur {whole}").format(
                url=reply.url, done=done, whole=whole
            ),
            hint=_AGAIN,
        )


def _range(header: str) -> tuple[int | None, int | None]:
    """Where a part begins and what the whole makes, as ``Content-Range`` says (RFC 9110, 14.4)."""
    if match := _RANGE.fullmatch(header.strip()):
        return int(match[1]), None if match[2] == "*" else int(match[2])
    if match := re.fullmatch(r"bytes \*/(\d+)", header.strip()):
        return None, int(match[1])
    return None, None


def _odd(reply: http.client.HTTPResponse) -> LabError:
    return LabError(
        _("{url} : réponse inattendue du serveur ({status}, Content-Range « {range} »)").format(
            url=reply.url, status=reply.status, range=reply.headers.get("Content-Range", "")
        ),
        hint=_AGAIN,
    )


def _check_room(folder: Path, missing: int) -> None:
    free, needed = free_disk_mib(folder), missing // 2**20 + 1
    if free < needed:
        raise EnvironmentProblem(
            _("place insuffisante : {needed} Mio à écrire dans {folder}, {free} Mio libres").format(
                needed=needed, folder=folder, free=free
            ),
            hint=_("libérez de la place, ou placez le cache ailleurs avec PCAPRA_HOME"),
        )
