"""A file system without a block left, for root either."""

import errno
import os
from pathlib import Path

from pcapra_lab.lab.faults.guest.toolkit import Deed, Job, Refusal, Reply

BLOCK = 4096


def ballast_path(job: Job) -> Path:
    """The file that takes the room."""
    return Path(job["path"]) / f".pcapra-ballast-{job['id']}"


def prepare(job: Job, _deed: Deed) -> Reply:
    """Refuse a place where nothing can be written."""
    folder = Path(job["path"])
    if not folder.is_dir():
        raise Refusal("no-folder", job["path"])
    system = os.statvfs(folder)
    if system.f_flag & os.ST_RDONLY or not system.f_blocks:
        raise Refusal("read-only", job["path"])
    return {"undo": {"device": folder.stat().st_dev}}


def act(job: Job, deed: Deed) -> Reply:
    """Take every block that is left, root's reserve included."""
    system = os.statvfs(job["path"])
    # f_bfree, not f_bavail: root's reserve too.
    chunk = max(BLOCK, system.f_bfree * system.f_frsize // BLOCK * BLOCK)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(ballast_path(job), flags, 0o600)
    size = 0
    try:
        with deed.done():
            while chunk >= BLOCK:
                try:
                    os.posix_fallocate(handle, size, chunk)
                    size += chunk
                except OSError as error:
                    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                        raise
                    chunk = chunk // 2 // BLOCK * BLOCK
    finally:
        os.close(handle)
    return {}


def undo(job: Job, deed: Deed) -> Reply:
    """Give the room back."""
    ballast = ballast_path(job)
    try:
        with deed.done():
            ballast.unlink()
    except (FileNotFoundError, NotADirectoryError) as error:
        folder = Path(job["path"])
        if not folder.is_dir() or folder.stat().st_dev != job["undo"]["device"]:
            raise Refusal("unmounted", job["path"]) from error
        return {"note": "already-gone"}
    return {}
