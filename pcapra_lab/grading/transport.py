"""One round trip: the agent and its job go in by standard input, one reply comes back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Protocol

from pydantic import ValidationError

from pcapra_lab.errors import VmError
from pcapra_lab.grading.facts import Fact, Reply
from pcapra_lab.grading.text import last_lines

AGENT_ARGV = ["python3", "-I", "-X", "utf8", "-"]
"""Isolated, so that no module of the trainee's is imported; UTF-8 whatever the locale."""

LINK_MARGIN = 30.0
"""Seconds granted beyond the job's own deadlines: connection, start of Python under emulation."""

KILL_MARGIN = 3.0
"""Seconds that killing one item past its deadline may take in the guest."""

Item = dict[str, Any]
"""One item of the agent's job, as JSON: see ``guest/agent.py``."""


class RemoteResult(Protocol):
    """A remote command once ended."""

    @property
    def exit_status(self) -> int:
        """Its exit status."""
        ...

    @property
    def stdout(self) -> bytes:
        """All of its standard output."""
        ...

    @property
    def stderr(self) -> bytes:
        """All of its standard error."""
        ...


class RunRemote(Protocol):
    """Runs a command on a VM as root, through the lab's own SSH access. Called from threads."""

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> RemoteResult:
        """Feed ``stdin``, wait at most ``timeout`` seconds.

        Raises:
            LabError: the VM cannot be reached, the link broke, the time ran out.
        """
        ...


def ask(
    run_remote: RunRemote,
    vm: str,
    items: Sequence[Item],
    *,
    stop_on_failure: bool = False,
) -> Mapping[str, Fact]:
    """The facts about ``vm`` that ``items`` ask for, by item id, in one round trip.

    Args:
        run_remote: the way to the VM.
        vm: its name.
        items: what to look at, in order.
        stop_on_failure: leave out what follows the first failed item.

    Raises:
        VmError: the agent did not answer, or not in its own format.
        LabError: the VM could not be reached.
    """
    marker = secrets.token_hex(16)
    job = {
        "marker": marker,
        "stop_on_failure": stop_on_failure,
        "items": list(items),
    }
    # JSON escapes everything beyond ASCII, so its repr is a Python literal in any encoding.
    call = f"\n\nmain(json.loads({json.dumps(job)!r}))\n"
    timeout = sum(item["timeout"] + KILL_MARGIN for item in items) + LINK_MARGIN
    result = run_remote(vm, list(AGENT_ARGV), _source() + call.encode("ascii"), timeout)
    parts = result.stdout.split(marker.encode("ascii"))
    if len(parts) != 3:
        seen = last_lines(result.stderr.decode("utf-8", "backslashreplace"), 1)
        raise VmError(
            vm,
            f"l'agent de notation n'a pas répondu (code de sortie {result.exit_status})"
            + (f" : {seen}" if seen else "."),
            hint=f"Dans le terminal de {vm}, « sudo python3 --version » doit fonctionner ;"
            " sinon, réinitialisez cette machine.",
        )
    try:
        return Reply.model_validate_json(parts[1]).facts
    except ValidationError as error:
        raise VmError(
            vm,
            f"réponse illisible de l'agent de notation ({error.error_count()} anomalies).",
            hint="Relancez la vérification ; si cela persiste, réinitialisez cette machine.",
        ) from error


def _source() -> bytes:
    return files("pcapra_lab.grading.guest").joinpath("agent.py").read_bytes()
