"""Numbered writes, each made durable and acknowledged, and the search for what is left of them.

Run as a program, with a job in JSON as its argument, it writes until it is stopped. Loaded as a
module by ``control.py``, it looks for what it wrote. Standard library only.

A record is one line: number, wall clock, token, and the CRC-32 of these. The token is the drill's:
what other drills wrote is nobody's loss. Each write opens its path anew: an application that
keeps a file open would go on writing into one that was deleted, and call it saved.

In a database a record is a row, added by the engine's own command-line client, and acknowledged
once its transaction is committed. A row that was not is added again, as an application does: what
was committed without an answer is then there twice.
"""

import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Found = Iterator[int | None]
"""The numbers found, one for each record; None for a record that cannot be trusted."""

STUCK_SECONDS = 2.0
"""A write that takes longer is told."""
WITNESS_SECONDS = 1.0
"""How long the witness is waited for, and left alone once it did not answer."""
CONNECT_SECONDS = 5.0
"""How long a database's client is waited for before its first answer."""
READ_SECONDS = 60.0
"""How long a table is read."""
UNSENT = 100_000
"""Lines kept for a witness that does not answer; what is beyond stands in the journal only."""


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
        _whole(handle, (b"\n" if cut else b"") + record(number, token))
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
        _whole(handle, record(number, token))
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


class Client:
    """A database's command-line client, given statements one after the other."""

    def __init__(self, place: Job, host: str) -> None:
        argv, env = command(place, host, writes=True)
        try:
            self._process = subprocess.Popen(
                argv,
                env={**os.environ, **env},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise OSError(error.errno, f"{argv[0]} : {error.strerror}") from error
        self._asked = 0

    def ask(self, statements: str, seconds: float) -> None:
        """Give statements, each committed by itself, and wait until all are done.

        Raises:
            OSError: one was refused, or no answer came in time: it may be committed or not.
        """
        self._asked += 1
        # The client stops at an error: what it is asked after it is answered only without any.
        mark = f"pcapra {self._asked}"
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{statements}\nSELECT '{mark}';\n".encode("ascii"))
        self._process.stdin.flush()
        deadline = time.monotonic() + seconds
        said, source = b"", self._process.stdout.fileno()
        while mark.encode("ascii") not in said.splitlines():
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([source], [], [], left)[0]:
                raise OSError(0, "pas de réponse")
            data = os.read(source, 65536)
            if not data:
                lines = said.decode("utf-8", "replace").strip().splitlines()
                raise OSError(0, lines[-1][:200] if lines else "le client s'est arrêté")
            said += data

    def close(self) -> None:
        """Hang up; a client that hangs is killed."""
        try:
            self._process.communicate(timeout=1.0)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()


class Rows:
    """A row for each number, through a client that is kept as long as it answers, or not at all.

    Any of the hosts may take it: the one that last did, then the others.
    """

    def __init__(self) -> None:
        self._client: Client | None = None
        self._host = 0
        self._made = False

    def __call__(self, place: Job, number: int, token: str) -> None:
        """One more row, committed when this returns.

        Raises:
            OSError: nobody took it, or whoever did gave no answer.
        """
        client = self._client or self._connected(place)
        self._client = None
        line = record(number, token).decode("ascii").strip()
        row = f"INSERT INTO {place['table']} (essai, ligne) VALUES ({time.time_ns()}, '{line}');"
        try:
            client.ask(row, place["timeout"])
        except OSError:
            client.close()
            # It may serve no more without knowing it: somebody else is asked next, who may not
            # have heard of the table.
            self._host, self._made = self._host + 1, False
            raise
        self._made = True
        if place["kept"]:
            self._client = client
        else:
            client.close()

    def _connected(self, place: Job) -> Client:
        # Not each time: a Galera cluster agrees on every CREATE, even of what exists.
        table = f"CREATE TABLE IF NOT EXISTS {place['table']} {COLUMNS};"
        reason = OSError(0, "aucun serveur")
        for _ in place["hosts"]:
            client = Client(place, place["hosts"][self._host % len(place["hosts"])])
            try:
                client.ask("" if self._made else table, CONNECT_SECONDS)
            except OSError as error:
                client.close()
                self._host, reason = self._host + 1, error
            else:
                return client
        raise reason


COLUMNS = "(essai BIGINT PRIMARY KEY, ligne VARCHAR(160) NOT NULL)"
"""Without a key, Galera would not replicate it rightly; numbers may be there twice."""


def command(place: Job, host: str, *, writes: bool) -> tuple[list[str], dict[str, str]]:
    """A client of a database's server, which reads statements and stops at the first error.

    Args:
        writes: only of a server that takes writes.
    """
    env = {"LC_ALL": "C.UTF-8"}
    if place["engine"] == "postgresql":
        env |= {"PGHOST": host, "PGPORT": str(place["port"]), "PGDATABASE": place["database"]}
        env |= {"PGUSER": place["account"], "PGPASSWORD": place["password"]}
        env |= {"PGTARGETSESSIONATTRS": "read-write" if writes else "any"}
        env |= {"PGAPPNAME": "pcapra", "PGCONNECT_TIMEOUT": f"{CONNECT_SECONDS:.0f}"}
        options = ["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--no-password"]
        return ["psql", *options, "--set=ON_ERROR_STOP=1"], env
    argv = ["mysql", "--no-defaults", "--batch", "--skip-column-names", "--unbuffered"]
    argv += ["--skip-reconnect", f"--connect-timeout={CONNECT_SECONDS:.0f}", f"--host={host}"]
    argv += [f"--port={place['port']}", f"--user={place['account']}", place["database"]]
    return argv, env | {"MYSQL_PWD": place["password"]}


def answer(place: Job, host: str, statement: str, *, writes: bool) -> list[bytes]:
    """The lines that a server answers.

    Raises:
        OSError: it cannot be asked, or refused.
    """
    argv, env = command(place, host, writes=writes)
    try:
        ended = subprocess.run(
            argv,
            env={**os.environ, **env},
            input=statement.encode("ascii"),
            capture_output=True,
            timeout=READ_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(0, f"{host} : pas de réponse") from error
    if ended.returncode != 0:
        said = ended.stderr.decode("utf-8", "replace").strip()[-200:]
        raise OSError(0, f"{host} : {said}")
    return ended.stdout.splitlines()


def rows(place: Job, host: str, token: str, *, writes: bool) -> list[int | None]:
    """The records of a server's table.

    Raises:
        OSError: see ``answer``.
    """
    known = f"SELECT count(*) FROM information_schema.tables WHERE table_name = '{place['table']}';"
    if answer(place, host, known, writes=writes) == [b"0"]:
        return []
    lines = answer(place, host, f"SELECT ligne FROM {place['table']};", writes=writes)
    return [number for line in lines if (number := read(line, token)) != 0]


def rows_left(place: Job, token: str) -> Found:
    """The records of the server that takes writes now.

    Raises:
        OSError: there is none.
    """
    reasons = []
    for host in place["hosts"]:
        try:
            yield from rows(place, host, token, writes=True)
        except OSError as error:
            reasons.append(str(error.strerror))
        else:
            return
    raise OSError(0, " ; ".join(reasons))


def apart(place: Job, token: str, present: Collection[int]) -> int:
    """How many numbers another server has, and not the one that takes writes: two histories.

    What a server has not received yet is none. One that cannot be asked is left out.
    """
    others: set[int] = set()
    for host in place["hosts"]:
        try:
            found = rows(place, host, token, writes=False)
        except OSError:
            continue
        others.update(number for number in found if number is not None)
    return len(others.difference(present))


WRITE: dict[str, Callable[[Any, int, str], None]] = {
    "lines": append_line,
    "files": write_file,
    "rows": Rows(),
}
LEFT: dict[str, Callable[[Any, str], Found]] = {
    "lines": lines_left,
    "files": files_left,
    "rows": rows_left,
}
"""By form: how a number is written, and how what is left is found."""


class Log:
    """The acknowledgements: into the journal, and to the witness when there is one."""

    def __init__(self, journal: str, witness: tuple[str, int] | None, token: str) -> None:
        self._handle = os.open(
            journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self._lines: queue.Queue[bytes] = queue.Queue(UNSENT)
        self._witness = witness
        self._token = token
        self._lock = threading.Lock()
        if witness is not None:
            threading.Thread(target=self._send, daemon=True).start()

    def tell(self, **said: object) -> None:
        """One more line. Never waits for the witness."""
        line = json.dumps(said).encode("ascii") + b"\n"
        with self._lock:
            _whole(self._handle, line)
        if self._witness is not None:
            try:
                self._lines.put_nowait(line)
            except queue.Full:
                return

    def _send(self) -> None:
        link: socket.socket | None = None
        line = self._lines.get()
        while True:
            try:
                if link is None:
                    link = socket.create_connection(self._witness or ("", 0), WITNESS_SECONDS)
                    link.sendall(self._token.encode("ascii") + b"\n")
                link.sendall(line)
            except OSError:
                if link is not None:
                    link.close()
                link = None
                threading.Event().wait(WITNESS_SECONDS)
                continue
            line = self._lines.get()


class Writer:
    """Writes one number after the other, every so often, whatever becomes of the disk."""

    def __init__(self, job: Job) -> None:
        witness = (job["witness"][0], job["witness"][1]) if job.get("witness") else None
        self._log = Log(job["journal"], witness, job["token"])
        self._job = job
        self._write = WRITE[job["form"]]
        self._boot = boot()
        self._since: tuple[int, float] | None = None
        """The write under way: its number, and when it began."""

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop; tell of a write that hangs, from here."""
        threading.Thread(target=self._writes, args=(stop,), daemon=True).start()
        while not stop.wait(STUCK_SECONDS):
            under_way = self._since
            if under_way is not None:
                number, began = under_way
                took = time.monotonic() - began
                if took > STUCK_SECONDS:
                    self._log.tell(stuck=number, seconds=round(took, 1))

    def _writes(self, stop: threading.Event) -> None:
        number, every = 1, self._job["every"]
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            if self._once(number):
                number += 1
            # No burst after a write that hung: the rhythm starts again from there.
            due = max(due + every, time.monotonic())

    def _once(self, number: int) -> bool:
        """Try a number; whether the next one is next."""
        began = time.monotonic()
        self._since = (number, began)
        try:
            self._write(self._job["path"], number, self._job["token"])
        except OSError as error:
            reason = error.strerror or str(error)
            self._log.tell(n=number, failed=reason, at=time.monotonic(), boot=self._boot)
            again: bool = self._job["form"] == "rows"
            return not again
        else:
            acked, wall = time.monotonic(), time.time()
            self._log.tell(n=number, boot=self._boot, began=began, acked=acked, wall=wall)
            return True
        finally:
            self._since = None


def boot() -> str:
    """This boot of the machine: random(4)."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _whole(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _sync_folder(path: str) -> None:
    """Make a new name durable, fsync(2)."""
    handle = os.open(path or "/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main() -> None:
    """Write what the job says until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    Writer(json.loads(sys.argv[1])).run(stop)
    # A write that hangs in the kernel must not keep the unit from stopping.
    os._exit(0)


if __name__ == "__main__":
    main()
