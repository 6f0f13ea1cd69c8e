"""A "VM" that is this machine: the agent runs here for real, as whoever runs the tests."""

import getpass
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from pcapra_lab.content.checks import Check
from pcapra_lab.content.models import GuestScript, Step
from pcapra_lab.errors import LabError, VmError
from pcapra_lab.grading.facts import Fact
from pcapra_lab.grading.judge import judge
from pcapra_lab.grading.results import CheckResult

_CHECK: TypeAdapter[Check] = TypeAdapter(Check)


@dataclass(frozen=True)
class Ended:
    exit_status: int
    stdout: bytes
    stderr: bytes = b""


@dataclass
class LocalGuest:
    """Runs the agent in a subprocess; VMs named in ``down`` cannot be reached."""

    down: dict[str, LabError] = field(default_factory=dict)
    before: bytes = b""
    after: bytes = b""
    """Stray output around the agent's."""
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, vm: str, argv: list[str], stdin: bytes, timeout: float) -> Ended:
        with self.lock:
            self.sent.append((vm, stdin))
        if vm in self.down:
            raise self.down[vm]
        assert argv[:3] == ["python3", "-I", "-X"]
        if os.geteuid() != 0:
            stdin = stdin.replace(b'"user": "root"', f'"user": "{getpass.getuser()}"'.encode())
        run = subprocess.run(
            # Without site-packages, as in a guest: the agent may not find this project there.
            [sys.executable, "-S", *argv[1:]],
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Ended(run.returncode, self.before + run.stdout + self.after, run.stderr)


def unreachable_vm(vm: str) -> VmError:
    return VmError(vm, "connexion SSH perdue", hint="Relancez le lab.")


def item(kind: str, **fields: Any) -> dict[str, Any]:
    """One agent item."""
    return {"id": "x", "kind": kind, "timeout": 20.0, "user": getpass.getuser()} | fields


def make_check(type_: str, id_: str = "x", **fields: Any) -> Check:
    return _CHECK.validate_python(
        {"type": type_, "id": id_, "vm": "srv", "title": f"Contrôle {id_}", "hint": f"Voir {id_}"}
        | fields,
        strict=False,
    )


def judged(check: Check, fact: Fact | None, **parameters: str) -> CheckResult:
    """The verdict on the fact of a check's own machine."""
    return judge(check, {check.vm: fact}, parameters)


def make_step(*checks: Check) -> Step:
    solution = GuestScript(vm="srv", script="solution.sh")
    return Step(id="etape", title="Étape", checks=list(checks), hints=["?"], solution=[solution])
