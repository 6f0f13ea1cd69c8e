"""A path as it stands."""

import grp
import hashlib
import os
import pwd
import stat
import time
from collections.abc import Callable
from pathlib import Path

from pcapra_lab.grading.guest.core import Fact, Failure, Item, within

CONTENT_LIMIT = 256 * 1024
HASH_LIMIT = 4 * 1024 * 1024


def look(item: Item) -> Fact:
    """Look at ``path``, giving up on a file system that does not answer."""
    return within(item, file_fact)


def file_fact(item: Item) -> Fact:
    """Look at ``path``. ``content`` and ``sha256`` are booleans: whether to read, to hash."""
    started = time.monotonic()
    fact: Fact = {"kind": "file", "type": "absent"}
    path = item["path"]
    try:
        info = Path(path).lstat()
        fact["type"] = "broken-link"
        if stat.S_ISLNK(info.st_mode):
            info = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return {**fact, "seconds": time.monotonic() - started}
    fact["type"] = _file_type(info.st_mode)
    fact["mode"] = f"{stat.S_IMODE(info.st_mode):04o}"
    fact["owner"] = _name(lambda: pwd.getpwuid(info.st_uid).pw_name, info.st_uid)
    fact["group"] = _name(lambda: grp.getgrgid(info.st_gid).gr_name, info.st_gid)
    fact["size"] = info.st_size
    if fact["type"] == "file" and (item.get("content") or item.get("sha256")):
        _read(path, item, fact)
    return {**fact, "seconds": time.monotonic() - started}


def _read(path: str, item: Item, fact: Fact) -> None:
    # Non-blocking: between the look and the opening the file may have become a FIFO.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Failure("changed")
        limit = HASH_LIMIT if item.get("sha256") else CONTENT_LIMIT
        data = stream.read(limit + 1)
    fact["truncated"] = len(data) > limit
    if item.get("content"):
        fact["content"] = data[:CONTENT_LIMIT].decode("utf-8", "backslashreplace")
    elif not fact["truncated"]:
        fact["size"] = len(data)
        fact["sha256"] = hashlib.sha256(data).hexdigest()


def _file_type(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "directory" if stat.S_ISDIR(mode) else "other"


def _name(find: Callable[[], str], number: int) -> str:
    try:
        return find()
    except KeyError:
        return str(number)
