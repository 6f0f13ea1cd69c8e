"""What a database answers to an account, and what it refuses it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from pcapra_lab.content.checks.sql import SqlCheck
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.text import clean
from pcapra_lab.grading.unit import Context, Item, OneMachine, Parameters, Unjudgeable, Verdict
from pcapra_lab.i18n import _

_DENIED = frozenset(
    {
        # PostgreSQL, appendix A: insufficient_privilege, read_only_sql_transaction.
        "42501",
        "25006",
        # MySQL and MariaDB: database, table, column, SUPER, routine; then a read-only server.
        *("1044", "1142", "1143", "1227", "1370"),
        *("1290", "1792", "1836"),
    }
)
_NO_ENTRY = frozenset({"1044", "1045", "1130", "1698"})
"""MySQL and MariaDB: access denied to the database, the password, the host, the plugin."""
_NO_ENTRY_WORDS = (
    "password authentication failed",
    "Peer authentication failed",
    "no pg_hba.conf entry",
    "pg_hba.conf rejects",
    "no password supplied",
    "does not exist",
    "is not permitted to log in",
    "permission denied for database",
)
"""PostgreSQL, src/backend/libpq/auth.c and utils/init: libpq gives no SQLSTATE to psql here."""


class SqlAnswer(BaseModel):
    """One statement's outcome."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    state: Literal["ok", "error", "no-link", "no-client"]
    code: str
    said: str
    rows: list[list[str]]


class SqlFact(Fact):
    """The query's outcome, if it was asked, then that of each statement to be denied."""

    kind: Literal["sql"]
    answers: list[SqlAnswer]


class Sql(OneMachine[SqlCheck, SqlFact]):
    """``sql``."""

    guest = "sql"
    fact = SqlFact

    def item(self, check: SqlCheck, context: Context) -> Item:
        """The statements and the way in. When no login is wanted, the least of queries."""
        keys = ("engine", "account", "password", "host", "port", "database")
        return {key: getattr(check, key) for key in keys} | {
            "user": str(check.user),
            "query": check.query if check.login else "SELECT 1",
            "denied": check.denied if check.login else [],
        }

    def verdict(self, check: SqlCheck, fact: SqlFact, parameters: Parameters) -> Verdict:
        """The permitted side, then the forbidden one."""
        if len(fact.answers) != 1 + (len(check.denied) if check.login else 0):
            raise Unjudgeable(_("la base n'a pas répondu à chaque requête"))
        first, *others = fact.answers
        who = (
            _("le compte {account}").format(account=check.account)
            if check.account
            else _("le compte du système")
        )
        if not check.login:
            return _no_login(check, first, who)
        expected = [
            _("« {query} » réussit pour {who}").format(query=clean(check.query, 120), who=who)
        ]
        if check.rows is not None:
            expected.append(_("et rend {shown}").format(shown=_shown(check.rows)))
        expected += (
            _("« {one} » lui est refusé").format(one=clean(one, 120)) for one in check.denied
        )
        problems = []
        if first.state != "ok":
            problems.append(_trouble(first))
        elif check.rows is not None and first.rows != check.rows:
            problems.append(_("la requête rend {shown}").format(shown=_shown(first.rows)))
        if first.state not in ("no-link", "no-client"):
            problems += _accepted(check, others)
        return Verdict(not problems, ", ".join(expected), ", ".join(problems) or _shown(first.rows))


def _accepted(check: SqlCheck, answers: list[SqlAnswer]) -> list[str]:
    problems = []
    for statement, answer in zip(check.denied, answers, strict=True):
        shown = clean(statement, 120)
        if answer.state == "ok":
            problems.append(_("« {shown} » est accepté").format(shown=shown))
        elif answer.code not in _DENIED:
            # Another error (no such table) refuses nothing.
            problems.append(
                _("« {shown} » échoue pour une autre raison : {trouble}").format(
                    shown=shown, trouble=_trouble(answer)
                )
            )
    return problems


def _no_login(check: SqlCheck, answer: SqlAnswer, who: str) -> Verdict:
    expected = _("{who} ne peut pas se connecter").format(who=who)
    if answer.state == "ok":
        return Verdict(False, expected, _("{who} se connecte").format(who=who))
    refused = answer.code in _NO_ENTRY or any(word in answer.said for word in _NO_ENTRY_WORDS)
    # A server that is down lets nobody in, and proves nothing about the account.
    return Verdict(refused, expected, _trouble(answer))


def _trouble(answer: SqlAnswer) -> str:
    # What follows the first line shows where in the server's source, or in the statement.
    said = clean(answer.said.partition("\n")[0], 300)
    if answer.state == "no-client":
        return _("le client de la base n'est pas installé")
    words = _("connexion impossible") if answer.state == "no-link" else _("erreur")
    return _("{words} : {said}").format(words=words, said=said) if said else words


def _shown(rows: list[list[str]]) -> str:
    if not rows:
        return _("aucune ligne")
    lines = " ; ".join(" | ".join(row) for row in rows[:5])
    return clean(lines, 300) + (
        _(" … ({count} lignes)").format(count=len(rows)) if len(rows) > 5 else ""
    )


UNIT = Sql()
