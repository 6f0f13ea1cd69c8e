"""A machine's files: overlays on the image, blank disks, and the seed."""

import json
import os
from pathlib import Path

from pcapra_lab.errors import EnvironmentProblem
from pcapra_lab.i18n import _
from pcapra_lab.lab.host import free_disk_mib, free_memory_mib
from pcapra_lab.lab.images.catalog import BuiltImage
from pcapra_lab.lab.plan import LabPlan, VmPlan
from pcapra_lab.lab.process import run
from pcapra_lab.lab.seed import write_seed
from pcapra_lab.remote.keys import KeyPair, load_or_create

QEMU_OVERHEAD_MIB = 180
"""Resident memory of one QEMU beyond the guest's, measured under TCG."""


def lab_key(plan: LabPlan) -> KeyPair:
    """The lab's own SSH key."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    return load_or_create(plan.folder / "cle")


def host_key(vm: VmPlan) -> KeyPair:
    """The key pinned for the management sshd of ``vm``."""
    return load_or_create(vm.console_log.parent / "hote")


def create_files(plan: LabPlan, vm: VmPlan, image: BuiltImage) -> None:
    """Make what is missing of a machine's files."""
    home = vm.console_log.parent
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        # QEMU runs as another account and must traverse; the files' modes do the rest.
        plan.folder.chmod(0o711)
        home.chmod(0o711)
    lab = lab_key(plan)
    lan = load_or_create(home / "hote-lan")
    write_seed(home / "seed.tar", plan, vm, host_key(vm), lan, lab.public)
    if not vm.root_disk.path.exists():
        _create(vm.root_disk.path, ["-b", str(image.disk), "-F", "raw"], "")
    for disk in vm.disks:
        if disk.size_mib and not disk.path.exists():
            _create(disk.path, [], f"{disk.size_mib}M")


def remove_files(vm: VmPlan) -> None:
    """Delete a machine's disks; its keys stay."""
    for disk in vm.disks:
        if not disk.shared:
            disk.path.unlink(missing_ok=True)
    vm.console_log.unlink(missing_ok=True)


def check_room(plan: LabPlan, needed_mib: int, paid_mib: int = 0) -> None:
    """Refuse to start what does not fit.

    Args:
        needed_mib: disk space.
        paid_mib: what the lab's machines that run already cost, QEMU's overhead included
            (``memory.cost_mib``).

    Raises:
        EnvironmentProblem: not enough memory or disk; says how much is missing.
    """
    free = free_memory_mib()
    wanted = plan.memory_mib + QEMU_OVERHEAD_MIB * len(plan.vms) - paid_mib
    if free < wanted:
        more = _(" de plus") if paid_mib else ""
        raise EnvironmentProblem(
            _(
                "mémoire insuffisante : il faut {wanted} Mio{more} pour {count} machines, "
                "{free} Mio sont libres"
            ).format(wanted=wanted, more=more, count=len(plan.vms), free=free),
            hint=_("fermez des programmes, ou endormez un autre laboratoire (pcapra-lab down)"),
        )
    room = free_disk_mib(plan.folder)
    if room < needed_mib:
        raise EnvironmentProblem(
            _(
                "place insuffisante sur le disque : il faut {needed_mib} Mio dans {folder}, "
                "{room} Mio sont libres"
            ).format(needed_mib=needed_mib, folder=plan.folder, room=room),
            hint=_("pcapra-lab image prune supprime les anciennes images"),
        )


def backing_folder(overlay: Path) -> Path:
    """The folder of the image that an overlay stands on; its own when it stands on none."""
    # --force-share: the machine may be running on it.
    argv = ["qemu-img", "info", "--output=json", "--force-share", str(overlay)]
    info = json.loads(run(argv, timeout=60, hint="pcapra-lab doctor --fix"))
    return Path(info.get("full-backing-filename", overlay)).parent


def _create(path: Path, options: list[str], size: str) -> None:
    scratch = path.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    argv = ["qemu-img", "create", "-q", "-f", "qcow2", *options, str(scratch)]
    run([*argv, size] if size else argv, timeout=60, hint="pcapra-lab doctor --fix")
    scratch.rename(path)
