"""A drill's writer and witness in their machines: started, looked at, stopped.

Every call is one errand: ``guest/control.py`` goes in by standard input, one line of JSON comes
back. The way to the machines is given.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pcapra_lab.content.base import seconds
from pcapra_lab.content.drill import NumberedWriter
from pcapra_lab.drills.clocks import ClockSample
from pcapra_lab.drills.journal import Survey, numbers
from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import CommandResult, RunInGuest

ARGV = ["python3", "-I", "-X", "utf8", "-"]
"""Isolated, so that no module of the trainee's is imported; UTF-8 whatever the locale."""
ERRAND_SECONDS = 75.0
"""An errand runs at most two of the system's programs, 30 s each."""
SURVEY_SECONDS = 300.0
"""A folder of thousands of files is read whole."""
FOLDER = "/run/pcapra-epreuve"
WITNESS_PORT = 7741
"""Of the machine that keeps acknowledgements, on the lab's segment."""
_SHORT = 128 * 1024
"""Bytes: half of what ``control.CHUNK`` allows, since an answer holds whole lines."""
_PACKAGE = "pcapra_lab.drills.guest"
_LOADER = """\
import sys, types
def load(name, source):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), vars(module))
    return module
"""
_WORDS = {
    "no-program": _("le programme « {detail} » n'est pas installé"),
    "too-long": _("« {detail} » n'a pas fini dans les temps"),
    "program-failed": _("commande refusée : {detail}"),
    "os-error": _("le système a refusé : {detail}"),
}


class _Reply(BaseModel):
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


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a journal brought."""

    lines: str
    """Whole lines, since the last look."""
    offset: int
    """Where the next look begins."""
    running: bool
    sample: ClockSample
    """Of the machine's clock."""


class Recorder:
    """One drill's writer, and its witness if it has one.

    Args:
        run: the way to the machines.
        writer: what is written, parameters filled in.
        token: the drill's: letters and digits.
        address: of a machine on the lab's segment.
        folder: where programs and journals are, in the machines; ``FOLDER`` if None.
        clock: the host's CLOCK_MONOTONIC, in seconds.
    """

    def __init__(
        self,
        run: RunInGuest,
        writer: NumberedWriter,
        token: str,
        address: Callable[[str], str],
        *,
        folder: str | None = None,
        port: int = WITNESS_PORT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._writer = writer
        self._token = token
        self._address = address
        self._folder = folder or FOLDER
        self._port = port
        self._clock = clock

    def start(self) -> None:
        """Start the witness, then the writer.

        Raises:
            LabError: a machine cannot be reached, or refused.
        """
        writer, witness = self._writer, self._writer.witness
        told = None
        if witness is not None:
            told = [self._address(witness), self._port]
            self._launch(
                witness,
                "witness",
                {"port": self._port, "token": self._token, "journal": self._journal("witness")},
            )
        self._launch(
            writer.vm,
            "numbered",
            {
                "path": writer.path,
                "form": writer.form.value,
                "every": seconds(writer.every),
                "token": self._token,
                "journal": self._journal("numbered"),
                "witness": told,
            },
        )

    def look(self, offset: int) -> Look:
        """What the writer acknowledged since the last look, and its machine's clock.

        Raises:
            LabError: its machine cannot be reached.
        """
        return self._look(self._writer.vm, "numbered", offset)

    def testimony(self) -> str:
        """All that the witness kept; nothing without one.

        Raises:
            LabError: its machine cannot be reached.
        """
        if self._writer.witness is None:
            return ""
        text, offset = "", 0
        while True:
            look = self._look(self._writer.witness, "witness", offset)
            text, offset = text + look.lines, look.offset
            # The writer goes on: the end is a short answer, not an empty one.
            if len(look.lines) < _SHORT:
                return text

    def survey(self) -> Survey:
        """What is left of the writer's data.

        Raises:
            LabError: its machine cannot be reached, or cannot read it.
        """
        job = {
            "verb": "survey",
            "form": self._writer.form.value,
            "path": self._writer.path,
            "token": self._token,
        }
        reply = self._errand(self._writer.vm, job, SURVEY_SECONDS)[0]
        kept = numbers((first, last) for first, last in reply.ranges)
        return Survey(kept, reply.corrupt, reply.duplicates)

    def stop(self) -> None:
        """Stop both, as far as they run.

        Raises:
            LabError: a machine cannot be reached; the other one's was stopped all the same.
        """
        vms = [(self._writer.vm, "numbered")]
        if self._writer.witness is not None:
            vms.insert(0, (self._writer.witness, "witness"))
        failed: list[VmError] = []
        for vm, program in vms:
            try:
                self._errand(vm, {"verb": "stop", "unit": _unit(program)})
            except VmError as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def _launch(self, vm: str, program: str, arguments: Mapping[str, Any]) -> None:
        job = {
            "verb": "start",
            "unit": _unit(program),
            "description": f"pcapra-lab ({_DESCRIPTIONS[program]})",
            "program": _source(program),
            "arguments": dict(arguments),
            "folder": self._folder,
        }
        self._errand(vm, job)

    def _look(self, vm: str, program: str, offset: int) -> Look:
        journal = self._journal(program)
        job = {"verb": "look", "unit": _unit(program), "journal": journal, "offset": offset}
        reply, sample = self._errand(vm, job)
        return Look(reply.lines, reply.offset, reply.running, sample)

    def _journal(self, program: str) -> str:
        return f"{self._folder}/{self._token}.{program}.jsonl"

    def _errand(
        self, vm: str, job: Mapping[str, Any], timeout: float = ERRAND_SECONDS
    ) -> tuple[_Reply, ClockSample]:
        source = _program(job)
        before = self._clock()
        result = self._run(vm, list(ARGV), source, timeout)
        after = self._clock()
        reply = _read(vm, result)
        if not reply.ok:
            words = _WORDS.get(reply.reason, "{detail}").format(detail=reply.detail)
            raise VmError(vm, words, hint=_RESET.format(vm=vm))
        # What the errand saw pass before it read its clock: the trip was that much shorter. A
        # machine that saw more than the whole call is not believed.
        lead = reply.lead if 0 <= reply.lead < after - before else 0.0
        return reply, ClockSample(reply.boot, before + lead, reply.now, after)


_DESCRIPTIONS = {
    "numbered": _("écritures numérotées"),
    "witness": _("témoin des écritures numérotées"),
}
_RESET = _("pcapra-lab reset --vm {vm} remet la machine en état")


def _unit(program: str) -> str:
    """Its systemd unit, without ``.service``."""
    return {"numbered": "pcapra-ecrivain", "witness": "pcapra-temoin"}[program]


def _source(name: str) -> str:
    return files(_PACKAGE).joinpath(f"{name}.py").read_text(encoding="utf-8")


def _program(job: Mapping[str, Any]) -> bytes:
    """Both modules and the job as one Python source, in ASCII whatever they hold."""
    lines = [_LOADER]
    for name in ("numbered", "control"):
        lines.append(f"{name} = load('{_PACKAGE}.{name}', {_source(name)!a})")
    lines.append(f"control.main(json_of({json.dumps(dict(job))!a}), numbered)\n")
    return "\n".join(["from json import loads as json_of", *lines]).encode("ascii")


def _read(vm: str, result: CommandResult) -> _Reply:
    lines = result.stdout.decode(errors="replace").strip().splitlines()
    try:
        return _Reply.model_validate_json(lines[-1] if lines else "")
    except ValidationError as error:
        said = result.stderr.decode(errors="replace").strip().splitlines()
        raise VmError(
            vm,
            _("la mesure du drill n'a pas répondu (code de sortie {exit_status})").format(
                exit_status=result.exit_status
            )
            + (f" : {said[-1][:300]}" if said else ""),
            hint=_RESET.format(vm=vm),
        ) from error
