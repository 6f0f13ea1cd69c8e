"""One round trip: the agent and its job go in by standard input, one reply comes back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.errors import VmError
from pcapra_lab.grading.facts import ErrorFact, Fact
from pcapra_lab.grading.registry import fact_model
from pcapra_lab.grading.sources import GUEST, guest_modules
from pcapra_lab.grading.text import last_lines
from pcapra_lab.grading.unit import Item
from pcapra_lab.i18n import _

AGENT_ARGV = ["python3", "-I", "-X", "utf8", "-"]
"""Isolated, so that no module of the trainee's is imported; UTF-8 whatever the locale."""

LINK_MARGIN = 30.0
"""Seconds granted beyond the job's own deadlines: connection, start of Python under emulation."""

KILL_MARGIN = 3.0
"""Seconds that killing one item past its deadline may take in the guest."""

_LOADER = """\
MODULES = {modules!r}
import json, sys, types
known = globals().get("COMPILED", {{}})
for name, source in json.loads(MODULES):
    module = sys.modules[name] = types.ModuleType(name)
    exec(known.get(source) or compile(source, name, "exec"), module.__dict__)
sys.modules[{core!r}].main(json.loads({job!r}))
"""
"""Modules keep their names, so that one finds another as it does on the host.

The guest's agent knows ``MODULES``, in the first line, and gives back ``COMPILED`` what it has
compiled before; by SSH there is no such name.
"""


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    facts: dict[str, dict[str, Any]]


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
    source = agent_source(tuple(dict.fromkeys(item["kind"] for item in items)), job)
    timeout = sum(item["timeout"] + KILL_MARGIN for item in items) + LINK_MARGIN
    result = run_remote(vm, list(AGENT_ARGV), source, timeout)
    parts = result.stdout.split(marker.encode("ascii"))
    if len(parts) != 3:
        seen = last_lines(result.stderr.decode("utf-8", "backslashreplace"), 1)
        raise VmError(
            vm,
            _("l'agent de notation n'a pas répondu (code de sortie {exit_status})").format(
                exit_status=result.exit_status
            )
            + (f" : {seen}" if seen else "."),
            hint=_(
                "Dans le terminal de {vm}, « sudo python3 --version » doit fonctionner ;"
                " sinon, réinitialisez cette machine."
            ).format(vm=vm),
        )
    try:
        return _typed(_Reply.model_validate_json(parts[1]), items)
    except (ValidationError, KeyError) as error:
        raise VmError(
            vm,
            _("réponse illisible de l'agent de notation ({name}).").format(
                name=type(error).__name__
            ),
            hint=_("Relancez la vérification ; si cela persiste, réinitialisez cette machine."),
        ) from error


def agent_source(kinds: tuple[str, ...], job: Mapping[str, Any]) -> bytes:
    """One Python source: the agent's core, the fact modules of ``kinds``, the job."""
    # JSON escapes everything beyond ASCII, so its repr is a Python literal in any encoding.
    text = _LOADER.format(modules=_modules(kinds), core=f"{GUEST}.core", job=json.dumps(job))
    return text.encode("ascii")


@cache
def _modules(kinds: tuple[str, ...]) -> str:
    found = guest_modules(kinds).items()
    return json.dumps([(name, path.read_text(encoding="utf-8")) for name, path in found])


def _typed(reply: _Reply, items: Sequence[Item]) -> Mapping[str, Fact]:
    kinds = {item["id"]: item["kind"] for item in items}
    facts: dict[str, Fact] = {}
    for id_, raw in reply.facts.items():
        kind = kinds[id_]
        model = ErrorFact if raw.get("kind") == "error" else fact_model(kind)
        facts[id_] = model.model_validate_json(json.dumps(raw))
    return facts
