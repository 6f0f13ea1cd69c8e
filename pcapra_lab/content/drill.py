"""A drill in a step: what is written, what breaks it, when it is back, what its tool usually gives.

The trainee declares targets, a fault is injected, and loss and recovery are measured.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pcapra_lab.content.availability import Availability
from pcapra_lab.content.base import (
    Duration,
    GuestPath,
    Strict,
    Text,
    VmName,
    seconds,
)
from pcapra_lab.content.faults import FaultSpec
from pcapra_lab.content.scripts import GuestScript
from pcapra_lab.content.surprise import Surprise


class WriterForm(StrEnum):
    """How numbers are written."""

    LINES = "lines"
    """Lines added to one file."""
    FILES = "files"
    """Files in one folder."""
    ROWS = "rows"
    """Rows of a database's table."""


def _patience(value: str) -> str:
    if not 0.2 <= seconds(value) <= 10:
        raise ValueError("une durée entre 200ms et 10s est attendue")
    return value


class WriterDatabase(Strict):
    """Where rows go. Texts may carry ``{{parameter}}``."""

    engine: Literal["postgresql", "mysql"]
    hosts: list[Text] = Field(min_length=1, max_length=9)
    """Their addresses. Any that takes writes will do: the one that last did is asked first."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: Text
    account: Text
    """May create tables there."""
    password: Text
    table: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")] = "pcapra_registre"
    timeout: Annotated[Duration, AfterValidator(_patience)] = "2s"
    """How long a row's commit is awaited."""
    connection: Literal["kept", "fresh"] = "kept"
    """``fresh``: one for each row."""

    @property
    def real_port(self) -> int:
        """Where the servers listen."""
        return self.port or {"postgresql": 5432, "mysql": 3306}[self.engine]


def _rhythm(value: str) -> str:
    if not 0.05 <= seconds(value) <= 60:
        raise ValueError("un rythme entre 50ms et 60s est attendu")
    return value


class NumberedWriter(Strict):
    """Who writes numbers, and where: the data whose loss is measured."""

    vm: VmName
    path: GuestPath | None = None
    """A file (``lines``) or an existing folder (``files``). May carry ``{{parameter}}``."""
    database: WriterDatabase | None = None
    """Of ``rows``: ``vm`` has the engine's client."""
    form: WriterForm = WriterForm.LINES
    every: Annotated[Duration, AfterValidator(_rhythm)] = "200ms"
    witness: VmName | None = None
    """Another machine that keeps the acknowledgements: for what takes the writer's memory away."""

    @field_validator("witness")
    @classmethod
    def _another(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value == info.data.get("vm"):
            raise ValueError("le témoin doit être une autre machine que celle qui écrit")
        return value

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.form is WriterForm.ROWS and (self.database is None or self.path is not None):
            raise ValueError("« form: rows » s'écrit dans « database », sans « path »")
        if self.form is not WriterForm.ROWS and (self.path is None or self.database is not None):
            raise ValueError("« path » dit où écrire ; « database » est pour « form: rows »")
        return self

    @property
    def place(self) -> str:
        """Where it writes, for people: a path or a table."""
        return self.path or (self.database.table if self.database is not None else "")


class DrillFault(Strict):
    """What happens: a script of the exercise, or one of the lab's faults."""

    script: GuestScript | None = None
    undo: GuestScript | None = None
    """What ends what the script began, when the drill is given up."""
    inject: FaultSpec | None = None
    after: list[Duration] = Field(default=["10s", "30s"], min_length=2, max_length=2)
    """Between which lengths of time after the first acknowledged write: drawn at each drill."""

    @field_validator("after")
    @classmethod
    def _in_order(cls, value: list[str]) -> list[str]:
        if seconds(value[0]) > seconds(value[1]):
            raise ValueError("la plus petite durée d'abord")
        return value

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.script is None) == (self.inject is None):
            raise ValueError("une panne est un « script » ou un « inject », l'un des deux")
        if self.undo is not None and self.script is None:
            raise ValueError("« undo » défait un « script » ; une panne « inject » se lève seule")
        return self


class Probe(Strict):
    """A command that succeeds once the service is back."""

    vm: VmName
    run: list[Text] = Field(min_length=1)
    timeout: Duration = "5s"


class Bands(Strict):
    """What the tool usually gives: the least and the most, for the reader of a result."""

    rto: list[Duration] | None = Field(default=None, min_length=2, max_length=2)
    rpo: list[Duration] | None = Field(default=None, min_length=2, max_length=2)
    outage: list[Duration] | None = Field(default=None, min_length=2, max_length=2)
    """For how long clients see nothing, in all: with ``availability``."""
    reason: Text | None = None
    """Why these: what the tool waits for, and for how long."""

    @field_validator("rto", "rpo", "outage")
    @classmethod
    def _in_order(cls, value: list[str] | None) -> list[str] | None:
        if value is not None and seconds(value[0]) > seconds(value[1]):
            raise ValueError("la plus petite durée d'abord")
        return value

    def in_seconds(self) -> dict[str, tuple[float, float]]:
        """Those there are, by ``rto``, ``rpo`` and ``outage``."""
        named = {"rto": self.rto, "rpo": self.rpo, "outage": self.outage}
        return {name: (seconds(b[0]), seconds(b[1])) for name, b in named.items() if b}


class Drill(Strict):
    """A step's drill."""

    title: Text
    """What happens, without saying what it is: « Un matin sur srv »."""
    writer: NumberedWriter | None = None
    """Absent: no loss of data is measured."""
    fault: DrillFault | None = None
    """What happens; absent in surprise mode."""
    surprise: Surprise | None = None
    """What may happen, drawn at each drill."""
    availability: Availability | None = None
    """What clients see, many times a second: the recovery is theirs, and the ribbon."""
    probe: Probe | None = None
    """Absent, as ``availability``: the service is back when the step's checks pass."""
    hold: Duration = "0s"
    """How long a success of ``probe`` must last."""
    expected: Bands = Bands()

    @model_validator(mode="after")
    def _something_happens(self) -> Self:
        if (self.fault is None) == (self.surprise is None):
            raise ValueError("un drill a une panne (« fault ») ou un tirage (« surprise »)")
        if self.surprise is not None and self.availability is None:
            raise ValueError("« surprise » mesure ce que voient les clients : « availability »")
        return self

    @model_validator(mode="after")
    def _measures(self) -> Self:
        if self.writer is None and self.availability is None:
            raise ValueError(
                "un drill mesure une perte (« writer ») ou une coupure (« availability »)"
            )
        if self.probe is not None and self.availability is not None:
            raise ValueError(
                "« availability » dit déjà quand le service revient : retirez « probe »"
            )
        return self

    @property
    def hold_seconds(self) -> float:
        """How long a success must last."""
        return seconds(self.hold if self.availability is None else self.availability.hold)
