"""From a topology to every name, address and path of a lab. Pure: same input, same plan."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pcapra_lab.content.models import Topology, Vm

# Fixed so that the guest recognises the links by slot: see the image's .link files.
MGMT_SLOT = 0x10
LAN_SLOT = 0x11
MGMT_SSH_PORT = 1022
"""The lab's own sshd in the guest; the trainee's stays on 22."""
LAN_PREFIX = 24
BUNDLE_SERIAL = "bundle"
"""Of the disk of the trainer's bundle, for a lab that has one."""
_NAMESPACE = uuid.UUID("6f2d0d6e-6c1b-5d0c-9a3e-0b7f5f0f4a11")


@dataclass(frozen=True, slots=True)
class DiskPlan:
    """A disk: ``serial`` is its name under ``/dev/disk/by-id/virtio-…``."""

    serial: str
    path: Path
    format: str
    read_only: bool
    shared: bool = False
    size_mib: int = 0
    """Of a blank disk to create; 0 for the others."""


@dataclass(frozen=True, slots=True)
class VmPlan:
    """One machine, decided to the last detail."""

    name: str
    title: str
    domain: str
    uuid: str
    machine_id: str
    memory_mib: int
    image: str
    address: str
    lan_mac: str
    mgmt_mac: str
    mgmt_network: str
    mgmt_address: str
    disks: tuple[DiskPlan, ...]
    console_log: Path

    @property
    def root_disk(self) -> DiskPlan:
        """The overlay on the image."""
        return self.disks[0]


@dataclass(frozen=True, slots=True)
class LabPlan:
    """A whole lab."""

    id: str
    folder: Path
    segment: str
    """The multicast group and port of the lab's own segment, as ``group:port``."""
    vms: tuple[VmPlan, ...]

    def vm(self, name: str) -> VmPlan:
        """The machine called ``name``. Raises ``KeyError``."""
        for candidate in self.vms:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def has_bundle(self) -> bool:
        """Whether its machines have a disk of the trainer's bundle."""
        return any(disk.serial == BUNDLE_SERIAL for vm in self.vms for disk in vm.disks)

    @property
    def memory_mib(self) -> int:
        """Guest memory of all machines."""
        return sum(vm.memory_mib for vm in self.vms)


def plan_lab(
    lab_id: str,
    topology: Topology,
    folder: Path,
    depot: Path,
    salt: str,
    attempt: int = 0,
    bundle: Path | None = None,
) -> LabPlan:
    """Decide everything about a lab.

    Args:
        lab_id: unique in the installation, such as the exercise's id.
        folder: the lab's own folder.
        depot: the read-only package depot.
        salt: makes names and groups of different installations differ (user id, data folder).
        attempt: another segment for each, where a stranger was heard on the one before.
        bundle: the read-only disk of the trainer's bundle, if the lab has one.
    """
    digest = hashlib.sha256(f"{salt}/{lab_id}".encode()).digest()
    shared = () if bundle is None else (DiskPlan(BUNDLE_SERIAL, bundle, "raw", True, shared=True),)
    vms = tuple(
        _plan_vm(lab_id, index, vm, folder, depot, shared, digest)
        for index, vm in enumerate(topology.vms, start=1)
    )
    return LabPlan(lab_id, folder, _segment(digest, attempt), vms)


def _plan_vm(
    lab_id: str,
    index: int,
    vm: Vm,
    folder: Path,
    depot: Path,
    last: Sequence[DiskPlan],
    digest: bytes,
) -> VmPlan:
    home = folder / vm.name
    identity = uuid.uuid5(_NAMESPACE, f"{digest.hex()}/{vm.name}")
    tag = digest[:3].hex()
    extra = tuple(
        DiskPlan(d.id, home / f"{d.id}.qcow2", "qcow2", False, size_mib=d.size_mib)
        for d in vm.disks
    )
    return VmPlan(
        name=vm.name,
        title=vm.title,
        domain=f"pcapra-{tag}-{lab_id}-{vm.name}",
        uuid=str(identity),
        machine_id=uuid.uuid5(identity, "machine-id").hex,
        memory_mib=vm.memory_mib,
        image=vm.image,
        address=vm.address,
        lan_mac=_mac(digest, index, "52:54:00"),
        mgmt_mac=_mac(digest, index, "52:54:01"),
        mgmt_network=f"10.213.{index}.0/24",
        mgmt_address=f"10.213.{index}.15",
        disks=(
            DiskPlan("racine", home / "racine.qcow2", "qcow2", False),
            *extra,
            DiskPlan("depot", depot, "raw", True, shared=True),
            DiskPlan("seed", home / "seed.tar", "raw", True),
            *last,
        ),
        console_log=home / "console.log",
    )


def _mac(digest: bytes, index: int, prefix: str) -> str:
    return f"{prefix}:{digest[3]:02x}:{digest[4]:02x}:{index:02x}"


def _segment(digest: bytes, attempt: int) -> str:
    # 239.192.0.0/14 is organisation-local scope (RFC 2365, section 6.2).
    port = 20000 + (int.from_bytes(digest[8:10]) + attempt) % 20000
    return f"239.{192 + digest[5] % 4}.{digest[6]}.{digest[7]}:{port}"
