"""``sql``: a real PostgreSQL where this machine has one, clients' own words, the verdict."""

import getpass
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_guest import item, judged, make_check

from pcapra_lab.grading.compile import check_items
from pcapra_lab.grading.guest.core import evaluate
from pcapra_lab.grading.guest.sql import error_code, mysql_rows, psql_rows
from pcapra_lab.grading.results import Outcome
from pcapra_lab.grading.units.sql import SqlAnswer, SqlFact

PASS, FAIL, ERROR = Outcome.PASS, Outcome.FAIL, Outcome.ERROR
BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/absent"))

needs_postgresql = pytest.mark.skipif(
    not (BIN / "initdb").exists() or shutil.which("runuser") is None or os.geteuid() != 0,
    reason="needs PostgreSQL, and to become its account",
)
SCHEMA = """
CREATE ROLE lecteur LOGIN; CREATE ROLE ferme NOLOGIN;
CREATE TABLE clients (nom text, ville text);
INSERT INTO clients VALUES ('Dupont', NULL), ('été', E'a\\nb');
GRANT SELECT ON clients TO lecteur;
"""


def as_postgres(*argv: str | Path, **options: Any) -> None:
    subprocess.run(
        ["runuser", "-u", "postgres", "--", *argv], check=True, capture_output=True, **options
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server on a socket of its own, which trusts whoever says a name."""
    # A socket's address is at most 108 bytes.
    folder = Path("/tmp") / f"pcapra-sql-{os.getpid()}"
    folder.mkdir(mode=0o755)
    shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    server = f"-k {folder} -c listen_addresses= -c fsync=off"
    try:
        as_postgres(BIN / "initdb", "--no-sync", "--auth=trust", "-D", data, cwd="/")
        as_postgres(
            BIN / "pg_ctl", "-w", "-D", data, "-o", server, "-l", folder / "log", "start", cwd="/"
        )
        as_postgres("psql", "-h", folder, "-c", SCHEMA, cwd="/")
        yield folder
    finally:
        as_postgres(BIN / "pg_ctl", "-m", "immediate", "-D", data, "stop", cwd="/")
        shutil.rmtree(folder)


def asked(**fields: Any) -> SqlFact:
    """What this machine's client answers, without the account that a guest would have."""
    check = make_check("sql", engine="postgresql", **fields)
    [asks] = check_items(check, {}, Path("/")).values()
    fact = evaluate(item("sql") | asks | {"user": getpass.getuser()})
    return SqlFact.model_validate_json(json.dumps(fact))


@needs_postgresql
@pytest.mark.parametrize(
    ("fields", "expected", "observed"),
    [
        ({"rows": [["Dupont", "NULL"], ["été", "a\nb"]]}, PASS, "Dupont | NULL ; été | a"),
        ({"rows": [["Dupont", "Paris"]]}, FAIL, "la requête rend Dupont | NULL"),
        ({"query": "SELECT * FROM clients WHERE false", "rows": []}, PASS, "aucune ligne"),
        ({"denied": ["DELETE FROM clients", "DROP TABLE clients;"]}, PASS, "Dupont"),
        ({"denied": ["SELECT 1"]}, FAIL, "« SELECT 1 » est accepté"),
        ({"denied": ["DELETE FROM absent"]}, FAIL, "« DELETE FROM absent » échoue pour une autre"),
        ({"query": "SELECT * FROM absent"}, FAIL, "erreur : ERROR:  42P01"),
        ({"account": "ferme", "login": False}, PASS, "connexion impossible : psql: error"),
        ({"account": "absent", "login": False}, PASS, "connexion impossible : psql: error"),
        ({"login": False}, FAIL, "le compte lecteur se connecte"),
        ({"account": "absent"}, FAIL, "connexion impossible : psql: error"),
    ],
)
def test_a_real_server(
    database: Path, fields: dict[str, Any], expected: Outcome, observed: str
) -> None:
    base = {"query": "SELECT * FROM clients", "account": "lecteur", "host": str(database)}
    check = make_check("sql", engine="postgresql", **base | fields)
    result = judged(check, asked(**base | fields))
    assert result.outcome is expected, result
    assert result.observed.startswith(observed)


@needs_postgresql
def test_what_is_accepted_by_mistake_is_rolled_back(database: Path) -> None:
    way = {"account": "postgres", "host": str(database)}
    fact = asked(query="SELECT 1", denied=["DELETE FROM clients"], **way)
    assert fact.answers[1].state == "ok"
    count = asked(query="SELECT count(*) FROM clients", **way)
    assert count.answers[0].rows == [["2"]]


@pytest.mark.skipif(shutil.which("psql") is None, reason="needs psql")
def test_a_server_that_is_down_is_no_refusal(tmp_path: Path) -> None:
    fact = asked(query="SELECT 1", host=str(tmp_path))
    assert fact.answers[0].state == "no-link"
    query = {"engine": "postgresql", "query": "SELECT 1"}
    assert judged(make_check("sql", **query), fact).outcome is FAIL
    assert judged(make_check("sql", login=False, **query), fact).outcome is FAIL


def test_rows_as_the_clients_write_them() -> None:
    assert psql_rows("a\x1fb\x1ec\x1fNULL\n") == [["a", "b"], ["c", "NULL"]]
    assert psql_rows("") == []
    assert mysql_rows("a\tb\\tc\nNULL\t\\\\n\n") == [["a", "b\tc"], ["NULL", "\\n"]]


@pytest.mark.parametrize(
    ("engine", "said", "code"),
    [
        ("postgresql", "ERROR:  42501: permission denied for table clients\nLOCATION:  x", "42501"),
        ("postgresql", "psql: error: connection to server failed: FATAL:  role", ""),
        ("mysql", "ERROR 1142 (42000) at line 1: DELETE command denied to user", "1142"),
        ("mysql", "ERROR 2002 (HY000): Can't connect to local server", "2002"),
    ],
)
def test_codes(engine: str, said: str, code: str) -> None:
    assert error_code(engine, said) == code


def answer(state: str = "ok", code: str = "", said: str = "", **fields: Any) -> SqlAnswer:
    base: dict[str, Any] = {"state": state, "code": code, "said": said, "rows": []}
    return SqlAnswer(**base | fields)


@pytest.mark.parametrize(
    ("fields", "answers", "expected", "observed"),
    [
        ({}, [answer()], PASS, "aucune ligne"),
        ({"denied": ["x"]}, [answer(), answer("error", "1142")], PASS, "aucune ligne"),
        ({"denied": ["x"]}, [answer(), answer("error", "1290")], PASS, "aucune ligne"),
        ({"denied": ["x"]}, [answer(), answer("error", "1146")], FAIL, "« x » échoue pour une"),
        ({"denied": ["x"]}, [answer(), answer()], FAIL, "« x » est accepté"),
        (
            {"denied": ["x"]},
            [answer("no-link", "2002"), answer("no-link", "2002")],
            FAIL,
            "connexion impossible",
        ),
        ({}, [answer("no-client")], FAIL, "le client de la base n'est pas installé"),
        ({"login": False}, [answer("error", "1045")], PASS, "erreur"),
        ({"login": False}, [answer("no-link", "2002")], FAIL, "connexion impossible"),
        ({"denied": ["x"]}, [answer()], ERROR, "la base n'a pas répondu à chaque requête"),
    ],
)
def test_verdict_of_mysql(
    fields: dict[str, Any], answers: list[SqlAnswer], expected: Outcome, observed: str
) -> None:
    check = make_check("sql", engine="mysql", query="SELECT 1", **fields)
    result = judged(check, SqlFact(kind="sql", answers=answers))
    assert result.outcome is expected
    assert result.observed.startswith(observed)
