"""A topology's plan: the same each time, and nobody else's."""

import ipaddress
import re
import uuid
from itertools import combinations
from pathlib import Path

import pytest
from fake_lab import DUO

from pcapra_lab.content.models import ExtraDisk, Topology, Vm
from pcapra_lab.lab.plan import LabPlan, plan_lab


def plan(lab: str = "duo", salt: str = "sel", topology: Topology = DUO) -> LabPlan:
    return plan_lab(lab, topology, Path("/labs") / lab, Path("/images/depot.raw"), salt)


def test_the_same_input_gives_the_same_plan() -> None:
    assert plan() == plan()


@pytest.mark.parametrize("others", [("lab", [f"lab{n}" for n in range(12)]), ("salt", list("abc"))])
def test_labs_and_installations_share_no_name_and_no_segment(others: tuple[str, list[str]]) -> None:
    name, values = others
    plans = [plan(value) if name == "lab" else plan(salt=value) for value in values]
    for one, other in combinations(plans, 2):
        assert one.segment != other.segment
        for attribute in ("domain", "uuid", "machine_id"):
            assert not {getattr(vm, attribute) for vm in one.vms} & {
                getattr(vm, attribute) for vm in other.vms
            }


def test_machines_of_a_lab_share_nothing() -> None:
    nine = Topology(
        schema_version=1,
        id="neuf",
        title="Neuf",
        vms=[
            Vm(name=f"vm{n}", title="-", address=f"192.168.1.{n}", memory_mib=128)
            for n in range(1, 10)
        ],
    )
    vms = plan(topology=nine).vms
    macs = [mac for vm in vms for mac in (vm.lan_mac, vm.mgmt_mac)]
    assert len(set(macs)) == 18
    for attribute in ("domain", "uuid", "machine_id", "mgmt_network", "mgmt_address"):
        assert len({getattr(vm, attribute) for vm in vms}) == 9
    written = [d.path for vm in vms for d in vm.disks if not d.read_only]
    assert len(set(written)) == 9


def test_names_and_addresses_are_well_formed() -> None:
    for vm in plan().vms:
        assert re.fullmatch(r"52:54:0[01](:[0-9a-f]{2}){3}", vm.lan_mac)
        assert str(uuid.UUID(vm.uuid)) == vm.uuid
        assert re.fullmatch(r"[0-9a-f]{32}", vm.machine_id)
        assert ipaddress.ip_address(vm.mgmt_address) in ipaddress.ip_network(vm.mgmt_network)
        assert ipaddress.ip_address(vm.address) not in ipaddress.ip_network(vm.mgmt_network)


def test_the_segment_is_in_the_organisation_local_scope() -> None:
    for n in range(50):
        group, _, port = plan(f"lab{n}").segment.partition(":")
        assert ipaddress.ip_address(group) in ipaddress.ip_network("239.192.0.0/14")
        assert 20000 <= int(port) < 40000


def test_disks_come_root_extra_depot_seed() -> None:
    topology = DUO.model_copy(
        update={
            "vms": [DUO.vms[0].model_copy(update={"disks": [ExtraDisk(id="drbd", size_mib=64)]})]
        }
    )
    [vm] = plan(topology=topology).vms
    assert [d.serial for d in vm.disks] == ["racine", "drbd", "depot", "seed"]
    assert [d.read_only for d in vm.disks] == [False, False, True, True]
    assert [d.shared for d in vm.disks] == [False, False, True, False]
    assert vm.disks[1].size_mib == 64
    assert vm.root_disk.serial == "racine"


def test_a_machine_is_found_by_name_and_memory_adds_up() -> None:
    lab = plan()
    assert lab.vm("web").address == "192.168.1.11"
    assert lab.memory_mib == 256
    with pytest.raises(KeyError):
        lab.vm("absente")
