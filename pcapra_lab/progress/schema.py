"""The database's shape, and how an older one is brought up to it."""

import sqlite3

from pcapra_lab.errors import LabError
from pcapra_lab.i18n import _

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE seeds (
            exercise TEXT PRIMARY KEY,
            seed TEXT NOT NULL,
            created_at REAL NOT NULL
        ) STRICT""",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            started_at REAL NOT NULL,
            UNIQUE (exercise, number)
        ) STRICT""",
        """CREATE TABLE steps (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            step TEXT NOT NULL,
            entered_at REAL NOT NULL,
            finished_at REAL,
            seconds REAL NOT NULL DEFAULT 0 CHECK (seconds >= 0),
            setup_done INTEGER NOT NULL DEFAULT 0 CHECK (setup_done IN (0, 1)),
            helped INTEGER NOT NULL DEFAULT 0 CHECK (helped IN (0, 1)),
            timeline TEXT,
            PRIMARY KEY (run, step)
        ) STRICT""",
        """CREATE TABLE hints (
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            used_at REAL NOT NULL,
            PRIMARY KEY (run, step, number),
            FOREIGN KEY (run, step) REFERENCES steps (run, step) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            at REAL NOT NULL,
            green INTEGER NOT NULL CHECK (green IN (0, 1)),
            seconds REAL NOT NULL,
            outcomes TEXT NOT NULL CHECK (json_valid(outcomes)),
            FOREIGN KEY (run, step) REFERENCES steps (run, step) ON DELETE CASCADE
        ) STRICT""",
        "CREATE INDEX attempts_of_step ON attempts (run, step)",
        """CREATE TABLE rto (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            at REAL NOT NULL,
            seconds REAL NOT NULL,
            uncertainty REAL,
            target REAL NOT NULL,
            met INTEGER NOT NULL CHECK (met IN (0, 1)),
            FOREIGN KEY (run, step) REFERENCES steps (run, step) ON DELETE CASCADE
        ) STRICT""",
        "CREATE INDEX rto_of_step ON rto (run, step)",
        """CREATE TABLE resume (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            exercise TEXT NOT NULL,
            step TEXT,
            at REAL NOT NULL
        ) STRICT""",
    ),
    # Where the trainee is in a run once the lab has been rewound; NULL: at its first open step.
    ("ALTER TABLE runs ADD COLUMN position TEXT",),
    # A quiz step's questions; ``score`` is the part of its points that they earned.
    (
        "ALTER TABLE steps ADD COLUMN score REAL CHECK (score BETWEEN 0 AND 1)",
        """CREATE TABLE answers (
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            question TEXT NOT NULL,
            attempts INTEGER NOT NULL CHECK (attempts >= 0),
            state TEXT NOT NULL CHECK (state IN ('wrong', 'right', 'shown')),
            given TEXT NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (run, step, question),
            FOREIGN KEY (run, step) REFERENCES steps (run, step) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID""",
    ),
    # A step's drills. ``current`` is 0 once the machines have forgotten it: history only.
    (
        """CREATE TABLE drills (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL,
            step TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('declared', 'running', 'ended', 'interrupted')),
            current INTEGER NOT NULL DEFAULT 1 CHECK (current IN (0, 1)),
            declared_at REAL NOT NULL,
            ended_at REAL,
            data TEXT NOT NULL CHECK (json_valid(data)),
            FOREIGN KEY (run, step) REFERENCES steps (run, step) ON DELETE CASCADE
        ) STRICT""",
        "CREATE INDEX drills_of_step ON drills (run, step)",
    ),
    # Active time (``seen_at`` is NULL while the clock stands still), pauses, and exams.
    (
        """CREATE TABLE clocks (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            seen_at REAL
        ) STRICT""",
        """CREATE TABLE pauses (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            began_at REAL NOT NULL,
            ended_at REAL CHECK (ended_at >= began_at)
        ) STRICT""",
        "CREATE UNIQUE INDEX pause_of_run ON pauses (run) WHERE ended_at IS NULL",
        """CREATE TABLE exams (
            run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'abandoned')),
            started_at REAL NOT NULL,
            ended_at REAL,
            planned REAL NOT NULL CHECK (planned > 0),
            journal TEXT NOT NULL,
            head TEXT NOT NULL,
            submitted TEXT NOT NULL CHECK (json_valid(submitted)),
            result TEXT CHECK (result IS NULL OR json_valid(result))
        ) STRICT""",
    ),
)
"""Statements that lead from version *n* to *n + 1*. Released ones never change."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest known version, each step whole or not at all.

    Args:
        connection: in autocommit mode (``isolation_level=None``).

    Raises:
        LabError: a newer program wrote it.
        sqlite3.Error: it cannot be read or written.
    """
    while (version := _version(connection)) != len(MIGRATIONS):
        if version > len(MIGRATIONS):
            raise LabError(
                _(
                    "Votre progression a été enregistrée par une version plus récente de pcapra-lab"
                    " (format {version}, celle-ci connaît le format {count})."
                ).format(version=version, count=len(MIGRATIONS)),
                hint=_("Mettez pcapra-lab à jour ; rien n'a été modifié."),
            )
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again under the lock: another process may have just done it.
            if _version(connection) == version:
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
