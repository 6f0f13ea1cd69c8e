"""A machine's plan as libvirt domain XML. Pure: compared with golden files in the tests.

The links are given to QEMU directly (``qemu:commandline``): libvirt has no element for a
multicast socket bound to the loopback address, nor for ``restrict=on``. Port forwards are left
out: they are made through the monitor after each start, so a busy port never spoils a snapshot.
See https://libvirt.org/formatdomain.html and qemu(1), ``-netdev``.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pcapra_lab.lab.plan import LAN_SLOT, MGMT_SLOT, DiskPlan, VmPlan

AGENT_PORT = "pcapra.agent"
"""The virtio port of the guest's agent: its name under ``/dev/virtio-ports`` there."""
QEMU_NS = "http://libvirt.org/schemas/domain/qemu/1.0"
TRANSLATION_CACHE_MIB = 96
"""TCG's buffer of translated code. The default, a quarter of host memory at most 1 GiB, made an
idle guest weigh 800 MiB and more."""


class Accelerator(StrEnum):
    """How guest code runs."""

    KVM = "kvm"
    TCG = "tcg"


@dataclass(frozen=True, slots=True)
class Boot:
    """What a machine boots from."""

    kernel: Path
    initrd: Path
    accelerator: Accelerator


def domain_xml(vm: VmPlan, segment: str, boot: Boot) -> str:
    """The domain of one machine."""
    ET.register_namespace("qemu", QEMU_NS)
    kvm = boot.accelerator is Accelerator.KVM
    root = ET.Element("domain", type="kvm" if kvm else "qemu")
    _text(root, "name", vm.domain)
    _text(root, "uuid", vm.uuid)
    _text(root, "title", f"pcapra-lab : {vm.name} ({vm.title})")
    ET.SubElement(root, "memory", unit="MiB").text = str(vm.memory_mib)
    _text(root, "vcpu", "1")
    _os(root, vm, boot)
    _processor(root, kvm)
    clock = ET.SubElement(root, "clock", offset="utc")
    ET.SubElement(clock, "timer", name="hpet", present="no")
    _text(root, "on_poweroff", "destroy")
    _text(root, "on_reboot", "restart")
    _text(root, "on_crash", "destroy")
    _devices(root, vm)
    _links(root, vm, segment)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _os(root: ET.Element, vm: VmPlan, boot: Boot) -> None:
    system = ET.SubElement(root, "os")
    ET.SubElement(system, "type", arch="x86_64", machine="q35").text = "hvm"
    _text(system, "kernel", str(boot.kernel))
    _text(system, "initrd", str(boot.initrd))
    arguments = [
        "root=/dev/vda",
        "rw",
        "console=ttyS0,115200",
        "quiet",
        # Boot again, as servers do, rather than wait for somebody to look at the console.
        "panic=5",
        # Against attacks that a training machine has no reason to fear; under emulation each
        # guarded indirect branch costs dearly.
        "mitigations=off",
        f"systemd.machine_id={vm.machine_id}",
        f"systemd.hostname={vm.name}",
    ]
    _text(system, "cmdline", " ".join(arguments))


def _processor(root: ET.Element, kvm: bool) -> None:
    features = ET.SubElement(root, "features")
    ET.SubElement(features, "acpi")
    ET.SubElement(features, "apic")
    if kvm:
        cpu = ET.SubElement(root, "cpu", mode="host-model", check="partial")
        # Memory forensics returns empty tables on a guest with five-level paging.
        ET.SubElement(cpu, "feature", policy="disable", name="la57")
        return
    tcg = ET.SubElement(features, "tcg")
    ET.SubElement(tcg, "tb-cache", unit="MiB").text = str(TRANSLATION_CACHE_MIB)
    cpu = ET.SubElement(root, "cpu", mode="custom", match="exact", check="none")
    ET.SubElement(cpu, "model", fallback="forbid").text = "Nehalem"


def _devices(root: ET.Element, vm: VmPlan) -> None:
    devices = ET.SubElement(root, "devices")
    for index, disk in enumerate(vm.disks):
        _disk(devices, index, disk)
    ET.SubElement(devices, "controller", type="usb", model="none")
    serial = ET.SubElement(devices, "serial", type="pty")
    ET.SubElement(serial, "log", file=str(vm.console_log), append="off")
    ET.SubElement(serial, "target", type="isa-serial", port="0")
    console = ET.SubElement(devices, "console", type="pty")
    ET.SubElement(console, "target", type="serial", port="0")
    # libvirt chooses where the socket is, once the machine starts.
    channel = ET.SubElement(devices, "channel", type="unix")
    ET.SubElement(channel, "target", type="virtio", name=AGENT_PORT)
    rng = ET.SubElement(devices, "rng", model="virtio")
    ET.SubElement(rng, "backend", model="random").text = "/dev/urandom"
    ET.SubElement(devices, "memballoon", model="none")


def _disk(devices: ET.Element, index: int, plan: DiskPlan) -> None:
    disk = ET.SubElement(devices, "disk", type="file", device="disk")
    driver = {"name": "qemu", "type": plan.format}
    if not plan.read_only:
        # Host disk comes back when the guest deletes, on revert, and with a snapshot.
        driver |= {"discard": "unmap"}
    ET.SubElement(disk, "driver", driver)
    ET.SubElement(disk, "source", file=str(plan.path))
    ET.SubElement(disk, "target", dev=f"vd{chr(ord('a') + index)}", bus="virtio")
    if plan.read_only:
        ET.SubElement(disk, "readonly")
    if plan.shared:
        ET.SubElement(disk, "shareable")
    _text(disk, "serial", plan.serial)


def _links(root: ET.Element, vm: VmPlan, segment: str) -> None:
    command = ET.SubElement(root, f"{{{QEMU_NS}}}commandline")
    host = vm.mgmt_network.replace(".0/24", ".2")
    arguments = [
        "-netdev",
        f"user,id=mgmt,net={vm.mgmt_network},host={host},restrict=on",
        "-device",
        f"virtio-net-pci,netdev=mgmt,mac={vm.mgmt_mac},bus=pcie.0,addr={MGMT_SLOT:#x}",
        "-netdev",
        f"socket,id=lan,mcast={segment},localaddr=127.0.0.1",
        "-device",
        f"virtio-net-pci,netdev=lan,mac={vm.lan_mac},bus=pcie.0,addr={LAN_SLOT:#x}",
    ]
    for argument in arguments:
        ET.SubElement(command, f"{{{QEMU_NS}}}arg", value=argument)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
