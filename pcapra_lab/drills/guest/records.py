"""What a numbered writer writes, and what is left of it in files. Standard library only.

A record is one line: number, wall clock, token, and the CRC-32 of these. The token is the drill's:
what other drills wrote is nobody's loss. Each write opens its path anew: an application that
keeps a file open would go on writing into one that was deleted, and call it saved.
"""

import os
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

Found = Iterator[int | None]
"""The numbers found, one for each record; None for a record that cannot be trusted."""


def record(number: int, token: str) -> bytes:
    """What is written for a number."""
    body = f"{number} {time.time():.6f} {token}"
    return f"{body} {zlib.crc32(body.encode('ascii')):08x}\n".encode("ascii")


def read(line: bytes, token: str) -> int | None:
    """The number of a record; 0 for another drill's.

    Returns:
        None when it is no record, or an altered one.
    """
    body, _, checksum = line.rstrip(b"\n").rpartition(b" ")
    words = body.split(b" ")
    if len(words) != 3 or f"{zlib.crc32(body):08x}".encode("ascii") != checksum:
        return None
    if words[2] != token.encode("ascii"):
        return 0
    return int(words[0]) if words[0].isdigit() else None


def append_line(path: str, number: int, token: str) -> None:
    """One more line at the end of a file, on the disk when this returns."""
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(handle).st_size
        # After a line that was cut, or bytes that are not ours, ours must still be a line.
        cut = size and os.pread(handle, 1, size - 1) != b"\n"
        write_whole(handle, (b"\n" if cut else b"") + record(number, token))
        os.fsync(handle)
    finally:
        os.close(handle)
    if not size:
        _sync_folder(os.path.dirname(path))


def write_file(path: str, number: int, token: str) -> None:
    """One more file in a folder, itself and its name on the disk when this returns."""
    name = os.path.join(path, f"{number:08d}.txt")
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        write_whole(handle, record(number, token))
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(path)


def lines_left(path: str, token: str) -> Found:
    """The records of a file."""
    try:
        with open(path, "rb") as stream:
            for line in stream:
                if line.strip() and (number := read(line, token)) != 0:
                    yield number
    except (FileNotFoundError, NotADirectoryError):
        return


def files_left(path: str, token: str) -> Found:
    """The records of a folder's numbered files, renamed ones among them."""
    try:
        names = sorted(name for name in os.listdir(path) if name[:8].isdigit())
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        try:
            content = Path(path, name).read_bytes()
        except OSError:
            yield None
            continue
        number = read(content, token)
        if number != 0:
            yield number if number == int(name[:8]) and name.endswith(".txt") else None


def boot() -> str:
    """This boot of the machine: random(4)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def write_whole(handle: int, data: bytes) -> None:
    """All of it, however little each write takes."""
    while data:
        data = data[os.write(handle, data) :]


def _sync_folder(path: str) -> None:
    """Make a new name durable, fsync(2)."""
    handle = os.open(path or "/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
