"""Errands into machines, for what a drill runs there: programs started, asked and stopped.

Every call is one errand: ``guest/control.py`` goes in by standard input, one line of JSON comes
back. The way to the machines is given.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.drills import programs
from pcapra_lab.drills.clocks import ClockSample
from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import CommandResult, RunInGuest

ARGV = ["python3", "-I", "-X", "utf8", "-"]
"""Isolated, so that no module of the trainee's is imported; UTF-8 whatever the locale."""
ERRAND_SECONDS = 75.0
"""An errand runs at most two of the system's programs, 30 s each."""
FOLDER = "/run/pcapra-epreuve"
"""Where programs and journals are, in the machines."""
_WORDS = {
    "no-program": _("le programme « {detail} » n'est pas installé"),
    "too-long": _("« {detail} » n'a pas fini dans les temps"),
    "program-failed": _("commande refusée : {detail}"),
    "os-error": _("le système a refusé : {detail}"),
}


class Reply(BaseModel):
    """What every errand answers: see ``guest/control.py``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ok: bool
    boot: str
    now: float
    lead: float
    reason: str = ""
    detail: str = ""
    lines: str = ""
    offset: int = 0
    running: bool = False
    ranges: list[list[int]] = []
    corrupt: int = 0
    duplicates: int = 0
    apart: int = 0


class Errands:
    """Runs errands in machines.

    Args:
        run: the way to the machines.
        clock: the host's CLOCK_MONOTONIC, in seconds.
    """

    def __init__(self, run: RunInGuest, clock: Callable[[], float] = time.monotonic) -> None:
        self._run = run
        self._clock = clock

    def start(
        self,
        vm: str,
        unit: str,
        description: str,
        program: str,
        arguments: Mapping[str, Any],
        folder: str,
    ) -> None:
        """Start one of ``drills/guest`` as a unit of the system.

        Raises:
            LabError: the machine cannot be reached, or refused.
        """
        job = {
            "verb": "start",
            "unit": unit,
            "description": f"pcapra-lab ({description})",
            "program": programs.program(program),
            "arguments": dict(arguments),
            "folder": folder,
        }
        self.do(vm, job)

    def stop(self, vm: str, unit: str) -> None:
        """Stop a unit, if it runs.

        Raises:
            LabError: the machine cannot be reached.
        """
        self.do(vm, {"verb": "stop", "unit": unit})

    def do(
        self, vm: str, job: Mapping[str, Any], timeout: float = ERRAND_SECONDS
    ) -> tuple[Reply, ClockSample]:
        """One errand, and a look at the machine's clock.

        Raises:
            LabError: the machine cannot be reached, or refused.
        """
        source = programs.program("control", dict(job)).encode("ascii")
        before = self._clock()
        result = self._run(vm, list(ARGV), source, timeout)
        after = self._clock()
        reply = _read(vm, result)
        if not reply.ok:
            words = _WORDS.get(reply.reason, "{detail}").format(detail=reply.detail)
            raise VmError(vm, words, hint=RESET.format(vm=vm))
        # What the errand saw pass before it read its clock: the trip was that much shorter. A
        # machine that saw more than the whole call is not believed.
        lead = reply.lead if 0 <= reply.lead < after - before else 0.0
        return reply, ClockSample(reply.boot, before + lead, reply.now, after)


RESET = _("pcapra-lab reset --vm {vm} remet la machine en état")


def _read(vm: str, result: CommandResult) -> Reply:
    lines = result.stdout.decode(errors="replace").strip().splitlines()
    try:
        return Reply.model_validate_json(lines[-1] if lines else "")
    except ValidationError as error:
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise VmError(
            vm,
            _("la mesure du drill n'a pas répondu (code de sortie {exit_status})").format(
                exit_status=result.exit_status
            )
            + (f" : {said[-1][:300]}" if said else ""),
            hint=RESET.format(vm=vm),
        ) from error
