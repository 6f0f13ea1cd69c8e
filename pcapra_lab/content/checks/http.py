"""An HTTP answer, as a given machine gets it."""

from typing import Literal

from pydantic import Field

from pcapra_lab.content.base import Duration, GuestPath, Text
from pcapra_lab.content.checks.base import BaseCheck

Scalar = str | int | float | bool | None


class HttpCheck(BaseCheck):
    """What ``url`` answers to ``vm``. Redirections are not followed: they are answers."""

    type: Literal["http"]
    url: Text
    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] = "GET"
    headers: dict[str, Text] = {}
    """Sent with the request: ``Authorization``, ``Host``…"""
    status: int | None = Field(default=200, ge=100, le=599)
    """``null`` accepts any."""
    body_matches: Text | None = None
    body_lacks: Text | None = None
    json_values: dict[str, Scalar] = {}
    """By path: ``members[0].state: running``."""
    response_headers: dict[str, Text] = {}
    bare_status: int | None = Field(default=None, ge=100, le=599)
    """The status without ``headers``: the forbidden side, 401 where a password is asked."""
    refused: bool = False
    """No answer may come: refused, filtered, or not trusted."""
    ca_file: GuestPath | None = None
    """On ``vm``: the only authority that is trusted. The system's if absent."""
    wait: Duration = "10s"
    """How long it may take to answer."""
