"""What a Prometheus server answers to a query."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pcapra_lab.content.base import Duration, Text
from pcapra_lab.content.checks.base import BaseCheck

Comparison = Annotated[
    str, StringConstraints(pattern=r"^(==|!=|<|<=|>|>=) *-?\d+(\.\d+)?([eE][+-]?\d+)?$")
]
"""``== 1``, ``>= 0.5``…"""


class PromqlCheck(BaseCheck):
    """An instant query of a Prometheus HTTP API, asked from ``vm``."""

    type: Literal["promql"]
    url: Text = "http://127.0.0.1:9090"
    query: Text
    value: Comparison
    """What each series must satisfy; a scalar counts as one series."""
    series: int | None = Field(default=None, ge=0)
    """How many series there must be. At least one if absent; 0: none may match the query."""
    wait: Duration = "10s"
