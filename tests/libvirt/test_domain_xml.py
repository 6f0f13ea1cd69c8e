"""Domain XML against golden files, and the properties that must hold whatever they say.

``PCAPRA_REGENERATE_GOLDEN=1`` rewrites the golden files; read the difference before you keep it.
"""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from pcapra_lab.content.models import ExtraDisk, Topology, Vm
from pcapra_lab.lab.domain import QEMU_NS, Accelerator, Boot, domain_xml
from pcapra_lab.lab.plan import LabPlan, plan_lab

GOLDEN = Path(__file__).parent / "golden"
TOPOLOGY = Topology(
    schema_version=1,
    id="modele",
    title="Modèle",
    vms=[
        Vm(name="srv", title="serveur à protéger", address="192.168.1.10", memory_mib=384),
        Vm(
            name="drbd1",
            title="premier nœud <DRBD> & co",
            address="192.168.1.12",
            memory_mib=512,
            disks=[ExtraDisk(id="donnees", size_mib=64), ExtraDisk(id="meta", size_mib=16)],
        ),
    ],
)
BUNDLE = Path("/cache/images/lot-formateur-0123456789abcdef/lot.raw")
CASES = [(vm, accelerator) for vm in ("srv", "drbd1") for accelerator in Accelerator]


def lab(bundle: Path | None = None) -> LabPlan:
    return plan_lab(
        "modele",
        TOPOLOGY,
        Path("/data/labs/modele"),
        Path("/cache/depot/depot.raw"),
        "/data",
        bundle=bundle,
    )


def xml(vm: str, accelerator: Accelerator, bundle: Path | None = None) -> str:
    boot = Boot(Path("/cache/base/vmlinuz"), Path("/cache/base/initrd.img"), accelerator)
    return domain_xml(lab(bundle).vm(vm), lab(bundle).segment, boot)


def assert_golden(name: str, made: str) -> None:
    path = GOLDEN / f"{name}.xml"
    if "PCAPRA_REGENERATE_GOLDEN" in os.environ:
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def arguments(text: str) -> list[str]:
    """What libvirt hands to QEMU as it is."""
    root = ET.fromstring(text)  # noqa: S314 - our own
    return [arg.attrib["value"] for arg in root.iter(f"{{{QEMU_NS}}}arg")]


@pytest.mark.parametrize(("vm", "accelerator"), CASES)
def test_domain_is_the_golden_one(vm: str, accelerator: Accelerator) -> None:
    assert_golden(f"{vm}-{accelerator.value}", xml(vm, accelerator))


@pytest.mark.parametrize("vm", ["srv", "drbd1"])
def test_a_domain_with_the_trainers_bundle_is_the_golden_one(vm: str) -> None:
    assert_golden(f"{vm}-lot", xml(vm, Accelerator.TCG, BUNDLE))


def test_no_golden_file_is_left_over() -> None:
    named = {f"{v}-{a.value}.xml" for v, a in CASES} | {"srv-lot.xml", "drbd1-lot.xml"}
    assert {p.name for p in GOLDEN.iterdir()} == named


def test_the_bundle_is_one_more_disk_that_nobody_can_write() -> None:
    without = ET.fromstring(xml("drbd1", Accelerator.TCG))  # noqa: S314 - our own
    root = ET.fromstring(xml("drbd1", Accelerator.TCG, BUNDLE))  # noqa: S314 - our own
    disks = {d.findtext("serial") or "": d for d in root.iter("disk")}
    assert list(disks) == ["racine", "donnees", "meta", "depot", "seed", "bundle"]
    bundle = disks.pop("bundle")
    assert bundle.find("readonly") is not None and bundle.find("shareable") is not None
    source = bundle.find("source")
    assert source is not None and source.get("file") == str(BUNDLE)
    # The others keep their letters: what is in the images names some of them.
    letters = [target.get("dev") for target in without.iter("target") if target.get("bus")]
    assert [d.find("target").get("dev") for d in disks.values()] == letters  # type: ignore[union-attr]


@pytest.mark.parametrize(("vm", "accelerator"), CASES)
def test_guests_are_cut_off_from_the_host(vm: str, accelerator: Accelerator) -> None:
    text = xml(vm, accelerator)
    netdevs = [a for a in arguments(text) if a.startswith(("user,", "socket,"))]
    assert len(netdevs) == 2
    [user] = [n for n in netdevs if n.startswith("user,")]
    [lan] = [n for n in netdevs if n.startswith("socket,")]
    assert "restrict=on" in user.split(",")
    assert "localaddr=127.0.0.1" in lan.split(",")
    assert f"mcast={lab().segment}" in lan.split(",")
    assert "hostfwd" not in text, "a busy port would spoil a snapshot"
    root = ET.fromstring(text)  # noqa: S314 - our own
    for forbidden in ("interface", "filesystem", "graphics", "hostdev", "shmem"):
        assert not list(root.iter(forbidden)), f"<{forbidden}> is a way out of the guest"


@pytest.mark.parametrize(("vm", "accelerator"), CASES)
def test_the_guest_never_sees_five_level_paging(vm: str, accelerator: Accelerator) -> None:
    root = ET.fromstring(xml(vm, accelerator))  # noqa: S314 - our own
    if accelerator is Accelerator.KVM:
        feature = root.find("cpu/feature[@name='la57']")
        assert feature is not None and feature.get("policy") == "disable"
    else:
        # A model of 2008, fixed exactly: it has never had it.
        assert root.findtext("cpu/model") == "Nehalem"
        cpu = root.find("cpu")
        assert cpu is not None and cpu.get("match") == "exact"


@pytest.mark.parametrize("accelerator", list(Accelerator))
def test_only_the_machines_own_disks_are_writable(accelerator: Accelerator) -> None:
    root = ET.fromstring(xml("drbd1", accelerator))  # noqa: S314 - our own
    disks = {d.findtext("serial") or "": d for d in root.iter("disk")}
    read_only = {name for name, disk in disks.items() if disk.find("readonly") is not None}
    assert list(disks) == ["racine", "donnees", "meta", "depot", "seed"]
    assert read_only == {"depot", "seed"}
    targets = [target.get("dev") for target in root.iter("target") if target.get("bus")]
    assert targets == ["vda", "vdb", "vdc", "vdd", "vde"]


def test_both_links_have_fixed_slots_and_their_own_mac() -> None:
    vm = lab().vm("srv")
    devices = [a for a in arguments(xml("srv", Accelerator.TCG)) if a.startswith("virtio-net")]
    assert [a.split(",")[1] for a in devices] == ["netdev=mgmt", "netdev=lan"]
    assert f"mac={vm.mgmt_mac}" in devices[0] and devices[0].endswith("addr=0x10")
    assert f"mac={vm.lan_mac}" in devices[1] and devices[1].endswith("addr=0x11")
