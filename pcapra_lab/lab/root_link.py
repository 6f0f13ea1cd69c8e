"""Root's way into a machine: the agent's port, or SSH when the agent does not answer."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.agent import AgentUnavailable
from pcapra_lab.remote.result import CommandResult

logger = logging.getLogger(__name__)

AGENT_TIMEOUT = 15.0
"""Seconds for the agent of a machine that was seen ready: on a loaded host it may take long."""
AGENT_SHARE = 1 / 3
"""Of the time that a machine has to answer, before its agent is given up."""


class AgentWay(Protocol):
    """``remote.agent.AgentLink``."""

    @property
    def connected(self) -> bool:
        """Whether the agent has answered, and its machine has not gone since."""
        ...

    def connect(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        """Wait until the agent answers."""
        ...

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes,
        timeout: float,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        """Run a command."""
        ...

    def set_clock(self, now: Callable[[], float], timeout: float, /) -> None:
        """Tell the machine what time it is."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class SshWay(Protocol):
    """``remote.link.SshLink``, as far as root's commands go."""

    def wait(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        """Connect, trying again until the machine answers."""
        ...

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 60.0,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        """Run a command."""
        ...

    def close(self) -> None:
        """Drop the connection."""
        ...


class RootLink:
    """Runs commands as root on one machine. Thread-safe.

    Args:
        vm: the machine's name.
        agent: a new link to the agent; None when the machine has no port for it.
        ssh: the other way.
    """

    def __init__(self, vm: str, agent: Callable[[], AgentWay | None], ssh: SshWay) -> None:
        self.vm = vm
        self._make_agent = agent
        self._ssh = ssh
        self._agent: AgentWay | None = None
        self._given_up = False
        self._lock = threading.Lock()

    def wait(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> None:
        """Wait until the machine answers, one way or the other.

        Args:
            timeout: seconds before giving up.
            waiting: called now and then, to show progress or to raise.

        Raises:
            VmError: neither way in time.
            Cancelled: ``cancel`` was set.
        """
        patience = timeout * AGENT_SHARE
        if self._connected(patience, cancel, waiting) is None:
            self._ssh.wait(timeout - patience, cancel, waiting)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 60.0,
        cancel: threading.Event | None = None,
    ) -> CommandResult:
        """Run a command.

        Raises:
            VmError: the link broke or the deadline passed.
            Cancelled: ``cancel`` was set.
        """
        agent = self._connected(AGENT_TIMEOUT, cancel)
        if agent is None:
            return self._ssh.run(argv, stdin=stdin, timeout=timeout, cancel=cancel)
        return agent.run(argv, stdin=stdin, timeout=timeout, cancel=cancel)

    def set_clock(self, now: Callable[[], float], timeout: float) -> None:
        """Tell the machine what time it is.

        Args:
            now: seconds since the epoch, asked when the machine is about to be told.

        Raises:
            VmError: it refused, or could not be reached.
        """
        agent = self._connected(AGENT_TIMEOUT)
        if agent is not None:
            agent.set_clock(now, timeout)
            return
        result = self._ssh.run(["date", "--set", f"@{now():.3f}"], timeout=timeout)
        if result.exit_status != 0:
            raise VmError(
                self.vm,
                _("l'horloge n'a pas pu être mise à l'heure : {stderr}").format(
                    stderr=result.stderr.decode(errors="replace")[:200]
                ),
                hint=f"pcapra-lab reset --vm {self.vm}",
            )

    def close(self) -> None:
        """Drop both connections. The next use makes a new one."""
        with self._lock:
            agent, self._agent, self._given_up = self._agent, None, False
        if agent is not None:
            agent.close()
        self._ssh.close()

    def _connected(
        self,
        timeout: float,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> AgentWay | None:
        """The agent; None when only SSH is left, which is tried until the links are dropped."""
        with self._lock:
            if self._agent is not None and self._agent.connected:
                return self._agent
            if self._given_up:
                return None
            agent = self._make_agent()
            if agent is None:
                self._given_up = True
                return None
            try:
                agent.connect(timeout, cancel, waiting)
            except AgentUnavailable as error:
                logger.info("%s: no agent (%s), SSH instead", self.vm, error)
                self._given_up = True
                return None
            self._agent = agent
            return agent
