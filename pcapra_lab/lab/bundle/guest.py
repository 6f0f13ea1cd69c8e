"""The bundle's disk inside a machine: mounted read-only, its packages offered to APT.

Nothing of it is in the images: a machine without a bundle knows of none.
"""

from collections.abc import Iterable

from pcapra_lab.errors import VmError
from pcapra_lab.i18n import _
from pcapra_lab.lab.plan import BUNDLE_SERIAL
from pcapra_lab.remote.result import RunInGuest

MOUNT = "/bundle"
TIMEOUT = 240.0
"""Seconds; udev may be late under emulation, as for the depot."""
_DEVICE = f"/dev/disk/by-id/virtio-{BUNDLE_SERIAL}"
# A machine that answers has it: the agent and the lab's SSH come after.
_OPTIONS = (
    "ro,nosuid,nodev,nofail,x-systemd.device-timeout=180s,x-systemd.before=pcapra-sshd.service"
)
_SCRIPT = f"""\
set -eu
grep -q '^{_DEVICE} ' /etc/fstab || echo '{_DEVICE} {MOUNT} ext4 {_OPTIONS} 0 0' >> /etc/fstab
mkdir -p {MOUNT}
systemctl daemon-reload
# The unit waits for the device; mount(8) would not.
systemctl start {MOUNT.removeprefix("/")}.mount
mountpoint -q {MOUNT}
if [ -e {MOUNT}/paquets/InRelease ]; then
    cat > /etc/apt/sources.list.d/bundle.sources <<'FIN'
# The trainer's bundle, on a read-only disk, signed by the lab as its depot is.
Types: deb
URIs: file:{MOUNT}/paquets
Suites: ./
Signed-By: /etc/apt/keyrings/pcapra-depot.gpg
FIN
fi
# A power cut may be the exercise's next event.
sync -f /etc/fstab
"""


def mount(vms: Iterable[str], run: RunInGuest) -> None:
    """Mount the disk on machines that have it, now and at each of their boots.

    Raises:
        VmError: it cannot be mounted there.
    """
    for vm in vms:
        result = run(vm, ["sh", "-s"], _SCRIPT.encode(), TIMEOUT)
        if result.exit_status != 0:
            raise VmError(
                vm,
                _("le lot du formateur ne se monte pas : {stderr}").format(
                    stderr=result.stderr.decode(errors="replace").strip()[-300:]
                ),
                hint=_("pcapra-lab down --delete, puis up, repart d'une machine neuve"),
            )
