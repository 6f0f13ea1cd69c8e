"""Waiting for what a restore disturbed to be itself again."""

import threading
import time
from collections.abc import Callable

from pcapra_lab.content.base import seconds as duration_seconds
from pcapra_lab.content.models import Settle
from pcapra_lab.errors import Cancelled, VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.events import LabEvent, Phase
from pcapra_lab.lab.progress import EventSink
from pcapra_lab.remote.result import CommandResult

BETWEEN_TRIES = 0.5
Run = Callable[[str, list[str], bytes, float], CommandResult]


def settle(probe: Settle, run: Run, sink: EventSink, cancel: threading.Event) -> bool:
    """Run a probe's command until it succeeds.

    Returns:
        Whether it did within the probe's time. If not, ``sink`` is told what it last said.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    started, timeout = time.monotonic(), duration_seconds(probe.timeout)
    command, said = " ".join(probe.run), ""
    while (left := started + timeout - time.monotonic()) > 0:
        try:
            result = run(probe.vm, probe.run, b"", left)
        except VmError as error:
            said = error.message
        else:
            if result.exit_status == 0:
                return True
            output = (result.stderr + result.stdout).decode(errors="replace").strip()
            said = output.splitlines()[-1] if output else f"code {result.exit_status}"
        elapsed = time.monotonic() - started
        detail = _("{vm} : « {command} » pas encore rétabli ({said})").format(
            vm=probe.vm, command=command, said=said
        )
        sink(LabEvent(Phase.CONNECT, probe.vm, None, elapsed, None, detail))
        if cancel.wait(BETWEEN_TRIES):
            raise Cancelled
    detail = _("{vm} : « {command} » n'est pas rétabli après {timeout:.0f} s ({said})").format(
        vm=probe.vm, command=command, timeout=timeout, said=said
    )
    sink(LabEvent(Phase.CONNECT, probe.vm, 1.0, timeout, None, detail))
    return False
