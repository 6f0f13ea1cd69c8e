"""Which accelerator works, found by booting: a device node and libvirt's word prove nothing.

The lab's kernel is booted without a root file system. A kernel that reaches the panic « unable
to mount root fs » has run its whole initialisation, which hosts with a half-working ``/dev/kvm``
never let it do. The verdict is kept per boot of the host and version of QEMU.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import N_, _
from pcapra_lab.lab.domain import Accelerator
from pcapra_lab.lab.files import read_json, write_json
from pcapra_lab.lab.process import ProcessFailed, run

KVM_DEADLINE = 20.0
"""Seconds; under a working KVM the panic comes in about one."""
QEMU = "qemu-system-x86_64"
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""A guest that hangs ends at no end of its input: killed, we would leave it behind for ever. The
signal follows the thread that started it (prctl(2), PR_SET_PDEATHSIG), which waits for it."""
_MARKER = "Unable to mount root fs"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The accelerator to use, and why."""

    accelerator: Accelerator
    reason: str
    """Why, in French whatever the language, since it is kept; ``why`` is what is shown."""
    said: str = ""
    """What stands for ``{said}`` in it."""

    @property
    def why(self) -> str:
        """In words for the trainee."""
        return _(self.reason).replace("{said}", self.said)

    @property
    def words(self) -> str:
        """One line for the home screen."""
        if self.accelerator is Accelerator.KVM:
            return _("accélération matérielle (KVM)")
        return _("émulation logicielle (TCG), plus lente")


def choose(
    kernel: Callable[[], Path], cache: Path, outdated: Callable[[], bool] = lambda: False
) -> Verdict:
    """The verdict for this host, from the environment, the cache, or a trial boot.

    Args:
        kernel: finds the lab's kernel image; asked only when a trial is needed.
        cache: file the verdict is kept in.
        outdated: whether the daemon that machines run on cannot use what this account may.

    Raises:
        EnvironmentProblem: QEMU is missing or ``PCAPRA_ACCEL`` is neither kvm nor tcg.
    """
    if forced := os.environ.get("PCAPRA_ACCEL"):
        if forced not in {"kvm", "tcg"}:
            raise EnvironmentProblem(
                _("PCAPRA_ACCEL vaut « {forced} »").format(forced=forced),
                hint=_("PCAPRA_ACCEL=kvm ou PCAPRA_ACCEL=tcg"),
            )
        return Verdict(Accelerator(forced), N_("imposée par PCAPRA_ACCEL"))
    if outdated():
        return Verdict(
            Accelerator.TCG,
            N_(
                "le démon libvirt date d'avant l'entrée de ce compte dans le groupe kvm : mettez "
                "les laboratoires en veille (pcapra-lab down), puis relancez"
            ),
        )
    key = f"{_boot_id()} {qemu_version()}"
    kept = read_json(cache)
    if kept and kept.get("key") == key:
        return Verdict(Accelerator(kept["accelerator"]), kept["reason"], kept.get("said", ""))
    # Not kept: who has just entered the group kvm must not have to restart the host.
    if closed := _closed():
        return Verdict(Accelerator.TCG, closed)
    verdict = _try_kvm(kernel())
    write_json(cache, {"key": key, **asdict(verdict)})
    return verdict


def _closed() -> str:
    """Why KVM cannot even be tried; empty when it can."""
    if not Path("/dev/kvm").exists():
        return N_("/dev/kvm est absent")
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return N_("/dev/kvm n'est pas accessible à ce compte (groupe kvm)")
    return ""


def qemu_version() -> str:
    """QEMU's version line.

    Raises:
        EnvironmentProblem: QEMU is not installed.
    """
    return run([QEMU, "--version"], timeout=30, hint="pcapra-lab doctor --fix").splitlines()[0]


def _try_kvm(kernel: Path) -> Verdict:
    reached = threading.Event()

    def look(line: str) -> None:
        if _MARKER in line:
            reached.set()

    try:
        run(
            [
                *DIES_WITH_US,
                QEMU,
                *("-machine", "q35,accel=kvm", "-cpu", "host", "-m", "256", "-nodefaults"),
                *("-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", str(kernel)),
                *("-append", "console=ttyS0 panic=-1"),
            ],
            timeout=KVM_DEADLINE,
            on_line=look,
        )
    except ProcessFailed as error:
        said = str(error.message).splitlines()[-1][:120]
        return Verdict(
            Accelerator.TCG,
            N_("/dev/kvm existe, mais un noyau n'y démarre pas ({said})"),
            said,
        )
    if reached.is_set():
        return Verdict(Accelerator.KVM, N_("un noyau de laboratoire y a démarré"))
    return Verdict(Accelerator.TCG, N_("/dev/kvm existe, mais le noyau s'y arrête avant la fin"))


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
