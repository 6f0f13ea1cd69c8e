"""Root's two ways into a machine: the agent first, SSH when there is none to speak to."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.lab.root_link import AGENT_SHARE, RootLink
from pcapra_lab.remote.agent import AgentUnavailable
from pcapra_lab.remote.result import CommandResult


@dataclass
class FakeAgent:
    """``remote.agent.AgentLink`` that answers, or does not."""

    log: list[str]
    answers: bool = True
    connected: bool = False
    failure: Exception | None = None

    def connect(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.log.append(f"hello {timeout:.0f}")
        if cancel is not None and cancel.is_set():
            raise Cancelled
        if not self.answers:
            raise AgentUnavailable("muet")
        self.connected = True

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes,
        timeout: float,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        self.log.append(f"agent {' '.join(argv)}")
        if self.failure:
            raise self.failure
        return CommandResult(0, stdin, b"")

    def set_clock(self, now: Callable[[], float], _timeout: float) -> None:
        self.log.append(f"agent clock {now():.0f}")

    def close(self) -> None:
        self.connected = False
        self.log.append("agent closed")


@dataclass
class FakeSsh:
    log: list[str]
    status: int = 0

    def wait(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.log.append(f"ssh wait {timeout:.0f}")

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 60.0,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        self.log.append(f"ssh {' '.join(argv)}")
        return CommandResult(self.status, stdin, b"non \xff")

    def close(self) -> None:
        self.log.append("ssh closed")


@dataclass
class Machine:
    log: list[str] = field(default_factory=list)
    agents: list[FakeAgent | None] = field(default_factory=list)

    def link(self) -> RootLink:
        ways: Callable[[], FakeAgent | None] = lambda: self.agents.pop(0)  # noqa: E731
        return RootLink("srv", ways, FakeSsh(self.log))


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_the_agent_is_asked_once_and_carries_everything(machine: Machine) -> None:
    machine.agents = [FakeAgent(machine.log)]
    link = machine.link()
    link.wait(90)
    assert link.run(["id"], stdin=b"x").stdout == b"x"
    link.set_clock(lambda: 5.0, 10)
    assert machine.log == [f"hello {90 * AGENT_SHARE:.0f}", "agent id", "agent clock 5"]


@pytest.mark.parametrize("mute", [True, False])
def test_without_an_agent_ssh_has_the_rest_of_the_time_and_is_kept(
    machine: Machine, mute: bool
) -> None:
    machine.agents = [FakeAgent(machine.log, answers=False) if mute else None]
    link = machine.link()
    link.wait(90)
    link.run(["id"])
    link.set_clock(lambda: 5.0, 10)
    told = [line for line in machine.log if not line.startswith("hello")]
    assert told == ["ssh wait 60", "ssh id", "ssh date --set @5.000"]
    assert len(machine.log) - len(told) == mute, "a mute agent is not waited for twice"


def test_a_command_that_was_sent_is_not_sent_again_by_the_other_way(machine: Machine) -> None:
    machine.agents = [FakeAgent(machine.log, failure=VmError("srv", "coupé", hint="-"))]
    link = machine.link()
    with pytest.raises(VmError, match="coupé"):
        link.run(["rm", "x"])
    assert "ssh rm x" not in machine.log


def test_an_agent_that_went_away_is_looked_for_again(machine: Machine) -> None:
    first, second = FakeAgent(machine.log), FakeAgent(machine.log)
    machine.agents = [first, second]
    link = machine.link()
    link.run(["un"])
    first.connected = False
    link.run(["deux"])
    assert [line for line in machine.log if line.startswith("agent")] == ["agent un", "agent deux"]
    assert second.connected


def test_links_that_were_dropped_start_with_the_agent_again(machine: Machine) -> None:
    machine.agents = [FakeAgent(machine.log, answers=False), FakeAgent(machine.log)]
    link = machine.link()
    link.run(["un"])
    link.close()
    link.run(["deux"])
    assert machine.log[-1] == "agent deux"


def test_a_cancel_is_no_reason_to_try_ssh(machine: Machine) -> None:
    machine.agents = [FakeAgent(machine.log)]
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        machine.link().wait(90, cancel)
    assert not [line for line in machine.log if line.startswith("ssh")]


def test_a_command_is_cancelled_while_its_agent_is_awaited(machine: Machine) -> None:
    machine.agents = [FakeAgent(machine.log)]
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        machine.link().run(["id"], cancel=cancel)
    assert machine.log == ["hello 15"]


def test_a_clock_that_cannot_be_set_is_said(machine: Machine) -> None:
    link = RootLink("srv", lambda: None, FakeSsh(machine.log, status=1))
    with pytest.raises(VmError, match=r"horloge.*non"):
        link.set_clock(lambda: 5.0, 10)
