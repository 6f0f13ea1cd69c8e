"""One SQLite file, opened safely and shared by the program's threads and processes."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _
from pcapra_lab.progress.schema import migrate

BUSY_SECONDS = 5.0
"""How long a write waits for another process's."""
END = ""
"""In the place of a step: after the last one."""


class Database:
    """A connection whose every use is one transaction: kept whole, or not at all.

    Args:
        path: the file; its folder is made, private, if needed.

    Raises:
        LabError: it cannot be opened, or a newer program wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._in_french():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Before SQLite does, which would follow the umask; -wal and -shm copy this mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            path.chmod(0o600)
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.row_factory = sqlite3.Row
                self._connection.execute("PRAGMA journal_mode = WAL")
                # FULL: what was earned survives a power cut too; a write costs milliseconds.
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                migrate(self._connection)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Release the file. Idempotent."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of the block, or nothing. Threads take turns; do not nest.

        Raises:
            LabError: the database refused.
        """
        with self._lock, self._in_french():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def query(self, sql: str, *values: str | int | float | None) -> list[sqlite3.Row]:
        """Read.

        Raises:
            LabError: the database refused.
        """
        with self._lock, self._in_french():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def _in_french(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LabError(
                _(
                    "La progression ne peut pas être lue ou enregistrée dans {path} ({error})."
                ).format(path=self.path, error=error),
                hint=_remedy(error),
            ) from error


def _remedy(error: sqlite3.Error | OSError) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith("SQLITE_BUSY"):
        return _("Un autre pcapra-lab écrit au même moment : fermez-le, puis recommencez.")
    if code.startswith("SQLITE_FULL"):
        return _("Libérez de la place sur le disque, puis recommencez.")
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _("Ce fichier est abîmé : renommez-le pour le garder, puis relancez pcapra-lab.")
    return _("Vérifiez les droits de ce dossier et la place sur le disque.")


def current_run(db: sqlite3.Connection, exercise: str) -> int | None:
    """The key of an exercise's current run; None when it was never begun."""
    row = db.execute(
        "SELECT id FROM runs WHERE exercise = ? ORDER BY number DESC LIMIT 1", (exercise,)
    ).fetchone()
    return None if row is None else int(row["id"])


def entered(db: sqlite3.Connection, exercise: str, step: str) -> int:
    """The key of the current run, where the step was entered.

    Raises:
        KeyError: it was not.
    """
    run = current_run(db, exercise)
    row = db.execute("SELECT 1 FROM steps WHERE run = ? AND step = ?", (run, step)).fetchone()
    if run is None or row is None:
        raise KeyError(f"{exercise}/{step} was never entered")
    return run


def resume_at(db: sqlite3.Connection, exercise: str, step: str | None, now: float) -> None:
    """The trainee resumes there: on a step, or on a finished exercise."""
    db.execute(
        "INSERT INTO resume VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " exercise = excluded.exercise, step = excluded.step, at = excluded.at",
        (exercise, step, now),
    )
