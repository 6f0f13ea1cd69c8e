"""Numbered rows, by the engine's own command-line client. Standard library only.

A record is a row, acknowledged once its transaction is committed. A row that was not is added
again, as an application does: what was committed without an answer is then there twice.
"""

import os
import select
import subprocess
import time
from collections.abc import Collection
from typing import Any

from pcapra_lab.drills.guest.records import Found, read, record

Job = dict[str, Any]

CONNECT_SECONDS = 5.0
"""How long a database's client is waited for before its first answer."""
READ_SECONDS = 60.0
"""How long a table is read."""


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
