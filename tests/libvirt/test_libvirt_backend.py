"""The libvirt back end on libvirt's own fake driver: real API, real error codes, no machine."""

from collections.abc import Iterator

import pytest

from pcapra_lab.errors import EnvironmentProblem, VmError
from pcapra_lab.lab.libvirt_backend import LibvirtHypervisor
from pcapra_lab.lab.libvirt_binding import load_libvirt
from pcapra_lab.lab.power import VmPower

XML = """
<domain type="test">
  <name>{name}</name>
  <memory unit="MiB">{memory}</memory>
  <os><type>hvm</type></os>
</domain>
"""
SRV = "pcapra-srv"


@pytest.fixture(autouse=True)
def binding() -> None:
    try:
        load_libvirt()
    except EnvironmentProblem as absent:
        pytest.skip(f"libvirt's Python binding is absent: {absent.message}")


@pytest.fixture
def hypervisor(binding: None) -> Iterator[LibvirtHypervisor]:
    opened = LibvirtHypervisor("test:///default")
    yield opened
    opened.close()


@pytest.fixture
def running(hypervisor: LibvirtHypervisor) -> LibvirtHypervisor:
    hypervisor.define(XML.format(name=SRV, memory=128))
    hypervisor.start(SRV)
    return hypervisor


def test_a_machine_goes_through_all_its_states(hypervisor: LibvirtHypervisor) -> None:
    assert hypervisor.power(SRV) is VmPower.ABSENT
    hypervisor.define(XML.format(name=SRV, memory=128))
    assert hypervisor.power(SRV) is VmPower.STOPPED
    hypervisor.start(SRV)
    assert hypervisor.power(SRV) is VmPower.RUNNING
    hypervisor.pause(SRV)
    assert hypervisor.power(SRV) is VmPower.PAUSED
    hypervisor.resume(SRV)
    assert hypervisor.power(SRV) is VmPower.RUNNING
    hypervisor.destroy(SRV)
    assert hypervisor.power(SRV) is VmPower.STOPPED
    hypervisor.undefine(SRV)
    assert hypervisor.power(SRV) is VmPower.ABSENT


def test_each_method_may_be_called_again(running: LibvirtHypervisor) -> None:
    running.start(SRV)
    running.resume(SRV)
    running.pause(SRV)
    running.pause(SRV)
    running.start(SRV)
    assert running.power(SRV) is VmPower.PAUSED, "starting a frozen machine does not thaw it"
    running.destroy(SRV)
    running.destroy(SRV)
    running.pause(SRV)
    running.resume(SRV)
    assert running.power(SRV) is VmPower.STOPPED
    running.undefine(SRV)
    running.undefine(SRV)
    running.destroy(SRV)
    running.delete_snapshot(SRV, "prepare-1")
    assert running.snapshots(SRV) == []


def test_defining_again_replaces(hypervisor: LibvirtHypervisor) -> None:
    uuid = "<uuid>470aa126-e472-5d7d-8c3c-58f9d4c0af41</uuid><title>un</title>"
    xml = XML.format(name=SRV, memory=128).replace("<memory", f"{uuid}<memory")
    hypervisor.define(xml)
    hypervisor.start(SRV)
    hypervisor.define(xml.replace("<title>un", "<title>deux"))
    assert hypervisor.power(SRV) is VmPower.RUNNING


def test_snapshots_bring_back_running_or_paused(running: LibvirtHypervisor) -> None:
    running.pause(SRV)
    running.snapshot(SRV, "prepare-1")
    assert running.power(SRV) is VmPower.PAUSED, "a snapshot leaves the machine as it was"
    running.destroy(SRV)
    running.revert(SRV, "prepare-1", paused=True)
    assert running.power(SRV) is VmPower.PAUSED
    running.destroy(SRV)
    running.revert(SRV, "prepare-1", paused=False)
    assert running.power(SRV) is VmPower.RUNNING


def test_a_snapshot_of_the_same_name_is_replaced(running: LibvirtHypervisor) -> None:
    running.snapshot(SRV, "veille-2")
    running.snapshot(SRV, "veille-2")
    running.snapshot(SRV, "fin-3")
    assert sorted(running.snapshots(SRV)) == ["fin-3", "veille-2"]
    running.delete_snapshot(SRV, "veille-2")
    running.delete_snapshot(SRV, "veille-2")
    assert running.snapshots(SRV) == ["fin-3"]


def test_undefining_forgets_the_snapshots_too(running: LibvirtHypervisor) -> None:
    running.snapshot(SRV, "prepare-1")
    running.destroy(SRV)
    running.undefine(SRV)
    running.define(XML.format(name=SRV, memory=128))
    assert running.snapshots(SRV) == []


@pytest.mark.parametrize("operation", ["start", "snapshot", "revert"])
def test_an_unknown_machine_is_named(hypervisor: LibvirtHypervisor, operation: str) -> None:
    acts = {
        "start": lambda: hypervisor.start("absente"),
        "snapshot": lambda: hypervisor.snapshot("absente", "x"),
        "revert": lambda: hypervisor.revert("absente", "x", paused=True),
    }
    with pytest.raises(VmError, match="absente : la machine n'existe pas") as caught:
        acts[operation]()
    assert caught.value.hint


def test_an_unknown_snapshot_is_explained(running: LibvirtHypervisor) -> None:
    with pytest.raises(VmError, match="impossible de revenir à l'instantané absent"):
        running.revert(SRV, "absent", paused=True)


def test_malformed_xml_is_a_lab_error(hypervisor: LibvirtHypervisor) -> None:
    with pytest.raises(VmError, match="impossible de définir la machine"):
        hypervisor.define("<domain/>")


def test_machines_that_are_on_are_counted(running: LibvirtHypervisor) -> None:
    before = running.active()
    running.destroy(SRV)
    assert running.active() == before - 1


def test_the_version_is_in_words(hypervisor: LibvirtHypervisor) -> None:
    assert hypervisor.versions().startswith("qemu ")


def test_a_daemon_that_does_not_answer_is_explained() -> None:
    with pytest.raises(EnvironmentProblem, match="libvirt ne répond pas") as caught:
        LibvirtHypervisor("qemu+unix:///session?socket=/nonexistent/libvirt-sock")
    assert "doctor" in caught.value.hint


def test_a_lost_connection_is_a_lab_error() -> None:
    hypervisor = LibvirtHypervisor("test:///default")
    hypervisor.close()
    for ask in (lambda: hypervisor.power(SRV), hypervisor.active, hypervisor.versions):
        with pytest.raises(VmError):
            ask()


@pytest.mark.parametrize(
    ("port", "source", "found"),
    [
        ("pcapra.agent", '<source mode="bind" path="/run/agent.sock"/>', "/run/agent.sock"),
        ("pcapra.agent", "", None),
        ("org.qemu.guest_agent.0", '<source mode="bind" path="/run/autre.sock"/>', None),
    ],
)
def test_the_agents_port_is_found_by_its_name(
    hypervisor: LibvirtHypervisor, port: str, source: str, found: str | None
) -> None:
    channel = f'<channel type="unix">{source}<target type="virtio" name="{port}"/></channel>'
    devices = f"<devices>{channel}</devices></domain>"
    hypervisor.define(XML.format(name=SRV, memory=128).replace("</domain>", devices))
    hypervisor.start(SRV)
    path = hypervisor.channel(SRV)
    assert (str(path) if path else None) == found


def test_a_machine_deleted_while_they_are_listed_is_left_out(
    running: LibvirtHypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.define(XML.format(name="pcapra-autre", memory=64))
    connection = running._connection

    class Late:
        """Another program deletes a machine right after the list was made."""

        def listAllDomains(self) -> list[object]:
            found = list(connection.listAllDomains())
            connection.lookupByName("pcapra-autre").undefine()
            return found

    with monkeypatch.context() as patch:
        patch.setattr(running, "_connection", Late())
        names = {machine.name for machine in running.machines()}
    assert SRV in names and "pcapra-autre" not in names


def test_a_machine_that_cannot_be_defined_is_named(hypervisor: LibvirtHypervisor) -> None:
    with pytest.raises(VmError, match=rf"^{SRV} : impossible de définir la machine"):
        hypervisor.define(XML.format(name=SRV, memory=128).replace("hvm", "rien"))
