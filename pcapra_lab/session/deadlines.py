"""The deadlines that an exercise gives its checks and scripts, on machines that are emulated."""

import re
from collections.abc import Sequence
from typing import TypeVar

from pcapra_lab.content.checks.base import BaseCheck
from pcapra_lab.content.models import GuestScript, Mutant, Step
from pcapra_lab.lab.domain import Accelerator

STRETCH = 3
"""Authors measure with a core for each emulated machine. A deadline is there to end what hangs:
where machines share cores, what is only slow gets as much longer."""

Timed = TypeVar("Timed", BaseCheck, GuestScript)


def stretched(step: Step, accelerator: Accelerator) -> Step:
    """A step whose checks have the time that they may need under that accelerator."""
    if accelerator is not Accelerator.TCG:
        return step
    return step.model_copy(update={"checks": [_longer(check) for check in step.checks]})


def stretched_scripts(
    scripts: Sequence[GuestScript | Mutant], accelerator: Accelerator
) -> Sequence[GuestScript | Mutant]:
    """Scripts that have the time that they may need; a mutant has no deadline of its own."""
    if accelerator is not Accelerator.TCG:
        return scripts
    return [_longer(s) if isinstance(s, GuestScript) else s for s in scripts]


def _longer(timed: Timed) -> Timed:
    # A ``Duration`` is a whole number of one unit.
    longer = re.sub(r"^\d+", lambda number: str(int(number[0]) * STRETCH), timed.timeout)
    return timed.model_copy(update={"timeout": longer})
