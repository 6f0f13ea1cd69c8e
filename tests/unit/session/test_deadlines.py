"""Deadlines under emulation: three times the author's, and nothing else of a step changes."""

from pcapra_lab.content.base import seconds
from pcapra_lab.content.models import GuestScript, Mutant, Step
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.session.deadlines import stretched, stretched_scripts

STEP = Step.model_validate(
    {
        "id": "depot",
        "title": "Un dépôt",
        "checks": [
            {
                "id": name,
                "title": name,
                "type": "command",
                "vm": "srv",
                "run": ["true"],
                "hint": "Un indice.",
                **more,
            }
            for name, more in (("bref", {"timeout": "500ms"}), ("long", {"timeout": "2m"}))
        ],
        "hints": ["Un indice."],
        "solution": [{"vm": "srv", "script": "solution/10.sh"}],
        "mutants": [],
    }
)
SETUP = GuestScript(vm="srv", script="setup/base.sh", timeout="15m")
MUTANT = Mutant(id="m", title="M", vm="srv", script="mutants/10.sh", killed_by=["bref"])


def test_emulated_machines_get_three_times_as_long() -> None:
    step = stretched(STEP, Accelerator.TCG)
    assert [seconds(check.timeout) for check in step.checks] == [1.5, 360]
    setup, mutant = stretched_scripts([SETUP, MUTANT], Accelerator.TCG)
    assert isinstance(setup, GuestScript)
    assert (setup.timeout, mutant) == ("45m", MUTANT)


def test_only_deadlines_change() -> None:
    step = stretched(STEP, Accelerator.TCG)
    back = [
        c.model_copy(update={"timeout": o.timeout})
        for c, o in zip(step.checks, STEP.checks, strict=True)
    ]
    assert step.model_copy(update={"checks": back}) == STEP
    assert STEP.checks[0].timeout == "500ms"


def test_accelerated_machines_keep_the_authors() -> None:
    assert stretched(STEP, Accelerator.KVM) is STEP
    assert stretched_scripts([SETUP], Accelerator.KVM) == [SETUP]
