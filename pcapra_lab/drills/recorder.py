"""A drill's writer and witness in their machines: started, looked at, stopped."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pcapra_lab.content.base import seconds
from pcapra_lab.content.drill import NumberedWriter
from pcapra_lab.drills import errands
from pcapra_lab.drills.clocks import ClockSample
from pcapra_lab.drills.errands import Errands
from pcapra_lab.drills.journal import Survey, numbers
from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.remote.result import RunInGuest

SURVEY_SECONDS = 300.0
"""A folder of thousands of files is read whole."""
WITNESS_PORT = 7741
"""Of the machine that keeps acknowledgements, on the lab's segment."""
_SHORT = 128 * 1024
"""Bytes: half of what ``control.CHUNK`` allows, since an answer holds whole lines."""


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
        folder: where programs and journals are, in the machines; ``errands.FOLDER`` if None.
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
        self._errands = Errands(run, clock)
        self._writer = writer
        self._token = token
        self._address = address
        self._folder = folder or errands.FOLDER
        self._port = port

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
                "path": self._place(),
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
            "path": self._place(),
            "token": self._token,
        }
        reply = self._errands.do(self._writer.vm, job, SURVEY_SECONDS)[0]
        kept = numbers((first, last) for first, last in reply.ranges)
        return Survey(kept, reply.corrupt, reply.duplicates, reply.apart)

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
                self._errands.stop(vm, _unit(program))
            except VmError as error:
                failed.append(error)
        if failed:
            raise failed[0]

    def _place(self) -> str | dict[str, Any] | None:
        """A path, or what the database's client must know."""
        database = self._writer.database
        if database is None:
            return self._writer.path
        return {
            **database.model_dump(include={"engine", "hosts", "database", "account", "password"}),
            "port": database.real_port,
            "table": database.table,
            "timeout": seconds(database.timeout),
            "kept": database.connection == "kept",
        }

    def _launch(self, vm: str, program: str, arguments: Mapping[str, Any]) -> None:
        words = _DESCRIPTIONS[program]
        self._errands.start(vm, _unit(program), words, program, arguments, self._folder)

    def _look(self, vm: str, program: str, offset: int) -> Look:
        journal = self._journal(program)
        job = {"verb": "look", "unit": _unit(program), "journal": journal, "offset": offset}
        reply, sample = self._errands.do(vm, job)
        return Look(reply.lines, reply.offset, reply.running, sample)

    def _journal(self, program: str) -> str:
        return f"{self._folder}/{self._token}.{program}.jsonl"


_DESCRIPTIONS = {
    "numbered": _("écritures numérotées"),
    "witness": _("témoin des écritures numérotées"),
}


def _unit(program: str) -> str:
    """Its systemd unit, without ``.service``."""
    return {"numbered": "pcapra-ecrivain", "witness": "pcapra-temoin"}[program]
