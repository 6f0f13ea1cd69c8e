"""Bytes of a file changed in place, and put back where they still are."""

import base64
import itertools
import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply

RUN = 4
"""Corrupted bytes in a row that are not there by chance."""


@contextmanager
def opened(path: str, flags: int) -> Iterator[int]:
    """A regular file's handle."""
    # Not blocking: opening a pipe would wait for its other end.
    handle = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Refusal("not-a-file", path)
        yield handle
    finally:
        os.close(handle)


def overwrite(handle: int, offset: int, data: bytes, deed: Deed) -> None:
    """Change bytes in place; the dates do not tell."""
    before = os.fstat(handle)
    with deed.done():
        os.pwrite(handle, data, offset)
    os.fsync(handle)
    os.utime(handle, ns=(before.st_atime_ns, before.st_mtime_ns))


def prepare(job: Job, _deed: Deed) -> Reply:
    """Choose bytes of the file, and what they will become."""
    path = os.path.realpath(job["path"])
    try:
        with opened(path, os.O_RDONLY) as handle:
            size = os.fstat(handle).st_size
            if not size:
                raise Refusal("empty-file", path)
            length = min(job["length"], size)
            dice = random.Random(job["seed"])  # noqa: S311 - repeatable, not secret
            offset = dice.randrange(size - length + 1)
            original = os.pread(handle, length, offset)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refusal("no-file", path) from error
    # By a mask without zeros: every byte changes.
    corrupted = bytes(byte ^ dice.randrange(1, 256) for byte in original)
    undo = {
        "path": path,
        "offset": offset,
        "original": base64.b64encode(original).decode(),
        "corrupted": base64.b64encode(corrupted).decode(),
    }
    return {"undo": undo}


def act(job: Job, deed: Deed) -> Reply:
    """Corrupt the file, if it still is what was prepared."""
    undo = job["undo"]
    original = base64.b64decode(undo["original"])
    with opened(undo["path"], os.O_RDWR) as handle:
        if os.pread(handle, len(original), undo["offset"]) != original:
            raise Refusal("file-changed", undo["path"])
        overwrite(handle, undo["offset"], base64.b64decode(undo["corrupted"]), deed)
    return {}


def still_corrupted(current: bytes, corrupted: bytes) -> Iterator[slice]:
    """Runs of bytes that are as the corruption left them.

    A byte of another content may be the corrupted one by chance; a few in a row are not. What
    replaced the file must not be damaged in its turn.
    """
    begin = 0
    same = [now == bad for now, bad in zip(current, corrupted, strict=False)]
    for alike, group in itertools.groupby(same):
        end = begin + len(list(group))
        if alike and end - begin >= min(RUN, len(corrupted)):
            yield slice(begin, end)
        begin = end


def undo(job: Job, deed: Deed) -> Reply:
    """Put the original bytes back where the corrupted ones still are."""
    undo = job["undo"]
    original, corrupted = (base64.b64decode(undo[key]) for key in ("original", "corrupted"))
    try:
        with opened(undo["path"], os.O_RDWR) as handle:
            current = os.pread(handle, len(original), undo["offset"])
            if current == original:
                return {"note": "file-mended"}
            mended = bytearray(current)
            for run in still_corrupted(current, corrupted):
                mended[run] = original[run]
            if mended == current:
                return {"note": "file-rewritten"}
            overwrite(handle, undo["offset"], bytes(mended), deed)
            return {} if mended == original else {"note": "file-partly"}
    except (FileNotFoundError, NotADirectoryError):
        return {"note": "file-gone"}
    except (IsADirectoryError, Refusal):
        return {"note": "file-rewritten"}
