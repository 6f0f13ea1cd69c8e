"""What a drill's ribbon shows: who probes which service, and the states that are followed with it.

Everything is seen from a client machine that nothing happens to, many times a second.
"""

from ipaddress import AddressValueError, IPv4Address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from pcapra_lab.content.base import PLACEHOLDER, Duration, Slug, Strict, Text, VmName, seconds


def _between(value: str, least: str, most: str) -> str:
    if not seconds(least) <= seconds(value) <= seconds(most):
        raise ValueError(f"une durée entre {least} et {most} est attendue")
    return value


def _address(value: str) -> str:
    try:
        # A number may be the trainee's own: « 192.168.1.{{vip}} ».
        IPv4Address(PLACEHOLDER.sub("1", value))
    except AddressValueError as error:
        raise ValueError(
            "une adresse IPv4 est attendue : chercher un nom ferait attendre la sonde"
        ) from error
    return value


def _url(value: str) -> str:
    parts = urlsplit(PLACEHOLDER.sub("1", value))
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError("une adresse « http://… » est attendue")
    _address(parts.hostname)
    # ``port`` raises ValueError for what is none.
    if parts.port == 0 or any(ord(char) < 33 or ord(char) > 126 for char in value):
        raise ValueError("une adresse « http://… » est attendue")
    return value


Address = Annotated[str, AfterValidator(_address)]
Url = Annotated[str, AfterValidator(_url)]
Status = Annotated[int, Field(ge=100, le=599)]
ProbeRate = Annotated[Duration, AfterValidator(lambda value: _between(value, "20ms", "100ms"))]
"""Ten times a second at least: the interval is the measure's uncertainty."""
CommandRate = Annotated[Duration, AfterValidator(lambda value: _between(value, "100ms", "2s"))]
StateRate = Annotated[Duration, AfterValidator(lambda value: _between(value, "200ms", "30s"))]
Patience = Annotated[Duration, AfterValidator(lambda value: _between(value, "20ms", "5s"))]


class BaseProbe(Strict):
    """What all probes have: a name, a rhythm, and how long an answer is awaited."""

    id: Slug
    title: Text
    """What the service is, for the trainee: « Page d'accueil »."""
    every: ProbeRate = "100ms"
    timeout: Patience = "100ms"
    slow: Duration | None = None
    """An answer that takes longer is shown as slow; half of ``timeout`` if absent."""

    @property
    def slow_seconds(self) -> float:
        """How long an answer may take before it is slow."""
        return seconds(self.timeout) / 2 if self.slow is None else seconds(self.slow)


class HttpProbe(BaseProbe):
    """A page, whole and with the status wanted."""

    type: Literal["http"]
    url: Url
    status: list[Status] | None = None
    """Those that are right; from 200 to 399 if absent."""


class TcpProbe(BaseProbe):
    """A port that accepts a connection."""

    type: Literal["tcp"]
    address: Address
    port: Annotated[int, Field(ge=1, le=65535)]


class CommandProbe(BaseProbe):
    """A command that succeeds: a row written by a database's own client, for example.

    ``$PCAPRA_NUMBER`` is the number of the try.
    """

    type: Literal["command"]
    run: list[Text] = Field(min_length=1)
    every: CommandRate = "200ms"
    timeout: Patience = "1s"


class VipState(Strict):
    """Which machine has an address, by whom the client's own packets for it go to."""

    type: Literal["vip"]
    id: Slug
    title: Text
    address: Address
    among: list[VmName] = Field(min_length=1)
    every: StateRate = "200ms"


class AnswersState(Strict):
    """Which machines answer a request as wanted: Patroni's ``/primary``, for example."""

    type: Literal["answers"]
    id: Slug
    title: Text
    urls: dict[VmName, Url] = Field(min_length=1)
    status: list[Status] = [200]
    every: StateRate = "1s"
    timeout: Patience = "500ms"


class OutputState(Strict):
    """The first line that a command says, on any machine: the state of a replication."""

    type: Literal["output"]
    id: Slug
    title: Text
    vm: VmName
    run: list[Text] = Field(min_length=1)
    every: StateRate = "2s"
    timeout: Patience = "1s"


AnyProbe = Annotated[HttpProbe | TcpProbe | CommandProbe, Field(discriminator="type")]
AnyState = Annotated[VipState | AnswersState | OutputState, Field(discriminator="type")]


class Availability(Strict):
    """Who probes what; what is followed beside it."""

    vm: VmName
    """The client: a machine that the fault leaves alone."""
    hold: Annotated[Duration, AfterValidator(lambda value: _between(value, "1s", "5m"))] = "5s"
    """How long nothing may fail for the service to be back. Longer than a fault takes to show."""
    probes: list[AnyProbe] = Field(min_length=1)
    """The service is back when all of them see it."""
    states: list[AnyState] = []

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        names = [one.id for one in (*self.probes, *self.states)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"« {twice[0]} » est nommé deux fois")
        return self

    @property
    def vms(self) -> tuple[str, ...]:
        """The machines where something is to run, the client first."""
        others = [one.vm for one in self.states if isinstance(one, OutputState)]
        return tuple(dict.fromkeys((self.vm, *others)))
