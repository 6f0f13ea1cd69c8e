"""What a database's own client answers."""

import re

from pcapra_lab.grading.guest.core import Fact, Failure, Item
from pcapra_lab.grading.guest.process import run_as

FIELD, RECORD = "\x1f", "\x1e"
CONNECT_TIMEOUT = 10

_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\0": "\0", "\\\\": "\\"}


def look(item: Item) -> Fact:
    """Ask ``query``, then each of ``denied`` in a transaction that is given up."""
    answers = [_ask(item, item["query"])] if item["query"] else []
    answers += [_ask(item, _given_up(item["engine"], one)) for one in item["denied"]]
    return {
        "kind": "sql",
        "answers": answers,
        "seconds": sum(answer.pop("seconds") for answer in answers),
    }


def _given_up(engine: str, statement: str) -> str:
    begin = "BEGIN" if engine == "postgresql" else "START TRANSACTION"
    return f"{begin}; {statement.rstrip('; ')}; ROLLBACK"


def _ask(item: Item, statement: str) -> Fact:
    argv, env = (_psql if item["engine"] == "postgresql" else _mysql)(item, statement)
    run = run_as({"user": item["user"], "timeout": item["timeout"], "env": env}, argv)
    if run["timed_out"]:
        raise Failure("deadline")
    said = run["stderr"].strip()
    answer: Fact = {"state": "ok", "code": "", "said": said, "rows": [], "seconds": run["seconds"]}
    if run["exit"] == 0:
        parse = psql_rows if item["engine"] == "postgresql" else mysql_rows
        return answer | {"rows": parse(run["stdout"])}
    if run["exit"] == 127:
        return answer | {"state": "no-client"}
    code = error_code(item["engine"], said)
    # psql(1), exit status: 2 when the connection went bad. mysql numbers its own errors 2xxx.
    lost = run["exit"] == 2 if item["engine"] == "postgresql" else code.startswith("2")
    return answer | {"state": "no-link" if lost else "error", "code": code}


def _psql(item: Item, statement: str) -> tuple[list[str], dict[str, str]]:
    argv = ["psql", "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--no-password"]
    argv += [f"--field-separator={FIELD}", f"--record-separator={RECORD}", "--pset=null=NULL"]
    argv += ["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose", f"--command={statement}"]
    for option, key in (("host", "host"), ("port", "port"), ("username", "account")):
        if item[key]:
            argv.append(f"--{option}={item[key]}")
    argv.append(f"--dbname={item['database'] or 'postgres'}")
    env = {"PGCONNECT_TIMEOUT": str(CONNECT_TIMEOUT)}
    # libpq says « FATAL » without a code at connection; English is all that tells.
    env["LC_ALL"] = "C.UTF-8"
    return argv, env | ({"PGPASSWORD": item["password"]} if item["password"] else {})


def _mysql(item: Item, statement: str) -> tuple[list[str], dict[str, str]]:
    argv = ["mysql", "--no-defaults", "--batch", "--skip-column-names"]
    argv += [f"--connect-timeout={CONNECT_TIMEOUT}", f"--execute={statement}"]
    for option, key in (("host", "host"), ("port", "port"), ("user", "account")):
        if item[key]:
            argv.append(f"--{option}={item[key]}")
    if item["database"]:
        argv.append(f"--database={item['database']}")
    return argv, {"MYSQL_PWD": item["password"]} if item["password"] else {}


def psql_rows(text: str) -> list[list[str]]:
    """Rows as ``--field-separator`` and ``--record-separator`` part them."""
    return [row.split(FIELD) for row in text.removesuffix("\n").split(RECORD) if row]


def mysql_rows(text: str) -> list[list[str]]:
    """Rows of ``--batch``: tabs between values, which are escaped (mysql(1), ``--raw``)."""
    return [
        [
            re.sub(r"\\[tn0\\]", lambda match: _ESCAPES[match[0]], value)
            for value in line.split("\t")
        ]
        for line in text.split("\n")
        if line
    ]


def error_code(engine: str, said: str) -> str:
    """SQLSTATE for PostgreSQL, the error's number for MySQL; empty when none is said."""
    pattern = r"(?:ERROR|FATAL): +([0-9A-Z]{5}):" if engine == "postgresql" else r"ERROR (\d+)"
    match = re.search(pattern, said)
    return match[1] if match else ""
