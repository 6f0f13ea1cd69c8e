"""What a database answers to an account, and what it refuses it."""

from typing import Literal

from pydantic import Field

from pcapra_lab.content.base import GuestUser, Text
from pcapra_lab.content.checks.base import BaseCheck


class SqlCheck(BaseCheck):
    """A query, asked by the engine's own client from ``vm``."""

    type: Literal["sql"]
    engine: Literal["postgresql", "mysql"]
    query: Text
    rows: list[list[str]] | None = None
    """The answer, every value as the client writes it, ``NULL`` for none. Any if absent."""
    denied: list[Text] = []
    """Statements that this account must be refused: for want of rights, or on a read-only server.

    Each is rolled back should it be accepted, which MySQL cannot do for ``CREATE`` and the like.
    """
    login: bool = True
    """``false``: the account must not even get in, and ``query`` is not asked."""
    account: Text | None = None
    """The database's account; the system's own name if absent."""
    password: Text | None = None
    host: Text | None = None
    """The local socket if absent."""
    port: int | None = Field(default=None, ge=1, le=65535)
    database: Text | None = None
    user: GuestUser | Literal["postgres"] = GuestUser.ROOT
    """The system's account that runs the client: ``postgres`` for its administrator's socket."""
